"""Who can sign in, and who is signed in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model, new_id


class Role(StrEnum):
    """What somebody is here. One account has one role."""

    STAFF = "staff"
    PARTNER = "partner"
    FREELANCER = "freelancer"


class User(Model):
    """An account. Somebody invited has none of a password until they choose it through their link."""

    __tablename__ = "users"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.CheckConstraint("role IN ('staff', 'partner', 'freelancer')", name="role"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]


class SignIn(Model):
    """A server-side session: the cookie's token is stored as its hash, and dies at sign-out or password change."""

    __tablename__ = "sign_ins"
    __table_args__ = (sa.Index("ix_sign_ins_user", "user_id", postgresql_where=sa.text("ended_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")


class PasswordLink(Model):
    """A link with which somebody chooses a password: new team members, and whoever forgot theirs. Used once."""

    __tablename__ = "password_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FailedSignIn(Model):
    """A wrong password, remembered for a while so that guessing is slow."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (sa.Index("ix_failed_sign_ins_email", "email", "at"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    email: Mapped[str]
    at: Mapped[datetime]


class ApiToken(Model):
    """What a program shows instead of a password: the marketplace's own, or a partner's. Rules I-3, X-4.

    `partner_id` is whose people and requirements it opens; None: the marketplace's own, which opens all of them.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (
        sa.Index(
            "uq_api_tokens_name",
            "partner_id",
            "name",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
        sa.CheckConstraint(
            "scopes <@ ARRAY['feed', 'findings', 'policies'] AND cardinality(scopes) > 0", name="scopes"
        ),
        sa.CheckConstraint("partner_id IS NULL OR NOT scopes @> ARRAY['feed']", name="feed_is_not_for_partners"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    #: SHA-256 of the secret; the secret itself is shown once and kept nowhere.
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    #: How the secret ends, so that people can tell which one a program has.
    ends_with: Mapped[str]
    name: Mapped[str]
    scopes: Mapped[list[str]]
    partner_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime]
    #: To the minute.
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))

    maker: Mapped[User | None] = relationship(foreign_keys=created_by)


class ApiAnswer(Model):
    """What a request with an Idempotency-Key was answered, kept for a while: its repeat is answered the same. X-1."""

    __tablename__ = "api_answers"

    token_id: Mapped[UUID] = mapped_column(sa.ForeignKey("api_tokens.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_digest: Mapped[bytes]
    answer: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)
