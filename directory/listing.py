"""Who is listed: stated once for the database and once for Python; tests/directory/test_listing.py holds both together.

Rules D-2, D-7, E-9.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from badges.eligibility.base_rules import ACTIVE
from badges.models import Award
from badges.standing import LIVE, is_live_expression, may_be_shown_expression, status
from directory.models import Removal
from freelancers.models import Freelancer

#: Who may be seen by a client at all. Rule D-2.
PUBLIC = "public"


def listed_expression(at: datetime) -> sa.ColumnElement[bool]:
    """Return whether an award's holder is listed at `at`, for statements over Award joined with Freelancer. Rule D-2.

    Whether they may be shown is asked by itself: a held newcomer's award stands, and they are not listed (rule E-9).
    """
    removed = sa.exists().where(Removal.award_id == Award.id, Removal.restored_at.is_(None)).correlate(Award)
    return sa.and_(
        Award.closed_at.is_(None),
        Award.hidden_at.is_(None),
        Freelancer.visibility == PUBLIC,
        may_be_shown_expression(),
        is_live_expression(at),
        sa.not_(removed),
    )


def is_listed(award: Award, *, holds_open: bool, removed: bool, at: datetime) -> bool:
    """Say whether the award's holder is listed at `at`; the twin of `listed_expression`. Rule D-2."""
    person = award.freelancer
    return (
        award.closed_at is None
        and award.hidden_at is None
        and person.visibility == PUBLIC
        and person.account_state == ACTIVE
        and not holds_open
        and not removed
        and status(award, holds_open, at) in LIVE
    )
