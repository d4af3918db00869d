"""Who holds a partner's badge, as the partner's console sees them. Rules D-5, E-12, X-4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from badges.models import Award, AwardStatus
from badges.standing import LIVE, status_expression
from core.database import session
from core.errors import NotFound
from core.keyset import after
from core.paging import PAGE_SIZE, Page, page_of
from directory.experts import among_awards
from directory.featured import showing_at
from directory.listing import listed_expression
from directory.models import Feature, Removal, UseCase, UseCaseExpert
from freelancers.models import Freelancer


@dataclass(frozen=True)
class Holder:
    """Somebody who holds or held the badge. `feature_id` is what features them now, `pinned_until` if by hand."""

    award_id: UUID
    freelancer_id: UUID
    name: str
    title: str | None
    awarded_at: datetime
    grace_ends_at: datetime | None
    hidden: bool
    status: AwardStatus
    listed: bool
    removed: bool
    feature_id: UUID | None
    pinned_until: datetime | None
    times_featured: int

    @property
    def held(self) -> bool:
        """Say whether they hold the badge still, suspended or not."""
        return self.status not in (AwardStatus.REVOKED, AwardStatus.EXPIRED)

    @property
    def why_not_listed(self) -> str | None:
        """Return in a few words why the public does not see them, or None when it does."""
        if self.listed or not self.held:
            return None
        if self.removed:
            return "Taken out of the directory"
        if self.hidden:
            return "Hidden by the expert"
        return "Not shown: their account is on hold" if self.status in LIVE else "Not shown while suspended"


@dataclass(frozen=True)
class Decision:
    """Something decided about an expert with a reason, and what they answered. Rule E-12.

    `kind` is "removal" (out of the directory) or "feature" (out of featured now); `undone_at` is set once restored.
    """

    kind: str
    id: UUID
    at: datetime
    reason: str
    answer: str | None
    answered_at: datetime | None
    undone_at: datetime | None


def holders(
    partner_id: UUID,
    at: datetime,
    *,
    former: bool = False,
    q: str = "",
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Holder]:
    """Return a page of those who hold the badge, or held it, by name. Raises InvalidInput for a damaged cursor."""
    gone = status_expression(at).in_((AwardStatus.REVOKED.value, AwardStatus.EXPIRED.value))
    name = sa.func.lower(Freelancer.name, type_=sa.Text())
    rows = _holders(partner_id, at).where(gone if former else sa.not_(gone))
    if q:
        rows = rows.where(name.contains(q.lower(), autoescape=True))
    if cursor:
        rows = rows.where(after(cursor, name, Award.id))
    found = session.execute(rows.add_columns(name.label("by_name")).order_by(name, Award.id).limit(size + 1)).all()
    keys = {row.id: (row.by_name, row.id) for row in found}
    return page_of([_holder(row) for row in found], lambda holder: keys[holder.award_id], size)


def holder(partner_id: UUID, award_id: UUID, at: datetime) -> Holder:
    """Return one holder of the partner's badge. Raises NotFound, also for another partner's. Rule X-4."""
    row = session.execute(_holders(partner_id, at).where(Award.id == award_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _holder(row)


def decisions_about(award_id: UUID) -> list[Decision]:
    """Return what was decided about an expert's place in the directory, the newest first. Rule E-12."""
    removals = session.scalars(sa.select(Removal).where(Removal.award_id == award_id))
    features = session.scalars(sa.select(Feature).where(Feature.award_id == award_id, Feature.removed_at.is_not(None)))
    found = [
        Decision("removal", each.id, each.removed_at, each.reason, each.answer, each.answered_at, each.restored_at)
        for each in removals
    ]
    found += [
        Decision("feature", each.id, each.removed_at, each.remove_reason or "", each.answer, each.answered_at, None)
        for each in features
        if each.removed_at
    ]
    return sorted(found, key=lambda decision: decision.at, reverse=True)


def use_case_row(use_case_id: UUID) -> UseCase:
    """Return the row of a use case that the draft names."""
    return session.get_one(UseCase, use_case_id)


def chosen_for(use_case: UseCase, at: datetime) -> Sequence[Holder]:
    """Return those whom the partner chose for a use case, in order, listed or not."""
    rows = _holders(use_case.partner_id, at).join(UseCaseExpert, UseCaseExpert.award_id == Award.id)
    rows = rows.where(UseCaseExpert.use_case_id == use_case.id).order_by(UseCaseExpert.position, Award.id)
    return [_holder(row) for row in session.execute(rows)]


def to_choose_for(use_case: UseCase, at: datetime) -> Sequence[tuple[UUID, str]]:
    """Return the listed experts who are not on the use case's list yet, by name: (award, name and title)."""
    chosen = sa.exists().where(UseCaseExpert.award_id == Award.id, UseCaseExpert.use_case_id == use_case.id)
    rows = (
        among_awards(sa.select(Award.id, Freelancer.name, Freelancer.title), use_case.partner_id)
        .where(listed_expression(at), sa.not_(chosen.correlate(Award)))
        .order_by(sa.func.lower(Freelancer.name), Award.id)
    )
    return [(award_id, f"{name}, {title}" if title else name) for award_id, name, title in session.execute(rows)]


def listed_count(partner_id: UUID, at: datetime) -> int:
    """Return how many experts the partner's page lists."""
    return session.scalar(among_awards(sa.select(sa.func.count()), partner_id).where(listed_expression(at))) or 0


def _holders(partner_id: UUID, at: datetime) -> sa.Select[*tuple[Any, ...]]:
    showing = sa.select(Feature).where(Feature.award_id == Award.id, *showing_at(at)).correlate(Award)
    pins_first = showing.order_by(Feature.period_id.is_not(None), Feature.ends_at.desc()).limit(1)
    pins = showing.where(Feature.period_id.is_(None))
    featured = sa.select(sa.func.count()).where(Feature.award_id == Award.id, Feature.starts_at <= at).correlate(Award)
    removed = sa.exists().where(Removal.award_id == Award.id, Removal.restored_at.is_(None)).correlate(Award)
    columns = (
        Award.id,
        Freelancer.id.label("freelancer_id"),
        Freelancer.name,
        Freelancer.title,
        Award.awarded_at,
        Award.grace_ends_at,
        Award.hidden_at.is_not(None).label("hidden"),
        status_expression(at).label("status"),
        listed_expression(at).label("listed"),
        removed.label("removed"),
        pins_first.with_only_columns(Feature.id).scalar_subquery().label("feature_id"),
        pins.with_only_columns(sa.func.max(Feature.ends_at)).scalar_subquery().label("pinned_until"),
        featured.scalar_subquery().label("times_featured"),
    )
    return among_awards(sa.select(*columns), partner_id)


def _holder(row: sa.Row[*tuple[Any, ...]]) -> Holder:
    values = row._mapping
    names = [name for name in Holder.__dataclass_fields__ if name not in ("award_id", "status")]
    return Holder(award_id=values["id"], status=AwardStatus(values["status"]), **{name: values[name] for name in names})
