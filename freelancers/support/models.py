"""Threads between a person and the marketplace's staff."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model, new_id
from freelancers.models import Freelancer, Hold
from freelancers.support.rules import ABOUT_NAMES, About, ThreadState, due_at


class Thread(Model):
    """What somebody wrote to staff about one thing, and what was answered. One about a hold is its appeal. Rule H-6."""

    __tablename__ = "support_threads"
    __table_args__ = (
        sa.CheckConstraint("about IN ('hold', 'letter', 'outcome', 'badge', 'other')", name="about"),
        sa.CheckConstraint("(about = 'hold') = (hold_id IS NOT NULL)", name="hold"),
        sa.CheckConstraint("waits_since IS NULL OR closed_at IS NULL", name="state"),
        sa.Index("ix_support_threads_freelancer", "freelancer_id", "last_at"),
        sa.Index(
            "ix_support_threads_waiting", "waits_since", "id", postgresql_where=sa.text("waits_since IS NOT NULL")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id", ondelete="CASCADE"))
    about: Mapped[str]
    hold_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("holds.id", ondelete="CASCADE"), unique=True)
    title: Mapped[str]
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    #: When the person wrote what staff have not answered yet; NULL: they have.
    waits_since: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    person_read_at: Mapped[datetime | None]
    staff_read_at: Mapped[datetime | None]

    freelancer: Mapped[Freelancer] = relationship()
    hold: Mapped[Hold | None] = relationship()
    messages: Mapped[list[Message]] = relationship(back_populates="thread", order_by="(Message.at, Message.id)")

    @property
    def state(self) -> ThreadState:
        """Return for whom it waits."""
        if self.closed_at is not None:
            return ThreadState.CLOSED
        return ThreadState.ANSWERED if self.waits_since is None else ThreadState.OPEN

    @property
    def due_at(self) -> datetime | None:
        """Return until when an answer is due; None when none is."""
        return due_at(self.waits_since) if self.waits_since else None

    @property
    def about_name(self) -> str:
        """Return in words what it is about."""
        return ABOUT_NAMES[About(self.about)]


class Message(Model):
    """What one side wrote. `author_id` is None where no sign-in says who it was, or the account is gone."""

    __tablename__ = "support_messages"
    __table_args__ = (
        sa.CheckConstraint("verdict IN ('kept', 'lifted')", name="verdict"),
        sa.Index("ix_support_messages_thread", "thread_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    thread_id: Mapped[UUID] = mapped_column(sa.ForeignKey("support_threads.id", ondelete="CASCADE"))
    by_staff: Mapped[bool]
    author_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    text: Mapped[str]
    #: The standard paragraph that was sent along, as it was then.
    added: Mapped[str | None]
    #: What an answer to an appeal decided.
    verdict: Mapped[str | None]
    at: Mapped[datetime]

    thread: Mapped[Thread] = relationship(back_populates="messages")
