"""A badge as an SVG: one drawing with three optical sizes. Pure. Rule B-3.

At 32 pixels it is shape and mark; at 96 the band with its word joins; at 512 the name and the ornament. Letters are
outlines, a logo is a `data:` picture: the drawing needs nothing from elsewhere and runs nothing.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from unicodedata import east_asian_width

from badges.design.lettering import Typeface, Word, can_write, outlined, width, writable
from badges.design.logos import Logo
from badges.design.ornaments import ornament
from badges.design.outlines import BOX, FORMS, Form, number
from badges.design.rules import Design, Mark, Ornament, letters_of, wording_of
from core.colours import MIN_CONTRAST, contrast, grey, ink_on, luminance, mixed

#: The optical sizes, in pixels: the largest one whose number is not above what is asked for is drawn.
SMALL, MEDIUM, FULL = 32, 96, 512
SIZES = (SMALL, MEDIUM, FULL)

#: The room for a mark by optical size, and inside an ornament: its width and height, and the height of its middle.
_ROOM = {SMALL: (300.0, 290.0, 256.0), MEDIUM: (290.0, 210.0, 178.0), FULL: (216.0, 150.0, 182.0)}
_INSIDE = {
    Ornament.LAUREL: (150.0, 122.0, 186.0),
    Ornament.STARS: (190.0, 122.0, 212.0),
    Ornament.RAYS: (150.0, 104.0, 182.0),
}
#: Sizes of the name: at most on one line and on two, at least; a single line smaller than this is parted.
_NAME_MAX, _TWO_MAX, _NAME_MIN, _ALONE_MIN = 46.0, 35.0, 16.0, 31.0
_MIDDLE = 256.0
_KEPT = 400  # drawings of 10 kB, more with a logo
#: Says that a badge does not count where there is no room for the word: two bars in a disc.
_STAMP = (
    '<circle cx="402" cy="402" r="110" fill="#fffdf9"/><circle cx="402" cy="402" r="90" fill="#3c413c"/>'
    '<path d="M378 358V446M426 358V446" stroke="#fffdf9" stroke-width="28"/>'
)


@dataclass(frozen=True)
class Words:
    """What a badge says: its name, who stands behind it, and how it stands (the word of an award's status)."""

    name: str
    issuer: str
    status: str = "active"

    @property
    def off(self) -> bool:
        """Say whether the badge does not count, and so is grey."""
        return self.status != "active"

    @property
    def band(self) -> str:
        """Return the word on the band."""
        return self.status if self.off else "expert"


@dataclass(frozen=True)
class _Band:
    """The band across a badge, in units: where it begins, how high it is, its letters and how far apart they stand."""

    top: float
    height: float
    letters: float
    tracking: float
    left: float
    tails: bool


_BANDS = {FULL: _Band(306, 74, 46, 0.16, 46, tails=True), MEDIUM: _Band(312, 112, 82, 0.07, 4, tails=False)}


@lru_cache(maxsize=_KEPT)
def drawn(design: Design, words: Words, size: int = FULL, logo: Logo | None = None) -> str:
    """Return the badge as an SVG of `size` pixels, which is one of SIZES."""
    look = design.greyed if words.off else design
    form = FORMS[design.shape]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {BOX} {BOX}" '
        f'role="img" aria-labelledby="title">',
        f'<title id="title">{escape(_plain(words.name))}, badge: {words.status.capitalize()}</title>',
        _ground(look, form, size),
        f'<g transform="{_placed(form)}">{_mark(look, words, size, logo)}',
        "" if size == SMALL else _band(look, words, _BANDS[size]),
        _name(look, words.name, form.rooms) if size == FULL else "",
        "</g>",
        _STAMP if size == SMALL and words.off else "",
        "</svg>",
    ]
    return "".join(parts)


def _plain(text: str) -> str:
    """Return text without what XML does not allow."""
    return "".join(letter for letter in text if letter.isprintable())


def _placed(form: Form) -> str:
    aside, down = _MIDDLE - _MIDDLE * form.scale, form.centre_y - _MIDDLE * form.scale
    return f"translate({number(aside)} {number(down)})scale({form.scale})"


def _path(path: str, fill: str, more: str = "") -> str:
    return f'<path d="{path}" fill="{fill}"{more}/>'


def _letters(word: Word, fill: str, y: float) -> str:
    """Return a word with its middle in the badge's middle, its base line at `y`."""
    return _path(word.path, fill, f' transform="translate({number(_MIDDLE - word.width / 2)} {number(y)})"')


def _ground(look: Design, form: Form, size: int) -> str:
    """Return the shape: tails, edge and ground; at full size also a darker foot and the inner line."""
    edge = {SMALL: 26, MEDIUM: 16, FULL: 9}[size]
    outline = form.outline(edge)
    tails = _path(form.tails, mixed(look.accent, "#000000", 0.22)) if form.tails else ""
    shape = f"{tails}{_path(form.outline(0), look.accent)}{_path(outline, look.ground)}"
    if size != FULL:
        return shape
    deep = mixed(look.ground, "#000000", 0.16 if luminance(look.ground) < 0.4 else 0.06)
    foot = _path(f"M0 {number(form.centre_y + 84 * form.scale)}H{BOX}V{BOX}H0z", deep, ' clip-path="url(#ground)"')
    line = _path(form.inner(24), "none", f' stroke="{look.accent}" stroke-width="3"')
    return f'{shape}<clipPath id="ground"><path d="{outline}"/></clipPath>{foot}{line}'


def _mark(look: Design, words: Words, size: int, logo: Logo | None) -> str:
    """Return the mark in the room that its optical size leaves, with the ornament around it."""
    wide, high, y = _ROOM[size]
    around = ""
    if size == FULL and look.ornament is not Ornament.PLAIN:
        wide, high, y = _INSIDE[look.ornament]
        around = ornament(look.ornament, look.accent)
    if look.mark is Mark.LOGO and logo is not None:
        keeping = 1.0 if size == FULL else 0.86  # corners, which letters lack, would touch the edge
        return around + _logo(logo, look, words.off, y, wide * keeping, high * keeping)
    return around + _monogram(letters_of(look, words.issuer), look.ink, y, wide, high)


def _monogram(letters: str, ink: str, y: float, wide: float, high: float) -> str:
    """Return letters as large as fit, their ink (not their box) in the middle."""
    if not letters:
        return ""
    if not can_write(letters) and not letters.isdigit():
        return _by_viewer(letters, ink, y + high * 0.3, high * 0.8, wide)
    tried = outlined(letters, Typeface.SERIF, 100.0)
    scale = min(wide / (tried.right - tried.left), high / (tried.bottom - tried.top))
    word = outlined(letters, Typeface.SERIF, round(100 * scale, 1))
    left, top = _MIDDLE - (word.left + word.right) / 2, y - (word.top + word.bottom) / 2
    return f'<path d="{word.path}" fill="{ink}" transform="translate({number(left)} {number(top)})"/>'


def _logo(logo: Logo, look: Design, off: bool, y: float, wide: float, high: float) -> str:
    on_plate = look.plate or logo.opaque
    room = 0.74 if on_plate else 1.0
    scale = min(wide * room / logo.width, high * room / logo.height)
    across, down = logo.width * scale, logo.height * scale
    plate = ""
    if on_plate:
        edge = max(across, down) * 0.16
        ground = logo.edge if logo.opaque else "#ffffff"
        rounded = f' rx="{number(min(28, edge))}" fill="{grey(ground) if off else ground}"'
        plate = f"<rect {_box(y, across + 2 * edge, down + 2 * edge)}{rounded}/>"
    data = base64.b64encode(logo.png).decode()
    picture = f'<image {_box(y, across, down)} href="data:image/png;base64,{data}"'
    if not off:
        return f"{plate}{picture}/>"
    greyed = '<filter id="grey"><feColorMatrix type="saturate" values="0"/></filter>'
    return f'{greyed}{plate}{picture} filter="url(#grey)"/>'


def _box(y: float, wide: float, high: float) -> str:
    x, top = number(_MIDDLE - wide / 2), number(y - high / 2)
    return f'x="{x}" y="{top}" width="{number(wide)}" height="{number(high)}"'


def _band(look: Design, words: Words, band: _Band) -> str:
    """Return the ribbon across the badge with its word in capitals."""
    ink = look.ground if contrast(look.ground, look.accent) >= MIN_CONTRAST else ink_on(look.accent)
    begin, end, low = number(band.left), number(BOX - band.left), band.top + band.height
    front = _path(f"M{begin} {number(band.top)}H{end}V{number(low)}H{begin}z", look.accent)
    text, room = words.band.upper(), BOX - 2 * band.left - 48
    size = round(min(band.letters, room / width(text, Typeface.SANS, band.tracking)), 1)
    word = outlined(text, Typeface.SANS, size, band.tracking)
    base = (band.top + low) / 2 - (word.top + word.bottom) / 2
    return f"{_ends(look, band) if band.tails else ''}{front}{_letters(word, ink, base)}"


def _ends(look: Design, band: _Band) -> str:
    """Return the ribbon's two ends, which are folded behind it and hang a little lower."""
    fold, tail = mixed(look.accent, "#000000", 0.45), mixed(look.accent, "#000000", 0.2)
    top, low, drop = band.top, band.top + band.height, 19.0
    parts = []
    for side, edge in ((1, band.left), (-1, BOX - band.left)):
        out, notch, back = edge - 44 * side, edge - 26 * side, edge + 28 * side
        hanging = f"M{number(out)} {number(top + drop)}H{number(back)}V{number(low + drop)}H{number(out)}"
        parts.append(_path(f"{hanging}L{number(notch)} {number((top + low) / 2 + drop)}z", tail))
        parts.append(_path(f"M{number(back)} {number(low + drop)}V{number(low)}H{number(edge)}z", fold))
    return "".join(parts)


def _name(look: Design, name: str, rooms: tuple[float, float, float]) -> str:
    """Return the name below the band, on one line or two, as large as fits."""
    words = wording_of(_plain(name))
    if not can_write(words):
        return _by_viewer(words, look.ink, 432, 34, rooms[0])
    size, lines = _fitted(writable(words), rooms)
    parts = []
    first = 431.0 if len(lines) == 1 else 415.0
    for place, line in enumerate(lines):
        word = outlined(line, Typeface.SERIF, size)
        parts.append(_letters(word, look.ink, first + place * size * 1.16 + (size - 36) * 0.35))
    return "".join(parts)


def _fitted(text: str, rooms: tuple[float, float, float]) -> tuple[float, list[str]]:
    """Return the size at which a name fits below the band, and its one or two lines; what is too long is cut.

    Of all places to part it, the one that leaves the letters largest is taken.
    """
    alone, *pair = rooms
    size = alone / width(text, Typeface.SERIF)
    parted = text.split(" ")
    if size >= _ALONE_MIN or len(parted) == 1:
        return _held(size, [text], [alone])
    halves = [[" ".join(parted[:place]), " ".join(parted[place:])] for place in range(1, len(parted))]
    lines = max(halves, key=lambda lines: _largest(lines, pair))
    return _held(max(_largest(lines, pair), size), lines if _largest(lines, pair) > size else [text], pair)


def _largest(lines: list[str], rooms: list[float]) -> float:
    return min(room / width(line, Typeface.SERIF) for line, room in zip(lines, rooms, strict=False))


def _held(size: float, lines: list[str], rooms: list[float]) -> tuple[float, list[str]]:
    """Return lines of a size that is neither shouted nor lost; each is cut to its room."""
    top = _NAME_MAX if len(lines) == 1 else _TWO_MAX
    size = round(min(max(size, _NAME_MIN), top), 1)
    return size, [_cut(line, room / size) for line, room in zip(lines, rooms, strict=False)]


def _cut(line: str, room: float) -> str:
    if width(line, Typeface.SERIF) <= room + 0.01:
        return line
    while len(line) > 1 and width(f"{line}…", Typeface.SERIF) > room:
        line = line[:-1].rstrip()
    return f"{line}…"


def _by_viewer(text: str, ink: str, y: float, size: float, wide: float) -> str:
    """Return words in a script that our letters lack: in the fonts of whoever looks, and never wider than `wide`."""
    ems = sum(1.02 if east_asian_width(letter) in "WF" else 0.7 for letter in text)
    smaller = number(min(size, wide / max(ems, 1)))
    font = f'text-anchor="middle" font-family="Georgia, serif" font-weight="600" font-size="{smaller}"'
    return f'<text x="{number(_MIDDLE)}" y="{number(y)}" {font} fill="{ink}">{escape(text)}</text>'
