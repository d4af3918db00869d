"""What a sweep has left: how an award stands, what was mailed, and what is in the log."""

from __future__ import annotations

import sqlalchemy as sa

from badges.standing import status
from core.audit import AuditEvent
from core.outbox import OutboxMail
from freelancers.models import Hold


def stands(session, award, at):
    holds = session.scalars(sa.select(Hold).where(Hold.freelancer_id == award.freelancer_id, Hold.lifted_at.is_(None)))
    return status(award, bool(holds.all()), at)


def sent(session):
    """Which mails were stored, in order, without the `award_` of their templates."""
    names = session.scalars(sa.select(OutboxMail.template).order_by(OutboxMail.created_at, OutboxMail.id))
    return [name.removeprefix("award_") for name in names]


def actions(session):
    return list(
        session.scalars(sa.select(AuditEvent.action).where(AuditEvent.subject_type == "award").order_by("at", "id"))
    )
