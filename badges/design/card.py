"""The card of 1200 × 630 that stands beside a link to a badge. Pure."""

from __future__ import annotations

from badges.design.drawing import FULL, Words, drawn
from badges.design.lettering import Typeface, can_write, outlined, width, writable
from badges.design.logos import Logo
from badges.design.outlines import number
from badges.design.rules import Design

_PAPER, _INK, _SOFT, _LINE = "#faf7f0", "#1b201c", "#545b54", "#d9d2c3"
_LEFT, _ROOM = 640.0, 500.0


def card(design: Design, words: Words, logo: Logo | None, holder: str | None) -> str:
    """Return the card as an SVG: the badge at the left; whose it is, what it is and how it stands at the right."""
    badge = drawn(design, words, FULL, logo).replace("<svg ", '<svg x="64" y="59" ', 1)
    title, second = (holder, words.name) if holder and can_write(holder) else (words.name, "")
    said = f"Verified on Laurel · awarded by {words.issuer}" if not words.off else f"{words.status.capitalize()} now"
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630">',
        f'<rect width="1200" height="630" fill="{_PAPER}"/>',
        f'<rect x="20" y="20" width="1160" height="590" fill="none" stroke="{_LINE}" stroke-width="2"/>',
        badge,
        _lines(title, 66, 268 if second else 300, _INK, Typeface.SERIF),
        _lines(second, 38, 334, _INK, Typeface.SERIF),
        f'<rect x="{number(_LEFT)}" y="376" width="72" height="4" fill="{design.accent if not words.off else _SOFT}"/>',
        _lines(said, 26, 430, _SOFT, Typeface.SANS),
        "</svg>",
    ]
    return "".join(parts)


def _lines(text: str, size: float, y: float, ink: str, typeface: Typeface) -> str:
    """Return words on one line, made smaller until they fit, or nothing where our letters cannot write them."""
    written = writable(text)
    if not written or not can_write(text):
        return ""
    smaller = max(min(size, _ROOM / width(written, typeface)), 20.0)
    while len(written) > 2 and width(written, typeface) * smaller > _ROOM + 1:
        written = f"{written[:-2].rstrip()}…"
    word = outlined(written, typeface, round(smaller, 1))
    return f'<path d="{word.path}" fill="{ink}" transform="translate({number(_LEFT)} {number(y)})"/>'
