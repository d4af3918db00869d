"""Skills that somebody other than the person has seen: trainings, reviews and finished jobs. Rules A-1, E-6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from badges.models import Attestation, Issuer
from core.database import session
from freelancers.models import Freelancer

#: As many of each are shown.
SHOWN = 6


@dataclass(frozen=True)
class Passed:
    """A training or review (`kind`) that `by` says somebody passed, and until when it counts."""

    kind: str
    name: str
    by: str
    passed_on: date
    expires_on: date | None


@dataclass(frozen=True)
class Worked:
    """A skill with which somebody finished jobs on the marketplace."""

    skill: str
    jobs: int


@dataclass(frozen=True)
class Vouched:
    """All of it, the latest and the most first; false where there is nothing."""

    passed: tuple[Passed, ...] = ()
    worked: tuple[Worked, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.passed or self.worked)


def vouched(person: Freelancer, on: date, issuer_id: UUID | None = None) -> Vouched:
    """Return what is vouched for on a day; of the partners, what one says if it is named, else what all say."""
    return Vouched(tuple(_passed(person.id, on, issuer_id)), _worked(person.profile or {}))


def _passed(freelancer_id: UUID, on: date, issuer_id: UUID | None) -> Sequence[Passed]:
    table = Attestation
    counts = sa.or_(table.expires_on.is_(None), table.expires_on >= on)
    said = (
        sa.select(table.kind, table.name, Issuer.name.label("by"), table.passed_on, table.expires_on)
        .join(Issuer, Issuer.id == table.issuer_id)
        .where(table.freelancer_id == freelancer_id, table.withdrawn_at.is_(None), counts)
        .order_by(table.passed_on.desc(), table.id)
        .limit(SHOWN)
    )
    if issuer_id is not None:
        said = said.where(table.issuer_id == issuer_id)
    return [Passed(*row) for row in session.execute(said)]


def _worked(profile: Mapping[str, Any]) -> tuple[Worked, ...]:
    known = (Worked(entry["skill"], entry.get("jobs") or 0) for entry in profile.get("skill_experience") or ())
    return tuple(sorted((each for each in known if each.jobs), key=lambda each: (-each.jobs, each.skill)))[:SHOWN]
