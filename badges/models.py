"""Issuers and what they award, policies with their dates, receipts, and awards."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model, new_id
from freelancers.models import Freelancer


class AwardStatus(StrEnum):
    """How an award stands at a moment. Derived, never stored: see `badges/standing.py`."""

    ACTIVE = "active"
    #: Active still, but a requirement is lost and the time to mend it runs. Rule E-11.
    GRACE = "grace"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Issuer(Model):
    """Who stands behind a badge. Every partner is one, under the same id."""

    __tablename__ = "issuers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    url: Mapped[str | None]


class Achievement(Model):
    """What an issuer awards: its Expert badge. Rule B-1."""

    __tablename__ = "achievements"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    issuer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("issuers.id"), index=True)
    name: Mapped[str]
    description: Mapped[str]
    #: How long an award lasts, in days; None: as long as the requirements are met.
    valid_days: Mapped[int | None]
    created_at: Mapped[datetime]

    issuer: Mapped[Issuer] = relationship(lazy="joined")


class BasePolicyVersion(Model):
    """The marketplace's base policy from a date on; `content` is a BasePolicy as JSON. Rules E-1..E-5, E-7..E-9."""

    __tablename__ = "base_policies"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    effective_at: Mapped[datetime] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class PartnerRulesVersion(Model):
    """An achievement's own rules on top of the base, from a date on; `content` is a PartnerRules as JSON. Rule E-6."""

    __tablename__ = "partner_rules"
    __table_args__ = (sa.UniqueConstraint("achievement_id", "effective_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    achievement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("achievements.id", ondelete="CASCADE"))
    label: Mapped[str]
    effective_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class PolicyNotice(Model):
    """An expert who was told of a change before it begins, so that they are told once, and again if it is called off.

    `version_id` is a BasePolicyVersion's or a PartnerRulesVersion's; the notice outlives one that is called off. E-13.
    """

    __tablename__ = "policy_notices"

    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    award_id: Mapped[UUID] = mapped_column(sa.ForeignKey("awards.id", ondelete="CASCADE"), primary_key=True, index=True)
    told_at: Mapped[datetime]


class PolicySnapshot(Model):
    """A whole policy as some receipt was decided under, by its digest, so that receipts can be replayed. Rule E-10."""

    __tablename__ = "policy_snapshots"

    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]


class JoinedThrough(Model):
    """A newcomer and the issuer whose invitation they joined by. Rules E-7, I-4."""

    __tablename__ = "joined_through"

    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id", ondelete="CASCADE"), primary_key=True)
    issuer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("issuers.id"))
    joined_at: Mapped[datetime]


class Attestation(Model):
    """A training or review that an issuer says somebody passed; it counts for this issuer's badges alone. Rule E-6.

    `expires_on` is the last day on which it counts; None: it does not lapse. Withdrawn, it never counts again.
    """

    __tablename__ = "attestations"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('training', 'review')", name="kind"),
        sa.CheckConstraint("expires_on >= passed_on", name="expires_later"),
        sa.Index(
            "uq_attestations_said",
            "freelancer_id",
            "issuer_id",
            "kind",
            sa.text("lower(name)"),
            "passed_on",
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
        sa.Index("ix_attestations_latest", "issuer_id", "noted_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    issuer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("issuers.id"))
    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    passed_on: Mapped[date]
    expires_on: Mapped[date | None]
    noted_at: Mapped[datetime]
    noted_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    withdraw_reason: Mapped[str | None]

    freelancer: Mapped[Freelancer] = relationship(lazy="joined")


class Receipt(Model):
    """One evaluation that changed anything: facts in, findings out, under which policy. Rule E-10.

    `facts` is a Facts and `findings` a list of Finding, as JSON.
    """

    __tablename__ = "receipts"
    __table_args__ = (sa.Index("ix_receipts_latest", "freelancer_id", "achievement_id", sa.text("evaluated_at DESC")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id", ondelete="CASCADE"))
    achievement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("achievements.id", ondelete="CASCADE"))
    policy_digest: Mapped[str] = mapped_column(sa.ForeignKey("policy_snapshots.digest"))
    evaluated_at: Mapped[datetime]
    #: What led to it: application, selection, sweep.
    cause: Mapped[str]
    eligible: Mapped[bool]
    facts: Mapped[dict[str, Any]]
    findings: Mapped[list[Any]]


class Award(Model):
    """One achievement held by one freelancer. Rules B-1, B-2, E-11, E-12.

    Stored are the facts: since when it is suspended or in grace, and whether somebody revoked it. How it stands follows
    from them and from the person's own state, so that a hold shows at once: see `badges/standing.py`.
    """

    __tablename__ = "awards"
    __table_args__ = (
        sa.Index(
            "uq_awards_open",
            "achievement_id",
            "freelancer_id",
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        sa.Index("ix_awards_freelancer", "freelancer_id"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name="revoked_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    achievement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("achievements.id"))
    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id"))
    awarded_at: Mapped[datetime]
    awarded_by: Mapped[UUID | None]
    expires_at: Mapped[datetime | None]
    #: While a requirement with grace is lost: when the grace began and ends. Rule E-11.
    grace_began_at: Mapped[datetime | None]
    grace_ends_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    #: Suspended for nothing but what is seen live anyway (E-1, E-4, a grace that ended): it stands again the moment
    #: that ends, before any sweep.
    lifts_at_once: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoke_reason: Mapped[str | None]
    revoke_answer: Mapped[str | None]
    revoke_answered_at: Mapped[datetime | None]
    #: Hidden from the public by the expert. Rule B-4.
    hidden_at: Mapped[datetime | None]
    #: Revoked or expired: another award of the same achievement may follow.
    closed_at: Mapped[datetime | None]

    achievement: Mapped[Achievement] = relationship(lazy="joined")
    freelancer: Mapped[Freelancer] = relationship(lazy="joined")
