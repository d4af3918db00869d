"""Accepting an invitation: the one answer that thousands give within an hour. Rules I-3, I-4.

So it reads no more than it needs, by statements that are built once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from badges.models import Achievement
from core.audit import record
from core.database import ASKED_AT, changed, new_id, session, table_of, transaction
from core.errors import NotAllowed
from core.outbox import call_off, enqueue
from core.secrets import token_hash
from freelancers.models import Freelancer
from partners.invitation_queries import is_answerable
from partners.invitations.campaigns import take_place
from partners.invitations.codes import is_reminder_code, named_in
from partners.mails import about_application
from partners.models import Application, Invitation, Partner, Programme
from partners.opened_link import accepted_by, may_answer
from partners.rules import LinkGone

_LINK = (
    sa.select(
        Invitation.id,
        Invitation.token_hash,
        Invitation.email,
        Invitation.accepted_at,
        Invitation.freelancer_id,
        Invitation.asked_by,
        Invitation.confirmed_at,
        Invitation.campaign_id,
        is_answerable(ASKED_AT).label("answerable"),
        Invitation.programme_id,
        Programme.partner_id,
        Partner.name.label("partner"),
        Achievement.name.label("badge"),
    )
    .join(Programme, Programme.id == Invitation.programme_id)
    .join(Partner, Partner.id == Programme.partner_id)
    .join(Achievement, Achievement.id == Programme.achievement_id)
)
_BY_SECRET = _LINK.where(Invitation.token_hash == sa.bindparam("token_hash"))
_BY_REMINDER = _LINK.where(Invitation.id == sa.bindparam("id"))
_ANSWERER = (
    sa.select(Freelancer.id, Freelancer.user_id, Freelancer.name, Freelancer.email, User.email.label("account"))
    .join(User, User.id == Freelancer.user_id)
    .where(Freelancer.user_id == sa.bindparam("user_id"))
)
# The hash is part of the condition: a link that was replaced meanwhile answers nothing.
_CLAIM = (
    sa.update(table_of(Invitation))
    .where(
        Invitation.id == sa.bindparam("link"), Invitation.token_hash == sa.bindparam("secret"), is_answerable(ASKED_AT)
    )
    .values(accepted_at=ASKED_AT, freelancer_id=sa.bindparam("by"))
)
_FRESH = insert(table_of(Application))
_NOTHING = ("submitted_at", "reviewed_at", "kept_at", "kept_by", "selected_at", "selected_by", "withdrawn_at")
#: A new application, or a withdrawn one anew; one that is there already stays as it is, and nothing is returned.
_OPEN = _FRESH.on_conflict_do_update(
    index_elements=["programme_id", "freelancer_id"],
    set_={name: _FRESH.excluded[name] for name in ("invitation_id", "created_at", "updated_at")}
    | dict.fromkeys((*_NOTHING, "award_id"), sa.null()),
    where=Application.withdrawn_at.is_not(None),
).returning(table_of(Application).c.id)
_OPENED = sa.select(Application.id).where(
    Application.programme_id == sa.bindparam("programme_id"), Application.freelancer_id == sa.bindparam("by")
)


class NotAddressed(NotAllowed):
    """The invitation was sent to another address than this account's. Rule I-4."""

    title = "This invitation was sent to another address"

    def __init__(self) -> None:
        super().__init__(
            "An invitation belongs to the address it was sent to, and you are signed in with another one.",
            "Sign in with that address, or ask the partner to confirm that you are the same person.",
        )


class NotAFreelancer(NotAllowed):
    """Only freelancers answer invitations."""

    title = "Only freelancers can answer this"

    def __init__(self) -> None:
        super().__init__(
            "You are signed in with an account that has no profile on the marketplace.",
            "Sign out, and sign in with your freelancer's account.",
        )


class Answerer(NamedTuple):
    """A freelancer who answers: `email` is their profile's, `account` the address they sign in with."""

    id: UUID
    user_id: UUID
    name: str
    email: str | None
    account: str


@dataclass(frozen=True)
class Into:
    """The programme that somebody is accepted into, and the words for it."""

    programme_id: UUID
    partner_id: UUID
    partner: str
    badge: str


def answerer(user_id: UUID) -> Answerer:
    """Return the profile of an account that answers. Raises NotAFreelancer."""
    row = session.execute(_ANSWERER, {"user_id": user_id}).one_or_none()
    if row is None:
        raise NotAFreelancer()
    return Answerer._make(row)


@transaction()
def accept(token: str, user_id: UUID, at: datetime) -> UUID:
    """Accept the invitation as the signed-in person and open their application; return its id. Rules I-3, I-4.

    However often and however many at once: there is one application and one mail, and whoever comes later gets the same
    application. Raises LinkGone, NotAddressed for another account, and NotAFreelancer.
    """
    link, person = _link(token, at), answerer(user_id)
    if accepted_by(link, person.id):
        return _opened(link.programme_id, person)
    if not link.answerable:
        raise LinkGone()
    if not may_answer(link, (person.email, person.account), user_id):
        raise NotAddressed()
    if not changed(_CLAIM, {"link": link.id, "secret": link.token_hash, "at": at, "by": person.id}):
        if accepted_by(_link(token, at), person.id):
            return _opened(link.programme_id, person)
        raise LinkGone()
    session.expire_all()  # whatever of it is in memory was read before
    call_off(link.id)  # no reminder after an answer: rule I-6
    if link.campaign_id and not take_place(link.campaign_id, at):
        raise LinkGone()
    record("invitation.accepted", "invitation", link.id, by=user_id, at=at, partner_id=link.partner_id)
    return open_application(link.id, Into(link.programme_id, link.partner_id, link.partner, link.badge), person, at)


def open_application(invitation_id: UUID, into: Into, person: Answerer, at: datetime) -> UUID:
    """Open their application, or a withdrawn one anew, and say so to them; return its id. Joins a transaction."""
    values = {"id": new_id(), "programme_id": into.programme_id, "freelancer_id": person.id, "answers": {}}
    begun = {"version": 0, "invitation_id": invitation_id, "created_at": at, "updated_at": at}
    opened: UUID | None = session.execute(_OPEN, values | begun).scalar()
    if opened is None:
        return _opened(into.programme_id, person)
    record("application.opened", "application", opened, by=person.user_id, at=at, partner_id=into.partner_id)
    context = about_application(opened, person.name, into.partner, into.badge)
    key = f"application.opened:{opened}:{at.isoformat()}"
    enqueue("application_opened", person.account, context, key=key, at=at)
    return opened


def _link(token: str, at: datetime) -> Any:
    """Return what must be known of the invitation whose link, or whose reminder's, carries `token`. Raises LinkGone."""
    found = session.execute(_BY_SECRET, {"token_hash": token_hash(token), "at": at}).one_or_none()
    if found is None and (named := named_in(token)) is not None:
        found = session.execute(_BY_REMINDER, {"id": named, "at": at}).one_or_none()
        found = found if found is not None and is_reminder_code(token, found.token_hash) else None
    if found is None:
        raise LinkGone()
    return found


def _opened(programme_id: UUID, person: Answerer) -> UUID:
    found: UUID | None = session.execute(_OPENED, {"programme_id": programme_id, "by": person.id}).scalar()
    if found is None:
        raise LinkGone()
    return found
