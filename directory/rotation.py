"""Who is featured, period after period, drawn so that anybody can draw it again. Rules D-2, D-3, D-4.

Each expert has a number of turns, and whoever has fewest is drawn first; equals are drawn by lots that a seed decides.
So among experts who are all listed all the time the numbers differ by one at most. Only differences matter, which is
what makes the rest fair:

- somebody new starts level with the lowest, instead of at nought, or they would be shown until they caught up;
- somebody who is not in the pool (suspended, hidden, removed, pinned by hand) keeps how far ahead of the lowest they
  were. When they return, that is where they stand again: their credit is neither lost nor piled up.

Seeds are made a period ahead. `script/verify-rotation` says the same in Python, for whoever does not believe us.

Periods lie on a grid that begins on a Monday, so that whoever rotates, and however often, means the same period. Each
page is a transaction of its own with its page's row locked: two rotations at the same moment draw once.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges.models import Award
from core.audit import record
from core.database import new_id, session, transaction
from directory.experts import among_listed
from directory.models import Draw, Feature, LandingPage, Period, Seed, Turns

SEED_BYTES = 32
#: How far from the lowest anybody can be who was always there; more would be a pile, less a debt.
LEAD_MAX = 1
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
    already = session.scalars(sa.select(Feature.award_id).where(Feature.period_id == period.id)).all() if period else ()
    free = page.slots - len(already)
    if free <= 0 or not _somebody_else(partner_id, already, at):
        return False
    period = period or _new_period(page, at)
    joined, left = _settle(partner_id, at)
    drawn = _drawn(period, free, already)
    _feature(period, drawn, first=len(already))
    session.add(Draw(period_id=period.id, drawn_at=at, slots=free, joined=joined, left=left, drawn=drawn))
    session.flush()
    featured = {"featured": [str(award) for award in drawn]}
    record("rotation.drawn", "rotation_period", period.id, by=None, at=at, partner_id=partner_id, after=featured)
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


def _somebody_else(partner_id: UUID, already: Collection[UUID], at: datetime) -> bool:
    others = _pool(partner_id, at).where(Award.id.not_in(already))
    return bool(session.scalar(sa.select(others.exists())))


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
        number=(session.scalar(sa.select(sa.func.max(Period.number)).where(of_page)) or 0) + 1,
        drawn_at=at,
    )
    session.add(period)
    session.flush()
    _commit_to_seeds(period, at)
    return period


def _commit_to_seeds(period: Period, at: datetime) -> None:
    """Make the seed of the period that follows, and of this one if it is the first: nothing came before. Rule D-4."""
    assert period.number is not None
    made = [
        {"partner_id": period.partner_id, "number": number, "seed": secrets.token_bytes(SEED_BYTES), "committed_at": at}
        for number in (period.number, period.number + 1)
    ]
    session.execute(insert(Seed).on_conflict_do_nothing(), made)


def _settle(partner_id: UUID, at: datetime) -> tuple[list[UUID], list[UUID]]:
    """Count those in who have come to the pool, freeze the count of those who have gone; return both, in order.

    All in one statement, so that it sees one pool.
    """
    pool = _pool(partner_id, at).cte("pool")
    counted = (
        sa.select(Turns.award_id, Turns.turns, Turns.lead, pool.c.id.is_not(None).label("is_in"))
        .outerjoin(pool, pool.c.id == Turns.award_id)
        .where(Turns.partner_id == partner_id)
        .cte("counted")
    )
    lowest = sa.func.min(counted.c.turns)
    level = sa.select(sa.func.coalesce(lowest.filter(counted.c.is_in), lowest, 0)).where(counted.c.lead.is_(None))
    level_turns = level.scalar_subquery()
    ahead = sa.func.greatest(-LEAD_MAX, sa.func.least(LEAD_MAX, counted.c.turns - level_turns))
    same = Turns.award_id == counted.c.award_id
    left = (
        sa.update(Turns).where(same, counted.c.lead.is_(None), sa.not_(counted.c.is_in)).values(lead=ahead)
    ).returning(Turns.award_id)
    back = (
        sa.update(Turns)
        .where(same, counted.c.lead.is_not(None), counted.c.is_in)
        .values(turns=level_turns + counted.c.lead, lead=None)
    ).returning(Turns.award_id)
    new = sa.select(pool.c.id, sa.literal(partner_id, sa.Uuid), level_turns).where(
        pool.c.id.not_in(sa.select(counted.c.award_id))
    )
    come = insert(Turns).from_select(["award_id", "partner_id", "turns"], new).returning(Turns.award_id)
    moved = [(each.cte(name), name == "gone") for name, each in (("gone", left), ("back", back), ("come", come))]
    rows = sa.union_all(*(sa.select(cte.c.award_id, sa.literal(gone).label("gone")) for cte, gone in moved))
    found = sorted(session.execute(rows).all())
    return [award for award, gone in found if not gone], [award for award, gone in found if gone]


def _drawn(period: Period, free: int, already: Collection[UUID]) -> list[UUID]:
    """Give a turn to those who come next, and return them in order: least turns first, and equals by lot.

    A lot is the SHA-256 of the seed and the award's 16 bytes: whoever knows the seed can repeat it, nobody else can
    foresee it. Whoever is pinned is not in the pool: a pin takes no slot and no turn.
    """
    seed = sa.select(Seed.seed).where(Seed.partner_id == period.partner_id, Seed.number == period.number)
    lot = sa.func.sha256(seed.scalar_subquery().op("||")(sa.func.uuid_send(Turns.award_id)))
    waiting = sa.select(Turns.award_id).where(
        Turns.partner_id == period.partner_id, Turns.lead.is_(None), Turns.award_id.not_in(already)
    )
    drawn = list(session.scalars(waiting.order_by(Turns.turns, lot).limit(free)))
    session.execute(sa.update(Turns).where(Turns.award_id.in_(drawn)).values(turns=Turns.turns + 1))
    return drawn


def _feature(period: Period, drawn: Sequence[UUID], *, first: int) -> None:
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
