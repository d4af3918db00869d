"""What a partner's team writes while it reviews. All of it is about a person, and goes when they withdraw. Rule R-5."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Model, new_id


class ReviewSettings(Model):
    """How a programme reviews: `criteria` is a list of Criterion as JSON. Rules R-2, R-5.

    `version` counts the changes, so that two people at once do not overwrite each other.
    """

    __tablename__ = "review_settings"
    __table_args__ = (sa.CheckConstraint("third_from_hundredths > 0", name="third_from"),)

    programme_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programmes.id"), primary_key=True)
    criteria: Mapped[list[Any]]
    #: Two reviewers, blind to each other.
    is_double: Mapped[bool]
    #: From this distance between the first two on, in hundredths of a point, a third decides.
    third_from_hundredths: Mapped[int]
    #: Whoever keeps an application on file may write why, and the applicant reads it. Rule R-2.
    sends_reasons: Mapped[bool]
    version: Mapped[int]
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))


class Review(Model):
    """What one reviewer gave an application, with the criteria and weights of then. Rule R-5."""

    __tablename__ = "reviews"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "reviewer_id"),
        sa.CheckConstraint("total_hundredths BETWEEN 100 AND 500", name="total"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("applications.id", ondelete="CASCADE"))
    reviewer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id"))
    #: A list of Scored as JSON.
    scores: Mapped[list[Any]]
    #: The weighted mean, in hundredths of a point.
    total_hundredths: Mapped[int]
    remark: Mapped[str | None]
    at: Mapped[datetime]

    reviewer: Mapped[User] = relationship(lazy="joined")


class ConflictOfInterest(Model):
    """Somebody of the team knows the applicant too well to judge, and is off this application. Rule R-5."""

    __tablename__ = "conflicts_of_interest"

    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="joined")


class Note(Model):
    """A comment on an application, for the team alone."""

    __tablename__ = "application_notes"
    __table_args__ = (sa.Index("ix_application_notes_application", "application_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("applications.id", ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id"))
    text: Mapped[str]
    at: Mapped[datetime]

    author: Mapped[User] = relationship(lazy="joined")


class KeptReason(Model):
    """What the partner wrote to an applicant when it kept the application on file, where it does so. Rule R-2."""

    __tablename__ = "kept_reasons"

    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime]


class SavedView(Model):
    """The filters of a queue under a name of somebody's own; `query` is as the queue's address has it."""

    __tablename__ = "saved_views"
    __table_args__ = (sa.UniqueConstraint("member_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
