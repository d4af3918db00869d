"""Who is featured, period after period. Rules D-2, D-3.

Periods lie on a grid that begins on a Monday, so that whoever rotates, and however often, means the same period. Each
page is a transaction of its own with its page's row locked: two rotations at the same moment draw once.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges.models import Award
from core.audit import record
from core.database import new_id, session, transaction
from directory.draw import Count, draw, settle
from directory.experts import among_awards, among_listed
from directory.models import Feature, LandingPage, Period, Turns

__all__ = ["draw", "lock_page", "rotate"]

SEED_BYTES = 32
#: A Monday, where the grid of periods begins.
_GRID = datetime(2024, 1, 1, tzinfo=UTC)


def rotate(at: datetime, partner_id: UUID | None = None) -> int:
    """Feature the next experts on every published page, or on one partner's; return how many pages changed. Rule D-3.

    A page whose period has ended, or that has none, gets the period that `at` falls into. A slot that nobody was there
    for is filled as soon as somebody is. The same `at` again changes nothing.
    """
    pages = sa.select(LandingPage.partner_id).where(LandingPage.published_at.is_not(None))
    if partner_id is not None:
        pages = pages.where(LandingPage.partner_id == partner_id)
    return sum(_rotate_page(each, at) for each in session.scalars(pages.order_by(LandingPage.partner_id)).all())


@transaction()
def _rotate_page(partner_id: UUID, at: datetime) -> bool:
    page = lock_page(partner_id)
    if page is None or page.published_at is None:
        return False
    period = _period_at(partner_id, at)
    already = (
        set(session.scalars(sa.select(Feature.award_id).where(Feature.period_id == period.id))) if period else set()
    )
    if len(already) >= page.slots:
        return False
    pool = set(session.scalars(_pool(partner_id, at)))
    if not pool - already:
        return False
    period = period or _new_period(page, at)
    before = _counts(partner_id)
    counts = settle(before, pool)
    turns = {award: count.turns for award, count in counts.items() if count.lead is None and award not in already}
    drawn = draw(turns, page.slots - len(already), period.seed)
    counts |= {award: Count(turns[award] + 1) for award in drawn}
    _store({award: count for award, count in counts.items() if before.get(award) != count})
    _feature(period, drawn, first=len(already))
    record(
        "rotation.drawn",
        "rotation_period",
        period.id,
        by=None,
        at=at,
        partner_id=partner_id,
        after={"featured": [str(award) for award in drawn]},
    )
    return True


def lock_page(partner_id: UUID) -> LandingPage | None:
    """Return the partner's page, locked until the transaction ends: who is featured is decided by one at a time."""
    return session.scalar(
        sa.select(LandingPage)
        .where(LandingPage.partner_id == partner_id)
        .with_for_update(of=LandingPage)
        .execution_options(populate_existing=True)
    )


def _pool(partner_id: UUID, at: datetime) -> sa.Select[UUID]:
    """Return whom the rotation may draw: everybody listed but those who are pinned just then."""
    pinned = (
        sa.exists()
        .where(
            Feature.award_id == Award.id,
            Feature.period_id.is_(None),
            Feature.removed_at.is_(None),
            Feature.starts_at <= at,
            Feature.ends_at > at,
        )
        .correlate(Award)
    )
    return among_listed(sa.select(Award.id), partner_id, at).where(sa.not_(pinned))


def _period_at(partner_id: UUID, at: datetime) -> Period | None:
    return session.scalar(
        sa.select(Period).where(Period.partner_id == partner_id, Period.starts_at <= at, Period.ends_at > at)
    )


def _new_period(page: LandingPage, at: datetime) -> Period:
    """Return the period of the grid around `at`, cut where an earlier or a later one reaches into it."""
    length = timedelta(hours=page.period_hours)
    starts_at = _GRID + (at - _GRID) // length * length
    of_page = Period.partner_id == page.partner_id
    before = session.scalar(sa.select(sa.func.max(Period.ends_at)).where(of_page, Period.ends_at <= at))
    after = session.scalar(sa.select(sa.func.min(Period.starts_at)).where(of_page, Period.starts_at > at))
    period = Period(
        id=new_id(),
        partner_id=page.partner_id,
        starts_at=max(starts_at, before or starts_at),
        ends_at=min(starts_at + length, after or starts_at + length),
        seed=secrets.token_bytes(SEED_BYTES),
        drawn_at=at,
    )
    session.add(period)
    session.flush()
    return period


def _counts(partner_id: UUID) -> dict[UUID, Count]:
    counted = among_awards(sa.select(Turns.award_id, Turns.turns, Turns.lead), partner_id).join(
        Turns, Turns.award_id == Award.id
    )
    return {award: Count(turns, lead) for award, turns, lead in session.execute(counted)}


def _store(counts: dict[UUID, Count]) -> None:
    upsert = insert(Turns)
    session.execute(
        upsert.on_conflict_do_update(
            index_elements=["award_id"], set_={"turns": upsert.excluded.turns, "lead": upsert.excluded.lead}
        ),
        [{"award_id": award, "turns": count.turns, "lead": count.lead} for award, count in counts.items()],
    )


def _feature(period: Period, drawn: Iterable[UUID], *, first: int) -> None:
    session.add_all(
        Feature(
            id=new_id(),
            partner_id=period.partner_id,
            award_id=award,
            period_id=period.id,
            position=place,
            starts_at=period.starts_at,
            ends_at=period.ends_at,
        )
        for place, award in enumerate(drawn, start=first)
    )
