"""What can and cannot be read on a badge, in words, with what to change. Pure. Rule B-3."""

from __future__ import annotations

from dataclasses import dataclass

from badges.design.logos import Logo
from badges.design.rules import Design, Mark
from core.colours import MIN_CONTRAST, contrast, until_readable

#: What an edge needs against the page around it (WCAG 2.2, 1.4.11), and a band against what it lies on.
MIN_EDGE, MIN_BAND = 3.0, 1.6
_PAGES = (("light", "#faf7f0"), ("dark", "#121613"))


@dataclass(frozen=True)
class Remark:
    """A thing that is well (`tone` good), could be better (warn), or must be changed first (bad); and what to do."""

    tone: str
    text: str
    advice: str = ""

    @property
    def blocks(self) -> bool:
        """Say whether the design cannot be used as it is."""
        return self.tone == "bad"


def remarks(design: Design, logo: Logo | None) -> list[Remark]:
    """Return what is to be said of a design, the worst first."""
    said = [_words(design), _band(design), *_mark(design, logo), *_edges(design)]
    return sorted((each for each in said if each), key=lambda each: ("bad", "warn", "good").index(each.tone))


def _ratio(value: float) -> str:
    return f"{value:.1f} to 1"


def _words(design: Design) -> Remark:
    found = contrast(design.ink, design.ground)
    if found >= MIN_CONTRAST:
        return Remark("good", f"Words on the ground read well: {_ratio(found)}.")
    text = f"Words on the ground are hard to read: {_ratio(found)}, and {MIN_CONTRAST} to 1 are needed."
    return Remark("bad", text, _how(design, found))


def _how(design: Design, found: float) -> str:
    ink, ground = until_readable(design.ink, design.ground), until_readable(design.ground, design.ink)
    ways = []
    if contrast(ink, design.ground) >= MIN_CONTRAST:
        ways.append(f"take {ink} for the words")
    if contrast(ground, design.ink) >= MIN_CONTRAST:
        ways.append(f"take {ground} for the ground")
    return f"Keep the rest and {', or '.join(ways)}."


def _band(design: Design) -> Remark | None:
    found = contrast(design.accent, design.ground)
    if found >= MIN_BAND:
        return None
    text = f"The band hardly stands out from the ground: {_ratio(found)}."
    return Remark(
        "warn", text, f"An accent such as {until_readable(design.accent, design.ground, 2.2)} would part them."
    )


def _edges(design: Design) -> list[Remark]:
    said = []
    for name, page in _PAGES:
        found = max(contrast(design.accent, page), contrast(design.ground, page))
        if found < MIN_EDGE:
            better = until_readable(design.accent, page, MIN_EDGE)
            text = f"On a {name} page the badge’s edge is faint: {_ratio(found)}, and {MIN_EDGE:g} to 1 are better."
            said.append(Remark("warn", text, f"An accent such as {better} would hold it together."))
    return said or [Remark("good", "Its edge stands out on light pages and on dark ones.")]


def _mark(design: Design, logo: Logo | None) -> list[Remark]:
    if design.mark is not Mark.LOGO:
        return []
    if logo is None:
        return [Remark("bad", "There is no logo yet.", "Upload one below, or take letters as the mark.")]
    found = contrast(logo.colour, "#ffffff" if design.plate else design.ground)
    if logo.opaque:
        return [Remark("warn", "Your logo brings its own ground, so it stands on a plate.",
                       "With a see-through ground (PNG or WebP) it would stand on the badge itself.")]  # fmt: skip
    if found >= 2.0:
        return [Remark("good", "The logo stands out from what is behind it.")]
    text = f"The logo is nearly as bright as what is behind it: {_ratio(found)}."
    other = "Take it off its plate" if design.plate else "Put it on a plate"
    return [Remark("warn", text, f"{other}, or upload it in another colour.")]
