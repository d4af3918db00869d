"""Who is featured, period after period, drawn so that anybody can draw it again. Rules D-2, D-3, D-4.

Each expert has a number of turns, and whoever has fewest is drawn first; equals are drawn by lots that a seed decides.
So among experts who are all listed all the time the numbers differ by one at most. Only differences matter, which is
what makes the rest fair:

- somebody new starts at the average of the others: not at nought, or they would be shown until they caught up, and not
  level with the lowest, or they would have a turn of a round that is nearly over;
- somebody who is not in the pool (suspended, hidden, removed, pinned by hand) keeps how far ahead of the average, or
  behind it, they were. When they return, that is where they stand again: their credit is neither lost nor piled up.

Seeds are made a period ahead. `script/verify-rotation` says the same in Python, for whoever does not believe us.

Periods lie on a grid that begins on a Monday, so that whoever rotates, and however often, means the same period. Some
hundreds of pages are rotated at a time, in a transaction with their rows locked: two rotations at a moment draw once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core.audit import record_many
from core.bulk import insert_rows, side_by_side, uuids
from core.database import new_id, session, transaction
from directory import turns, use_case_pool
from directory.models import Draw, Feature, LandingPage, Period, Seed, UseCase
from directory.rules import CASE_SLOTS
from directory.turns import Moves, Pools, Slots

SEED_BYTES = 32
#: So many pages are rotated in one transaction: their partners wait for it when they change something.
TOGETHER = 250
#: A Monday, where the grid of periods begins.
_GRID = datetime(2024, 1, 1, tzinfo=UTC)


def rotate(at: datetime, partner_id: UUID | None = None) -> int:
    """Feature the next experts on every published page, or on one partner's; return how many pages changed. Rule D-3.

    A page whose period has ended, or that has none, gets the period that `at` falls into; its use cases are drawn in it
    as well, each for itself. A slot that nobody was there for is filled as soon as somebody is. The same `at` again
    changes nothing.
    """
    if partner_id is not None:
        return _rotate_pages([partner_id], at)
    due = sorted({each.partner_id for each in (*_open_pages(at, sa.true()), *_open_cases(at, sa.true()))})
    return sum(_rotate_pages(due[first : first + TOGETHER], at) for first in range(0, len(due), TOGETHER))


@dataclass(frozen=True)
class _Period:
    """A period to draw in, of some page."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    seed: bytes


@dataclass(frozen=True)
class _Open:
    """A page, or a use case of one, with slots to fill: `period` is the running one, None to begin one.

    `id` names the pool: the partner's, or the use case's own. `featured` are those who have a slot already.
    """

    id: UUID
    partner_id: UUID
    use_case_id: UUID | None
    #: How the use case is called in addresses.
    slug: str | None
    slots: int
    hours: int
    featured: Sequence[UUID]
    period: _Period | None

    def in_period(self, period: _Period) -> Slots:
        """Return what there is to give away in a period. A use case's seed comes of the page's, so is as secret."""
        of_page = self.use_case_id is None
        return Slots(
            pool_id=self.id,
            partner_id=self.partner_id,
            use_case_id=self.use_case_id,
            period_id=period.id,
            starts_at=period.starts_at,
            ends_at=period.ends_at,
            seed=period.seed if of_page else hashlib.sha256(period.seed + self.id.bytes).digest(),
            free=self.slots - len(self.featured),
            taken=len(self.featured),
        )


@transaction()
def _rotate_pages(partner_ids: Sequence[UUID], at: datetime) -> int:
    # Compiling so large a statement would take longer than it saves; and there is memory to join in one go.
    session.execute(sa.text("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"))
    _lock(partner_ids)
    pages = _open_pages(at, LandingPage.partner_id == sa.any_(uuids(partner_ids)))
    drawn = _draw(pages, turns.of_pages([each.id for each in pages], at), at)
    cases = _open_cases(at, LandingPage.partner_id == sa.any_(uuids(partner_ids)))
    if cases:
        drawn |= _draw(cases, use_case_pool.pools([each.id for each in cases], at), at)
    return len(drawn)


def _draw(open_: Sequence[_Open], pools: Pools, at: datetime) -> set[UUID]:
    """Fill the free slots as far as somebody is there; return the partners on whose pages that was."""
    already = [(each.id, award) for each in open_ for award in each.featured]
    moves = turns.settle(pools, [each.id for each in open_], already)
    due = sorted((each for each in open_ if each.id in moves), key=lambda each: each.id)
    if due:
        begun = _begin([each for each in due if each.period is None], at)
        slots = [each.in_period(each.period or begun[each.partner_id]) for each in due]
        _keep(due, slots, moves, turns.draw(slots, already), at)
    return {each.partner_id for each in due}


def lock_page(partner_id: UUID) -> LandingPage | None:
    """Return the partner's page, locked until the transaction ends: who is featured is decided by one at a time."""
    page = sa.select(LandingPage).where(LandingPage.partner_id == partner_id).with_for_update(of=LandingPage)
    return session.scalar(page.execution_options(populate_existing=True))


def _lock(partner_ids: Sequence[UUID]) -> None:
    """Lock the partners' pages, always in the same order."""
    pages = sa.select(LandingPage.partner_id).where(LandingPage.partner_id == sa.any_(uuids(partner_ids)))
    session.execute(pages.order_by(LandingPage.partner_id).with_for_update())


_OF_PERIOD = (Period.id.label("period_id"), Period.starts_at, Period.ends_at, Seed.seed)
_OF_PAGE = (LandingPage.partner_id, LandingPage.period_hours)
_ITS_SEED = sa.and_(Seed.partner_id == Period.partner_id, Seed.number == Period.number)


def _open_pages(at: datetime, which: sa.ColumnElement[bool]) -> list[_Open]:
    """Return the published pages among `which` that have slots to fill at `at`, in order."""
    page = (
        LandingPage.partner_id.label("id"),
        sa.null().label("use_case_id"),
        sa.null().label("slug"),
        LandingPage.slots,
    )
    runs = sa.and_(Period.partner_id == LandingPage.partner_id, Period.starts_at <= at, Period.ends_at > at)
    return _opened(
        sa.select(*page, *_OF_PAGE, _featured(Feature.use_case_id.is_(None)), *_OF_PERIOD)
        .outerjoin(Period, runs)
        .outerjoin(Seed, _ITS_SEED)
        .where(LandingPage.published_at.is_not(None), sa.or_(Period.id.is_(None), Period.number.is_not(None)), which)
        .order_by(LandingPage.partner_id)
    )


def _open_cases(at: datetime, which: sa.ColumnElement[bool]) -> list[_Open]:
    """Return the use cases on the published pages among `which` that have slots to fill, of pages whose period runs."""
    case = (UseCase.id, UseCase.id.label("use_case_id"), UseCase.slug, sa.literal(CASE_SLOTS).label("slots"))
    return _opened(
        sa.select(*case, *_OF_PAGE, _featured(Feature.use_case_id == UseCase.id), *_OF_PERIOD)
        .join(LandingPage, LandingPage.partner_id == UseCase.partner_id)
        .join(Period, sa.and_(Period.partner_id == UseCase.partner_id, Period.starts_at <= at, Period.ends_at > at))
        .join(Seed, _ITS_SEED)
        .where(LandingPage.published_at.is_not(None), UseCase.published, which)
        .order_by(UseCase.id)
    )


def _opened(rows: sa.Select[*tuple[Any, ...]]) -> list[_Open]:
    """Return those of the rows that have slots to fill."""
    found = [
        _Open(
            id=row.id,
            partner_id=row.partner_id,
            use_case_id=row.use_case_id,
            slug=row.slug,
            slots=row.slots,
            hours=row.period_hours,
            featured=row.featured,
            period=_period_of(row) if row.period_id else None,
        )
        for row in session.execute(rows)
    ]
    return [each for each in found if len(each.featured) < each.slots]


def _period_of(row: sa.Row[*tuple[Any, ...]]) -> _Period:
    return _Period(row.period_id, row.starts_at, row.ends_at, row.seed)


def _featured(where: sa.ColumnElement[bool]) -> sa.ColumnElement[Sequence[UUID]]:
    """Return who has a slot of a period already, on the page or in a use case."""
    of_period = (Feature.partner_id == Period.partner_id, Feature.starts_at == Period.starts_at)
    featured = sa.select(Feature.award_id).where(Feature.period_id == Period.id, *of_period, where)
    return sa.func.array(featured.scalar_subquery(), type_=sa.ARRAY(sa.Uuid)).label("featured")


def _begin(pages: Sequence[_Open], at: datetime) -> Mapping[UUID, _Period]:
    """Begin the period of the grid around `at` on each page, cut where an earlier or a later one reaches into it.

    The seed of the period that follows is made with it, and its own if it is the first: nothing came before. Rule D-4.
    """
    if not pages:
        return {}
    partner_ids = [page.partner_id for page in pages]
    around = session.execute(
        sa.select(
            Period.partner_id,
            sa.func.max(Period.ends_at).filter(Period.ends_at <= at).label("before"),
            sa.func.min(Period.starts_at).filter(Period.starts_at > at).label("after"),
            sa.func.max(Period.number).label("number"),
        )
        .where(Period.partner_id == sa.any_(uuids(partner_ids)))
        .group_by(Period.partner_id)
    )
    known = {row.partner_id: row for row in around}
    begun = [_period(page, known.get(page.partner_id), at) for page in pages]
    session.execute(insert_rows(Period, begun))
    _commit_to([(each["partner_id"], each["number"] + ahead) for each in begun for ahead in (0, 1)], at)
    rows = sa.select(Period.partner_id, *_OF_PERIOD).join(Seed, _ITS_SEED)
    made = session.execute(rows.where(Period.id == sa.any_(uuids([each["id"] for each in begun]))))
    return {row.partner_id: _period_of(row) for row in made}


def _commit_to(periods: Sequence[tuple[UUID, int]], at: datetime) -> None:
    """Make the seeds of periods, partners with numbers, unless that was done before."""
    partner_ids, numbers = zip(*periods, strict=True)
    made = side_by_side(
        partner_id=(sa.Uuid(), partner_ids),
        number=(sa.Integer(), numbers),
        seed=(sa.LargeBinary(), [secrets.token_bytes(SEED_BYTES) for _ in periods]),
    )
    rows = sa.select(*made.c, sa.literal(at, sa.DateTime(timezone=True)))
    new = insert(Seed).from_select(["partner_id", "number", "seed", "committed_at"], rows)
    session.execute(new.on_conflict_do_nothing())


def _period(page: _Open, around: Any, at: datetime) -> dict[str, Any]:
    length = timedelta(hours=page.hours)
    starts_at = _GRID + (at - _GRID) // length * length
    before, after, number = (around.before, around.after, around.number) if around else (None, None, None)
    return {
        "id": new_id(),
        "partner_id": page.partner_id,
        "starts_at": max(starts_at, before or starts_at),
        "ends_at": min(starts_at + length, after or starts_at + length),
        "number": (number or 0) + 1,
        "drawn_at": at,
    }


def _keep(
    due: Sequence[_Open],
    slots: Sequence[Slots],
    moves: Mapping[UUID, Moves],
    drawn: Mapping[UUID, Sequence[UUID]],
    at: datetime,
) -> None:
    """Store what anybody needs to draw it again, and the events."""
    draws, events = list[dict[str, Any]](), list[dict[str, Any]]()
    for pool, each in zip(due, slots, strict=True):
        came, awards = moves[each.pool_id], drawn[each.pool_id]
        of_period = {"period_id": each.period_id, "pool_id": each.pool_id, "drawn_at": at}
        how = {"rule": turns.RULE, "slots": each.free, "drawn": awards}
        draws.append({**of_period, **how, "joined": came.joined, "left": came.left})
        named: dict[str, Any] = {"use_case": pool.slug} if pool.slug else {}
        after = named | {"featured": [str(award) for award in awards]}
        events.append({"subject_id": each.period_id, "partner_id": each.partner_id, "after": after})
    session.execute(insert_rows(Draw, draws))
    what = {"action": "rotation.drawn", "subject_type": "rotation_period"}
    record_many([{**what, **event, "before": {}, "reason": None} for event in events], by=None, at=at)
