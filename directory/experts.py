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
    )


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
