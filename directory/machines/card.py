"""The picture of 1200 × 630 beside a link to a page of a directory: the maker, what the page is about, who is there.

Drawn of nothing but what the page says at this moment, so whoever is gone from the page is gone from its picture: names
only, no faces. Pure. Rules D-2, D-7.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from badges.design.lettering import Typeface, can_write, outlined, width, writable
from badges.design.logos import Logo
from badges.design.outlines import number
from core.colours import ink_on

#: What a page of another site shows for a link (OpenGraph).
WIDTH, HEIGHT = 1200, 630
#: More names than this are a crowd.
NAMES_MAX = 6

_PAPER, _INK, _SOFT = "#faf7f0", "#1b201c", "#545b54"
_SIDE, _LEFT, _ROOM = 380.0, 444.0, 692.0
_LOGO = 220.0


@dataclass(frozen=True)
class Card:
    """What a picture says: `maker` in its `colour`, with its logo if it has one; `title` is what the page is about."""

    maker: str
    title: str
    names: Sequence[str] = ()
    colour: str = "#1d5a3b"
    logo: Logo | None = None


def drawn(card: Card) -> str:
    """Return the picture as an SVG; letters are outlines wherever ours can write them."""
    title = _wrapped(card.title, 60, 3)
    names = _wrapped(" · ".join(card.names[:NAMES_MAX]), 30, 2)
    top = 320 - 36 * len(title) - 20 * len(names)
    below = top + 72 * len(title)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>',
        f'<rect width="{number(_SIDE)}" height="{HEIGHT}" fill="{card.colour}"/>',
        _mark(card),
        _written(card.maker, 28, top - 80, _SOFT, Typeface.SANS),
        *(_written(line, 60, top + 72 * place, _INK, Typeface.SERIF) for place, line in enumerate(title)),
        f'<rect x="{number(_LEFT)}" y="{below - 24}" width="72" height="4" fill="{card.colour}"/>',
        *(_written(line, 30, below + 36 + 42 * place, _INK, Typeface.SERIF) for place, line in enumerate(names)),
        _written("Laurel", 26, HEIGHT - 48, _SOFT, Typeface.SERIF),
        "</svg>",
    ]
    return "".join(parts)


def _mark(card: Card) -> str:
    """Return the maker's logo on a light tile, or its first letter."""
    middle = _SIDE / 2
    if card.logo is None:
        letter = outlined(writable(card.maker)[:1].upper() or "L", Typeface.SERIF, 220)
        x, y = middle - (letter.left + letter.right) / 2, HEIGHT / 2 - (letter.top + letter.bottom) / 2
        ink = ink_on(card.colour)
        return f'<path d="{letter.path}" fill="{ink}" transform="translate({number(x)} {number(y)})"/>'
    scale = _LOGO / max(card.logo.width, card.logo.height)
    wide, high = card.logo.width * scale, card.logo.height * scale
    tile = _LOGO + 56
    picture = base64.b64encode(card.logo.png).decode()
    return (
        f'<rect x="{number(middle - tile / 2)}" y="{number(HEIGHT / 2 - tile / 2)}" width="{number(tile)}" '
        f'height="{number(tile)}" rx="20" fill="{card.logo.edge if card.logo.opaque else "#ffffff"}"/>'
        f'<image x="{number(middle - wide / 2)}" y="{number(HEIGHT / 2 - high / 2)}" width="{number(wide)}" '
        f'height="{number(high)}" href="data:image/png;base64,{picture}"/>'
    )


def _wrapped(text: str, size: float, lines: int) -> list[str]:
    """Return `text` in so many lines at most; what does not fit ends in an ellipsis."""
    done: list[str] = [""]
    for word in text.split():
        longer = f"{done[-1]} {word}".strip()
        if not done[-1] or _wide(longer) * size <= _ROOM:
            done[-1] = longer
        elif len(done) < lines:
            done.append(word)
        else:
            done[-1] += " …"
            break
    return [_short(line, size) for line in done if line]


def _short(line: str, size: float) -> str:
    while len(line) > 2 and _wide(line) * size > _ROOM:
        line = f"{line[:-2].rstrip()}…"
    return line


def _wide(line: str) -> float:
    """Return how wide a line is at a size of 1; letters that ours lack are taken to be as wide as they are high."""
    return width(writable(line), Typeface.SERIF) if can_write(line) else float(len(line))


def _written(text: str, size: float, y: float, ink: str, typeface: Typeface) -> str:
    place = f'transform="translate({number(_LEFT)} {number(y)})"'
    if can_write(text):
        return f'<path d="{outlined(writable(text), typeface, size).path}" fill="{ink}" {place}/>'
    plain = "".join(letter for letter in text if letter.isprintable())
    return f'<text font-family="serif" font-size="{number(size)}" fill="{ink}" {place}>{escape(plain)}</text>'
