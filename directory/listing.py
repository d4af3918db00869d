"""Who is listed, said of one person and of whole pools to the database, and to Python.

tests/directory/test_listing.py holds the three together. Rules D-2, D-7, E-9.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from badges.eligibility.base_rules import ACTIVE
from badges.models import Award
from badges.standing import (
    LIVE,
    is_live_expression,
    may_be_shown_expression,
    stands_by_itself_expression,
    status,
    visibility_passes,
)
from directory.models import Removal
from freelancers.models import Freelancer, Hold

#: Who may be seen by a client at all. Rule D-2.
PUBLIC = "public"


def listed_expression(at: datetime) -> sa.ColumnElement[bool]:
    """Return whether an award's holder is listed at `at`, for statements over Award joined with Freelancer. Rule D-2.

    Whether they may be shown is asked by itself: a held newcomer's award stands, and they are not listed (rule E-9).
    """
    return sa.and_(
        Award.closed_at.is_(None),
        Award.hidden_at.is_(None),
        Freelancer.visibility == PUBLIC,
        may_be_shown_expression(),
        is_live_expression(at),
        sa.not_(_removed()),
    )


def listed_among_many(at: datetime) -> sa.ColumnElement[bool]:
    """Return the same for statements over Award alone that look at whole pools: `listed_expression` in other words.

    Profiles are wide, and nearly all are public: so it asks who is not shown, which is a small index, instead of
    looking up everybody. What is asked of an index must stand in the statement as it stands there. Each `NOT IN` is
    read once and kept at hand: the database does not know how large a pool is, and would look up one by one.
    """
    public, active = (sa.bindparam(None, value, sa.Text(), literal_execute=True) for value in (PUBLIC, ACTIVE))
    not_shown = sa.or_(Freelancer.visibility != public, Freelancer.account_state != active)
    return sa.and_(
        Award.closed_at.is_(None),
        Award.hidden_at.is_(None),
        stands_by_itself_expression(at),
        visibility_passes(PUBLIC, at),
        Award.freelancer_id.not_in(sa.select(Freelancer.id).where(not_shown).correlate(None)),
        Award.freelancer_id.not_in(sa.select(Hold.freelancer_id).where(Hold.lifted_at.is_(None))),
        Award.id.not_in(sa.select(Removal.award_id).where(Removal.restored_at.is_(None))),
    )


def _removed() -> sa.Exists:
    return sa.exists().where(Removal.award_id == Award.id, Removal.restored_at.is_(None)).correlate(Award)


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
