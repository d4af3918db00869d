"""What a change of policy would do, before it is made: who gains, who loses, who enters grace. Rule E-13.

Everything is asked of the database at once, by the requirements as SQL: for those who hold the badge, what would
become of it (as `badges/upkeep.py` has it), and for everybody, whether they would meet everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, SQLColumnExpression

from badges.eligibility.conditions import Requirement
from badges.eligibility.policy import Policy
from badges.eligibility.rules import PARTNER_RULE
from badges.eligibility.sql import eligible_expression, met_expressions, requirement_met
from badges.models import Award
from badges.queries import joined_through
from core.database import session
from freelancers.models import Freelancer

Asked = ColumnElement[bool]


class Outcome(StrEnum):
    """What a change does to one person."""

    #: Suspended at once, or for whoever holds no badge: no longer meets everything.
    LOSES = "loses"
    #: Keeps the badge, and has until the end of grace to meet something that is not asked now. Rule E-11.
    GRACE = "grace"
    #: Gets the badge back or out of grace, or for whoever holds none: meets everything now.
    GAINS = "gains"
    UNAFFECTED = "unaffected"


@dataclass(frozen=True)
class Tally:
    """How many people a change does what to."""

    loses: int = 0
    grace: int = 0
    gains: int = 0
    unaffected: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.loses + other.loses,
            self.grace + other.grace,
            self.gains + other.gains,
            self.unaffected + other.unaffected,
        )

    @property
    def total(self) -> int:
        """Return how many people were looked at."""
        return self.loses + self.grace + self.gains + self.unaffected

    @property
    def affected(self) -> int:
        """Return for how many something changes."""
        return self.total - self.unaffected


@dataclass(frozen=True)
class Shift:
    """How many people meet everything `before` and `after` a change; of all `total`, who comes in and who falls out."""

    total: int = 0
    before: int = 0
    after: int = 0
    gains: int = 0
    loses: int = 0

    def __add__(self, other: Shift) -> Shift:
        return Shift(
            self.total + other.total,
            self.before + other.before,
            self.after + other.after,
            self.gains + other.gains,
            self.loses + other.loses,
        )

    @property
    def affected(self) -> int:
        """Return for how many something changes."""
        return self.gains + self.loses

    @property
    def unaffected(self) -> int:
        """Return for how many nothing changes."""
        return self.total - self.affected


@dataclass(frozen=True)
class Change:
    """A policy and what it would become, for one issuer's badge, judged by the profiles as they are at `at`."""

    now: Policy
    then: Policy
    issuer_id: UUID
    achievement_id: UUID
    at: datetime


@dataclass(frozen=True)
class Meeting:
    """How many of all freelancers there are, meet everything, meet the base policy, and meet each requirement."""

    total: int
    everything: int
    base: int
    each: tuple[int, ...]


def meeting(policy: Policy, requirements: Sequence[Requirement], issuer_id: UUID, at: datetime) -> Meeting:
    """Count, in one pass over the marketplace, who meets `policy`, its base alone, and each of `requirements`."""
    joined = joined_through(issuer_id)
    base_alone = Policy.of_base(policy.base)
    asked = [
        eligible_expression(policy, at, issuer_id=issuer_id, joined_through_issuer=joined),
        eligible_expression(base_alone, at, issuer_id=issuer_id, joined_through_issuer=joined),
        *(requirement_met(requirement, at, issuer_id) for requirement in requirements),
    ]
    counts = session.execute(sa.select(sa.func.count(Freelancer.id), *map(_how_many, asked))).one()
    total, everything, base, *each = counts
    return Meeting(total, everything, base, tuple(each))


def meeting_base(policy: Policy, issuer_id: UUID, at: datetime) -> dict[str, int]:
    """Count who meets each rule of the base policy, by the rule."""
    base_alone = Policy.of_base(policy.base)
    asked = met_expressions(base_alone, at, issuer_id=issuer_id, joined_through_issuer=joined_through(issuer_id))
    counts = session.execute(sa.select(*(_how_many(met) for _, met in asked)).select_from(Freelancer)).one()
    return {key: count for (key, _), count in zip(asked, counts, strict=True)}


def holders(change: Change) -> Tally:
    """Return what the change does to those who hold the badge."""
    return next(iter(holders_by(change, sa.literal("")).values()), Tally())


def holders_by(change: Change, label: SQLColumnExpression[Any]) -> dict[Any, Tally]:
    """Return what the change does to those who hold the badge, by `label`: an expression over award and freelancer."""
    judged: sa.Select[*tuple[Any, ...]] = (
        sa.select(label.label("label"), holder_outcome(change).label("outcome"))
        .select_from(Award)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(holds(change.achievement_id, change.at))
    )
    return count_outcomes(judged)


def everybody_by_country(change: Change) -> dict[str | None, Shift]:
    """Return how many freelancers of each country meet everything before and after the change."""
    return count_shifts(sa.select(Freelancer.country.label("label"), *before_and_after(change)))


def count_outcomes(judged: sa.Select[*tuple[Any, ...]]) -> dict[Any, Tally]:
    """Return, by `label`, how many rows of `judged` have which `outcome`."""
    rows = judged.offset(0).subquery()
    counts = (_how_many(rows.c.outcome == which.value).label(which.value) for which in Outcome)
    counted: sa.Select[*tuple[Any, ...]] = sa.select(rows.c.label, *counts).group_by(rows.c.label)
    return {row.label: Tally(row.loses, row.grace, row.gains, row.unaffected) for row in session.execute(counted)}


def count_shifts(judged: sa.Select[*tuple[Any, ...]]) -> dict[Any, Shift]:
    """Return, by `label`, the counts of the rows of `judged`, which say who meets everything `before` and `after`."""
    # OFFSET 0 keeps PostgreSQL from working out each verdict again for every count.
    rows = judged.offset(0).subquery()
    before, after = rows.c.before, rows.c.after
    found = {
        "total": sa.true(),
        "before": before,
        "after": after,
        "gains": sa.and_(after, sa.not_(before)),
        "loses": sa.and_(before, sa.not_(after)),
    }
    counts = (_how_many(what).label(name) for name, what in found.items())
    counted: sa.Select[*tuple[Any, ...]] = sa.select(rows.c.label, *counts).group_by(rows.c.label)
    return {
        row.label: Shift(row.total, row.before, row.after, row.gains, row.loses) for row in session.execute(counted)
    }


def affected_holders(change: Change) -> list[UUID]:
    """Return the awards whose holders are to be told before the change: who loses the badge, and who enters grace."""
    told = (Outcome.LOSES.value, Outcome.GRACE.value)
    chosen = (
        sa.select(Award.id)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(holds(change.achievement_id, change.at), holder_outcome(change).in_(told))
        .order_by(Award.id)
    )
    return list(session.scalars(chosen))


# What these are made of: expressions over rows of `freelancers`, and of `awards` joined with them.


def before_and_after(change: Change) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return whether somebody meets everything `before` and `after` the change, over rows of `freelancers`."""
    return _eligible(change, change.now).label("before"), _eligible(change, change.then).label("after")


def person_outcome(change: Change) -> ColumnElement[str]:
    """Return the Outcome, as its text, for somebody who holds no badge: whether they meet everything."""
    before, after = (_eligible(change, policy) for policy in (change.now, change.then))
    return sa.case((before == after, Outcome.UNAFFECTED.value), (after, Outcome.GAINS.value), else_=Outcome.LOSES.value)


def holds(achievement_id: UUID, at: datetime) -> Asked:
    """Return whether an award of this badge is open at `at`, suspended or not."""
    lasts = sa.func.coalesce(Award.expires_at > at, sa.true())
    return sa.and_(Award.achievement_id == achievement_id, Award.closed_at.is_(None), lasts)


def holder_outcome(change: Change) -> ColumnElement[str]:
    """Return the Outcome, as its text, for somebody who holds the badge."""
    before, after = _Open(change, change.now), _Open(change, change.then)
    grace_over = sa.func.coalesce(Award.grace_ends_at <= change.at, sa.false())
    shown_now = sa.and_(sa.not_(before.at_once), sa.not_(sa.and_(before.with_grace, grace_over)))
    shown_then = sa.and_(sa.not_(after.at_once), sa.not_(sa.and_(after.with_grace, grace_over)))
    return sa.case(
        (sa.and_(shown_now, after.at_once), Outcome.LOSES.value),
        (sa.and_(shown_now, _newly_open(change)), Outcome.GRACE.value),
        (sa.and_(sa.not_(shown_now), shown_then), Outcome.GAINS.value),
        (sa.and_(before.with_grace, shown_then, sa.not_(after.with_grace)), Outcome.GAINS.value),
        else_=Outcome.UNAFFECTED.value,
    )


class _Open:
    """What of a policy somebody does not meet: `at_once` has no grace, `with_grace` has. Rule E-11."""

    def __init__(self, change: Change, policy: Policy) -> None:
        grace_days = policy.base.grace_days
        asked = _met(change, policy)
        unmet = [(key.split("/")[0], sa.not_(met)) for key, met in asked]
        self.at_once = sa.or_(sa.false(), *(is_open for rule, is_open in unmet if not grace_days[rule]))
        self.with_grace = sa.or_(sa.false(), *(is_open for rule, is_open in unmet if grace_days[rule]))


def _newly_open(change: Change) -> Asked:
    """Return whether something is not met then that is met, or not asked, now."""
    met_now = dict(_met(change, change.now))
    asked_now = change.now.rules.requirements
    news: list[Asked] = []
    for key, met in _met(change, change.then):
        rule, _, number = key.partition("/")
        if rule != PARTNER_RULE:
            if change.now.base != change.then.base:
                news.append(sa.and_(met_now[key], sa.not_(met)))
        elif change.then.rules.requirements[int(number) - 1] not in asked_now:
            news.append(sa.not_(met))
    return sa.or_(sa.false(), *news)


def _met(change: Change, policy: Policy) -> tuple[tuple[str, Asked], ...]:
    joined = joined_through(change.issuer_id)
    return met_expressions(policy, change.at, issuer_id=change.issuer_id, joined_through_issuer=joined)


def _eligible(change: Change, policy: Policy) -> Asked:
    joined = joined_through(change.issuer_id)
    return eligible_expression(policy, change.at, issuer_id=change.issuer_id, joined_through_issuer=joined)


def _how_many(what: Asked) -> ColumnElement[int]:
    return sa.func.count().filter(what)
