"""Who is featured, period after period, drawn so that anybody can draw it again. Rules D-2, D-3, D-4.

Each expert has a number of turns, and whoever has fewest is drawn first; equals are drawn by lots that a seed decides.
So among experts who are all listed all the time the numbers differ by one at most. Only differences matter, which is
what makes the rest fair:

- somebody new starts at the average of the others: not at nought, or they would be shown until they caught up, and not
  level with the lowest, or they would have a turn of a round that is nearly over;
- somebody who is not in the pool (suspended, hidden, removed, pinned by hand) keeps how far ahead of the average, or
  behind it, they were. When they return, that is where they stand again: their credit is neither lost nor piled up.

Seeds are made a period ahead. `script/verify-rotation` says the same in Python, for whoever does not believe us.

Periods lie on a grid that begins on a Monday, so that whoever rotates, and however often, means the same period. Pages
are rotated a hundred at a time, in a transaction with their rows locked: two rotations at the same moment draw once.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core.audit import record_many
from core.bulk import insert_rows, uuids
from core.database import new_id, session, transaction
from directory import turns
from directory.models import Draw, Feature, LandingPage, Period, Seed
from directory.turns import Moves, Slots

SEED_BYTES = 32
#: So many pages are rotated in one transaction: their partners wait for it when they change something.
TOGETHER = 100
#: A Monday, where the grid of periods begins.
_GRID = datetime(2024, 1, 1, tzinfo=UTC)


def rotate(at: datetime, partner_id: UUID | None = None) -> int:
    """Feature the next experts on every published page, or on one partner's; return how many pages changed. Rule D-3.

    A page whose period has ended, or that has none, gets the period that `at` falls into. A slot that nobody was there
    for is filled as soon as somebody is. The same `at` again changes nothing.
    """
    if partner_id is not None:
        return _rotate_pages([partner_id], at)
    due = [each.page.partner_id for each in _open(at, sa.true())]
    return sum(_rotate_pages(due[first : first + TOGETHER], at) for first in range(0, len(due), TOGETHER))


@dataclass(frozen=True)
class _Open:
    """A published page with slots to fill: `period_id` is the running one's, None to begin one; `featured` in it."""

    page: LandingPage
    period_id: UUID | None
    featured: Sequence[UUID]

    @property
    def free(self) -> int:
        return self.page.slots - len(self.featured)


@transaction()
def _rotate_pages(partner_ids: Sequence[UUID], at: datetime) -> int:
    # Compiling so large a statement would take longer than it saves; and there is memory to join in one go.
    session.execute(sa.text("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"))
    lock_pages(partner_ids)
    open_ = {each.page.partner_id: each for each in _open(at, LandingPage.partner_id == sa.any_(uuids(partner_ids)))}
    already = [award for each in open_.values() for award in each.featured]
    moves = turns.settle(open_.keys(), already, at)
    if not moves:
        return 0
    due = [open_[partner_id] for partner_id in sorted(moves)]
    periods = _periods(due, at)
    slots = [Slots(each.page.partner_id, periods[each.page.partner_id].seed, each.free) for each in due]
    _keep(due, moves, periods, turns.draw(slots, already), at)
    return len(due)


def lock_page(partner_id: UUID) -> LandingPage | None:
    """Return the partner's page, locked until the transaction ends."""
    return next(iter(lock_pages([partner_id])), None)


def lock_pages(partner_ids: Iterable[UUID]) -> Sequence[LandingPage]:
    """Return the partners' pages, locked until the transaction ends: who is featured is decided by one at a time."""
    return session.scalars(
        sa.select(LandingPage)
        .where(LandingPage.partner_id == sa.any_(uuids(list(partner_ids))))
        .order_by(LandingPage.partner_id)
        .with_for_update(of=LandingPage)
        .execution_options(populate_existing=True)
    ).all()


def _open(at: datetime, which: sa.ColumnElement[bool]) -> list[_Open]:
    """Return the pages among `which` that have slots to fill at `at`, in order."""
    of_period = (Feature.partner_id == Period.partner_id, Feature.starts_at == Period.starts_at)
    featured = sa.select(Feature.award_id).where(Feature.period_id == Period.id, *of_period)
    published = (LandingPage.published_at.is_not(None), sa.or_(Period.id.is_(None), Period.number.is_not(None)))
    runs = sa.and_(Period.partner_id == LandingPage.partner_id, Period.starts_at <= at, Period.ends_at > at)
    rows = session.execute(
        sa.select(LandingPage, Period.id, sa.func.array(featured.scalar_subquery(), type_=sa.ARRAY(sa.Uuid)))
        .outerjoin(Period, runs)
        .where(*published, which)
        .order_by(LandingPage.partner_id)
    )
    return [found for row in rows if (found := _Open(*row)).free > 0]


@dataclass(frozen=True)
class _Period:
    """A period to draw in, of some page."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    seed: bytes


def _periods(due: Sequence[_Open], at: datetime) -> Mapping[UUID, _Period]:
    """Return the period of each page that runs at `at`, by partner; begin those that are missing."""
    partner_ids = uuids([each.page.partner_id for each in due])
    _begin([each.page for each in due if each.period_id is None], at)
    rows = session.execute(
        sa.select(Period.partner_id, Period.id, Period.starts_at, Period.ends_at, Seed.seed)
        .join(Seed, sa.and_(Seed.partner_id == Period.partner_id, Seed.number == Period.number))
        .where(Period.partner_id == sa.any_(partner_ids), Period.starts_at <= at, Period.ends_at > at)
    )
    return {row.partner_id: _Period(row.id, row.starts_at, row.ends_at, row.seed) for row in rows}


def _begin(pages: Sequence[LandingPage], at: datetime) -> None:
    """Begin the period of the grid around `at` on each page, cut where an earlier or a later one reaches into it.

    The seed of the period that follows is made with it, and its own if it is the first: nothing came before. Rule D-4.
    """
    if not pages:
        return
    around = session.execute(
        sa.select(
            Period.partner_id,
            sa.func.max(Period.ends_at).filter(Period.ends_at <= at).label("before"),
            sa.func.min(Period.starts_at).filter(Period.starts_at > at).label("after"),
            sa.func.max(Period.number).label("number"),
        )
        .where(Period.partner_id == sa.any_(uuids([page.partner_id for page in pages])))
        .group_by(Period.partner_id)
    )
    known = {row.partner_id: row for row in around}
    begun = [_period(page, known.get(page.partner_id), at) for page in pages]
    session.execute(insert_rows(Period, begun))
    numbers = [(each["partner_id"], each["number"] + ahead) for each in begun for ahead in (0, 1)]
    made = [
        {"partner_id": partner_id, "number": number, "seed": secrets.token_bytes(SEED_BYTES), "committed_at": at}
        for partner_id, number in numbers
    ]
    session.execute(insert(Seed).on_conflict_do_nothing(), made)


def _period(page: LandingPage, around: Any, at: datetime) -> dict[str, Any]:
    length = timedelta(hours=page.period_hours)
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
    moves: Mapping[UUID, Moves],
    periods: Mapping[UUID, _Period],
    drawn: Mapping[UUID, Sequence[UUID]],
    at: datetime,
) -> None:
    """Store who is featured, what anybody needs to draw it again, and the events."""
    features, draws, events = [], [], []
    for each in due:
        partner_id = each.page.partner_id
        period, awards = periods[partner_id], drawn[partner_id]
        of_period = {"partner_id": partner_id, "period_id": period.id, "starts_at": period.starts_at}
        features += [
            {"id": new_id(), "award_id": award, "position": place, "ends_at": period.ends_at, **of_period}
            for place, award in enumerate(awards, start=len(each.featured))
        ]
        came = {"joined": moves[partner_id].joined, "left": moves[partner_id].left}
        how = {"rule": turns.RULE, "slots": each.free, "drawn": awards}
        draws.append({"period_id": period.id, "drawn_at": at, **how, **came})
        named = {"featured": [str(award) for award in awards]}
        events.append({"subject_id": period.id, "partner_id": partner_id, "after": named})
    session.execute(insert_rows(Feature, features))
    session.execute(insert_rows(Draw, draws))
    what = {"action": "rotation.drawn", "subject_type": "rotation_period"}
    record_many([{**what, **event, "before": {}, "reason": None} for event in events], by=None, at=at)
