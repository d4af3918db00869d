"""What a console's home asks of the database: in few queries, each over sets, whatever the number of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, SQLColumnExpression

from badges.models import Award, AwardStatus
from badges.standing import status_expression
from core.database import session
from freelancers.models import Freelancer
from partners.application_queries import Queue, lies_in
from partners.invitation_queries import count_waiting_interests, is_answerable
from partners.models import Application, Invitation, Programme
from partners.today import EXPIRES_SOON, Today

#: Decisions of this time make the clock. Rule R-5.
CLOCK_DAYS = 90
_decided_at = sa.func.least(Application.kept_at, Application.selected_at)


@dataclass(frozen=True)
class Funnel:
    """How far those got who were invited since a moment, and the median days from each step to the next."""

    counts: tuple[int, ...]
    median_days: tuple[float | None, ...]


def today(programme: Programme, at: datetime) -> Today:
    """Return how the programme stands at `at`."""
    return Today(
        **_applications(programme, at),
        **_oldest(programme),
        **_invitations(programme, at),
        **_grace(programme, at),
        interested=count_waiting_interests(programme),
    )


def _applications(programme: Programme, at: datetime) -> dict[str, Any]:
    counts = (sa.func.count().filter(lies_in(which)) for which in Queue)
    row = session.execute(sa.select(*counts, decision_days(at)).where(Application.programme_id == programme.id)).one()
    return dict(zip(("to_decide", "kept", "waiting", "selected", "decision_days"), row, strict=True))


def decided_lately(at: datetime) -> ColumnElement[bool]:
    """Return whether an application was decided on, the first time, in the time that makes the clock. Rule R-5."""
    return sa.and_(_decided_at >= at - timedelta(days=CLOCK_DAYS), Application.withdrawn_at.is_(None))


def decision_days(at: datetime) -> ColumnElement[Any]:
    """Return the median of the days from sending to the first decision, of those decided lately. Rule R-5."""
    return _median(_decided_at, Application.submitted_at, decided_lately(at))


def _oldest(programme: Programme) -> dict[str, Any]:
    row = session.execute(
        sa.select(Application.id, Freelancer.name, Application.submitted_at)
        .join(Freelancer, Freelancer.id == Application.freelancer_id)
        .where(Application.programme_id == programme.id, lies_in(Queue.TO_DECIDE))
        .order_by(Application.submitted_at, Application.id)
        .limit(1)
    ).first()
    return dict(zip(("oldest_id", "oldest_name", "oldest_sent_at"), row, strict=True)) if row else {}


def _invitations(programme: Programme, at: datetime) -> dict[str, Any]:
    of_programme = Invitation.programme_id == programme.id
    soon = sa.and_(is_answerable(at), Invitation.expires_at <= at + EXPIRES_SOON)
    asks = sa.and_(is_answerable(at), Invitation.asked_by.is_not(None), Invitation.confirmed_at.is_(None))
    row = session.execute(
        sa.select(
            sa.func.count().filter(asks),
            sa.func.count().filter(soon),
            sa.func.min(Invitation.expires_at).filter(soon),
            sa.select(sa.exists().where(Invitation.programme_id == programme.id)).scalar_subquery(),
        ).where(of_programme, Invitation.expires_at > at)
    ).one()
    return dict(zip(("asking", "expiring", "first_expires_at", "ever_invited"), row, strict=True))


def _grace(programme: Programme, at: datetime) -> dict[str, Any]:
    row = session.execute(
        sa.select(sa.func.count(), sa.func.min(Award.grace_ends_at))
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(
            Award.achievement_id == programme.achievement_id,
            Award.closed_at.is_(None),
            Award.grace_ends_at > at,
            status_expression(at) == AwardStatus.GRACE.value,
        )
    ).one()
    return {"in_grace": row[0], "first_grace_ends_at": row[1]}


def funnel(programme: Programme, since: datetime) -> Funnel:
    """Return how far those got who were invited since a moment, in one pass over them."""
    opened_at = sa.func.coalesce(Invitation.opened_at, Invitation.accepted_at, Invitation.declined_at)
    moments: tuple[SQLColumnExpression[Any], ...] = (
        Invitation.sent_at,
        opened_at,
        Invitation.accepted_at,
        Application.submitted_at,
        Application.selected_at,
        sa.case((Application.selected_at.is_not(None), Award.awarded_at)),
    )
    row = session.execute(
        sa.select(
            *(sa.func.count(moment) for moment in moments),
            *(_median(later, earlier, later.is_not(None)) for earlier, later in pairwise(moments)),
        )
        .select_from(Invitation)
        .outerjoin(
            Application,
            sa.and_(
                Application.programme_id == Invitation.programme_id,
                Application.freelancer_id == Invitation.freelancer_id,
                Invitation.accepted_at.is_not(None),
            ),
        )
        .outerjoin(Award, Award.id == Application.award_id)
        .where(Invitation.programme_id == programme.id, Invitation.sent_at >= since)
    ).one()
    return Funnel(tuple(row[: len(moments)]), tuple(row[len(moments) :]))


def _median(
    later: SQLColumnExpression[Any], earlier: SQLColumnExpression[Any], where: ColumnElement[bool]
) -> ColumnElement[Any]:
    """Return the median of the days between two moments, never below nothing, over the rows that `where` lets in."""
    length = sa.extract("epoch", later - earlier) / 86_400.0
    median = sa.func.percentile_cont(0.5).within_group(sa.cast(sa.func.greatest(length, 0), sa.Float()))
    return median.filter(where)
