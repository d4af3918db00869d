"""Who goes which way through which programme, and when: the demo's story before it is told. Pure.

Times are days before the moment of loading, so that the story always ends today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from app.demo.people import Person

WAVE_DAYS = 17.0  # from one round of invitations to the next


class Fate(StrEnum):
    """How far somebody's way through a programme leads."""

    EXPERT = "experts"
    WAITING = "waiting"
    KEPT = "kept"
    IN_REVIEW = "in_review"
    SUBMITTED = "submitted"
    DRAFT = "draft"
    WITHDRAWN = "withdrawn"
    SENT = "sent"
    OPENED = "opened"
    DECLINED = "declined"
    EXPIRED = "expired"
    TAKEN_BACK = "withdrawn_invitations"
    #: Nobody invited them; they say that they would like it.
    INTERESTED = "interested"


#: Between which days before today they are invited. Experts and those kept on file come at any time since the founding.
_INVITED = {
    Fate.WAITING: (60, 25),
    Fate.IN_REVIEW: (16, 12),
    Fate.SUBMITTED: (10, 8),
    Fate.DRAFT: (9, 5),
    Fate.SENT: (6, 1),
    Fate.OPENED: (12, 4),
    Fate.DECLINED: (70, 10),
    Fate.EXPIRED: (70, 34),
    Fate.TAKEN_BACK: (26, 8),
    Fate.INTERESTED: (20, 1),
}


#: Applications that wait for a decision.
TO_DECIDE = (Fate.IN_REVIEW, Fate.SUBMITTED)


@dataclass(frozen=True)
class Way:
    """One person's way through one partner's programme. `invited_days` before today they are invited."""

    slug: str
    person: Person
    fate: Fate
    invited_days: float


def ways(
    partner: Mapping[str, Any],
    people: Sequence[Person],
    cast: Mapping[str, Fate],
    eligible: Callable[[Person], bool],
    random: Random,
) -> list[Way]:
    """Return everybody's way through the programme of `partner`: as many of each fate as it says, `cast` among them.

    Experts are eligible; whoever is selected and waits is not; of those to decide on, two in three are.
    """
    counts: dict[str, int] = dict(partner["counts"])
    known = [Way(partner["slug"], person, cast[person.key], 0) for person in people if person.key in cast]
    for way in known:
        counts[way.fate] -= 1
    chosen: list[Way] = []
    free = [person for person in people if person.key not in cast and person.field in partner["fields"]]
    random.shuffle(free)
    for fate in sorted(Fate, key=lambda fate: fate not in TO_DECIDE):
        able = [person for person in free if eligible(person)]
        others = [person for person in free if not eligible(person)]
        taken = _those_who_fit(fate, able, others)[: counts[fate]]
        chosen += [Way(partner["slug"], person, fate, 0) for person in taken]
        free = [person for person in free if person not in taken]
    middle = counts[Fate.EXPERT] // 2  # experts come first, and in the order of their invitations
    return list(_dated([*chosen[:middle], *known, *chosen[middle:]], float(partner["days_ago"]), random))


def _those_who_fit(fate: Fate, able: Sequence[Person], others: Sequence[Person]) -> Sequence[Person]:
    """Return who may have this fate, the likeliest first; `able` are eligible, `others` are not."""
    if fate is Fate.EXPERT:
        return able
    if fate is Fate.WAITING:
        return others
    if fate in TO_DECIDE:
        return [person for three in zip(able[::2], able[1::2], others, strict=False) for person in three]
    return [*others, *able]


def _dated(chosen: Sequence[Way], founded_days: float, random: Random) -> Iterator[Way]:
    """Spread the invitations: those since the founding over rounds, the others within their own days."""
    experts = sum(way.fate is Fate.EXPERT for way in chosen)
    rounds = int((founded_days - 30) // WAVE_DAYS)
    seen = 0
    for way in chosen:
        if way.fate is Fate.EXPERT:
            days = founded_days - 9 - WAVE_DAYS * (seen * rounds // max(experts, 1))
            seen += 1
        elif way.fate in _INVITED:
            days = round(random.uniform(*_INVITED[way.fate])) + 0.3
        else:
            days = founded_days - 9 - WAVE_DAYS * random.randint(rounds // 3, rounds)
        yield Way(way.slug, way.person, way.fate, min(days, founded_days - 5))
