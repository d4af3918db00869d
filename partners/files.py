"""The files of applications: kept with the answers, gone with them, swept when nothing names them. Rules R-1, R-4."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

import sqlalchemy as sa

from core import vault
from core.database import after_commit, new_id, session, transaction
from core.errors import DomainError
from core.uploads import Accepted
from partners.models import ApplicationFile

#: A file that no row names is left alone for so long: its transaction may be under way.
LEFT_ALONE = timedelta(hours=1)
_BATCH = 1_000


class Damaged(DomainError):
    """What is on disk is not what was stored."""

    status = 500
    title = "This file cannot be read"

    def __init__(self) -> None:
        super().__init__("It is missing on our side, or damaged.", "Ask the applicant to send it again.")


@transaction()
def add(application_id: UUID, step_key: str, file: Accepted, at: datetime) -> ApplicationFile:
    """Keep a file as the answer to a step, which has none."""
    row = ApplicationFile(
        id=new_id(),
        application_id=application_id,
        step_key=step_key,
        name=file.name,
        kind=str(file.kind),
        size_bytes=len(file.content),
        digest=hashlib.sha256(file.content).digest(),
        stored_as=vault.keep(file.content),
        uploaded_at=at,
    )
    session.add(row)
    session.flush()
    return row


@transaction()
def remove(application_id: UUID, step_keys: Collection[str] | None = None) -> None:
    """Remove the files of some steps, or all of the application's, and what is in them once that is stored."""
    going = sa.delete(ApplicationFile).where(ApplicationFile.application_id == application_id)
    if step_keys is not None:
        going = going.where(ApplicationFile.step_key.in_(step_keys))
    names = session.scalars(going.returning(ApplicationFile.stored_as)).all()
    if names:
        after_commit(lambda: vault.erase(names))


def content_of(file: ApplicationFile) -> bytes:
    """Return what a file holds, as it was when it was stored. Raises Damaged."""
    try:
        content = vault.read(file.stored_as)
    except FileNotFoundError:
        raise Damaged() from None
    if hashlib.sha256(content).digest() != file.digest:
        raise Damaged()
    return content


def sweep(at: datetime) -> int:
    """Delete stored files that no row names any more; return how many. Rules R-4, X-3."""
    swept, stored = 0, vault.stored_before(at - LEFT_ALONE)
    while names := list(islice(stored, _BATCH)):
        known = sa.select(ApplicationFile.stored_as).where(ApplicationFile.stored_as.in_(names))
        orphans = set(names) - set(session.scalars(known))
        vault.erase(orphans)
        swept += len(orphans)
    return swept
