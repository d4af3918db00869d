"""The copy of all that is held about a person, as a ZIP: a page to read, a file for programs, their files. X-3."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import vault
from core.audit import AuditEvent
from core.database import session
from freelancers.profile.photos import whole_pictures
from privacy.finding import Person, person_of, rows_of
from privacy.held import HELD, Held


@dataclass(frozen=True)
class Part:
    """What one table holds: its rows as they are stored, without what is empty."""

    title: str
    name: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Copy:
    """All that somebody reads of themselves, as it is at a moment; `files` by a name that is no path."""

    name: str
    at: datetime
    parts: list[Part]
    files: dict[str, bytes]


def copy_of(freelancer_id: UUID, at: datetime) -> Copy:
    """Return what is held about somebody. Raises NotFound."""
    person = person_of(freelancer_id)
    parts = [*(_part(held, person) for held in _read()), _events(person)]
    return Copy(person.name, at, [part for part in parts if part.rows], _files(person) | _pictures(person))


def packed(copy: Copy, to_read: str) -> bytes:
    """Return the copy as a ZIP, with the page that people read; every file in it is of the copy's moment."""
    files: dict[str, str | bytes] = {"about-you.html": to_read, "about-you.json": _json(copy)}
    files |= {f"files/{name}": content for name, content in copy.files.items()}
    at, written = copy.at, io.BytesIO()
    moment = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(written, "w") as folder:
        for name, content in files.items():
            folder.writestr(zipfile.ZipInfo(name, moment), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _read() -> list[Held]:
    return [held for held in HELD if held.is_read]


def _part(held: Held, person: Person) -> Part:
    return Part(held.title, held.table, [_filled(row, held.unread) for row in rows_of(held, person)])


def _events(person: Person) -> Part:
    """Return what they did themselves, and what the log says of their profile, account and badges."""
    log = sa.select(AuditEvent.at, AuditEvent.action, AuditEvent.before, AuditEvent.after, AuditEvent.reason)
    theirs = sa.or_(AuditEvent.actor_id == person.user, _is_told(person))
    rows = session.execute(log.where(theirs).order_by(AuditEvent.at)).mappings()
    said = [_filled(dict(row) | {"at": row["at"].isoformat()}, ()) for row in rows]
    return Part("What was done", "audit_events", said)


def _is_told(person: Person) -> sa.ColumnElement[bool]:
    """Return whether an event of the log is one that its subject may read: what a team does with an application is not.

    Rule R-2: the same words before and after a decision.
    """
    untold = ("application.%", "review.%")
    return sa.and_(AuditEvent.subject_id.in_(person.things), *(AuditEvent.action.not_like(each) for each in untold))


def _filled(row: dict[str, Any], unread: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in unread and value not in (None, "", [], {})}


def _files(person: Person) -> dict[str, bytes]:
    """Return their files by a name that is no path; one that is missing on the disk is left out."""
    found: dict[str, bytes] = {}
    for held in HELD:
        if held.files and held.room == vault.ROOM:
            for row in rows_of(held, person):
                try:
                    content = vault.read(row[held.files])
                except FileNotFoundError:
                    continue
                found[f"{len(found) + 1}-{_safe(str(row.get('name') or 'file'))}"] = content
    return found


def _pictures(person: Person) -> dict[str, bytes]:
    """Return the pictures that they brought, as they are kept before anything is cut out of them."""
    found = whole_pictures(person.freelancer)
    return {f"picture-{number}.jpg": jpeg for number, jpeg in enumerate(found, 1)}


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in ".-_" else "_" for letter in name)[-80:]


def _json(copy: Copy) -> str:
    about: dict[str, Any] = {"of": copy.name, "at": copy.at.isoformat()}
    return json.dumps(about | {part.name: part.rows for part in copy.parts}, ensure_ascii=False, indent=1)
