"""Designs of badges, and logos. Rule B-3, design decision 7."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, new_id


class IssuerLogo(Model):
    """A logo that an issuer brought. What it looks like never changes: another logo is another row.

    `replaced_at` is None for the one in use; earlier ones stay for the designs that were published with them.
    """

    __tablename__ = "issuer_logos"
    __table_args__ = (
        sa.Index("uq_issuer_logos_used", "issuer_id", unique=True, postgresql_where=sa.text("replaced_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    issuer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("issuers.id", ondelete="CASCADE"))
    #: It has no gaps to see through, and `edge` (#rrggbb) is the colour around it.
    opaque: Mapped[bool]
    edge: Mapped[str]
    #: The colour that it has on the whole, as #rrggbb.
    colour: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[UUID | None]
    replaced_at: Mapped[datetime | None]


class IssuerLogoSize(Model):
    """A logo in one size: a PNG whose longer side has at most `side` pixels."""

    __tablename__ = "issuer_logo_sizes"

    logo_id: Mapped[UUID] = mapped_column(sa.ForeignKey("issuer_logos.id", ondelete="CASCADE"), primary_key=True)
    side: Mapped[int] = mapped_column(sa.SmallInteger(), primary_key=True)
    width: Mapped[int] = mapped_column(sa.SmallInteger())
    height: Mapped[int] = mapped_column(sa.SmallInteger())
    png: Mapped[bytes]


class BadgeDesign(Model):
    """A design of an achievement's badge; `content` is a Design as JSON. The newest published one is what badges wear.

    At most one is a draft: it touches no badge. Published ones are never changed, so that each can be returned to.
    """

    __tablename__ = "badge_designs"
    __table_args__ = (
        sa.Index(
            "uq_badge_designs_draft", "achievement_id", unique=True, postgresql_where=sa.text("published_at IS NULL")
        ),
        sa.Index("ix_badge_designs_published", "achievement_id", sa.text("published_at DESC")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    achievement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("achievements.id", ondelete="CASCADE"))
    content: Mapped[dict[str, Any]]
    #: The logo that it was published with.
    logo_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("issuer_logos.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
