"""Submissions for approval, what shows earlier accounts, and jobs and people per skill by day. Rules A-1..A-5."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model, new_id
from freelancers.approval.findings import ANSWER_TIME, Check, SubmissionState
from freelancers.approval.screening import SkillSeen
from freelancers.approval.snapshot import Snapshot
from freelancers.models import Freelancer

#: What is true of a submission that waits for its answer, in SQL: `Submission.state`.
WAITS = "decided_at IS NULL AND replaced_at IS NULL"


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


class Submission(Model):
    """A profile that was submitted for approval: what it said, what was found, and the answer. Rules A-1..A-5.

    It waits until it is decided or replaced by the next one. Only one of a person waits at a time.
    """

    __tablename__ = "approval_submissions"
    __table_args__ = (
        sa.UniqueConstraint("freelancer_id", "number"),
        sa.CheckConstraint("(decided_at IS NULL) = (is_approved IS NULL)", name="decided"),
        sa.CheckConstraint("decided_at IS NULL OR replaced_at IS NULL", name="one_end"),
        sa.Index("uq_approval_submissions_waiting", "freelancer_id", unique=True, postgresql_where=sa.text(WAITS)),
        sa.Index("ix_approval_submissions_queue", "waiting_since_at", "id", postgresql_where=sa.text(WAITS)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id", ondelete="CASCADE"))
    #: The first of a person is 1.
    number: Mapped[int]
    submitted_at: Mapped[datetime]
    #: When the first of those submissions came that each replaced one that waited: nobody loses their place by mending.
    waiting_since_at: Mapped[datetime]
    is_invited: Mapped[bool]
    #: A word to the reviewer.
    note: Mapped[str | None]
    #: The profile as it was submitted: snapshot.Snapshot.
    profile: Mapped[dict[str, Any]]
    #: The receipt: every findings.Check, under which policy, and how the skills stood (screening.SkillSeen).
    policy: Mapped[str]
    checks: Mapped[list[Any]]
    skills: Mapped[list[Any]]
    decided_at: Mapped[datetime | None]
    #: Who decided; None is the rules, where it was clear.
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    is_by_person: Mapped[bool] = mapped_column(default=False)
    is_approved: Mapped[bool | None]
    #: The letter: findings that are its reasons, and the reviewer's own words.
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    words: Mapped[str | None]
    replaced_at: Mapped[datetime | None]

    freelancer: Mapped[Freelancer] = relationship()

    @property
    def state(self) -> SubmissionState:
        """Return how it stands."""
        if self.replaced_at is not None:
            return SubmissionState.REPLACED
        if self.is_approved is None:
            return SubmissionState.WAITING
        return SubmissionState.APPROVED if self.is_approved else SubmissionState.DECLINED

    @property
    def due_at(self) -> datetime:
        """Return until when it is normally decided. Rule A-1."""
        return self.waiting_since_at + ANSWER_TIME

    @property
    def snapshot(self) -> Snapshot:
        """Return the profile as it was submitted."""
        return Snapshot.from_json(self.profile)

    @property
    def found(self) -> tuple[Check, ...]:
        """Return everything that was looked at."""
        return tuple(map(Check.from_json, self.checks))

    @property
    def letter(self) -> tuple[Check, ...]:
        """Return the reasons of a decline."""
        return tuple(map(Check.from_json, self.reasons))

    @property
    def skills_seen(self) -> tuple[SkillSeen, ...]:
        """Return how the skills stood on the board."""
        return tuple(map(SkillSeen.from_json, self.skills))


class AccountTrait(Model):
    """What could show an earlier account, as a fingerprint that only this service can make (HMAC). Rule A-2.

    Mail addresses are not here: they are compared as they are.
    """

    __tablename__ = "account_traits"
    __table_args__ = (
        sa.PrimaryKeyConstraint("freelancer_id", "kind", "digest"),
        sa.CheckConstraint("kind IN ('name_and_birth', 'document', 'picture')", name="kind"),
        sa.Index("ix_account_traits_digest", "kind", "digest"),
    )

    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id", ondelete="CASCADE"))
    kind: Mapped[str]
    digest: Mapped[bytes]
    noted_at: Mapped[datetime]
