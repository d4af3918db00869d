"""What adorns a badge, as SVG in a box of 512 around the mark's middle (256, 200). Pure."""

from __future__ import annotations

import math

from badges.design.outlines import number
from badges.design.rules import Ornament

_X, _Y = 256.0, 196.0
_REACH = 121.0


def ornament(kind: Ornament, colour: str) -> str:
    """Return the ornament's drawing."""
    drawn = {Ornament.LAUREL: _laurel, Ornament.STARS: _stars, Ornament.RAYS: _rays}.get(kind)
    return f'<g fill="{colour}">{drawn()}</g>' if drawn else ""


def _laurel() -> str:
    """Two branches that rise from below and nearly meet above."""
    big, small = "M0 0C-11-8-11-25 0-37C11-25 11-8 0 0Z", "M0 0C-9-7-9-21 0-31C9-21 9-7 0 0Z"
    parts = []
    for side in ("", f' transform="matrix(-1 0 0 1 {number(2 * _X)} 0)"'):
        leaves = []
        for turn in range(54, -39, -18):
            leaves.append(_leaf(big, turn, _REACH + 4, 36))
            leaves.append(_leaf(small, turn - 7, _REACH - 5, -34))
        leaves.append(_leaf(big, -52, _REACH, 2))
        parts.append(f"<g{side}>{''.join(leaves)}</g>")
    return "".join(parts)


def _leaf(path: str, turn: float, out: float, tilt: float) -> str:
    place = (
        f"translate({number(_X)} {number(_Y)})rotate({number(turn)})translate({number(out)} 0)rotate({number(tilt)})"
    )
    return f'<path d="{path}" transform="{place}"/>'


def _stars() -> str:
    """Five stars in an arc above, the middle one largest."""
    parts = []
    for place, size in ((-2, 15), (-1, 19), (0, 24), (1, 19), (2, 15)):
        turn = math.radians(-90 + 22 * place)
        parts.append(_star(_X + (_REACH + 6) * math.cos(turn), _Y + (_REACH + 6) * math.sin(turn), size))
    return "".join(parts)


def _star(x: float, y: float, size: float) -> str:
    points = []
    for corner in range(10):
        radius = size if corner % 2 == 0 else size * 0.42
        turn = math.radians(-90 + 36 * corner)
        points.append(f"{number(x + radius * math.cos(turn))} {number(y + radius * math.sin(turn))}")
    return f'<path d="M{"L".join(points)}z"/>'


def _rays() -> str:
    """Fine rays all around, as behind a rising sun."""
    parts = []
    for each in range(48):
        turn = math.radians(360 / 48 * each)
        inner, outer = _REACH - 14, _REACH + (22 if each % 2 == 0 else 8)
        ends = [_ray_end(turn, inner, 0.6), _ray_end(turn, outer, 2.2), _ray_end(turn, outer, -2.2)]
        parts.append(f"M{'L'.join(ends)}z")
    return f'<path d="{"".join(parts)}"/>'


def _ray_end(turn: float, out: float, aside: float) -> str:
    x = _X + out * math.cos(turn) - aside * math.sin(turn)
    y = _Y + out * math.sin(turn) + aside * math.cos(turn)
    return f"{number(x)} {number(y)}"
