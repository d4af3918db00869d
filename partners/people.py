"""A partner's own people: those of whom it may know how they stand. Rules R-4, X-4."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from badges.models import Achievement, Award, Receipt
from core.database import session
from core.errors import NotFound
from freelancers.models import Freelancer
from partners.models import Application, Invitation, Programme


def is_own(partner_id: UUID) -> ColumnElement[bool]:
    """Return whether a freelancer is one of the partner's own people.

    That is who holds or held its badge, who applied, and who accepted its invitation; but nobody who has withdrawn
    their application without ever holding the badge.
    """
    programme = sa.select(Programme.id).where(Programme.partner_id == partner_id).scalar_subquery()
    applied = sa.select(Application.id).where(
        Application.freelancer_id == Freelancer.id, Application.programme_id == programme
    )
    accepted = sa.select(Invitation.id).where(
        Invitation.freelancer_id == Freelancer.id,
        Invitation.programme_id == programme,
        Invitation.accepted_at.is_not(None),
        Invitation.withdrawn_at.is_(None),
    )
    awarded = (
        sa.select(Award.id)
        .join(Achievement, Achievement.id == Award.achievement_id)
        .where(Award.freelancer_id == Freelancer.id, Achievement.issuer_id == partner_id)
    )
    sent = applied.where(Application.submitted_at.is_not(None), Application.withdrawn_at.is_(None))
    withdrew = applied.where(Application.withdrawn_at.is_not(None))
    return sa.or_(awarded.exists(), sent.exists(), sa.and_(accepted.exists(), sa.not_(withdrew.exists())))


def person_called(marketplace_id: str, partner_id: UUID | None) -> Freelancer:
    """Return the freelancer with this id on the marketplace: one of the partner's own, or for None anybody.

    Raises NotFound: who is another's looks as if they did not exist.
    """
    chosen = sa.select(Freelancer).where(Freelancer.marketplace_id == marketplace_id)
    found = session.scalar(chosen if partner_id is None else chosen.where(is_own(partner_id)))
    if found is None:
        raise NotFound("There is no such freelancer, or they have nothing to do with you.", "Check the id.")
    return found


def receipt_by_id(receipt_id: UUID, partner_id: UUID | None) -> Receipt:
    """Return a receipt: of the partner's badge about one of its own people, or for None any. Raises NotFound."""
    chosen = sa.select(Receipt).where(Receipt.id == receipt_id)
    if partner_id is not None:
        chosen = (
            chosen.join(Freelancer, Freelancer.id == Receipt.freelancer_id)
            .join(Achievement, Achievement.id == Receipt.achievement_id)
            .where(Achievement.issuer_id == partner_id, is_own(partner_id))
        )
    found = session.scalar(chosen)
    if found is None:
        raise NotFound("There is no such receipt, or it is about nobody of yours.", "Check the id.")
    return found
