"""The words of invitations: with placeholders, kept under a name, seen as one recipient will, tried on oneself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from core import wording
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import InvalidInput, NotFound
from core.outbox import enqueue
from core.placeholders import check_places
from partners.invitations.lists import ListGone
from partners.invitations.models import InvitationList, InvitationRow, Letter
from partners.invitations.sending import shared_words
from partners.rules import LINK_LIFETIME

SUBJECT_MAX, BODY_MAX, NAME_MAX = 150, 5_000, 80
#: What can stand in a letter, and what it becomes.
PLACES: Mapping[str, str] = {
    "name": "the name beside the address",
    "first_name": "its first word",
    "partner": "your company's name",
    "sender": "who invites: “Pat of Northwind”",
    "badge": "the badge's name",
    "valid_until": "the day on which the link ends",
}
#: Paces to choose from, in mails an hour; the first is what is chosen unless somebody says otherwise.
PACES: Mapping[int, str] = {
    0: "As fast as mails leave",
    10_000: "10,000 an hour",
    2_000: "2,000 an hour",
    500: "500 an hour",
    100: "100 an hour",
}


@transaction()
def write(
    list_id: UUID, subject: str, body: str, message: str | None, per_hour: int, reminds: bool, *, at: datetime
) -> InvitationList:
    """Keep what a list will be sent with, until it is sent. Raises InvalidInput for places unknown, and ListGone."""
    check(subject, body)
    values = {"subject": subject or None, "body": body or None, "message": message or None}
    values_of_pace = {"per_hour": per_hour or None, "reminds": reminds}
    mine = sa.update(InvitationList).where(InvitationList.id == list_id, InvitationList.sent_at.is_(None))
    if not changed(mine.values(**values, **values_of_pace).execution_options(synchronize_session="fetch")):
        raise ListGone()
    return session.get_one(InvitationList, list_id)


def check(subject: str, body: str) -> None:
    """Raise InvalidInput for words that are too long, or have a place nobody can fill in."""
    for text, most in ((subject, SUBJECT_MAX), (body, BODY_MAX)):
        if len(text) > most:
            raise InvalidInput(f"That is {len(text):,} characters long, and {most:,} fit.", "Shorten it.")
        check_places(text, PLACES)


@transaction()
def keep(programme_id: UUID, partner_id: UUID, name: str, subject: str, body: str, *, by: UUID, at: datetime) -> None:
    """Keep a letter under a name, for lists to come; one of that name is replaced. Raises InvalidInput."""
    if not name or len(name) > NAME_MAX:
        raise InvalidInput(f"A letter's name has 1 to {NAME_MAX} characters.", "Give it a short name.")
    check(subject, body)
    values = {"subject": subject, "body": body, "updated_at": at, "updated_by": by}
    statement = insert(Letter).values(id=new_id(), programme_id=programme_id, name=name, **values)
    kept = session.scalar(
        statement.on_conflict_do_update(index_elements=["programme_id", "name"], set_=values).returning(Letter.id)
    )
    assert kept is not None
    record("invitations.letter_kept", "invitation_letter", kept, by=by, at=at, partner_id=partner_id)


@transaction()
def forget(letter_id: UUID, programme_id: UUID, partner_id: UUID, *, by: UUID, at: datetime) -> None:
    """Forget a kept letter; lists that were sent with it keep their words. Raises NotFound. Rule X-4."""
    if not changed(sa.delete(Letter).where(Letter.id == letter_id, Letter.programme_id == programme_id)):
        raise NotFound()
    record("invitations.letter_forgotten", "invitation_letter", letter_id, by=by, at=at, partner_id=partner_id)


def letters_of(programme_id: UUID) -> Sequence[Letter]:
    """Return the programme's kept letters by name."""
    return session.scalars(sa.select(Letter).where(Letter.programme_id == programme_id).order_by(Letter.name)).all()


def letter_of(programme_id: UUID, letter_id: UUID) -> Letter:
    """Return one of the programme's letters. Raises NotFound for any other. Rule X-4."""
    found = session.scalar(sa.select(Letter).where(Letter.id == letter_id, Letter.programme_id == programme_id))
    if found is None:
        raise NotFound()
    return found


def words_for(found: InvitationList, row: InvitationRow | None, at: datetime) -> dict[str, Any]:
    """Return what the mail to one recipient is made of, but for its link."""
    until = wording.day(at + LINK_LIFETIME)
    return shared_words(found) | {"name": row.name if row else None, "valid_until": until}


@transaction()
def try_on(found: InvitationList, row: InvitationRow | None, to: User, at: datetime) -> None:
    """Mail the letter, as one recipient would get it, to whoever works on it; its button leads back to the list."""
    path = f"/console/{found.programme.partner.slug}/invitations/lists/{found.id}"
    words = words_for(found, row, at) | {"path": path, "stop": path, "is_test": True}
    enqueue("invitation", to.email, words, key=f"invitation.tried:{found.id}:{to.id}:{at.isoformat()}", at=at)


def sample_row(found: InvitationList, place: int | None) -> InvitationRow | None:
    """Return one row that is to be written to: that at `place` or the next, else the first; None without any."""
    sends = sa.select(InvitationRow).where(
        InvitationRow.list_id == found.id, InvitationRow.outcome.in_(["new", "renewed"])
    )
    ordered = sends.order_by(InvitationRow.place).limit(1)
    return session.scalar(ordered.where(InvitationRow.place >= (place or 0))) or session.scalar(ordered)
