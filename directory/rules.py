"""What a page needs before it is shown, and how things are called in addresses. Pure. Rule D-1."""

from __future__ import annotations

from dataclasses import dataclass

from core.slugs import look_alike, slug_of

HEADLINE_MAX, INTRO_MAX, ABOUT_MAX, NAME_MAX, SUMMARY_MAX = 90, 300, 6_000, 60, 300
SLOTS_MAX = 24
#: How long experts are featured for: hours, and the words for them.
PERIODS = ((24, "A day"), (72, "Three days"), (168, "A week"), (336, "Two weeks"), (672, "Four weeks"))
PIN_MAX_DAYS = 366

#: Addresses below a partner's page that are no use case.
RESERVED = frozenset({"people", "brand", "rotation", "turns", "compare", "suggest", "embed", "seen"})


@dataclass(frozen=True)
class Point:
    """Something a page still lacks: `blocks` says whether it cannot be published without."""

    text: str
    blocks: bool


def open_points(headline: str, intro: str, about: str, use_cases: int, listed: int) -> tuple[Point, ...]:
    """Return what the page lacks, what it cannot do without first. `listed` is how many experts it would show."""
    points = (
        (headline.strip(), "A headline: what a visitor reads first.", True),
        (intro.strip(), "An introduction: one or two sentences on whom they find here.", True),
        (listed, "An expert: until you select one, visitors find an empty list that says so.", False),
        (about.strip(), "A few words on how you choose your experts. They build trust.", False),
        (use_cases, "A use case, such as “Migrating a warehouse”, with the experts you chose for it.", False),
    )
    return tuple(Point(text, blocks) for present, text, blocks in points if not present)


def use_case_slug(name: str) -> str:
    """Return a use case's name as it stands in an address; never empty."""
    return slug_of(name) or "use-case"


def use_case_name_problem(name: str) -> str | None:
    """Return in a sentence why a use case cannot be called so, or None when it can."""
    if strange := look_alike(name):
        return f"{strange} only looks like a letter of the others, so the address would lack it. Type the name anew."
    slug = use_case_slug(name)
    if slug in RESERVED:
        return f"“{name}” would have the address of another part of your page, …/{slug}. Say more, as in “{name} work”."
    return None
