"""How far a list is sent; holding it, letting it go on, and stopping it. Rule I-5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.audit import record
from core.database import changed, session, transaction
from core.errors import Conflict
from core.outbox import HELD, OutboxMail
from partners.invitations.models import InvitationList
from partners.models import Invitation
from partners.rules import LINK_LIFETIME

#: How fast mails leave is taken from so long a time.
_LATELY = timedelta(minutes=1)


class Stage(StrEnum):
    """Where a list stands."""

    WAITING = "waiting"
    SENDING = "sending"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True)
class Progress:
    """How many of a list's mails left, could not, or wait; `ends_at` is when the last will probably leave."""

    stage: Stage
    total: int
    sent: int
    failed: int
    waiting: int
    ends_at: datetime | None


class NothingWaits(Conflict):
    """Every mail of the list has left, or it was stopped."""

    title = "There is nothing left to hold"

    def __init__(self) -> None:
        super().__init__("Its mails have left, or it was held, let go or stopped meanwhile.", "Look at the list again.")


def progress(found: InvitationList, at: datetime) -> Progress:
    """Return how far the list is."""
    waits = _waits(found)
    row = session.execute(
        sa.select(
            sa.func.count().filter(OutboxMail.sent_at.is_not(None)),
            sa.func.count().filter(OutboxMail.failed_at.is_not(None)),
            sa.func.count().filter(*waits),
            sa.func.max(OutboxMail.due_at).filter(*waits),
            sa.func.count().filter(OutboxMail.sent_at > at - _LATELY),
        ).where(OutboxMail.batch_id == found.batch_id)
    ).one()
    sent, failed, waiting, last_due_at, lately = row
    return Progress(_stage(found, waiting), found.mails, sent, failed, waiting, _end(last_due_at, waiting, lately, at))


def _stage(found: InvitationList, waiting: int) -> Stage:
    if not found.sent_at:
        return Stage.WAITING
    if found.stopped_at:
        return Stage.STOPPED
    if not waiting:
        return Stage.DONE
    return Stage.PAUSED if found.paused_at else Stage.SENDING


def _end(last_due_at: datetime | None, waiting: int, lately: int, at: datetime) -> datetime | None:
    """Return when the last mail leaves: as it is due, or later where mails leave more slowly than they become due."""
    if last_due_at is None or last_due_at >= HELD:
        return None
    by_speed = at + waiting * _LATELY / lately if lately else at
    return max(last_due_at, by_speed)


@transaction()
def pause(list_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Hold what has not left. Raises NothingWaits."""
    _mark(list_id, InvitationList.paused_at.is_(None), paused_at=at)
    found = session.get_one(InvitationList, list_id)
    if not _hold(found):
        raise NothingWaits()
    _record("invitations.list_paused", found, by, at)


@transaction()
def resume(list_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Let what was held leave, from now on and at the same pace. Raises NothingWaits."""
    _mark(list_id, InvitationList.paused_at.is_not(None), paused_at=None)
    found = session.get_one(InvitationList, list_id)
    pause_s = timedelta(hours=1) / found.per_hour if found.per_hour else timedelta(0)
    number = sa.func.row_number().over(order_by=OutboxMail.id)
    due = sa.select(OutboxMail.id, (sa.literal(at) + (number - 1) * pause_s).label("due_at")).where(*_waits(found))
    again = due.subquery()
    let_go = sa.update(OutboxMail).where(OutboxMail.id == again.c.id, *_waits(found)).values(due_at=again.c.due_at)
    if not changed(let_go.execution_options(synchronize_session=False)):
        raise NothingWaits()
    _move_invitations(found, OutboxMail.due_at)
    _record("invitations.list_resumed", found, by, at)


@transaction()
def stop(list_id: UUID, *, by: UUID | None, at: datetime) -> int:
    """Drop what has not left, and withdraw those invitations; return how many. What left stays. Raises NothingWaits."""
    _mark(list_id, sa.true(), stopped_at=at)
    found = session.get_one(InvitationList, list_id)
    dropped = sa.delete(OutboxMail).where(*_waits(found)).returning(OutboxMail.about_id).cte("dropped")
    called_off = changed(
        sa.update(Invitation)
        .add_cte(dropped)
        .where(Invitation.id == dropped.c.about_id, Invitation.withdrawn_at.is_(None))
        .values(withdrawn_at=at, sent_at=at, expires_at=at + LINK_LIFETIME)
        .execution_options(synchronize_session=False)
    )
    if not called_off:
        raise NothingWaits()
    found.called_off = called_off
    _record("invitations.list_stopped", found, by, at, called_off=called_off)
    return called_off


def _mark(list_id: UUID, condition: sa.ColumnElement[bool], **values: Any) -> None:
    running = (InvitationList.id == list_id, InvitationList.sent_at.is_not(None), InvitationList.stopped_at.is_(None))
    mark = sa.update(InvitationList).where(*running, condition).values(**values)
    if not changed(mark.execution_options(synchronize_session="fetch")):
        raise NothingWaits()


def _waits(found: InvitationList) -> tuple[sa.ColumnElement[bool], ...]:
    return OutboxMail.batch_id == found.batch_id, OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None)


def _hold(found: InvitationList) -> int:
    hold = sa.update(OutboxMail).where(*_waits(found)).values(due_at=HELD)
    held = changed(hold.execution_options(synchronize_session=False))
    _move_invitations(found, sa.literal(HELD))
    return held


def _move_invitations(found: InvitationList, sent_at: sa.ColumnElement[datetime] | Any) -> None:
    """Let invitations whose mails have not left begin, and end, when these will leave."""
    session.execute(
        sa.update(Invitation)
        .where(Invitation.id == OutboxMail.about_id, *_waits(found))
        .values(sent_at=sent_at, expires_at=sent_at + LINK_LIFETIME)
        .execution_options(synchronize_session=False)
    )


def _record(action: str, found: InvitationList, by: UUID | None, at: datetime, **after: int) -> None:
    partner_id = found.programme.partner_id
    record(action, "invitation_list", found.id, by=by, at=at, partner_id=partner_id, after=after)
