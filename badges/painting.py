"""A badge as a PNG, for whoever cannot show drawings: the same picture as `templates/badges/badge.svg`. Rule B-3.

The letters come from a package, so a badge looks the same wherever it is made. What they cannot write is left out
rather than shown as boxes: the mark, the seal and the word still say what it is.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from functools import lru_cache

from font_caladea import CaladeaBold
from PIL import Image, ImageDraw, ImageFont

from badges.drawing import Line

WIDTH, HEIGHT = 480, 600
_SCALE = 4  # drawn at twice the size and made smaller, for smooth edges; 240 × 300 units
_GOLD, _GREEN, _INK, _PAPER = "#a8791b", "#1d5a3b", "#1b201c", "#fffdf9"
_GREY_GOLD, _GREY, _GREY_INK, _GREY_PAPER = "#8d9189", "#5a5f59", "#545b54", "#f4f3f0"
_SOFT = "#545b54"
_CURVE_STEPS = 8
_COLOURS = 128
_TEXT_WIDTH = 208
_MISSING = "\U0010fffd"

Point = tuple[float, float]


@lru_cache(maxsize=500)
def painted(letter: str, lines: tuple[Line, ...], word: str, off: bool) -> bytes:
    """Return the badge as a PNG of 480 × 600 pixels. `word` is how it stands, shown when it is `off`."""
    gold, green, ink, paper = (_GREY_GOLD, _GREY, _GREY_INK, _GREY_PAPER) if off else (_GOLD, _GREEN, _INK, _PAPER)
    picture = Image.new("RGBA", (240 * _SCALE, 300 * _SCALE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle(_scaled(1, 1, 239, 299), 10 * _SCALE, paper, gold, 2 * _SCALE)
    for leaf in _leaves():
        pen.polygon([(24 * _SCALE + x * 1.6 * _SCALE, 14 * _SCALE + y * 1.6 * _SCALE) for x, y in leaf], gold)
    pen.ellipse(_around(120, 110, 57.6), green)
    pen.ellipse(_around(120, 110, 52), outline=gold, width=round(1.3 * _SCALE))
    inside = word if off else "expert"
    _write(pen, 120, 98, letter, 58, _PAPER)
    _write(pen, 120, 136, inside.upper(), 15 if len(inside) < 8 else 12, _PAPER)
    top = 230 if len(lines) == 1 else 220
    for number, line in enumerate(lines):
        _write(pen, 120, top + 22 * number, line.text, line.font_size, ink)
    if off:
        pen.rounded_rectangle(_scaled(60, 262, 180, 288), 13 * _SCALE, ink)
        _write(pen, 120, 275, word.capitalize(), 14, _PAPER)
    else:
        _write(pen, 120, 272, "Verified on Laurel", 13, _SOFT)
    out = io.BytesIO()
    small = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    small.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _scaled(*numbers: float) -> tuple[float, ...]:
    return tuple(number * _SCALE for number in numbers)


def _around(x: float, y: float, radius: float) -> tuple[float, ...]:
    return _scaled(x - radius, y - radius, x + radius, y + radius)


def _write(pen: ImageDraw.ImageDraw, x: float, y: float, text: str, size: float, colour: str) -> None:
    if not _can_write(text):
        return
    font = _letters(size * _SCALE)
    wide = font.getlength(text)
    if wide > _TEXT_WIDTH * _SCALE:
        font = _letters(size * _SCALE * _TEXT_WIDTH * _SCALE / wide)
    pen.text((x * _SCALE, y * _SCALE), text, colour, font, anchor="mm")


def _letters(size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(CaladeaBold, size)


@lru_cache(maxsize=1_000)
def _can_write(text: str) -> bool:
    font = _letters(20)
    missing = bytes(font.getmask(_MISSING))
    return all(letter.isspace() or bytes(font.getmask(letter)) != missing for letter in text)


def _leaves() -> Iterator[list[Point]]:
    """Yield the outlines of the two branches, in a box of 120; the numbers are those of `wreath` in the templates."""
    for mirrored in (False, True):
        for turn in (68, 46, 24, 2, -20, -42):
            yield _leaf(19, (-6, -5, -5.5, -13), turn, 108, 34, mirrored)
            yield _leaf(16, (-5, -4, -4.5, -11), turn - 8, 104, -34, mirrored)
        yield _leaf(17, (-5, -4, -4.5, -12), -56, 105, 0, mirrored)


def _leaf(
    length: float, bow: tuple[float, float, float, float], turn: float, out: float, tilt: float, mirrored: bool
) -> list[Point]:
    x1, y1, x2, y2 = bow
    there = _curve((0, 0), (x1, y1), (x2, y2), (0, -length))
    back = _curve((0, -length), (-x2, y2), (-x1, y1), (0, 0))
    placed = []
    for point in [*there, *back]:
        x, y = _turned(point, tilt)
        x, y = _turned((x + out - 60, y), turn)
        placed.append((60 - x if mirrored else 60 + x, 60 + y))
    return placed


def _curve(start: Point, first: Point, second: Point, end: Point) -> list[Point]:
    points = []
    for step in range(_CURVE_STEPS + 1):
        t = step / _CURVE_STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        corners = (start, first, second, end)
        x, y = (sum(w * corner[axis] for w, corner in zip(weights, corners, strict=True)) for axis in (0, 1))
        points.append((x, y))
    return points


def _turned(point: Point, degrees: float) -> Point:
    angle = math.radians(degrees)
    x, y = point
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
