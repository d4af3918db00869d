"""What badges wear now, what is drafted, what was worn before; logos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from badges.design.logos import Logo
from badges.design.models import BadgeDesign, IssuerLogo, IssuerLogoSize
from badges.design.rules import OURS, Design, Mark, design_of
from badges.models import Achievement, Issuer
from core.database import session
from core.errors import NotFound

#: The logo's size that badges are drawn with, and the one for badges no larger than a line of words.
DRAWN_SIDE, DRAWN_SMALL_SIDE = 256, 64


@dataclass(frozen=True)
class Look:
    """A design with its logo, ready to be drawn."""

    design: Design
    logo: Logo | None = None


def worn(achievement_id: UUID, side: int = DRAWN_SIDE) -> Look:
    """Return what the badges of an achievement look like now: the newest published design, or ours.

    `side` is the size of its logo.
    """
    newest = (
        sa.select(BadgeDesign)
        .where(BadgeDesign.achievement_id == achievement_id, BadgeDesign.published_at.is_not(None))
        .order_by(BadgeDesign.published_at.desc(), BadgeDesign.id.desc())
        .limit(1)
    )
    found = session.scalar(newest)
    return Look(OURS) if found is None else look_of(found, side)


def look_of(stored: BadgeDesign, side: int = DRAWN_SIDE) -> Look:
    """Return a published design as it was published, with the logo of then."""
    design = design_of(stored.content)
    logo = logo_in_size(stored.logo_id, side) if stored.logo_id and design.mark is Mark.LOGO else None
    return Look(design, logo)


def draft(achievement_id: UUID) -> BadgeDesign | None:
    """Return the design that is being worked on, if any."""
    return session.scalar(
        sa.select(BadgeDesign).where(BadgeDesign.achievement_id == achievement_id, BadgeDesign.published_at.is_(None))
    )


def published(achievement_id: UUID) -> Sequence[BadgeDesign]:
    """Return the designs that were used, the newest (worn now) first."""
    of_badge = sa.select(BadgeDesign).where(
        BadgeDesign.achievement_id == achievement_id, BadgeDesign.published_at.is_not(None)
    )
    return session.scalars(of_badge.order_by(BadgeDesign.published_at.desc(), BadgeDesign.id.desc()).limit(12)).all()


def design_by_id(achievement_id: UUID, design_id: UUID) -> BadgeDesign:
    """Return a design of an achievement that was used once. Raises NotFound, also for another's."""
    found = session.get(BadgeDesign, design_id)
    if found is None or found.achievement_id != achievement_id or found.published_at is None:
        raise NotFound()
    return found


def achievement_of_issuer(slug: str) -> Achievement:
    """Return what an issuer awards. Raises NotFound."""
    found = session.scalar(
        sa.select(Achievement).join(Issuer).where(Issuer.slug == slug).order_by(Achievement.created_at).limit(1)
    )
    if found is None:
        raise NotFound()
    return found


def used_logo(issuer_id: UUID) -> UUID | None:
    """Return the id of the logo that an issuer uses now."""
    return session.scalar(
        sa.select(IssuerLogo.id).where(IssuerLogo.issuer_id == issuer_id, IssuerLogo.replaced_at.is_(None))
    )


def logo_in_size(logo_id: UUID | None, side: int) -> Logo | None:
    """Return a logo in a size of SIDES, or in the next larger one if it came before that size was kept; else None."""
    row = session.execute(
        sa.select(IssuerLogoSize, IssuerLogo)
        .join(IssuerLogo, IssuerLogo.id == IssuerLogoSize.logo_id)
        .where(IssuerLogoSize.logo_id == logo_id, IssuerLogoSize.side >= side)
        .order_by(IssuerLogoSize.side)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    size, logo = row
    return Logo(size.png, size.width, size.height, logo.opaque, logo.edge, logo.colour)
