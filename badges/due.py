"""Which awards must change, as SQL: what `badges/upkeep.py` says of one award. A test proves that the two agree.

One query asks it of all open awards, whoever issued them: the base policy is the same for everybody, and the partners'
own rules are rows that it joins with (`badges/eligibility/shapes.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from badges.eligibility.policy import WITHOUT_GRACE, Policy
from badges.eligibility.rules import PARTNER_RULE
from badges.eligibility.shapes import PartnersRules
from badges.eligibility.sql import is_newcomer, met_expressions
from badges.models import Award, JoinedThrough
from badges.rulebook import Rulebook
from freelancers.models import Freelancer, Hold

Asked = ColumnElement[bool]
_STATE = (
    Award.id,
    Award.achievement_id,
    Award.expires_at,
    Award.grace_ends_at,
    Award.suspended_at,
    Award.lifts_at_once,
)


def due_awards(book: Rulebook, at: datetime, *among: Asked) -> sa.Select[UUID, UUID]:
    """Return the query for the open awards that must change at `at`: their ids, in order, and their achievements.

    `among`: what else must be true of the rows of `awards` and `freelancers` that it looks at.
    """
    own = PartnersRules({each: (badge.issuer_id, badge.rules) for each, badge in book.badges.items()}, at)
    held = sa.select(Hold.freelancer_id).where(Hold.lifted_at.is_(None)).distinct().subquery("held")
    met = _met(book, own, at, held.c.freelancer_id.is_not(None))
    still_open = {rule: sa.not_(each).label(f"open_{number}") for number, (rule, each) in enumerate(met)}
    seen = (
        sa.select(*_STATE, own.table.c.shape.is_not(None).label("known"), *still_open.values())
        .select_from(Award)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        # Joined, not looked up for each row: so it can be done on several cores. And by outer joins, which tell the
        # planner that no award is lost by them.
        .outerjoin(own.table, own.table.c.achievement_id == Award.achievement_id)
        .outerjoin(JoinedThrough, JoinedThrough.freelancer_id == Award.freelancer_id)
        .outerjoin(held, held.c.freelancer_id == Award.freelancer_id)
        .where(Award.closed_at.is_(None), *among)
        # Each is worked out once for a row; without this it would be once for each time that it is named below.
        .offset(sa.literal_column("'0'"))
        .subquery("seen")
    )
    unmet = [(rule, seen.c[label.name]) for rule, label in still_open.items()]
    due = sa.and_(seen.c.known, _is_due(seen.c, _StillOpen(unmet, book.base.grace_days), at))
    return sa.select(seen.c.id, seen.c.achievement_id).where(due).order_by(seen.c.id)


def _met(book: Rulebook, own: PartnersRules, at: datetime, held: Asked) -> Iterable[tuple[str, Asked]]:
    """Yield for every rule whether it is met; all of a partner's requirements have the same grace, and count as one."""
    joined = JoinedThrough.issuer_id == own.table.c.issuer_id
    base = Policy(book.base, book.base.label, book.base.effective_at)
    yield from met_expressions(base, at, issuer_id=own.table.c.issuer_id, joined_through_issuer=joined, held=held)
    yield PARTNER_RULE, sa.or_(is_newcomer(joined), own.met())


def _is_due(award: Any, still_open: _StillOpen, at: datetime) -> Asked:
    """Return whether an open award must change at `at`; `award` has the columns of its state."""
    suspended, in_grace = award.suspended_at.is_not(None), award.grace_ends_at.is_not(None)
    needed = sa.case(
        (still_open.at_once, sa.or_(sa.not_(suspended), award.lifts_at_once == still_open.by_policy)),
        (still_open.with_grace, _grace_is_due(award, still_open, at)),
        else_=suspended,
    )
    expired = sa.func.coalesce(award.expires_at <= at, sa.false())
    grace_is_over = sa.and_(in_grace, sa.not_(still_open.with_grace))
    return sa.or_(expired, grace_is_over, needed)


class _StillOpen:
    """What of the policy is not met: `at_once` has no grace (`by_policy`: other than E-1 and E-4), `with_grace` has."""

    def __init__(self, unmet: Iterable[tuple[str, Asked]], grace_days: Mapping[str, int]) -> None:
        unmet = list(unmet)
        self.at_once = _any(open_ for rule, open_ in unmet if not grace_days[rule])
        self.by_policy = _any(open_ for rule, open_ in unmet if not grace_days[rule] and rule not in WITHOUT_GRACE)
        self.with_grace = _any(open_ for rule, open_ in unmet if grace_days[rule])
        hours = [sa.case((open_, 24 * grace_days[rule])) for rule, open_ in unmet if grace_days[rule]]
        self.shortest_hours = sa.func.least(*hours) if hours else sa.null()


def _any(conditions: Iterable[Asked]) -> Asked:
    return sa.or_(sa.false(), *conditions)


def _grace_is_due(award: Any, still_open: _StillOpen, at: datetime) -> Asked:
    """Nothing but what has grace is open: it must begin, be shortened, end in a suspension, or take over from one."""
    suspended = award.suspended_at.is_not(None)
    grace_passed = sa.func.coalesce(award.grace_ends_at <= at, sa.false())
    # Hours, not days: a day is 24 of them, whatever the database's time zone does in spring.
    interval = sa.func.make_interval(0, 0, 0, 0, still_open.shortest_hours, type_=sa.Interval())
    latest_end = sa.literal(at, sa.DateTime(timezone=True)) + interval
    return sa.case(
        (grace_passed, sa.or_(sa.not_(suspended), sa.not_(award.lifts_at_once))),
        else_=sa.or_(suspended, sa.func.coalesce(award.grace_ends_at > latest_end, sa.true())),
    )
