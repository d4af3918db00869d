"""How words fit into the drawing of a badge, which is seen on any page and with any font. Rule B-3."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

FONT_SIZE = 19
WIDTH_MAX = 208
_LETTERS_MAX = 22
_LINES_MAX = 2


@dataclass(frozen=True)
class Line:
    """One line of the drawing, and the size of its letters."""

    text: str
    font_size: float


def lines(name: str) -> list[Line]:
    """Return a badge's name as it is drawn: at most two lines, the rest cut off."""
    printable = "".join(letter for letter in name if letter.isprintable())
    wrapped = wrap(printable, _LETTERS_MAX)
    if len(wrapped) > _LINES_MAX:
        wrapped = [wrapped[0], f"{wrapped[1][: _LETTERS_MAX - 1]}…"]
    return [Line(text, round(min(FONT_SIZE, WIDTH_MAX / sum(map(_width, text))), 1)) for text in wrapped]


def _width(letter: str) -> float:
    """Return what a letter takes of the font's size at most, whichever font it is."""
    if not letter.isascii() or letter in "MW@%":
        return 1.0
    return 0.75 if letter.isupper() or letter in "mw" else 0.52
