"""How far invited people get, step by step, as a picture: shares, losses and how long each step takes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from partners.today import days

NAMES = ("Invited", "Opened", "Accepted", "Applied", "Selected", "Badged")


@dataclass(frozen=True)
class Stage:
    """One step. `width_pct` and `before_pct` are how long its bar and that of the step before are drawn.

    `share_pct` is how many of those of the step before came so far, and `took` how long half of them took at most; both
    None for the first step, and where nobody came.
    """

    name: str
    count: int
    width_pct: float
    before_pct: float
    share_pct: int | None
    took: str | None


def stages(counts: Sequence[int], median_days: Sequence[float | None]) -> tuple[Stage, ...]:
    """Return the steps of NAMES: `counts` has one figure for each, `median_days` one for each step to the next."""
    top = max(counts[0], 1)
    found = []
    for place, (name, count) in enumerate(zip(NAMES, counts, strict=True)):
        before = counts[place - 1] if place else counts[0]
        median = median_days[place - 1] if place and count else None
        found.append(
            Stage(
                name=name,
                count=count,
                width_pct=100 * count / top,
                before_pct=100 * before / top,
                share_pct=round(100 * count / before) if place and before else None,
                took=None if median is None else days(median),
            )
        )
    return tuple(found)


def weakest(found: Sequence[Stage]) -> str | None:
    """Return in a sentence at which step most people are lost, or None while there are too few to say."""
    lossy = [(before.count - stage.count, before, stage) for before, stage in pairwise(found)]
    lost, before, stage = max(lossy, key=lambda step: step[0])
    if before.count < 10 or not lost:
        return None
    return f"Most stop between {before.name.lower()} and {stage.name.lower()}: {lost:,} of {before.count:,}."
