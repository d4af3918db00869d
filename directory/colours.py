"""A partner's colour, and what can be read on it. Design decision 7: branding is data, never a partner's CSS."""

from __future__ import annotations

import re
from dataclasses import dataclass

from partners.rules import DEFAULT_COLOUR

#: What WCAG 2.2 asks between text and its ground.
MIN_CONTRAST = 4.5
#: Below this a fill can hardly be told from the page around it.
MIN_EDGE = 1.25

_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)
#: Grounds and ink of static/laurel.css: `--surface` is the ground that brand-coloured words stand on, `--sunken` too.
_LIGHT_GROUNDS, _LIGHT_INK = ("#fffdf9", "#faf7f0", "#f2ede2"), "#1b201c"
_DARK_GROUNDS, _DARK_INK = ("#1a1f1b", "#121613", "#222923"), "#ece8de"

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Scheme:
    """A brand in one colour scheme; each value is #rrggbb.

    `fill` is a ground with `ink` on it, `soft` a tint behind ordinary text, `text` the brand as a colour of words.
    """

    fill: str
    ink: str
    soft: str
    text: str


def tidy_colour(text: str) -> str | None:
    """Return `text` as #rrggbb in lower case, from "#abc", "ABCDEF" or "#AbCdEf"; None for anything else."""
    found = text.strip().lower().removeprefix("#")
    if len(found) == 3:
        found = "".join(letter * 2 for letter in found)
    colour = f"#{found}"
    return colour if _HEX.fullmatch(colour) else None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two #rrggbb colours as WCAG counts it: 1 to 21."""
    high, low = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """Return white or near-black, whichever reads better on `colour`: 4.5 to 1 at least, for every colour there is."""
    white, ink = contrast(colour, "#ffffff"), contrast(colour, "#111411")
    if max(white, ink) >= MIN_CONTRAST:
        return "#ffffff" if white >= ink else "#111411"
    return "#000000"


def light(colour: str) -> Scheme:
    """Return the brand of `colour` on light paper."""
    return _scheme(colour, _LIGHT_GROUNDS, _LIGHT_INK, tint=0.1)


def dark(colour: str) -> Scheme:
    """Return the brand of `colour` on dark paper: a fill that would sink into it is lifted."""
    fill = colour
    while contrast(fill, _DARK_GROUNDS[0]) < MIN_EDGE:
        fill = _mixed(fill, "#ffffff", 0.08)
    return _scheme(fill, _DARK_GROUNDS, _DARK_INK, tint=0.2)


def stylesheet(colour: str) -> str:
    """Return the brand's CSS variables for both schemes. Whatever is not #rrggbb becomes Laurel's own green."""
    colour = tidy_colour(colour) or DEFAULT_COLOUR
    on_light, on_dark = _variables(light(colour)), _variables(dark(colour))
    return f":root{{{on_light}}}\n@media (prefers-color-scheme:dark){{:root{{{on_dark}}}}}\n"


def _variables(scheme: Scheme) -> str:
    return f"--brand:{scheme.fill};--brand-ink:{scheme.ink};--brand-soft:{scheme.soft};--brand-text:{scheme.text}"


def _scheme(fill: str, grounds: tuple[str, ...], ink: str, *, tint: float) -> Scheme:
    soft = _mixed(grounds[0], fill, tint)
    while contrast(soft, ink) < MIN_CONTRAST:
        soft = _mixed(soft, grounds[0], 0.2)
    text = fill
    while min(contrast(text, ground) for ground in (*grounds, soft)) < MIN_CONTRAST and text != ink:
        text = _mixed(text, ink, 0.1) if _distance(text, ink) > 6 else ink
    return Scheme(fill, ink_on(fill), soft, text)


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in rgb
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(base: str, other: str, share: float) -> str:
    """Return `base` with `share` (0..1) of `other` in it."""
    parts = (round(a + (b - a) * share) for a, b in zip(_rgb(base), _rgb(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _distance(one: str, other: str) -> int:
    return max(abs(a - b) for a, b in zip(_rgb(one), _rgb(other), strict=True))
