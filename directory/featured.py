"""Who is featured now: on a partner's page, and in a use case. Rules D-2, D-3, D-7."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from badges.models import Award
from core import briefly
from core.database import ASKED_AT, session
from directory.experts import COLUMNS, Expert, among_listed, expert_of
from directory.models import Feature, Period, UseCase

#: The next draw comes within a minute of a period's end. Until it does, but no longer than this, the former holds.
LATE_AT_MOST = timedelta(days=1)


@dataclass(frozen=True)
class Featured:
    """Who is featured now, pins first; `until` is when the rotation moves on, if it is not late and not pins alone."""

    experts: Sequence[Expert] = ()
    until: datetime | None = None


def showing_at(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions under which a Feature shows at `at`, if its expert is listed.

    A slot shows until its period's end, or until the next period is drawn where that is late: a page is not without
    anybody in between. The moment of each draw is published, so for how long is known.
    """
    next_began = sa.exists().where(
        Period.partner_id == Feature.partner_id, Period.starts_at > Feature.starts_at, Period.starts_at <= at
    )
    late = sa.and_(Feature.period_id.is_not(None), sa.not_(next_began.correlate(Feature)))
    return (
        Feature.starts_at <= at,
        Feature.ends_at > at - LATE_AT_MOST,
        sa.or_(Feature.ends_at > at, late),
        Feature.removed_at.is_(None),
    )


def featured_now(partner_id: UUID, at: datetime) -> Featured:
    """Return who is featured on the partner's page at `at`: the pinned, then the period's. Only the listed are."""
    return briefly.one("featured", partner_id, lambda: _featured(partner_id, None, at)) or Featured()


def featured_in(case: UseCase, at: datetime) -> Featured:
    """Return who is featured in a use case at `at`. Only the listed are."""
    return briefly.one("featured", case.id, lambda: _featured(case.partner_id, case.id, at)) or Featured()


def _featured(partner_id: UUID, use_case_id: UUID | None, at: datetime) -> Featured:
    asked = {"partner_id": partner_id, "use_case_id": use_case_id, "at": at}
    rows = session.execute(_showing(in_case=use_case_id is not None), asked).all()
    experts = {row.id: expert_of(row) for row in reversed(rows)}  # a pin wins over a slot of the same expert
    ends = [row.ends_at for row in rows if row.period_id is not None and row.ends_at > at]
    in_order = dict.fromkeys(row.id for row in rows)
    return Featured([experts[award_id] for award_id in in_order], min(ends, default=None))


@cache
def _showing(*, in_case: bool) -> sa.Select[*tuple[Any, ...]]:
    """Return the slots that show, of a use case or of the page itself: put together once, for it takes its time."""
    partner_id = cast(UUID, sa.bindparam("partner_id", type_=sa.Uuid()))
    case = sa.bindparam("use_case_id", type_=sa.Uuid())
    return (
        among_listed(sa.select(*COLUMNS, Feature.period_id, Feature.ends_at), partner_id, ASKED_AT)
        .join(Feature, Feature.award_id == Award.id)
        .where(Feature.partner_id == partner_id, *showing_at(ASKED_AT))
        .where(Feature.use_case_id == case if in_case else Feature.use_case_id.is_(None))
        .order_by(Feature.period_id.is_not(None), Feature.position, Feature.id)
    )
