"""What the staff's pages count: the marketplace today, partners one by one, and the mails. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from accounts.models import User
from badges.models import Award, AwardStatus
from badges.standing import LIVE, status_expression
from core.database import session
from core.keyset import after
from core.outbox import OutboxMail
from core.paging import PAGE_SIZE, Page, page_of
from core.permissions import Duty
from freelancers.models import FeedImport, Freelancer
from partners.application_queries import application_state
from partners.models import Application, Interest, Invitation, Member, Partner
from partners.states import ApplicationState

#: A feed older than this is worth a question.
FEED_IS_OLD = timedelta(days=7)


class Heap(StrEnum):
    """The heaps that mails lie in."""

    GIVEN_UP = "given_up"
    WAITING = "waiting"
    SENT = "sent"


@dataclass(frozen=True)
class MailCounts:
    """How many mails wait, how many of them after a failed try, and how many were given up."""

    waiting: int
    tried: int
    given_up: int


@dataclass(frozen=True)
class PartnerFigures:
    """A partner and its figures: the team, invitations, applications to decide, and badges that count now."""

    partner: Partner
    team: int
    admins_ready: int
    invitations: int
    to_decide: int
    experts: int
    interests: int


def awards_by_status(at: datetime) -> dict[AwardStatus, int]:
    """Return how many awards stand how at `at`, in the order of AwardStatus, also where there is none."""
    status = status_expression(at)
    rows = session.execute(
        sa.select(status, sa.func.count())
        .select_from(Award)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .group_by(status)
    )
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return {each: found.get(each.value, 0) for each in AwardStatus}


def mail_counts() -> MailCounts:
    """Return how the outbox stands."""
    waits = sa.and_(OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None))
    row = session.execute(
        sa.select(
            sa.func.count().filter(waits),
            sa.func.count().filter(waits, OutboxMail.attempts > 0),
            sa.func.count().filter(OutboxMail.failed_at.is_not(None)),
        )
        .select_from(OutboxMail)
        .where(OutboxMail.sent_at.is_(None))
    ).one()
    return MailCounts(*row)


def mails(heap: Heap, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[OutboxMail]:
    """Return the mails of one heap, the newest first."""
    lies_in = {
        Heap.GIVEN_UP: (OutboxMail.failed_at.is_not(None),),
        Heap.WAITING: (OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None)),
        Heap.SENT: (OutboxMail.sent_at.is_not(None),),
    }
    chosen = sa.select(OutboxMail).where(*lies_in[heap])
    if cursor:
        chosen = chosen.where(after(cursor, OutboxMail.id, descending=True))
    # The ids are UUIDv7: in their order mails lie in that of their making.
    rows = session.scalars(chosen.order_by(OutboxMail.id.desc()).limit(size + 1)).all()
    return page_of(rows, lambda mail: (mail.id,), size)


def last_import() -> FeedImport | None:
    """Return the last import of a feed, or None."""
    return session.scalar(sa.select(FeedImport).order_by(FeedImport.started_at.desc()).limit(1))


def partners(at: datetime) -> Sequence[PartnerFigures]:
    """Return every partner with its figures at `at`, by name."""
    to_decide = application_state().in_([ApplicationState.SUBMITTED.value, ApplicationState.IN_REVIEW.value])
    ready = sa.and_(Member.duty == Duty.ADMIN, User.password_hash.is_not(None), User.deactivated_at.is_(None))
    members = sa.select(Member.partner_id, sa.func.count(), sa.func.count().filter(ready)).join(
        User, User.id == Member.user_id
    )
    team = _counted(members.where(Member.left_at.is_(None)).group_by(Member.partner_id))
    invited = _counted(sa.select(Invitation.programme_id, sa.func.count()).group_by(Invitation.programme_id))
    waiting = _counted(
        sa.select(Application.programme_id, sa.func.count()).where(to_decide).group_by(Application.programme_id)
    )
    live = _counted(
        sa.select(Award.achievement_id, sa.func.count())
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(status_expression(at).in_([status.value for status in LIVE]))
        .group_by(Award.achievement_id)
    )
    interested = _counted(sa.select(Interest.partner_id, sa.func.count()).group_by(Interest.partner_id))
    return [
        PartnerFigures(
            partner,
            *team.get(partner.id, (0, 0)),
            *invited.get(partner.programme.id, (0,)),
            *waiting.get(partner.programme.id, (0,)),
            *live.get(partner.programme.achievement_id, (0,)),
            *interested.get(partner.id, (0,)),
        )
        for partner in session.scalars(sa.select(Partner).order_by(sa.func.lower(Partner.name), Partner.id)).unique()
    ]


def _counted(statement: sa.Select[*tuple[Any, ...]]) -> dict[UUID, tuple[int, ...]]:
    return {row[0]: tuple(row[1:]) for row in session.execute(statement)}


def partners_nobody_can_run() -> int:
    """Return how many partners have no admin who chose a password yet."""
    has_admin = (
        sa.exists()
        .where(
            Member.partner_id == Partner.id,
            Member.left_at.is_(None),
            Member.duty == Duty.ADMIN,
            User.id == Member.user_id,
            User.password_hash.is_not(None),
            User.deactivated_at.is_(None),
        )
        .correlate(Partner)
    )
    return session.scalar(sa.select(sa.func.count()).select_from(Partner).where(~has_admin)) or 0
