"""Pictures that people bring themselves: their photo, and what their work looks like. Rule A-1."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, new_id


class Picture(Model):
    """A picture of somebody's profile. What it is used for is said by what names it; a photo knows its cut."""

    __tablename__ = "pictures"
    __table_args__ = (
        sa.CheckConstraint("x_pct BETWEEN 0 AND 100 AND y_pct BETWEEN 0 AND 100 AND zoom_pct >= 100", name="crop"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id", ondelete="CASCADE"), index=True)
    #: SHA-256 of the whole picture as it is kept: the same one sent again is no other.
    digest: Mapped[bytes]
    x_pct: Mapped[int]
    y_pct: Mapped[int]
    zoom_pct: Mapped[int]
    added_at: Mapped[datetime]


class PictureSize(Model):
    """A picture in one size: `side` is its longer side in pixels; WHOLE is the picture before it is cut out."""

    __tablename__ = "picture_sizes"
    __table_args__ = (sa.PrimaryKeyConstraint("picture_id", "side"),)

    picture_id: Mapped[UUID] = mapped_column(sa.ForeignKey("pictures.id", ondelete="CASCADE"))
    side: Mapped[int]
    jpeg: Mapped[bytes]
