"""Reminding those who have not answered: at most twice, never after an answer. Rule I-6."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import wording
from core.bulk import insert_rows
from core.database import new_id, session, transaction
from core.outbox import OutboxMail
from core.secrets import sealer
from partners.invitation_queries import expert_addresses, is_answerable, stopped_addresses
from partners.invitations.codes import reminder_code, stop_code
from partners.invitations.models import InvitationList
from partners.models import Invitation, Programme

MOST = 2
#: How long nothing is heard before a reminder, and how long a link must still work to be worth one.
SILENCE, REST = timedelta(days=7), timedelta(days=2)
#: So many in one transaction.
_TOGETHER = 2_000


def remind(at: datetime, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """Remind everybody whose turn it is at `at`; return how many mails that were."""
    count = 0
    for programme in session.scalars(sa.select(Programme)).unique().all():
        while not stopped() and (written := _remind_some(programme.id, at)):
            count += written
    return count


@transaction()
def _remind_some(programme_id: UUID, at: datetime) -> int:
    """Remind some of a programme; whoever answers, or is reminded, at this moment is passed by."""
    programme = session.get_one(Programme, programme_id)
    due = (
        sa.select(Invitation.id)
        .outerjoin(InvitationList, InvitationList.id == Invitation.list_id)
        .where(
            Invitation.programme_id == programme_id,
            is_answerable(at),
            Invitation.reminders < MOST,
            sa.func.coalesce(Invitation.reminded_at, Invitation.sent_at) <= at - SILENCE,
            Invitation.expires_at > at + REST,
            Invitation.bounced_at.is_(None),
            sa.func.coalesce(InvitationList.reminds, sa.true()),
            Invitation.email.not_in(stopped_addresses(programme.partner_id)),
            Invitation.email.not_in(expert_addresses(programme.achievement_id)),
        )
        .order_by(Invitation.id)
        .limit(_TOGETHER)
        .with_for_update(of=Invitation, skip_locked=True)
    )
    reminded = session.execute(
        sa.update(Invitation)
        .where(Invitation.id.in_(due.scalar_subquery()))
        .values(reminders=Invitation.reminders + 1, reminded_at=at)
        .returning(*(getattr(Invitation, name) for name in _NEEDED))
        .execution_options(synchronize_session=False)
    ).all()
    if reminded:
        session.execute(insert_rows(OutboxMail, _mails(programme, reminded, at)))
    return len(reminded)


_NEEDED = ("id", "email", "name", "token_hash", "expires_at", "reminders")


def _mails(programme: Programme, reminded: Sequence[Any], at: datetime) -> list[dict[str, Any]]:
    shared = {"partner": programme.partner.name, "badge": programme.achievement.name, "summary": programme.summary}
    return [
        {
            "id": new_id(),
            "key": f"invitation.reminded:{row.id}:{row.reminders}:{at.isoformat()}",
            "template": "invitation_reminder",
            "to_address": row.email,
            "context": shared | {"name": row.name, "valid_until": wording.day(row.expires_at)},
            "sealed_secrets": sealer().seal(json.dumps(_secrets(row))),
            "created_at": at,
            "due_at": at,
            "attempts": 0,
            "about_id": row.id,
        }
        for row in reminded
    ]


def _secrets(row: Any) -> dict[str, str]:
    code = reminder_code(row.id, row.token_hash)
    return {"path": f"/invitations/{code}", "stop": f"/stop/{stop_code(row.id)}"}
