"""Letters as outlines, so that a badge reads the same on every machine, in a picture as in a drawing.

Shaped by HarfBuzz with fonts that come from packages. What these cannot write (some scripts, emoji) is for the caller
to leave out, or to leave to the fonts of whoever looks.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import uharfbuzz as harfbuzz
from font_source_sans_pro import SourceSansProBold
from font_source_serif_pro import SourceSerifProSemibold

from badges.design.outlines import number


class Typeface(Enum):
    """What badges are set in: names and initials in the serif, short words in capitals of the other."""

    SERIF = SourceSerifProSemibold
    SANS = SourceSansProBold


@dataclass(frozen=True)
class Word:
    """Letters as one path, from (0, 0) on its base line; `left..right` and `top..bottom` is where there is ink."""

    path: str
    width: float
    left: float
    top: float
    right: float
    bottom: float


def writable(text: str) -> str:
    """Return what of `text` the letters can write, without gaps where something else was."""
    kept = "".join(letter for letter in unicodedata.normalize("NFC", text) if _has(letter))
    return " ".join(kept.split())


def can_write(text: str) -> bool:
    """Say whether every letter of `text` can be written; what is no letter (emoji, marks) does not count."""
    letters = [letter for letter in unicodedata.normalize("NFC", text) if unicodedata.category(letter)[0] == "L"]
    return bool(letters) and all(map(_has, letters))


@lru_cache(maxsize=4_000)
def width(text: str, typeface: Typeface, tracking: float = 0.0) -> float:
    """Return how wide `text` is at a size of 1; `tracking` is what stands between letters, at the same size."""
    font = _font(typeface)
    _, positions = _shaped(text, typeface)
    gaps = max(len(positions) - 1, 0) * tracking
    return sum(float(each.x_advance) for each in positions) / float(font.face.upem) + gaps


@lru_cache(maxsize=2_000)
def outlined(text: str, typeface: Typeface, size: float, tracking: float = 0.0) -> Word:
    """Return `text` as one path from (0, 0) on its base line, `size` units large."""
    font = _font(typeface)
    scale = size / font.face.upem
    pen = _Pen(scale)
    infos, positions = _shaped(text, typeface)
    for info, place in zip(infos, positions, strict=True):
        pen.start(place.x_offset * scale, place.y_offset * scale)
        font.draw_glyph_with_pen(info.codepoint, pen)
        pen.move_on(place.x_advance * scale + tracking * size)
    wide = pen.x - tracking * size if positions else 0.0
    xs, ys = pen.xs or [0.0], pen.ys or [0.0]
    return Word("".join(pen.parts), wide, min(xs), min(ys), max(xs), max(ys))


@lru_cache
def _font(typeface: Typeface) -> harfbuzz.Font:
    return harfbuzz.Font(harfbuzz.Face(harfbuzz.Blob.from_file_path(str(typeface.value))))


@lru_cache(maxsize=4_000)
def _has(letter: str) -> bool:
    if letter.isspace():
        return True
    return letter.isprintable() and all(_font(face).get_nominal_glyph(ord(letter)) for face in Typeface)


def _shaped(text: str, typeface: Typeface) -> tuple[list[harfbuzz.GlyphInfo], list[harfbuzz.GlyphPosition]]:
    buffer = harfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    harfbuzz.shape(_font(typeface), buffer, {"kern": True, "liga": True})
    return list(buffer.glyph_infos), list(buffer.glyph_positions or [])


class _Pen:
    """Takes the outlines of glyphs, upside down as SVG has them."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.x, self._dx, self._dy = 0.0, 0.0, 0.0
        self.parts: list[str] = []
        self.xs: list[float] = []
        self.ys: list[float] = []

    def start(self, dx: float, dy: float) -> None:
        self._dx, self._dy = dx, dy

    def move_on(self, advance: float) -> None:
        self.x += advance

    def _point(self, point: tuple[float, float]) -> str:
        x, y = self.x + self._dx + point[0] * self.scale, -(self._dy + point[1] * self.scale)
        self.xs.append(x)
        self.ys.append(y)
        return f"{number(x)} {number(y)}"

    def moveTo(self, point: tuple[float, float]) -> None:
        self.parts.append(f"M{self._point(point)}")

    def lineTo(self, point: tuple[float, float]) -> None:
        self.parts.append(f"L{self._point(point)}")

    def curveTo(self, *points: tuple[float, float]) -> None:
        self.parts.append("C" + " ".join(map(self._point, points)))

    def qCurveTo(self, *points: tuple[float, float]) -> None:
        self.parts.append("Q" + " ".join(map(self._point, points)))

    def closePath(self) -> None:
        self.parts.append("z")

    def endPath(self) -> None:
        """Nothing: glyphs are closed."""
