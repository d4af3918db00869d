"""Somebody leaves: what says who they were goes, an anonymous record of their badges stays. Rule X-3."""

# ruff: noqa: S608 -- all that is put into these statements stands in `HELD`, none of it comes from anybody
from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from accounts.models import ApiAnswer
from badges.models import Award
from badges.services import AwardClosed, revoke
from core import audit, vault
from core.audit import AuditEvent
from core.database import after_commit, session, transaction
from core.errors import Conflict
from core.outbox import OutboxMail, erase_letters
from freelancers.departures import note_departure
from freelancers.feed.run import forget_waiting
from partners.applying import withdraw_application
from partners.invitations.models import InvitationList
from partners.models import Application
from privacy.finding import Person, person_of, rows_where
from privacy.held import HELD, Held, Leaving

log = structlog.get_logger(__name__)

REVOKED = "The holder left Laurel and took their data along."


class GoneAlready(Conflict):
    """They left before."""

    title = "This person has left already"


@transaction()
def leave(freelancer_id: UUID, *, by: UUID | None, at: datetime, reason: str | None = None) -> None:
    """Let somebody leave for good: badges end, applications are withdrawn, and all that names them goes. Rule X-3.

    Their files and letters on disk go once that is stored. `reason` is staff's, when they do it on somebody's behalf;
    it must not name the person. Raises NotFound and GoneAlready.
    """
    session.execute(sa.text("SELECT FROM freelancers WHERE id = :id FOR UPDATE"), {"id": freelancer_id})
    person = person_of(freelancer_id)
    if person.has_left:
        raise GoneAlready("Nothing is left to delete.", "Go back to the list.")
    _end(person, by, at)
    person = person_of(freelancer_id)
    files = _files(person)
    _forget_elsewhere(person)
    letters = _forget_mails(person)
    for held in HELD:
        _forget(held, person, at)
    note_departure([person.marketplace_id, *person.addresses], at)
    audit.record("freelancer.left", "freelancer", person.freelancer, by=by, at=at, reason=reason)
    session.expire_all()
    after_commit(lambda: _erase(files))
    after_commit(lambda: erase_letters(letters))
    # A backup from before brings them back: whoever brings it back finds here whom to delete again.
    after_commit(lambda: log.info("somebody left", freelancer_id=str(person.freelancer)))


def _end(person: Person, by: UUID | None, at: datetime) -> None:
    """End what is open by the services that end it, so that lists, draws and status lists follow."""
    for award_id in session.scalars(
        sa.select(Award.id).where(Award.freelancer_id == person.freelancer, Award.closed_at.is_(None))
    ).all():
        with suppress(AwardClosed):
            revoke(award_id, REVOKED, by=by, at=at)
    for application_id in session.scalars(
        sa.select(Application.id).where(Application.freelancer_id == person.freelancer)
    ).all():
        withdraw_application(application_id, at)


def _forget(held: Held, person: Person, at: datetime) -> None:
    if held.leaving is Leaving.DELETED:
        session.execute(rows_where(f"DELETE FROM {held.table} t WHERE {held.theirs}"), person.given())
        return
    emptied = {name: "NULL" for name in _columns(held.table) if name not in held.keeps}
    blanks = (emptied if held.leaving is Leaving.BLANKED else {}) | dict(held.blanks)
    if blanks:
        values = ", ".join(f"{name} = {value}" for name, value in blanks.items())
        session.execute(
            rows_where(f"UPDATE {held.table} t SET {values} WHERE {held.theirs}"), person.given() | {"at": at}
        )


def _columns(table: str) -> list[str]:
    sql = "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = :t"
    return list(session.scalars(sa.text(sql), {"t": table}))


def _forget_elsewhere(person: Person) -> None:
    """Forget them where they are named in passing: the log, answers to programs, a feed and lists that wait."""
    audit.forget(
        sa.or_(
            AuditEvent.subject_id.in_(person.things),
            AuditEvent.actor_id == person.user,
            *(_mentions(person, column) for column in (AuditEvent.before, AuditEvent.after)),
            *(AuditEvent.reason.icontains(mark, autoescape=True) for mark in _marks(person)),
        )
    )
    for mark in _marks(person):
        session.execute(sa.delete(ApiAnswer).where(_text(ApiAnswer.answer).icontains(mark, autoescape=True)))
    forget_waiting(person.marketplace_id, person.addresses)
    for address in person.addresses:
        _take_out_of_lists(address)


def _marks(person: Person) -> list[str]:
    """Return what names nobody but them, wherever it stands in a text."""
    return [person.marketplace_id, *person.addresses]


def _mentions(person: Person, document: Any) -> sa.ColumnElement[bool]:
    """Return whether a document names them: by an address or their key anywhere, or by their name as a value."""
    text = sa.cast(document, sa.Text())
    is_named = sa.func.jsonb_path_exists(
        document, sa.text("'$.** ? (@ == $name)'"), sa.func.jsonb_build_object("name", person.name)
    )
    return sa.or_(is_named, *(text.icontains(mark, autoescape=True) for mark in _marks(person)))


def _forget_mails(person: Person) -> list[UUID]:
    """Delete every mail to them or about them, sent or not; return which, for the letters on disk."""
    of_a_thing = sa.func.regexp_split_to_array(OutboxMail.key, "[:/]").op("&&")(
        sa.cast([str(thing) for thing in person.things], sa.ARRAY(sa.Text()))
    )
    theirs = sa.or_(
        OutboxMail.to_address.in_(person.addresses),
        OutboxMail.about_id.in_(person.things),
        of_a_thing,
        _mentions(person, OutboxMail.context),
    )
    return list(session.scalars(sa.delete(OutboxMail).where(theirs).returning(OutboxMail.id)))


def _take_out_of_lists(address: str) -> None:
    """Take an address, or its whole line if it is the only one there, out of files that wait to be sent."""
    line = re.compile(rf"(?im)^[^@\n]*{re.escape(address)}[^@\n]*\n?|(?<![\w.+-]){re.escape(address)}(?![\w.-])")
    named = _text(InvitationList.content).icontains(address, autoescape=True)
    for each in session.scalars(sa.select(InvitationList).where(InvitationList.content.is_not(None), named)):
        each.content = line.sub("", (each.content or b"").decode()).encode()
    session.flush()


def _text(content: Any) -> sa.ColumnElement[str]:
    return sa.func.convert_from(content, "UTF8")


def _files(person: Person) -> list[tuple[str, str]]:
    """Return their files, each as its room and its name in there."""
    found: list[tuple[str, str]] = []
    for held in HELD:
        if held.files:
            chosen = f"SELECT t.{held.files} FROM {held.table} t WHERE ({held.theirs}) AND t.{held.files} IS NOT NULL"
            found.extend((held.room, name) for name in session.scalars(rows_where(chosen), person.given()))
    return found


def _erase(files: list[tuple[str, str]]) -> None:
    for room, name in files:
        vault.erase([name], room)
