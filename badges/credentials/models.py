"""The keys that sign badges, and where the state of each badge stands among others."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, new_id


class SigningKey(Model):
    """A key of ours. Stored are moments; which key signs, and which are published, follows from them.

    The private half is sealed with SECRET_KEY. Keys are never deleted, so that a number is never given twice.
    """

    __tablename__ = "signing_keys"
    __table_args__ = (sa.CheckConstraint("kind IN ('ed25519', 'rsa')", name="kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    #: Names the key in public: `#key-1`.
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[str]
    #: A PublicKey's `multibase` or `jwk`, as JSON.
    public: Mapped[dict[str, Any]]
    sealed_private: Mapped[str]
    created_at: Mapped[datetime]
    #: It is published before it signs, so that nobody meets a signature by a key that they cannot find yet.
    signs_from: Mapped[datetime]
    #: Withdrawn: from then on it is not published, and nothing that it signed holds any more.
    dropped_at: Mapped[datetime | None]


class StatusList(Model):
    """A row of bits that many badges of one issuer share. Rule B-2."""

    __tablename__ = "status_lists"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    issuer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("issuers.id"), index=True)
    created_at: Mapped[datetime]


class BadgePlace(Model):
    """What a badge's credential needs besides the award: its place in a list, drawn at random, and a salt."""

    __tablename__ = "badge_places"
    __table_args__ = (sa.UniqueConstraint("list_id", "list_index"),)

    award_id: Mapped[UUID] = mapped_column(sa.ForeignKey("awards.id", ondelete="CASCADE"), primary_key=True)
    list_id: Mapped[UUID] = mapped_column(sa.ForeignKey("status_lists.id"))
    list_index: Mapped[int]
    salt: Mapped[str]
    #: The numbers of the keys by which it was signed when all badges were, after a change of the keys.
    proof_key: Mapped[int | None]
    token_key: Mapped[int | None]


class BadgeChoice(Model):
    """What the holder of a badge lets it carry; without a row, nothing of it. Rule B-4."""

    __tablename__ = "badge_choices"

    award_id: Mapped[UUID] = mapped_column(sa.ForeignKey("awards.id", ondelete="CASCADE"), primary_key=True)
    shows_name: Mapped[bool]
    shows_profile: Mapped[bool]
    #: Addresses of pieces in the holder's portfolio.
    pieces: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
