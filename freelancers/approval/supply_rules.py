"""Supply and demand per skill: when a skill is open, crowded or full. Pure. Rules A-2, A-3."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.slugs import slug_of

_MARK_LETTERS = 8


class SkillState(StrEnum):
    """How a skill stands, from the best for somebody new to the worst."""

    OPEN = "open"
    CROWDED = "crowded"
    FULL = "full"


@dataclass(frozen=True)
class SupplyPolicy:
    """From how many freelancers for one open job a skill is crowded, and full; it holds from `effective_on`.

    A skill with fewer than `least_freelancers` people is always open: so few say nothing about a market.
    """

    effective_on: date
    crowded_from: int
    full_from: int
    least_freelancers: int


#: The oldest first. A threshold is never changed: a further policy is added, so that an old answer can be explained.
POLICIES: tuple[SupplyPolicy, ...] = (
    SupplyPolicy(effective_on=date(2026, 1, 1), crowded_from=10, full_from=30, least_freelancers=10),
)


@dataclass(frozen=True)
class Market:
    """A skill on a day: how many jobs are open, and how many freelancers offer it."""

    open_jobs: int
    freelancers: int

    @property
    def per_job(self) -> float | None:
        """Return how many freelancers there are for one open job; None without any open job."""
        return self.freelancers / self.open_jobs if self.open_jobs else None


def policy_on(day: date, policies: Sequence[SupplyPolicy] = POLICIES) -> SupplyPolicy:
    """Return the policy that holds on a day; before the first one, the first."""
    held = [policy for policy in policies if policy.effective_on <= day]
    return held[-1] if held else policies[0]


def state_of(market: Market, policy: SupplyPolicy) -> SkillState:
    """Return how a skill stands under a policy. Without any open job it is full, as soon as enough people offer it."""
    if market.freelancers < policy.least_freelancers:
        return SkillState.OPEN
    if market.freelancers >= policy.full_from * market.open_jobs:
        return SkillState.FULL
    return SkillState.CROWDED if market.freelancers >= policy.crowded_from * market.open_jobs else SkillState.OPEN


def key_of(name: str) -> str:
    """Return what all ways to write a skill's name have in common, whatever their case and spaces."""
    return " ".join(name.split()).lower()


def address_of(name: str) -> str:
    """Return a skill's short name for addresses; where it cannot say all (C++ and C#), a mark of the name follows."""
    key = key_of(name)
    slug = slug_of(key)
    if slug == key.replace(" ", "-"):
        return slug
    mark = hashlib.sha256(key.encode()).hexdigest()[:_MARK_LETTERS]
    return f"{slug[:40].rstrip('-')}-{mark}".lstrip("-")
