"""Colours as #rrggbb, and what can be read on them. Pure. Design decision 7: branding is data."""

from __future__ import annotations

import re

#: What WCAG 2.2 asks between text and its ground.
MIN_CONTRAST = 4.5

_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_WHITE, _INK = "#ffffff", "#111411"

Rgb = tuple[int, int, int]


def tidy_colour(text: str) -> str | None:
    """Return `text` as #rrggbb in lower case, from "#abc", "ABCDEF" or "#AbCdEf"; None for anything else."""
    found = text.strip().lower().removeprefix("#")
    if len(found) == 3:
        found = "".join(letter * 2 for letter in found)
    colour = f"#{found}"
    return colour if _HEX.fullmatch(colour) else None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two #rrggbb colours as WCAG counts it: 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """Return white or near-black, whichever reads better on `colour`: 4.5 to 1 at least, for every colour there is."""
    white, ink = contrast(colour, _WHITE), contrast(colour, _INK)
    if max(white, ink) >= MIN_CONTRAST:
        return _WHITE if white >= ink else _INK
    return "#000000"


def mixed(base: str, other: str, share: float) -> str:
    """Return `base` with `share` (0..1) of `other` in it."""
    parts = (round(a + (b - a) * share) for a, b in zip(rgb(base), rgb(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def grey(colour: str) -> str:
    """Return the grey that is as bright as `colour`, so that what could be read still can be."""
    light = luminance(colour)
    part = light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return f"#{round(part * 255):02x}" + f"{round(part * 255):02x}" * 2


def until_readable(colour: str, ground: str, least: float = MIN_CONTRAST) -> str:
    """Return `colour`, mixed with white or black just as far as it takes to have so much contrast on `ground`."""
    towards = max((_WHITE, "#000000"), key=lambda end: contrast(end, ground))
    for step in range(101):
        tried = mixed(colour, towards, step / 100)
        if contrast(tried, ground) >= least:
            return tried
    return towards


def luminance(colour: str) -> float:
    """Return how bright a #rrggbb colour is, from 0 to 1."""
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rgb(colour: str) -> Rgb:
    """Return the parts of a #rrggbb colour, each 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
