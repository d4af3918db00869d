"""Lists of people to invite and their rows, the letters they are sent, and open campaign links."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.clock import day_of
from core.database import Model, new_id
from partners.models import Programme


class InvitationList(Model):
    """A list somebody brought: looked at first, then sent at a pace. Rule I-5.

    `content` is what was brought, in UTF-8, until it is sent or dropped; `columns` says which of its columns are what
    (`partners.invitations.reading.Columns`), `counts` how many rows do what (by `Outcome`). `per_hour` is the pace,
    None being as fast as mails leave; `mails` how many go out, `called_off` how many of them no longer do.
    """

    __tablename__ = "invitation_lists"
    __table_args__ = (sa.Index("ix_invitation_lists_programme", "programme_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programmes.id"))
    file_name: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    columns: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    subject: Mapped[str | None]
    body: Mapped[str | None]
    message: Mapped[str | None]
    per_hour: Mapped[int | None]
    #: Whether those who do not answer are reminded. Rule I-6.
    reminds: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    mails: Mapped[int] = mapped_column(default=0)
    batch_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("outbox_batches.id"))
    paused_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    called_off: Mapped[int] = mapped_column(default=0)

    programme: Mapped[Programme] = relationship(lazy="joined")


class InvitationRow(Model):
    """One address of a list and what inviting it does; a row that cannot be read says why, and what to do. I-5."""

    __tablename__ = "invitation_rows"

    list_id: Mapped[UUID] = mapped_column(sa.ForeignKey("invitation_lists.id", ondelete="CASCADE"), primary_key=True)
    #: From 1; a line may hold several addresses.
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int]
    text: Mapped[str]
    email: Mapped[str | None]
    name: Mapped[str | None]
    problem: Mapped[str | None]
    advice: Mapped[str | None]
    #: The line on which the same address stood before.
    repeats: Mapped[int | None]
    outcome: Mapped[str]


class Letter(Model):
    """Words for invitations, kept by a programme's team under a name, with placeholders such as {name}."""

    __tablename__ = "invitation_letters"
    __table_args__ = (sa.UniqueConstraint("programme_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programmes.id"))
    name: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))


class Campaign(Model):
    """An open link: whoever has it may accept, until its places are taken or its end has come. Rule I-3."""

    __tablename__ = "campaigns"
    __table_args__ = (
        sa.CheckConstraint("cap > 0", name="cap"),
        sa.CheckConstraint("taken BETWEEN 0 AND cap", name="taken"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programmes.id"), index=True)
    name: Mapped[str]
    #: SHA-256 of the link's secret, which is worked out from this row's id and SECRET_KEY, and stored nowhere.
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    cap: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    ends_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship(lazy="joined")

    @property
    def last_day(self) -> date:
        """Return the last day on which the link works, in UTC."""
        return day_of(self.ends_at) - timedelta(days=1)
