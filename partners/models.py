"""Partners, their teams and programmes; invitations, interest and applications."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from accounts.models import User
from badges.design.models import IssuerLogo
from badges.models import Achievement, Award
from core.database import Model, new_id
from freelancers.models import Freelancer
from partners.rules import DEFAULT_COLOUR
from partners.states import ApplicationState as ApplicationState
from partners.states import InvitationState as InvitationState
from partners.states import StepKind as StepKind


class Partner(Model):
    """A company with a programme. It is an issuer of badges under the same id (`badges.models.Issuer`)."""

    __tablename__ = "partners"
    __table_args__ = (sa.CheckConstraint("colour ~ '^#[0-9a-f]{6}$'", name="colour"),)

    id: Mapped[UUID] = mapped_column(sa.ForeignKey("issuers.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    website: Mapped[str | None]
    #: The brand's colour as #rrggbb. Design decision 7.
    colour: Mapped[str] = mapped_column(default=DEFAULT_COLOUR)
    created_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship(back_populates="partner", lazy="joined")
    #: The logo in use, if any.
    logo_id: Mapped[UUID | None] = column_property(
        sa.select(IssuerLogo.id)
        .where(IssuerLogo.issuer_id == id, IssuerLogo.replaced_at.is_(None))
        .correlate_except(IssuerLogo)
        .scalar_subquery()
    )

    @property
    def logo_url(self) -> str | None:
        """Return where the logo is, in a size for pages."""
        return f"/logos/{self.logo_id}-128.png" if self.logo_id else None

    @property
    def logo_set(self) -> str | None:
        """Return the same for an image's `srcset`: a size for pages, and one for screens with twice the points."""
        return f"/logos/{self.logo_id}-128.webp, /logos/{self.logo_id}-256.webp 2x" if self.logo_id else None


class Member(Model):
    """Somebody of a partner's team. Who left keeps the row, and loses access with the next request."""

    __tablename__ = "members"
    __table_args__ = (
        sa.Index(
            "uq_members_present", "partner_id", "user_id", unique=True, postgresql_where=sa.text("left_at IS NULL")
        ),
        sa.Index("ix_members_user", "user_id"),
        sa.CheckConstraint("duty IN ('viewer', 'reviewer', 'manager', 'admin')", name="duty"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("partners.id"))
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id"))
    duty: Mapped[str]
    invited_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    partner: Mapped[Partner] = relationship(lazy="joined")
    user: Mapped[User] = relationship(lazy="joined", foreign_keys=[user_id])

    @property
    def is_pending(self) -> bool:
        """Whether they were invited and have not chosen a password, and so never came in."""
        return self.user.password_hash is None


class Programme(Model):
    """What a partner offers and asks; the shape of `steps` is said in `partners/steps.py`. Rule R-1.

    `former_steps` are those no longer asked for: what was answered to them is kept.
    """

    __tablename__ = "programmes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("partners.id"), unique=True)
    achievement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("achievements.id"), unique=True)
    summary: Mapped[str]
    benefits: Mapped[list[str]] = mapped_column(default=list)
    steps: Mapped[list[Any]] = mapped_column(default=list)
    former_steps: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    partner: Mapped[Partner] = relationship(back_populates="programme")
    achievement: Mapped[Achievement] = relationship(lazy="joined")


class RequirementsDraft(Model):
    """What a programme's team is about to ask for, as far as they got. Rules E-6, X-1.

    `content` is as PartnerRules has it, with groups that may be empty still; `previous` is what it was one change ago.
    `version` counts the changes, so that two people at once do not overwrite each other.
    """

    __tablename__ = "requirement_drafts"

    programme_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programmes.id"), primary_key=True)
    content: Mapped[dict[str, Any]]
    previous: Mapped[dict[str, Any]]
    version: Mapped[int]
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))

    editor: Mapped[User | None] = relationship()


class Invitation(Model):
    """A personal invitation to a programme: one row for each address, renewed when it is sent again. Rules I-1..I-4."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "email"),
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.Index("ix_invitations_sent", "programme_id", "sent_at"),
        # What is not answered stands in neither: inviting many at once writes nothing to them.
        sa.Index(
            "ix_invitations_accepted",
            "programme_id",
            "accepted_at",
            postgresql_where=sa.text("accepted_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_invitations_declined",
            "programme_id",
            "declined_at",
            postgresql_where=sa.text("declined_at IS NOT NULL"),
        ),
        sa.Index("ix_invitations_campaign", "campaign_id", postgresql_where=sa.text("campaign_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programmes.id"))
    email: Mapped[str] = mapped_column(index=True)
    name: Mapped[str | None]
    message: Mapped[str | None]
    #: SHA-256 of the link's secret; the secret itself is nowhere but in the mail. Rule I-3.
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    invited_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    #: Who answered it.
    freelancer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("freelancers.id"))
    #: Another account asks to answer it, and the partner confirms that they are the same person. Rule I-4.
    asked_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    asked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    #: Where it came from, when not from somebody's hand.
    list_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("invitation_lists.id"))
    campaign_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("campaigns.id"))
    #: How often its address was reminded since it was sent. Rule I-6.
    reminders: Mapped[int] = mapped_column(sa.SmallInteger(), default=0, server_default="0")
    reminded_at: Mapped[datetime | None]
    #: When the mail came back for good, and with which words.
    bounced_at: Mapped[datetime | None]
    bounce_reason: Mapped[str | None]

    programme: Mapped[Programme] = relationship(lazy="joined")

    def state(self, at: datetime) -> InvitationState:
        """Return where the invitation stands at `at`. In SQL: `partners.invitation_queries.invitation_state`."""
        if self.withdrawn_at:
            return InvitationState.WITHDRAWN
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.declined_at:
            return InvitationState.DECLINED
        if self.sent_at > at:
            return InvitationState.DRAFT
        if self.expires_at <= at:
            return InvitationState.EXPIRED
        return InvitationState.OPENED if self.opened_at else InvitationState.SENT


class OptOut(Model):
    """An address that wants no more invitations: from one partner, or from all (`partner_id` is None). Rule I-6."""

    __tablename__ = "opt_outs"
    __table_args__ = (sa.UniqueConstraint("email", "partner_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    partner_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("partners.id"))
    at: Mapped[datetime]
    #: Who put it on the list on somebody's behalf, and why; None: they said so themselves.
    added_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    note: Mapped[str | None]


class Interest(Model):
    """A freelancer without an invitation asks to be considered. Rule I-2."""

    __tablename__ = "interests"
    __table_args__ = (sa.UniqueConstraint("partner_id", "freelancer_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("partners.id"))
    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id", ondelete="CASCADE"))
    note: Mapped[str | None]
    asked_at: Mapped[datetime]

    partner: Mapped[Partner] = relationship(lazy="joined")
    freelancer: Mapped[Freelancer] = relationship(lazy="joined")


class Application(Model):
    """One freelancer's application to a programme. Rules R-1..R-4. `answers` is by the key of the programme's step."""

    __tablename__ = "applications"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "freelancer_id"),
        sa.Index("ix_applications_submitted", "programme_id", "submitted_at"),
        sa.Index("ix_applications_selected", "programme_id", "selected_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programmes.id"))
    freelancer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("freelancers.id"), index=True)
    invitation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("invitations.id"))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Counts the changes of what was answered, so that two devices at once do not overwrite each other. Rule X-1.
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    #: When somebody of the partner's team first opened it.
    reviewed_at: Mapped[datetime | None]
    kept_at: Mapped[datetime | None]
    kept_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    selected_at: Mapped[datetime | None]
    selected_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None]
    award_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("awards.id"))

    programme: Mapped[Programme] = relationship(lazy="joined")
    freelancer: Mapped[Freelancer] = relationship(lazy="joined")
    award: Mapped[Award | None] = relationship()

    @property
    def state(self) -> ApplicationState:
        """Return where the application stands. In SQL: `partners.application_queries.application_state`."""
        if self.withdrawn_at:
            return ApplicationState.WITHDRAWN
        if self.selected_at:
            return ApplicationState.SELECTED if self.award_id else ApplicationState.WAITING
        if self.kept_at:
            return ApplicationState.KEPT
        if not self.submitted_at:
            return ApplicationState.DRAFT
        return ApplicationState.IN_REVIEW if self.reviewed_at else ApplicationState.SUBMITTED


class ApplicationFile(Model):
    """A file that answers a step of an application; it lies in `core.vault` as `stored_as`. Rules R-1, R-4."""

    __tablename__ = "application_files"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "step_key"),
        sa.CheckConstraint("kind IN ('pdf', 'png', 'jpeg')", name="kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("applications.id", ondelete="CASCADE"))
    step_key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    size_bytes: Mapped[int]
    #: SHA-256 of what is kept.
    digest: Mapped[bytes]
    stored_as: Mapped[str] = mapped_column(unique=True)
    uploaded_at: Mapped[datetime]
