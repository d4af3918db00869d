"""How long experts are featured, and how use cases are called in addresses. Pure. Rules D-1, D-3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from core.slugs import look_alike, slug_of

Thing = TypeVar("Thing")

SLOTS_MAX = 24
#: How many experts are featured at once on a use case's page.
CASE_SLOTS = 3
#: How long experts are featured for: hours, and the words for them.
PERIODS = ((24, "A day"), (72, "Three days"), (168, "A week"), (336, "Two weeks"), (672, "Four weeks"))
PIN_MAX_DAYS = 366

#: Addresses below a partner's page that are no use case.
RESERVED = frozenset({"people", "brand", "rotation", "turns", "compare", "suggest", "embed", "seen"})


def swapped(in_order: Sequence[Thing], moved: Thing, *, up: bool) -> list[Thing]:
    """Return the things with one swapped with its neighbour; the first stays first, and the last last."""
    found = list(in_order)
    place = found.index(moved)
    other = place - 1 if up else place + 1
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found


def use_case_slug(name: str) -> str:
    """Return a use case's name as it stands in an address; never empty."""
    return slug_of(name) or "use-case"


def use_case_name_problem(name: str, *, is_new: bool = True) -> str | None:
    """Return in a sentence why a use case cannot be called so, or None when it can; a new one has its address by it."""
    if strange := look_alike(name):
        return f"{strange} only looks like a letter of the others, so the address would lack it. Type the name anew."
    slug = use_case_slug(name)
    if is_new and slug in RESERVED:
        return f"“{name}” would have the address of another part of your page, …/{slug}. Say more, as in “{name} work”."
    return None
