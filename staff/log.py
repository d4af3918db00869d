"""What staff read of the audit log: events with whoever did them and what they are about. Rule X-2."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import url_for

from accounts.models import ApiToken, User
from badges.models import Achievement, Award, Issuer
from core.audit import AuditEvent
from core.database import session
from core.keyset import after
from core.outbox import OutboxMail
from core.paging import PAGE_SIZE, Page, page_of
from directory.models import Period
from freelancers.approval.models import Submission
from freelancers.models import FeedImport, Freelancer, Hold
from freelancers.support.models import Thread
from partners.models import Application, Interest, Invitation, Member, Partner, Programme
from staff.wording import MACHINE, Detail, deed, details


@dataclass(frozen=True)
class Subject:
    """What an event is about, by the name that people know it by, and where it is shown."""

    name: str
    url: str | None = None


@dataclass(frozen=True)
class Entry:
    """One event as it is read: who did what, to what, when and why, and what changed."""

    at: datetime
    action: str
    who: str
    deed: str
    subject_type: str
    subject_id: UUID
    subject: Subject
    reason: str | None
    details: tuple[Detail, ...]


def entries(
    *, prefix: str = "", subject_id: UUID | None = None, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Entry]:
    """Return the log, the newest first: all of it, or what begins with `prefix`, or is about one subject."""
    chosen = sa.select(AuditEvent)
    if prefix:
        chosen = chosen.where(AuditEvent.action.startswith(prefix, autoescape=True))
    if subject_id:
        chosen = chosen.where(sa.or_(AuditEvent.subject_id == subject_id, AuditEvent.partner_id == subject_id))
    if cursor:
        chosen = chosen.where(after(cursor, AuditEvent.at, AuditEvent.id, descending=True))
    rows = session.scalars(chosen.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(size + 1)).all()
    found = page_of(rows, lambda event: (event.at, event.id), size)
    return Page(_read(found.items), found.next_cursor)


def entries_about(freelancer: Freelancer, limit: int = 100) -> list[Entry]:
    """Return what happened to a freelancer, their holds, badges, applications and account, the newest first."""
    holds = sa.select(Hold.id).where(Hold.freelancer_id == freelancer.id)
    awards = sa.select(Award.id).where(Award.freelancer_id == freelancer.id)
    applications = sa.select(Application.id).where(Application.freelancer_id == freelancer.id)
    invitations = sa.select(Invitation.id).where(Invitation.freelancer_id == freelancer.id)
    threads = sa.select(Thread.id).where(Thread.freelancer_id == freelancer.id)
    related = [("hold", holds), ("award", awards), ("application", applications), ("invitation", invitations)]
    submissions = sa.select(Submission.id).where(Submission.freelancer_id == freelancer.id)
    related += [("support_thread", threads), ("submission", submissions)]
    is_about = [
        sa.and_(AuditEvent.subject_type == kind, AuditEvent.subject_id.in_(session.scalars(ids).all()))
        for kind, ids in related
    ]
    is_about += [
        sa.and_(AuditEvent.subject_type == kind, AuditEvent.subject_id == one)
        for kind, one in (("freelancer", freelancer.id), ("user", freelancer.user_id))
        if one
    ]
    chosen = sa.select(AuditEvent).where(sa.or_(*is_about)).order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    return _read(session.scalars(chosen.limit(limit)).all())


def _read(events: Sequence[AuditEvent]) -> list[Entry]:
    people = names_of({event.actor_id for event in events if event.actor_id})
    subjects = _subjects(events)
    return [
        Entry(
            at=event.at,
            action=event.action,
            who=people.get(event.actor_id, "Somebody") if event.actor_id else MACHINE,
            deed=deed(event.action),
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            subject=subjects.get(event.subject_id, Subject("")),
            reason=event.reason,
            details=details(event.before, event.after),
        )
        for event in events
    ]


def names_of(user_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of accounts by id."""
    return {row.id: row.name for row in session.execute(sa.select(User.id, User.name).where(User.id.in_(user_ids)))}


def _subjects(events: Iterable[AuditEvent]) -> dict[UUID, Subject]:
    """Return what the events are about, in one query for each kind of thing."""
    wanted: dict[str, set[UUID]] = {}
    for event in events:
        wanted.setdefault(event.subject_type, set()).add(event.subject_id)
    found: dict[UUID, Subject] = {}
    for kind, ids in wanted.items():
        if kind in _LOOKUPS:
            statement, read = _LOOKUPS[kind]
            found |= {
                row[0]: read(row) for row in session.execute(statement.where(statement.selected_columns[0].in_(ids)))
            }
    return found


def _of_person(row: Any) -> Subject:
    """Read a row of (id, freelancer's id, name, and perhaps what it is about)."""
    name = f"{row[3]}, {row[2]}" if len(row) > 3 else row[2]
    return Subject(name, url_for("staff.freelancer", freelancer_id=row[1]))


def _of_partner(row: Any) -> Subject:
    """Read a row of (id, slug, partner's name, and perhaps whom or what it is about)."""
    name = f"{row[3]}, {row[2]}" if len(row) > 3 else row[2]
    return Subject(name, url_for("staff.partner", slug=row[1]))


def _named(row: Any) -> Subject:
    return Subject(row[1])


_OF_PARTNER = (Partner.slug, Partner.name)
_LOOKUPS: dict[str, tuple[sa.Select[*tuple[Any, ...]], Callable[[Any], Subject]]] = {
    "freelancer": (sa.select(Freelancer.id, Freelancer.id.label("person"), Freelancer.name), _of_person),
    "submission": (
        sa.select(Submission.id, Freelancer.id, Freelancer.name).join(
            Freelancer, Freelancer.id == Submission.freelancer_id
        ),
        _of_person,
    ),
    "hold": (
        sa.select(Hold.id, Freelancer.id, Freelancer.name).join(Freelancer, Freelancer.id == Hold.freelancer_id),
        _of_person,
    ),
    "support_thread": (
        sa.select(Thread.id, Freelancer.id, Freelancer.name, Thread.title).join(
            Freelancer, Freelancer.id == Thread.freelancer_id
        ),
        _of_person,
    ),
    "award": (
        sa.select(Award.id, Freelancer.id, Freelancer.name, Achievement.name)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .join(Achievement, Achievement.id == Award.achievement_id),
        _of_person,
    ),
    "application": (
        sa.select(Application.id, Freelancer.id, Freelancer.name, Partner.name)
        .join(Freelancer, Freelancer.id == Application.freelancer_id)
        .join(Programme, Programme.id == Application.programme_id)
        .join(Partner, Partner.id == Programme.partner_id),
        _of_person,
    ),
    "interest": (
        sa.select(Interest.id, Freelancer.id, Freelancer.name, Partner.name)
        .join(Freelancer, Freelancer.id == Interest.freelancer_id)
        .join(Partner, Partner.id == Interest.partner_id),
        _of_person,
    ),
    "invitation": (
        sa.select(Invitation.id, *_OF_PARTNER, Invitation.email)
        .join(Programme, Programme.id == Invitation.programme_id)
        .join(Partner, Partner.id == Programme.partner_id),
        _of_partner,
    ),
    "member": (
        sa.select(Member.id, *_OF_PARTNER, User.name)
        .join(Partner, Partner.id == Member.partner_id)
        .join(User, User.id == Member.user_id),
        _of_partner,
    ),
    "programme": (sa.select(Programme.id, *_OF_PARTNER).join(Partner, Partner.id == Programme.partner_id), _of_partner),
    "rotation_period": (sa.select(Period.id, *_OF_PARTNER).join(Partner, Partner.id == Period.partner_id), _of_partner),
    "partner": (sa.select(Partner.id, *_OF_PARTNER), _of_partner),
    "issuer": (sa.select(Issuer.id, Issuer.name), _named),
    "achievement": (sa.select(Achievement.id, Achievement.name), _named),
    "user": (sa.select(User.id, User.email), _named),
    "api_token": (sa.select(ApiToken.id, ApiToken.name), _named),
    "feed_import": (sa.select(FeedImport.id, FeedImport.file_name), _named),
    "mail": (sa.select(OutboxMail.id, OutboxMail.to_address), _named),
}
