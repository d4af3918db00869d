"""Identity verification: pictures under lock, the agents, when they are there, and calls. Rules H-2, H-3."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Model, new_id
from freelancers.models import Freelancer


class PictureKind(StrEnum):
    """What somebody sends to be verified with."""

    DOCUMENT = "document"
    #: What the agent compares a face with; never public. Rule H-5.
    REFERENCE = "reference"


class Ending(StrEnum):
    """How a call ended."""

    VERIFIED = "verified"
    FAILED = "failed"
    #: A second agent did not agree to a failure: another call follows at once, with somebody else.
    AGAIN = "again"
    NO_SHOW = "no_show"
    LEFT = "left"
    CALLED_OFF = "called_off"


class IdentityPicture(Model):
    """A picture under lock, or the receipt of its deletion: then nothing of it is left but when, what and why."""

    __tablename__ = "identity_pictures"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('document', 'reference')", name="kind"),
        sa.CheckConstraint(
            "CASE WHEN erased_at IS NULL THEN num_nonnulls(stored_as, sealed_key) = 2 AND erased_because IS NULL "
            "ELSE num_nonnulls(stored_as, sealed_key, valid_until) = 0 AND erased_because IS NOT NULL END",
            name="gone_when_erased",
        ),
        sa.Index(
            "uq_identity_pictures_kept",
            "freelancer_id",
            "kind",
            unique=True,
            postgresql_where=sa.text("erased_at IS NULL"),
        ),
        sa.Index("ix_identity_pictures_erase_at", "erase_at", postgresql_where=sa.text("erased_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    mimetype: Mapped[str]
    size_bytes: Mapped[int]
    #: The day that its holder says stands on a document.
    valid_until: Mapped[date | None]
    stored_as: Mapped[str | None] = mapped_column(unique=True)
    sealed_key: Mapped[str | None]
    sent_at: Mapped[datetime]
    #: When it is to be deleted at the latest; an outcome sets it anew.
    erase_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    #: One of `pictures.WHY_ERASED`.
    erased_because: Mapped[str | None]


class IdentityAgent(Model):
    """Somebody of the staff who verifies people."""

    __tablename__ = "identity_agents"

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    added_at: Mapped[datetime]
    added_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    removed_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=user_id, lazy="joined")


class IdentityCall(Model):
    """One call, from being asked for to its end. Its state follows from its moments: see `call_rules.state_of`.

    Whoever has `agent_id` has the call, until `held_until`; nobody else can take it before then.
    """

    __tablename__ = "identity_calls"
    __table_args__ = (
        sa.CheckConstraint("ending IN ('verified', 'failed', 'again', 'no_show', 'left', 'called_off')", name="ending"),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended"),
        sa.CheckConstraint("second_id IS NULL OR second_id IS DISTINCT FROM agent_id", name="second_is_another"),
        sa.Index("uq_identity_calls_open", "freelancer_id", unique=True, postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index(
            "uq_identity_calls_agent",
            "agent_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL AND found_at IS NULL"),
        ),
        sa.Index("ix_identity_calls_ended", "ended_at"),
        sa.Index("ix_identity_calls_person", "freelancer_id", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime]
    #: None: now, with the next agent who is free.
    booked_for: Mapped[datetime | None]
    moved_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    #: Since when the person waits, what their place goes by, and when their page was open last.
    here_at: Mapped[datetime | None]
    queue_from: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    #: Before all others: a call was cut off, or a second agent asked for another.
    goes_first: Mapped[bool] = mapped_column(server_default=sa.false(), default=False)
    cut_off: Mapped[int] = mapped_column(server_default="0", default=0)

    agent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    taken_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    #: What the agent found: which points of the checklist hold, and why not.
    found_at: Mapped[datetime | None]
    checks: Mapped[dict[str, Any]] = mapped_column(server_default="{}", default=dict)
    reason: Mapped[str | None]
    #: Looks at a failure a second time.
    second_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    second_until: Mapped[datetime | None]
    second_reason: Mapped[str | None]

    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None]
    #: The name of the room where they meet: a secret that only the two of them are shown.
    room: Mapped[str] = mapped_column(unique=True)
    #: How the two browsers find each other in a room of our own; gone as soon as the call is.
    offer: Mapped[str | None]
    answer: Mapped[str | None]

    freelancer: Mapped[Freelancer] = relationship(lazy="joined")


class IdentitySlot(Model):
    """A quarter of an hour in which an agent is there, and the call that is booked for it, if one is. Rule H-2."""

    __tablename__ = "identity_slots"
    __table_args__ = (
        sa.PrimaryKeyConstraint("starts_at", "agent_id"),
        sa.Index("ix_identity_slots_agent", "agent_id", "starts_at"),
    )

    starts_at: Mapped[datetime]
    agent_id: Mapped[UUID] = mapped_column(sa.ForeignKey("identity_agents.user_id", ondelete="CASCADE"))
    call_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("identity_calls.id", ondelete="SET NULL"), unique=True)
