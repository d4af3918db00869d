"""How many jobs and people there were per skill, day by day. Rules A-2, A-3."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class SkillMarket(Model):
    """A skill on a day, as a feed said; freelancers are counted from the profiles where the feed does not say."""

    __tablename__ = "skill_markets"
    __table_args__ = (
        sa.PrimaryKeyConstraint("observed_on", "slug"),
        sa.CheckConstraint("open_jobs >= 0 AND freelancers >= 0", name="counts"),
        sa.Index("ix_skill_markets_slug", "slug", "observed_on"),
    )

    observed_on: Mapped[date]
    slug: Mapped[str]
    name: Mapped[str]
    open_jobs: Mapped[int]
    freelancers: Mapped[int]
    #: Whether the freelancers were counted from the profiles here.
    is_counted: Mapped[bool]
    #: Slugs of the skills that most often stand beside this one in profiles, the most frequent first.
    related: Mapped[list[Any]] = mapped_column(default=list)
    #: Where the figures come from, in words that the board shows.
    source: Mapped[str]
    imported_at: Mapped[datetime]
