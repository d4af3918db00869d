"""What a change of requirements does to a partner's applicants, and the names of its own people it concerns. E-13, X-4.

Names are of the partner's own experts and applicants alone; of everybody else there are only counts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from badges.eligibility.findings import Finding
from badges.eligibility.rules import evaluate, unmet
from badges.models import Award
from badges.queries import facts_of_many
from badges.simulation import (
    Change,
    Outcome,
    Shift,
    before_and_after,
    count_shifts,
    holder_outcome,
    holds,
    person_outcome,
)
from core.database import session
from core.keyset import after
from core.paging import PAGE_SIZE, Page, page_of
from freelancers.models import Freelancer
from partners.application_queries import Queue, lies_in
from partners.models import Application

EXPERT = "expert"
_WAITING = (Queue.TO_DECIDE, Queue.WAITING, Queue.KEPT)
_RANKS = (Outcome.LOSES, Outcome.GRACE, Outcome.GAINS, Outcome.UNAFFECTED)


@dataclass(frozen=True)
class Concerned:
    """One of the partner's own people: `what` is "expert" or their application's queue, `id` the award's or its."""

    what: str
    id: UUID
    freelancer_id: UUID
    name: str
    country: str | None
    outcome: Outcome
    open: tuple[Finding, ...]


def applicants(programme_id: UUID, change: Change) -> dict[Queue, Shift]:
    """Return, for each queue of applications without a badge, how many applicants meet everything before and after."""
    judged = (
        sa.select(_queue().label("label"), *before_and_after(change))
        .select_from(Application)
        .join(Freelancer, Freelancer.id == Application.freelancer_id)
        .where(Application.programme_id == programme_id, sa.or_(*map(lies_in, _WAITING)))
    )
    found = count_shifts(judged)
    return {queue: found.get(queue.value, Shift()) for queue in _WAITING}


def _queue() -> ColumnElement[str]:
    return sa.case(*((lies_in(queue), queue.value) for queue in _WAITING))


def concerned(
    programme_id: UUID, change: Change, outcomes: Collection[Outcome], cursor: str | None = None
) -> Page[Concerned]:
    """Return the partner's own experts and applicants to whom the change does one of these.

    Experts come first, the worst off before the others.
    """
    every = sa.union_all(_experts(change), _applicants(programme_id, change)).subquery()
    how_bad = sa.case({which.value: number for number, which in enumerate(_RANKS)}, value=every.c.outcome)
    rank = how_bad + sa.case((every.c.what == EXPERT, 0), else_=len(_RANKS))
    name = sa.func.lower(every.c.name, type_=sa.Text())
    chosen = sa.select(every, rank.label("rank"), name.label("lower_name")).where(
        every.c.outcome.in_([which.value for which in outcomes])
    )
    if cursor:
        chosen = chosen.where(after(cursor, rank, name, every.c.id))
    rows = session.execute(chosen.order_by(rank, name, every.c.id).limit(PAGE_SIZE + 1)).all()
    found = page_of(rows, lambda row: (row.rank, row.lower_name, row.id))
    return Page(_read(found.items, change), found.next_cursor)


def _read(rows: Sequence[Any], change: Change) -> list[Concerned]:
    facts = facts_of_many([row.freelancer_id for row in rows], change.issuer_id)
    return [
        Concerned(
            row.what,
            row.id,
            row.freelancer_id,
            row.name,
            row.country,
            Outcome(row.outcome),
            unmet(evaluate(change.then, facts[row.freelancer_id], change.at)),
        )
        for row in rows
    ]


def _experts(change: Change) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*_columns(sa.literal(EXPERT), Award.id, holder_outcome(change)))
        .select_from(Award)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(holds(change.achievement_id, change.at))
    )


def _applicants(programme_id: UUID, change: Change) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*_columns(_queue(), Application.id, person_outcome(change)))
        .select_from(Application)
        .join(Freelancer, Freelancer.id == Application.freelancer_id)
        .where(Application.programme_id == programme_id, sa.or_(*map(lies_in, _WAITING)))
    )


def _columns(what: ColumnElement[str], own_id: Any, outcome: ColumnElement[str]) -> tuple[ColumnElement[Any], ...]:
    return (
        what.label("what"),
        own_id.label("id"),
        Freelancer.id.label("freelancer_id"),
        Freelancer.name.label("name"),
        Freelancer.country.label("country"),
        outcome.label("outcome"),
    )
