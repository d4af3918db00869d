"""A partner's branded page, its use cases, and who is featured when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from badges.models import Award
from core.database import Model, new_id
from partners.models import Partner


class LandingPage(Model):
    """A partner's page as it is published: its words are those of version `version`; 0 is none yet. Rule D-1.

    `about` and `how` are small Markdown; `places`, `links` and `questions` are as in `directory.content`.
    """

    __tablename__ = "landing_pages"
    __table_args__ = (
        sa.CheckConstraint("slots BETWEEN 1 AND 24", name="slots"),
        sa.CheckConstraint("period_hours BETWEEN 1 AND 2016", name="period_hours"),
    )

    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("partners.id"), primary_key=True)
    headline: Mapped[str]
    intro: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    how: Mapped[str] = mapped_column(default="")
    places: Mapped[list[Any]] = mapped_column(default=list)
    links: Mapped[list[Any]] = mapped_column(default=list)
    questions: Mapped[list[Any]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=0)
    #: How many experts are featured at once, and for how long.
    slots: Mapped[int] = mapped_column(default=6)
    period_hours: Mapped[int] = mapped_column(default=168)
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    partner: Mapped[Partner] = relationship(lazy="joined")


class PageDraft(Model):
    """What a partner prepares for its page, and nobody else sees: at most one for each page. Rule D-1."""

    __tablename__ = "page_drafts"

    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True)
    #: A `directory.content.Content` as JSON.
    content: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    saved_by: Mapped[UUID | None]


class PageVersion(Model):
    """What a page said from a moment on. Never changed: returning to a version makes another. Rule D-1."""

    __tablename__ = "page_versions"

    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True)
    #: Counts a page's versions from 1.
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]
    #: The version that was returned to by it.
    returned_to: Mapped[int | None]


class UseCase(Model):
    """A named scenario of a partner's page with its own list of experts. Rule D-1.

    Its words are those of the page's version. One that is not `published` stands in the draft alone, or stood in an
    earlier version; its list is kept.
    """

    __tablename__ = "use_cases"
    __table_args__ = (sa.UniqueConstraint("partner_id", "slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("partners.id"))
    slug: Mapped[str]
    name: Mapped[str]
    summary: Mapped[str]
    #: Small Markdown.
    words: Mapped[str] = mapped_column(default="")
    #: Whom it takes besides those on its list: a `directory.case_rules.CaseRule` as JSON; {} takes nobody.
    rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)
    published: Mapped[bool] = mapped_column(default=True)


class UseCaseExpert(Model):
    """An expert whom the partner put on a use case's list."""

    __tablename__ = "use_case_experts"

    use_case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("use_cases.id", ondelete="CASCADE"), primary_key=True)
    award_id: Mapped[UUID] = mapped_column(sa.ForeignKey("awards.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class Removal(Model):
    """An expert taken out of the directory by the partner or staff, with the reason. Rules D-2, D-7, E-12."""

    __tablename__ = "removals"
    __table_args__ = (
        sa.Index("uq_removals_open", "award_id", unique=True, postgresql_where=sa.text("restored_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    award_id: Mapped[UUID] = mapped_column(sa.ForeignKey("awards.id", ondelete="CASCADE"))
    removed_at: Mapped[datetime]
    removed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str]
    restored_at: Mapped[datetime | None]
    restored_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    #: What the expert says to it. Rule E-12.
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class Turns(Model):
    """How often an expert was featured, as the rotation counts it: whoever has fewest comes next. Rule D-3.

    `pool_id` is the partner's for its page, and a use case's own: each counts for itself. `turns` is a place in the
    rotation's own count, not a history: a new expert starts at the average of the others, and while somebody is not
    listed, `lead` keeps how far ahead of that they were (frozen, not lost, not piled up). Both in parts of a turn, see
    `directory.turns.TURN`.
    """

    __tablename__ = "rotation_turns"
    __table_args__ = (sa.Index("ix_rotation_turns_next", "pool_id", "lead", "turns"),)

    award_id: Mapped[UUID] = mapped_column(sa.ForeignKey("awards.id", ondelete="CASCADE"), primary_key=True)
    pool_id: Mapped[UUID] = mapped_column(primary_key=True)
    turns: Mapped[int] = mapped_column(sa.BigInteger)
    lead: Mapped[int | None] = mapped_column(sa.BigInteger)


class Seed(Model):
    """The 32 random bytes that decide among equals in a period, made before it; their hash is published. Rule D-4."""

    __tablename__ = "rotation_seeds"

    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("partners.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    seed: Mapped[bytes]
    committed_at: Mapped[datetime]


class Period(Model):
    """One period of one page's rotation. Drawn once: the unique start makes a second draw change nothing. Rule D-3.

    `number` counts a partner's periods from 1 and names the seed; None for those before draws were published.
    """

    __tablename__ = "rotation_periods"
    __table_args__ = (sa.UniqueConstraint("partner_id", "starts_at"), sa.UniqueConstraint("partner_id", "number"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("partners.id"))
    number: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    drawn_at: Mapped[datetime]


class Draw(Model):
    """One draw of a period: who had come to the pool and gone from it since the last, and who was drawn. Rule D-4.

    `pool_id` is as in Turns: in a period is drawn for the page and for each use case. `rule` is the one that it was
    drawn by, see `directory.turns.RULE`.
    """

    __tablename__ = "rotation_draws"

    period_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rotation_periods.id", ondelete="CASCADE"), primary_key=True)
    pool_id: Mapped[UUID] = mapped_column(primary_key=True)
    drawn_at: Mapped[datetime] = mapped_column(primary_key=True)
    rule: Mapped[int] = mapped_column(sa.SmallInteger)
    slots: Mapped[int]
    joined: Mapped[list[UUID]] = mapped_column(sa.ARRAY(sa.Uuid))
    left: Mapped[list[UUID]] = mapped_column(sa.ARRAY(sa.Uuid))
    drawn: Mapped[list[UUID]] = mapped_column(sa.ARRAY(sa.Uuid))


class Feature(Model):
    """A slot of a period, or a pin (`period_id` is None) from one moment to another. Rules D-2, D-3, D-7.

    `use_case_id` is the use case on whose page the slot is; None for the partner's page.
    """

    __tablename__ = "features"
    __table_args__ = (
        sa.Index("ix_features_showing", "partner_id", "starts_at", "ends_at"),
        sa.Index("ix_features_award", "award_id"),
        sa.Index(
            "ix_features_pinned",
            "partner_id",
            postgresql_where=sa.text("period_id IS NULL AND removed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("partners.id"))
    award_id: Mapped[UUID] = mapped_column(sa.ForeignKey("awards.id", ondelete="CASCADE"))
    period_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("rotation_periods.id", ondelete="CASCADE"))
    use_case_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("use_cases.id", ondelete="CASCADE"))
    position: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: Taken out before its end, by whom and why. Rule D-7.
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    remove_reason: Mapped[str | None]
    #: What the expert says to it. Rule E-12.
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]

    award: Mapped[Award] = relationship(lazy="joined")


class Exposure(Model):
    """What clients saw of an expert in a directory on a day (UTC): counts, and nothing about who they were. Rule D-5.

    `shown`: their featured slot was in sight; `found`: their card was, in the result of a search; `viewed`: their page
    was; `clicks`: somebody went on to their marketplace profile. Each once for a page view.
    """

    __tablename__ = "directory_exposure"
    __table_args__ = (
        sa.CheckConstraint("least(shown, found, viewed, clicks) >= 0", name="counts"),
        sa.CheckConstraint("shown + found + viewed + clicks > 0", name="something"),
    )

    award_id: Mapped[UUID] = mapped_column(sa.ForeignKey("awards.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    shown: Mapped[int] = mapped_column(server_default="0")
    found: Mapped[int] = mapped_column(server_default="0")
    viewed: Mapped[int] = mapped_column(server_default="0")
    clicks: Mapped[int] = mapped_column(server_default="0")


class Demand(Model):
    """How often clients searched a directory on a day (UTC), and how often nobody fitted. Rule D-6.

    `kind` is "all" or a filter's name. `value` is empty for "all" and for what is not kept: `directory.seen.demand`.
    """

    __tablename__ = "directory_demand"
    __table_args__ = (sa.CheckConstraint("searches > 0 AND nobody BETWEEN 0 AND searches", name="counts"),)

    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    searches: Mapped[int]
    nobody: Mapped[int]


class Counted(Model):
    """What a page view, named by a number its browser made up, has been counted for: it counts once. Kept for a day."""

    __tablename__ = "directory_counted"
    __table_args__ = (sa.Index("ix_directory_counted_at", "at"),)

    view: Mapped[UUID] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    #: The award, or the partner whose directory was searched.
    thing: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
