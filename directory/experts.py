"""An expert as a directory shows them: what is public on their profile, and nothing else. Rule B-4."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from badges.models import Award
from core.wording import country
from directory.listing import listed_expression
from freelancers.models import Freelancer
from partners.models import Programme

S = TypeVar("S", bound="sa.Select[*tuple[Any, ...]]")


#: The side of a photo on a card, in pixels: twice what it measures there, for fine screens; some 3 KB.
CARD_SIDE = 128


@dataclass(frozen=True)
class Expert:
    """One card of a directory. `hourly_rate_cents` is in hundredths of `currency`."""

    award_id: UUID
    freelancer_id: UUID
    name: str
    title: str | None
    country_code: str | None
    hourly_rate_cents: int | None
    currency: str
    skills: tuple[str, ...]
    identity_verified: bool
    #: The photo that they brought here. One that the marketplace states lives on another host, and is not shown.
    photo_id: UUID | None

    def __hash__(self) -> int:
        return hash(self.award_id)  # of all the rest would cost what remembering a card saves

    @property
    def photo_url(self) -> str | None:
        """Return where their photo is, in the one small size of all cards."""
        return photo_url(self.photo_id, CARD_SIDE)

    @property
    def country(self) -> str | None:
        """Return the country's English name."""
        return country(self.country_code) if self.country_code else None


COLUMNS = (
    Award.id,
    Freelancer.id.label("freelancer_id"),
    Freelancer.name,
    Freelancer.title,
    Freelancer.country,
    Freelancer.hourly_rate_cents,
    Freelancer.currency,
    Freelancer.skills,
    Freelancer.identity_verified,
    sa.case((Freelancer.photo_url.is_(None), Freelancer.photo_id)).label("photo_id"),
)


def expert_of(row: sa.Row[*tuple[Any, ...]]) -> Expert:
    """Return the expert in a row that has COLUMNS."""
    return Expert(
        award_id=row.id,
        freelancer_id=row.freelancer_id,
        name=row.name,
        title=row.title,
        country_code=row.country,
        hourly_rate_cents=row.hourly_rate_cents,
        currency=row.currency,
        skills=tuple(row.skills),
        identity_verified=row.identity_verified,
        photo_id=row.photo_id,
    )


def photo_url(photo_id: UUID | None, side: int) -> str | None:
    """Return where everybody finds a photo in one size; None without one."""
    return f"/photos/{photo_id}/{side}.jpg" if photo_id else None


def among_awards(statement: S, partner_id: UUID) -> S:
    """Return `statement` over all the partner's awards: Award, Freelancer and Programme joined."""
    return (
        statement.select_from(Award)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .join(Programme, Programme.achievement_id == Award.achievement_id)
        .where(Programme.partner_id == partner_id)
    )


def among_listed(statement: S, partner_id: UUID, at: datetime) -> S:
    """Return `statement` over the partner's experts who are listed at `at`. Rule D-2."""
    return among_awards(statement, partner_id).where(listed_expression(at))
