"""Freelancers as the marketplace knows them, their figures over time, and holds on their accounts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from core.database import Model, new_id
from freelancers import words


class Freelancer(Model):
    """One person on the marketplace. Which values mean what is said in docs/feed.md; rules E-1..E-5, C."""

    __tablename__ = "freelancers"
    __table_args__ = (
        sa.CheckConstraint("account_state IN ('active', 'suspended', 'blocked', 'closed')", name="account_state"),
        sa.CheckConstraint("visibility IN ('public', 'marketplace', 'private')", name="visibility"),
        sa.CheckConstraint("english_level IN ('basic', 'conversational', 'fluent', 'native')", name="english_level"),
        sa.CheckConstraint("jss_pct BETWEEN 0 AND 100", name="jss_pct"),
        sa.CheckConstraint("completeness_pct BETWEEN 0 AND 100", name="completeness_pct"),
        sa.Index("ix_freelancers_email", "email"),
        sa.Index("ix_freelancers_words", "words", postgresql_using="gin"),
        # Who is not in any directory: few, so that those who are need not be looked up one by one.
        sa.Index(
            "ix_freelancers_not_shown",
            "id",
            postgresql_where=sa.text("visibility <> 'public' OR account_state <> 'active'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    #: The marketplace's own key. Somebody who joined through an invitation has a provisional one until the feed names
    #: them; see `is_provisional`.
    marketplace_id: Mapped[str] = mapped_column(unique=True)
    is_provisional: Mapped[bool] = mapped_column(server_default=sa.false(), default=False)
    user_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), unique=True)

    name: Mapped[str]
    email: Mapped[str | None]
    title: Mapped[str | None]
    overview: Mapped[str | None]
    #: Where the marketplace has a photo. It goes before the person's own, a row of `pictures`.
    photo_url: Mapped[str | None]
    photo_id: Mapped[UUID | None]
    profile_url: Mapped[str | None]
    country: Mapped[str | None]
    city: Mapped[str | None]
    timezone: Mapped[str | None]
    hourly_rate_cents: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="USD")
    account_state: Mapped[str] = mapped_column(default="active")
    from_elance: Mapped[bool] = mapped_column(default=False)
    visibility: Mapped[str] = mapped_column(default="private")
    english_level: Mapped[str | None]
    jss_pct: Mapped[int | None]
    completeness_stated_pct: Mapped[int | None]
    years_experience: Mapped[int | None]
    jobs_count: Mapped[int | None]
    hours_worked: Mapped[int | None]
    earnings_cents: Mapped[int | None] = mapped_column(sa.BigInteger)
    rating: Mapped[Decimal | None] = mapped_column(sa.Numeric(3, 2))
    talent_badge: Mapped[str | None]
    identity_verified: Mapped[bool] = mapped_column(default=False)
    availability: Mapped[str | None]
    last_active_on: Mapped[date | None]
    skills: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[Any]] = mapped_column(default=list)
    #: Employment, education, portfolio, certificates and so on: see PROFILE_PARTS in feed/record.py.
    profile: Mapped[dict[str, Any]] = mapped_column(default=dict)

    #: What counts for E-3: the stated figure, or else computed by rule C.
    completeness_pct: Mapped[int] = mapped_column(default=0)
    #: What the feed states: bits of freelancers/ownership.py. All else the person may write, last at `edited_at`.
    stated: Mapped[int] = mapped_column(sa.BigInteger, server_default="0", default=0)
    edited_at: Mapped[datetime | None]
    feed_digest: Mapped[bytes | None]
    feed_seen_at: Mapped[datetime | None]
    jss_observed_at: Mapped[datetime | None]
    #: When a score was seen for the first time: it ends the newcomer exception. Rule E-7.
    first_scored_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    #: What a directory's search looks at; never read, so never loaded.
    words: Mapped[str | None] = mapped_column(TSVECTOR(), sa.Computed(words.COLUMN, persisted=True), deferred=True)

    holds: Mapped[list[Hold]] = relationship(back_populates="freelancer", order_by="Hold.placed_at")


# SQLAlchemy gives DDL no types.
sa.event.listen(Freelancer.__table__, "before_create", sa.DDL(words.CREATE_FUNCTION))  # type: ignore[no-untyped-call]  # not typed
sa.event.listen(Freelancer.__table__, "after_drop", sa.DDL(words.DROP_FUNCTION))  # type: ignore[no-untyped-call]  # not typed

#: Finds a name by its beginning, whatever its case, in databases of any collation.
sa.Index(
    "ix_freelancers_name",
    sa.func.lower(Freelancer.name).label("lower_name"),
    postgresql_ops={"lower_name": "text_pattern_ops"},
)


def mailbox(address: ColumnElement[str] | InstrumentedAttribute[str | None]) -> ColumnElement[str]:
    """Return the part before "@" without dots and notes: the same for all ways to write one mailbox. Rule A-2."""
    local = sa.func.split_part(sa.func.split_part(sa.func.lower(address), "@", 1), "+", 1)
    return sa.func.replace(local, ".", "")


sa.Index("ix_freelancers_mailbox", mailbox(Freelancer.email).label("mailbox"))


class Observation(Model):
    """A figure as it was seen at a moment; a row without a value says that it went away. Section J.

    The key is what rows are found by, so that there is one index. The person is named by no foreign key: seven rows for
    each of a million people, checked one by one, took longer than storing the people (docs/decisions/feed-at-scale.md).
    """

    __tablename__ = "observations"
    __table_args__ = (sa.PrimaryKeyConstraint("freelancer_id", "figure", "observed_at", "id"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), autoincrement=True)
    freelancer_id: Mapped[UUID]
    figure: Mapped[str]
    value: Mapped[Decimal | None]
    observed_at: Mapped[datetime]


class FeedImport(Model):
    """One import of a feed file: what it did, for the log."""

    __tablename__ = "feed_imports"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    file_name: Mapped[str]
    file_digest: Mapped[bytes]
    mapping_name: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime]
    dry_run: Mapped[bool]
    created: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    refused: Mapped[int]


class Hold(Model):
    """A hold on an account, open until it is lifted. What each kind stops: `freelancers/holds.py`. Rules H-1, H-6."""

    __tablename__ = "holds"
    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ('awaiting_verification', 'verification_failed', 'policy_restriction', 'block')", name="kind"
        ),
        sa.Index("uq_holds_open", "freelancer_id", "kind", unique=True, postgresql_where=sa.text("lifted_at IS NULL")),
        sa.Index("ix_holds_ending", "ends_at", postgresql_where=sa.text("lifted_at IS NULL AND ends_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    reason: Mapped[str]
    placed_at: Mapped[datetime]
    placed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    lift_reason: Mapped[str | None]
    #: When it ends by itself.
    ends_at: Mapped[datetime | None]
    #: The stricter hold that took its place.
    became_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("holds.id", ondelete="SET NULL"))

    freelancer: Mapped[Freelancer] = relationship(back_populates="holds")
