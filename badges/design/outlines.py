"""The outlines that a badge may have, as SVG paths in a box of 512. Pure.

Each is a function of how far it lies inside the badge's edge, so that edge, ground and inner line are the same shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

Point = tuple[float, float]

#: The box that everything is drawn in.
BOX = 512
_CENTRE = 256.0


class Shape(StrEnum):
    """What a partner chooses from."""

    CIRCLE = "circle"
    ROSETTE = "rosette"
    SEAL = "seal"
    RIBBON = "ribbon"
    SHIELD = "shield"
    CREST = "crest"
    HEXAGON = "hexagon"
    TILE = "tile"


@dataclass(frozen=True)
class Form:
    """A shape as it is drawn: its outline, that of its inner line, and where in it things stand.

    `centre_y` is where the mark's and the words' own box of 512 has its middle, `scale` how large that box is.
    """

    outline: Callable[[float], str]
    inner: Callable[[float], str]
    centre_y: float = _CENTRE
    scale: float = 1.0
    #: How wide the name may be: on one line; on the first and on the second of two.
    rooms: tuple[float, float, float] = (266, 264, 190)
    #: Drawn behind everything, in a darker accent.
    tails: str = ""


def number(value: float) -> str:
    """Return a coordinate as short as it can be: a tenth of a unit is less than anybody sees."""
    short = f"{value:.1f}".removesuffix(".0")
    return "0" if short == "-0" else short


def _circle(radius: float, x: float = _CENTRE, y: float = _CENTRE) -> str:
    r, d = number(radius), number(2 * radius)
    return f"M{number(x - radius)} {number(y)}a{r} {r} 0 1 1 {d} 0a{r} {r} 0 1 1-{d} 0z"


def _around(count: int, radius: float, start_degrees: float = -90.0) -> list[Point]:
    turns = (math.radians(start_degrees + 360 * each / count) for each in range(count))
    return [(_CENTRE + radius * math.cos(turn), _CENTRE + radius * math.sin(turn)) for turn in turns]


def _rounded(corners: Sequence[Point], radius: float) -> str:
    """Return the polygon with its corners rounded off."""
    parts: list[str] = []
    for place, corner in enumerate(corners):
        before, after = corners[place - 1], corners[(place + 1) % len(corners)]
        into, out = _towards(corner, before, radius), _towards(corner, after, radius)
        command = "L" if parts else "M"
        parts.append(f"{command}{_at(into)}Q{_at(corner)} {_at(out)}")
    return "".join(parts) + "z"


def _towards(start: Point, end: Point, distance: float) -> Point:
    share = distance / math.dist(start, end)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _rosette(inset: float) -> str:
    """Sixteen petals: arcs between points on a circle."""
    points = _around(16, 228 - inset, -90 + 360 / 32)
    bow = number(math.dist(points[0], points[1]) * 0.54)
    first, *others = points
    return f"M{_at(first)}" + "".join(f"A{bow} {bow} 0 0 1 {_at(point)}" for point in [*others, first]) + "z"


def _seal(inset: float) -> str:
    outer, dips = _around(32, 250 - inset), _around(32, 231 - inset, -90 + 360 / 64)
    return _rounded([point for pair in zip(outer, dips, strict=True) for point in pair], 7)


def _hexagon(inset: float) -> str:
    return _rounded(_around(6, 262 - inset / math.cos(math.radians(30))), max(36 - inset * 0.5, 8))


def _tile(inset: float) -> str:
    low, high = 18 + inset, BOX - 18 - inset
    corners = ((low, low), (high, low), (high, high), (low, high))
    return _rounded(corners, 128 - inset)


def _curved(start: Point, curves: Sequence[tuple[Point, Point, Point]], inset: float) -> str:
    """Return the closed path of cubic curves, drawn smaller around the middle so that its sides lie `inset` inside."""
    across, down = 1 - inset / 216, 1 - inset / 240

    def placed(point: Point) -> str:
        return _at((_CENTRE + (point[0] - _CENTRE) * across, _CENTRE + (point[1] - _CENTRE) * down))

    return f"M{placed(start)}" + "".join(f"C{' '.join(map(placed, curve))}" for curve in curves) + "z"


def _mirrored(half: Sequence[tuple[Point, Point, Point]], start: Point) -> list[tuple[Point, Point, Point]]:
    """Return the curves of a right half, down from `start`, and then of the left half, up again."""

    def other(point: Point) -> Point:
        return BOX - point[0], point[1]

    starts = [start, *(curve[2] for curve in half)]
    back = [
        (other(second), other(first), other(begin)) for begin, (first, second, _) in zip(starts, half, strict=False)
    ]
    return [*half, *reversed(back)]


def _shield(inset: float) -> str:
    top = (256.0, 12.0)
    half: list[tuple[Point, Point, Point]] = [
        ((318, 46), (394, 58), (466, 58)),
        ((474, 200), (480, 396), (256, 504)),
    ]
    return _curved(top, _mirrored(half, top), inset)


def _crest(inset: float) -> str:
    top = (256.0, 34.0)
    half: list[tuple[Point, Point, Point]] = [
        ((296, 34), (330, 10), (352, 10)),
        ((388, 10), (392, 54), (462, 62)),
        ((440, 120), (474, 168), (474, 250)),
        ((474, 400), (340, 430), (256, 504)),
    ]
    return _curved(top, _mirrored(half, top), inset)


_RIBBON_Y, _RIBBON_RADIUS = 212.0, 202.0
_TAILS = "M150 330L92 500L146 474L176 510L244 340zM362 330L420 500L366 474L336 510L268 340z"

FORMS: dict[Shape, Form] = {
    Shape.CIRCLE: Form(lambda inset: _circle(246 - inset), lambda inset: _circle(246 - inset)),
    Shape.ROSETTE: Form(_rosette, lambda inset: _circle(216 - inset), scale=0.9, rooms=(228, 224, 160)),
    Shape.SEAL: Form(_seal, lambda inset: _circle(228 - inset), scale=0.93, rooms=(240, 236, 170)),
    Shape.RIBBON: Form(
        lambda inset: _circle(_RIBBON_RADIUS - inset, y=_RIBBON_Y),
        lambda inset: _circle(_RIBBON_RADIUS - inset, y=_RIBBON_Y),
        centre_y=_RIBBON_Y,
        scale=0.82,
        rooms=(222, 222, 160),
        tails=_TAILS,
    ),
    Shape.SHIELD: Form(_shield, _shield, centre_y=238, scale=0.94, rooms=(212, 236, 150)),
    Shape.CREST: Form(_crest, _crest, centre_y=242, scale=0.94, rooms=(206, 222, 136)),
    Shape.HEXAGON: Form(_hexagon, _hexagon, centre_y=248, scale=0.98, rooms=(228, 250, 170)),
    Shape.TILE: Form(_tile, _tile, rooms=(350, 350, 340)),
}
