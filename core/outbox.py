"""The outbox: a mail is a row, stored with the change that it tells of, and sent by a worker afterwards. Rule X-1.

The row says which template is to be sent to whom, with which words; it is rendered when it is sent (`app/mail.py`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from core.audit import record
from core.bulk import insert_rows
from core.database import Model, changed, db, new_id, session, table_of, transaction
from core.errors import Conflict, NotFound
from core.secrets import sealer

#: Waiting times after a failed attempt; after the last one the mail is given up and shown to staff.
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 720, 1440))


#: A moment that does not come: what is held waits until it.
HELD = datetime(9000, 1, 1, tzinfo=UTC)
_WAITS = "sent_at IS NULL AND failed_at IS NULL"


class MailBatch(Model):
    """Many mails of one kind that share most of their words, and go out after all that is not of a batch."""

    __tablename__ = "outbox_batches"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    words: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class OutboxMail(Model):
    """One mail to one address. Rule X-1, design decision 4."""

    __tablename__ = "outbox_mails"
    __table_args__ = (
        sa.Index("ix_outbox_mails_due", "due_at", "id", postgresql_where=sa.text(f"{_WAITS} AND batch_id IS NULL")),
        sa.Index(
            "ix_outbox_mails_batch_due", "due_at", "id", postgresql_where=sa.text(f"{_WAITS} AND batch_id IS NOT NULL")
        ),
        sa.Index("ix_outbox_mails_batch", "batch_id", postgresql_where=sa.text("batch_id IS NOT NULL")),
        sa.Index("ix_outbox_mails_about", "about_id", postgresql_where=sa.text(f"{_WAITS} AND about_id IS NOT NULL")),
        sa.Index("ix_outbox_mails_to", "to_address"),
    )

    #: Also the mail's Message-ID: a mail sent twice is recognised as one.
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    #: What the mail is about, such as `award.suspended:<award>:<moment>`: the same key is stored once.
    key: Mapped[str] = mapped_column(unique=True)
    #: The name of the templates under `templates/email/`, without their endings.
    template: Mapped[str]
    to_address: Mapped[str]
    context: Mapped[dict[str, Any]]
    #: What may not lie about in the database, sealed, and wiped once sent; empty when wiped because it was given up.
    sealed_secrets: Mapped[str | None]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    batch_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("outbox_batches.id"))
    #: What the mail is about, such as an invitation: what happens to it can call the mail off while it waits.
    about_id: Mapped[UUID | None]

    batch: Mapped[MailBatch | None] = relationship()

    @property
    def can_be_tried_again(self) -> bool:
        """Say whether a mail that was given up still has all its words; one with a secret link does not."""
        return self.failed_at is not None and self.sealed_secrets is None

    def words(self) -> dict[str, Any]:
        """Return what the template is rendered with. Raises ValueError as `own_words` does."""
        return {**(self.batch.words if self.batch else {}), **self.own_words()}

    def own_words(self) -> dict[str, Any]:
        """Return the words that no other mail shares. Raises ValueError when SECRET_KEY changed since it was stored."""
        opened = json.loads(sealer().open(self.sealed_secrets)) if self.sealed_secrets else {}
        return {**self.context, **opened}

    def mark_failed(self, at: datetime, why: str, *, for_good: bool) -> None:
        """Keep why it could not be sent; try again later, unless that is pointless or was tried often enough."""
        self.last_error = why[:2000]
        if for_good or self.attempts >= len(RETRY_AFTER):
            self.failed_at, self.sealed_secrets = at, self.sealed_secrets and ""
        else:
            self.due_at = at + RETRY_AFTER[self.attempts]
        self.attempts += 1


_PUT = insert(table_of(OutboxMail)).on_conflict_do_nothing(index_elements=["key"])
_CALL_OFF = sa.delete(table_of(OutboxMail)).where(
    OutboxMail.about_id == sa.bindparam("about"), OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None)
)


def enqueue(
    template: str,
    to_address: str,
    context: Mapping[str, Any],
    *,
    key: str,
    at: datetime,
    secrets: Mapping[str, str] | None = None,
    about: UUID | None = None,
) -> None:
    """Store a mail in the current transaction, to be sent after it. The same `key` again stores nothing. Rule X-1.

    `context` must be JSON-ready (moments as ISO text); `secrets` are stored sealed and given to the template alike.
    `about` is what `call_off` knows it by.
    """
    values = {
        "id": new_id(),
        "key": key,
        "template": template,
        "to_address": to_address,
        "context": dict(context),
        "sealed_secrets": sealer().seal(json.dumps(dict(secrets))) if secrets else None,
        "created_at": at,
        "due_at": at,
        "attempts": 0,
        "about_id": about,
    }
    session.execute(_PUT, values)


@dataclass(frozen=True)
class Mail:
    """A mail to be stored, without secrets; `context` and `key` as `enqueue` takes them."""

    template: str
    to_address: str
    context: Mapping[str, Any]
    key: str


def enqueue_many(mails: Sequence[Mail], *, at: datetime) -> None:
    """Store many mails in one statement, in the current transaction. A key that is stored already is passed by."""
    if mails:
        rows = [{"id": new_id(), **vars(mail), "created_at": at, "due_at": at, "attempts": 0} for mail in mails]
        session.execute(insert_rows(OutboxMail, rows).on_conflict_do_nothing(index_elements=["key"]))


def due_mails(at: datetime, most: int) -> Sequence[OutboxMail]:
    """Return the mails that are to be sent next, at most so many, apart from any transaction.

    Mails of batches come last, so that nobody waits for a link behind a hundred thousand invitations.
    """
    due = (
        sa.select(OutboxMail)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None), OutboxMail.due_at <= at)
        .options(selectinload(OutboxMail.batch))
        .order_by(OutboxMail.due_at, OutboxMail.id)
    )
    with Session(db.engine) as reading:
        alone = reading.scalars(due.where(OutboxMail.batch_id.is_(None)).limit(most)).all()
        rest = due.where(OutboxMail.batch_id.is_not(None)).limit(most - len(alone))
        return [*alone, *reading.scalars(rest)]


@transaction()
def mark_failed(mail_id: UUID, at: datetime, why: str, *, for_good: bool) -> OutboxMail | None:
    """Keep why a mail could not be sent; return it, or None when it was sent or called off meanwhile."""
    waits = (OutboxMail.id == mail_id, OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None))
    mail = session.scalar(
        sa.select(OutboxMail).where(*waits).with_for_update().execution_options(populate_existing=True)
    )
    if mail is not None:
        mail.mark_failed(at, why, for_good=for_good)
    return mail


@transaction()
def call_off(about: UUID) -> int:
    """Drop what waits to be sent about something that is over; return how many mails that were."""
    return changed(_CALL_OFF, {"about": about})


def count_due(at: datetime) -> int:
    """Return how many mails are to be sent by `at` and are not yet."""
    waiting = sa.select(sa.func.count()).where(
        OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None), OutboxMail.due_at <= at
    )
    return session.scalar(waiting) or 0


@transaction()
def try_again(mail_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Let a mail that was given up be sent after all, with as many tries as a new one. Rules X-1, X-2.

    Raises Conflict when it is not given up, or when its secret link is wiped, and NotFound.
    """
    given_up = (OutboxMail.failed_at.is_not(None), OutboxMail.sealed_secrets.is_(None))
    fresh = {"failed_at": None, "due_at": at, "attempts": 0}
    if changed(sa.update(OutboxMail).where(OutboxMail.id == mail_id, *given_up).values(fresh)):
        record("mail.tried_again", "mail", mail_id, by=by, at=at)
        return
    mail = session.get(OutboxMail, mail_id)
    if mail is None:
        raise NotFound()
    if mail.failed_at is not None:
        raise Conflict(
            "The secret link in it was wiped when it was given up.", "Send the invitation or the link anew instead."
        )
    raise Conflict("It is sent, or waits to be sent.", "Look at the list again.")


def erase_letters(mails: Collection[UUID]) -> None:
    """Delete the letters of these mails that were written to files, where no server for mail is set. Rule X-3."""
    folder: Path = current_app.extensions["laurel_settings"].mail_folder
    gone = {str(mail) for mail in mails}
    for path in folder.glob("*.eml") if gone and folder.is_dir() else ():
        if path.name.partition("-")[2][:36] in gone:
            path.unlink(missing_ok=True)
