"""What clients look for against who is there, and whom to invite where too few are. Rules D-5, D-6, I-2, R-4, X-4.

How many there are is what the search itself would answer; who could be invited is taken from those who asked to be, and
from those whose application is on file: a partner sees its own people alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from core.clock import day_of
from core.database import session
from core.wording import country, language
from directory import search
from directory.facets import NEAR_MINUTES, minutes_from_utc, minutes_of
from directory.filters import Filters, read
from directory.models import Demand, UseCase
from directory.seen.demand import ALL, WORDS
from freelancers.models import Freelancer
from partners.invitation_queries import waiting_interests
from partners.models import Application, Programme

#: Demand is looked at over so many days.
DAYS = 90
#: So many of each kind are shown, the most wanted first, and so many names with each.
NEEDS_MAX, NAMES_MAX = 8, 3
#: With fewer experts than this a client has no choice.
FEW = 3
#: So many who could be invited are looked through, those who asked last first.
WAITING_MAX = 1_000

#: What is shown, in this order; words that clients type count for the skill that they name.
KINDS = {
    "use_case": "Use cases",
    "skill": "Skills",
    "country": "Countries",
    "timezone": "Time zones",
    "language": "Languages",
    "rate_max_cents": "Highest rates",
}


@dataclass(frozen=True)
class Waiting:
    """Somebody who could be invited or selected: they asked to be considered, or are on file (`application_id`)."""

    freelancer: Freelancer
    application_id: UUID | None


@dataclass(frozen=True)
class Need:
    """How often a thing was looked for, how often nobody fitted what was asked with it, and how many have it."""

    filters: Filters
    words: str
    searches: int
    nobody: int
    experts: int
    waiting: Sequence[Waiting] = ()

    @property
    def is_thin(self) -> bool:
        """Say whether clients have no choice."""
        return self.experts < FEW

    @property
    def urgency(self) -> float:
        """Return how many searches there are for each expert and one more."""
        return self.searches / (self.experts + 1)


@dataclass(frozen=True)
class Coverage:
    """The whole map: `needs` by kind (see KINDS), and the thinnest of all first in `thin`."""

    searches: int
    nobody: int
    experts: int
    needs: dict[str, Sequence[Need]]

    @property
    def thin(self) -> Sequence[Need]:
        """Return where clients have no choice, the most wanted for each expert first."""
        every = [need for needs in self.needs.values() for need in needs if need.is_thin]
        return sorted(every, key=lambda need: (-need.urgency, need.words))


def coverage(programme: Programme, at: datetime) -> Coverage:
    """Return what clients looked for in the last DAYS days against who is listed at `at`."""
    partner_id = programme.partner_id
    sums = _sums(partner_id, at)
    names = dict(session.execute(sa.select(UseCase.slug, UseCase.name).where(UseCase.partner_id == partner_id)).all())
    waiting = _who_wait(programme)
    needs = {
        kind: [
            _need(partner_id, kind, value, *counts, names, waiting, at) for value, counts in _most(sums, kind, names)
        ]
        for kind in KINDS
    }
    searches, nobody = sums.get((ALL, ""), (0, 0))
    experts = len(search.fitting(partner_id, at, Filters()).directory)
    return Coverage(searches, nobody, experts, {kind: found for kind, found in needs.items() if found})


def _sums(partner_id: UUID, at: datetime) -> dict[tuple[str, str], tuple[int, int]]:
    """Return (searches, of those without a result) by kind and value; words that name a skill count for it."""
    kind = sa.case((Demand.kind == WORDS, "skill"), else_=Demand.kind)
    rows = session.execute(
        sa.select(kind, Demand.value, sa.func.sum(Demand.searches), sa.func.sum(Demand.nobody))
        .where(Demand.partner_id == partner_id, Demand.day > day_of(at) - timedelta(days=DAYS))
        .group_by(kind, Demand.value)
    )
    return {(kind, value): (int(searches), int(nobody)) for kind, value, searches, nobody in rows}


def _most(
    sums: dict[tuple[str, str], tuple[int, int]], kind: str, names: dict[str, str]
) -> list[tuple[str, tuple[int, int]]]:
    """Return the most wanted values of a kind; a use case that is gone and what was not kept are left out."""
    of_kind = [(value, counts) for (each, value), counts in sums.items() if each == kind and value]
    known = [each for each in of_kind if kind != "use_case" or each[0] in names]
    return sorted(known, key=lambda each: (-each[1][0], each[0]))[:NEEDS_MAX]


def _need(
    partner_id: UUID,
    kind: str,
    value: str,
    searches: int,
    nobody: int,
    names: dict[str, str],
    waiting: Sequence[Waiting],
    at: datetime,
) -> Need:
    filters = read({"rate_max" if kind == "rate_max_cents" else kind: value}).filters
    everybody = search.fitting(partner_id, at, filters).everybody_but()
    experts = 0 if everybody is None else int(np.count_nonzero(everybody))
    who = [each for each in waiting if _has(each.freelancer, kind, value, at)][:NAMES_MAX] if experts < FEW else []
    return Need(filters, _words(kind, value, names), searches, nobody, experts, who)


def _words(kind: str, value: str, names: dict[str, str]) -> str:
    match kind:
        case "use_case":
            return names[value]
        case "country":
            return country(value)
        case "language":
            return language(value)
        case "timezone":
            return f"Within 3 hours of UTC{value}"
        case "rate_max_cents":
            return f"Up to ${value} an hour"
    return value


def _has(person: Freelancer, kind: str, value: str, at: datetime) -> bool:
    match kind:
        case "skill":
            return value.lower() in {skill.lower() for skill in person.skills}
        case "country":
            return person.country == value
        case "language":
            return value in {spoken["code"] for spoken in person.languages}
        case "timezone":
            own, wanted = minutes_from_utc(person.timezone or "", at), minutes_of(value)
            return own is not None and abs(own - wanted) <= NEAR_MINUTES
        case "rate_max_cents":
            return person.hourly_rate_cents is not None and person.hourly_rate_cents <= int(value) * 100
    return False


def _who_wait(programme: Programme) -> list[Waiting]:
    """Return who asked to be considered, then who is kept on file."""
    asked = [Waiting(interest.freelancer, None) for interest in waiting_interests(programme)[:WAITING_MAX]]
    kept = session.scalars(
        sa.select(Application)
        .where(
            Application.programme_id == programme.id,
            Application.kept_at.is_not(None),
            Application.selected_at.is_(None),
            Application.withdrawn_at.is_(None),
        )
        .order_by(Application.kept_at.desc(), Application.id)
        .limit(WAITING_MAX)
    )
    return asked + [Waiting(application.freelancer, application.id) for application in kept]
