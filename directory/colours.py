"""A partner's colour, and what can be read on it. Design decision 7: branding is data, never a partner's CSS."""

from __future__ import annotations

from dataclasses import dataclass

from core.colours import MIN_CONTRAST, contrast, ink_on, mixed, rgb, tidy_colour
from partners.rules import DEFAULT_COLOUR

#: Below this a fill can hardly be told from the page around it.
MIN_EDGE = 1.25

#: Grounds and ink of static/laurel.css: `--surface` is the ground that brand-coloured words stand on, `--sunken` too.
_LIGHT_GROUNDS, _LIGHT_INK = ("#fffdf9", "#faf7f0", "#f2ede2"), "#1b201c"
_DARK_GROUNDS, _DARK_INK = ("#1a1f1b", "#121613", "#222923"), "#ece8de"


@dataclass(frozen=True)
class Scheme:
    """A brand in one colour scheme; each value is #rrggbb.

    `fill` is a ground with `ink` on it, `soft` a tint behind ordinary text, `text` the brand as a colour of words.
    """

    fill: str
    ink: str
    soft: str
    text: str


def light(colour: str) -> Scheme:
    """Return the brand of `colour` on light paper."""
    return _scheme(colour, _LIGHT_GROUNDS, _LIGHT_INK, tint=0.1)


def dark(colour: str) -> Scheme:
    """Return the brand of `colour` on dark paper: a fill that would sink into it is lifted."""
    fill = colour
    while contrast(fill, _DARK_GROUNDS[0]) < MIN_EDGE:
        fill = mixed(fill, "#ffffff", 0.08)
    return _scheme(fill, _DARK_GROUNDS, _DARK_INK, tint=0.2)


def stylesheet(colour: str) -> str:
    """Return the brand's CSS variables for both schemes. Whatever is not #rrggbb becomes Laurel's own green."""
    colour = tidy_colour(colour) or DEFAULT_COLOUR
    on_light, on_dark = _variables(light(colour)), _variables(dark(colour))
    return f":root{{{on_light}}}\n@media (prefers-color-scheme:dark){{:root{{{on_dark}}}}}\n"


def _variables(scheme: Scheme) -> str:
    return f"--brand:{scheme.fill};--brand-ink:{scheme.ink};--brand-soft:{scheme.soft};--brand-text:{scheme.text}"


def _scheme(fill: str, grounds: tuple[str, ...], ink: str, *, tint: float) -> Scheme:
    soft = mixed(grounds[0], fill, tint)
    while contrast(soft, ink) < MIN_CONTRAST:
        soft = mixed(soft, grounds[0], 0.2)
    text = fill
    while min(contrast(text, ground) for ground in (*grounds, soft)) < MIN_CONTRAST and text != ink:
        text = mixed(text, ink, 0.1) if _distance(text, ink) > 6 else ink
    return Scheme(fill, ink_on(fill), soft, text)


def _distance(one: str, other: str) -> int:
    return max(abs(a - b) for a, b in zip(rgb(one), rgb(other), strict=True))
