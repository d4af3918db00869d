"""Which awards must change, as SQL: what `badges/upkeep.py` says of one award. A test proves that the two agree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from badges.eligibility.policy import WITHOUT_GRACE, Policy
from badges.eligibility.sql import met_expressions
from badges.models import Award, JoinedThrough
from freelancers.models import Freelancer

Asked = ColumnElement[bool]


def is_due(policy: Policy, issuer_id: UUID, at: datetime) -> Asked:
    """Return whether an open award of this issuer must change at `at`; over rows of `awards` and `freelancers`."""
    still_open = _StillOpen(policy, issuer_id, at)
    suspended, in_grace = Award.suspended_at.is_not(None), Award.grace_ends_at.is_not(None)
    grace_passed = sa.func.coalesce(Award.grace_ends_at <= at, sa.false())
    needed = sa.case(
        (still_open.at_once, sa.or_(sa.not_(suspended), Award.lifts_at_once == still_open.by_policy)),
        (still_open.with_grace, _grace_is_due(still_open, suspended, grace_passed, at)),
        else_=suspended,
    )
    expired = sa.func.coalesce(Award.expires_at <= at, sa.false())
    grace_is_over = sa.and_(in_grace, sa.not_(still_open.with_grace))
    return sa.and_(Award.closed_at.is_(None), sa.or_(expired, grace_is_over, needed))


class _StillOpen:
    """What of the policy is not met: `at_once` has no grace (`by_policy`: other than E-1 and E-4), `with_grace` has."""

    def __init__(self, policy: Policy, issuer_id: UUID, at: datetime) -> None:
        joined = (
            sa.exists()
            .where(JoinedThrough.freelancer_id == Freelancer.id, JoinedThrough.issuer_id == issuer_id)
            .correlate(Freelancer)
        )
        grace_days = policy.base.grace_days
        unmet = [
            (key.split("/")[0], sa.not_(met)) for key, met in met_expressions(policy, at, joined_through_issuer=joined)
        ]
        self.at_once = _any(open_ for rule, open_ in unmet if not grace_days[rule])
        self.by_policy = _any(open_ for rule, open_ in unmet if not grace_days[rule] and rule not in WITHOUT_GRACE)
        self.with_grace = _any(open_ for rule, open_ in unmet if grace_days[rule])
        hours = [sa.case((open_, 24 * grace_days[rule])) for rule, open_ in unmet if grace_days[rule]]
        self.shortest_hours = sa.func.least(*hours) if hours else sa.null()


def _any(conditions: Iterable[Asked]) -> Asked:
    return sa.or_(sa.false(), *conditions)


def _grace_is_due(still_open: _StillOpen, suspended: Asked, grace_passed: Asked, at: datetime) -> Asked:
    """Nothing but what has grace is open: it must begin, be shortened, end in a suspension, or take over from one."""
    # Hours, not days: a day is 24 of them, whatever the database's time zone does in spring.
    interval = sa.func.make_interval(0, 0, 0, 0, still_open.shortest_hours, type_=sa.Interval())
    latest_end = sa.literal(at, sa.DateTime(timezone=True)) + interval
    return sa.case(
        (grace_passed, sa.or_(sa.not_(suspended), sa.not_(Award.lifts_at_once))),
        else_=sa.or_(suspended, sa.func.coalesce(Award.grace_ends_at > latest_end, sa.true())),
    )
