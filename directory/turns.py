"""How often everybody was featured, counted for many pools at once: who comes, who goes, who is drawn.

Rules D-3, D-4. A pool is a page's or a use case's, see `directory.models.Turns`; `rotation_turns` without a lead is the
pool as it was when it was last looked at. The rule in words: docs/decisions/rotation.md; the same in Python, for
whoever does not believe us: script/verify-rotation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, insert
from sqlalchemy.sql.elements import Grouping

from badges.models import Award
from core.bulk import side_by_side, uuids
from core.database import new_id, session
from directory.listing import listed_among_many
from directory.models import Feature, Turns
from partners.models import Programme

#: By which rule is drawn; each draw says so. 1 was: whoever is new starts level with the lowest.
RULE = 2
#: Turns are counted in parts: so many make one.
TURN = 1_000_000
#: How far ahead of the others, or behind them, somebody can be who is away; more would be a pile, less a debt.
LEAD_MAX = TURN


#: Who may be drawn: pools and awards.
Pools = sa.Select[UUID, UUID] | sa.CompoundSelect[UUID, UUID]
#: Who is featured already: pairs of a pool and an award.
Already = Collection[tuple[UUID, UUID]]


@dataclass(frozen=True)
class Moves:
    """Who came to a pool and who left it since it was last looked at, in order."""

    joined: list[UUID] = field(default_factory=list)
    left: list[UUID] = field(default_factory=list)


def settle(pools: Pools, pool_ids: Collection[UUID], already: Already) -> dict[UUID, Moves]:
    """Count those in who have come to the pools, and freeze the count of those who have gone.

    Only for pools in which is somebody besides those who are featured `already`: they are the keys of what is returned.
    All in one statement, so that it sees one pool.
    """
    seen = _seen(pools.cte("pool"), pool_ids).cte("seen")
    due = _levels(seen, already).cte("due")
    counted = _counted(_moved(seen, due)).cte("counted")
    moved = [_in_order(counted, counted.c.lead.is_(None)), _in_order(counted, counted.c.lead.is_not(None))]
    rows = sa.select(due.c.pool_id, *moved).outerjoin(counted, counted.c.pool_id == due.c.pool_id)
    found = session.execute(rows.group_by(due.c.pool_id))
    return {pool_id: Moves(joined or [], left or []) for pool_id, joined, left in found}


def _in_order(counted: sa.CTE, which: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    in_order = sa.func.array_agg(aggregate_order_by(counted.c.award_id, counted.c.award_id), type_=ARRAY(sa.Uuid()))
    return in_order.filter(counted.c.award_id.is_not(None), which)


def _not_among(already: Already, row: Any) -> sa.ColumnElement[bool]:
    """Return whether a row, with its `pool_id` and its `award_id`, is none of `already`."""
    if not already:
        return sa.true()
    pool_ids, awards = zip(*already, strict=True)
    pairs = side_by_side(pool_id=(sa.Uuid(), pool_ids), award_id=(sa.Uuid(), awards))
    return sa.tuple_(row.pool_id, row.award_id).not_in(sa.select(pairs.c.pool_id, pairs.c.award_id))


def of_pages(partner_ids: Collection[UUID], at: datetime) -> sa.Select[UUID, UUID]:
    """Return whom pages may draw: everybody listed but those who are pinned just then."""
    pinned = sa.select(Feature.award_id).where(
        Feature.partner_id == sa.any_(uuids(partner_ids)),
        Feature.period_id.is_(None),
        Feature.removed_at.is_(None),
        Feature.starts_at <= at,
        Feature.ends_at > at,
    )
    return (
        sa.select(Programme.partner_id.label("pool_id"), Award.id.label("award_id"))
        .join(Award, Award.achievement_id == Programme.achievement_id)
        .where(Programme.partner_id == sa.any_(uuids(partner_ids)), listed_among_many(at), Award.id.not_in(pinned))
    )


def _seen(pool: sa.CTE, pool_ids: Collection[UUID]) -> sa.Select[UUID, UUID, int, int | None, bool, bool]:
    """Return everybody who is in the pools, or is counted: where they stand, and whether they are, and were, in."""
    counted = sa.select(Turns).where(Turns.pool_id == sa.any_(uuids(pool_ids))).subquery()
    same = sa.and_(counted.c.award_id == pool.c.award_id, counted.c.pool_id == pool.c.pool_id)
    return sa.select(
        sa.func.coalesce(counted.c.award_id, pool.c.award_id).label("award_id"),
        sa.func.coalesce(counted.c.pool_id, pool.c.pool_id).label("pool_id"),
        counted.c.turns,
        counted.c.lead,
        pool.c.award_id.is_not(None).label("is_in"),
        sa.and_(counted.c.award_id.is_not(None), counted.c.lead.is_(None)).label("was_in"),
    ).select_from(sa.join(pool, counted, same, full=True))


def _moved(seen: sa.CTE, level: sa.CTE) -> sa.Select[UUID, UUID, int, int | None]:
    """Return who is in and was not, or was and is not, with the count and the lead that they have from now on."""
    ahead = sa.func.greatest(-LEAD_MAX, sa.func.least(LEAD_MAX, seen.c.turns - level.c.level))
    return (
        sa.select(
            seen.c.award_id,
            seen.c.pool_id,
            sa.case((seen.c.is_in, level.c.level + sa.func.coalesce(seen.c.lead, 0)), else_=seen.c.turns),
            sa.case((sa.not_(seen.c.is_in), ahead)),
        )
        .join(level, level.c.pool_id == seen.c.pool_id)
        .where(seen.c.is_in != seen.c.was_in)
    )


def _counted(moved: sa.Select[UUID, UUID, int, int | None]) -> sa.sql.dml.ReturningInsert[UUID, UUID, int | None]:
    """Store what became of those who moved, and return it."""
    new = insert(Turns).from_select(["award_id", "pool_id", "turns", "lead"], moved)
    anew = {"turns": new.excluded.turns, "lead": new.excluded.lead}
    stored = new.on_conflict_do_update(index_elements=["award_id", "pool_id"], set_=anew)
    return stored.returning(Turns.award_id, Turns.pool_id, Turns.lead)


def _levels(seen: sa.CTE, already: Already) -> sa.Select[UUID, int]:
    """Return the pools in which is somebody besides those featured `already`, and for each where somebody new starts.

    That is the average of those who stay, or of all if nobody does, in whole parts of a turn, rounded down also below
    nought, as Python's `//` does.
    """
    stays, was = sa.and_(seen.c.is_in, seen.c.was_in), seen.c.was_in
    somebody = sa.func.bool_or(stays)
    count = sa.case((somebody, sa.func.count().filter(stays)), else_=sa.func.count().filter(was))
    total = sa.case((somebody, sa.func.sum(seen.c.turns).filter(stays)), else_=sa.func.sum(seen.c.turns).filter(was))
    somebody_waits = sa.func.bool_or(sa.and_(seen.c.is_in, _not_among(already, seen.c)))
    whole = sa.select(
        seen.c.pool_id,
        sa.cast(sa.func.coalesce(total, 0), sa.BigInteger).label("total"),
        sa.func.greatest(1, count).label("count"),
    )
    sums = whole.group_by(seen.c.pool_id).having(somebody_waits).subquery()
    beyond = (sums.c.total % sums.c.count + sums.c.count) % sums.c.count
    return sa.select(sums.c.pool_id, ((sums.c.total - beyond) // sums.c.count).label("level"))


@dataclass(frozen=True)
class Slots:
    """What a pool has to give away: `free` slots of a period by lots of `seed`, of a page or a use case."""

    pool_id: UUID
    partner_id: UUID
    use_case_id: UUID | None
    period_id: UUID
    starts_at: datetime
    ends_at: datetime
    seed: bytes
    free: int
    taken: int


def draw(slots: Sequence[Slots], already: Already) -> Mapping[UUID, list[UUID]]:
    """Give a turn and a slot to those who come next, and return them by pool, in order.

    Least turns first, and equals by lot. A lot is the SHA-256 of the seed and the award's 16 bytes: whoever knows the
    seed can repeat it, nobody else can foresee it. Lots are drawn among those alone who have as few turns as the last
    who is drawn.
    """
    due = side_by_side(**_columns(slots))
    lot = sa.func.sha256(due.c.seed.op("||")(sa.func.uuid_send(Turns.award_id)))
    waiting = (
        sa.select(Turns.award_id, Turns.turns, lot.label("lot"))
        .where(Turns.pool_id == due.c.pool_id, Turns.lead.is_(None), _not_among(already, Turns))
        .order_by(Turns.turns, lot)
        .limit(due.c.free)
        .lateral("waiting")
    )
    place = sa.func.row_number().over(partition_by=due.c.pool_id, order_by=(waiting.c.turns, waiting.c.lot))
    row = sa.func.row_number().over()
    drawn = sa.select(*due.c, waiting.c.award_id, place.label("place"), row.label("row")).join(waiting, sa.true())
    in_turn = drawn.cte("drawn")
    in_order = sa.func.array_agg(aggregate_order_by(in_turn.c.award_id, in_turn.c.place), type_=ARRAY(sa.Uuid()))
    rows = sa.select(in_turn.c.pool_id, in_order.label("awards")).group_by(in_turn.c.pool_id)
    slots_given = _featured(in_turn, sum(each.free for each in slots))
    found = {row.pool_id: row.awards for row in session.execute(rows.add_cte(slots_given))}
    _count_once_more([(pool_id, award) for pool_id, awards in found.items() for award in awards])
    return found


def _columns(slots: Sequence[Slots]) -> dict[str, tuple[sa.types.TypeEngine[Any], list[Any]]]:
    return {name: (of, [getattr(each, name) for each in slots]) for name, of in _OF_SLOTS.items()}


_OF_SLOTS: Mapping[str, sa.types.TypeEngine[Any]] = MappingProxyType(
    {
        "pool_id": sa.Uuid(),
        "partner_id": sa.Uuid(),
        "use_case_id": sa.Uuid(),
        "period_id": sa.Uuid(),
        "starts_at": sa.DateTime(timezone=True),
        "ends_at": sa.DateTime(timezone=True),
        "seed": sa.LargeBinary(),
        "free": sa.Integer(),
        "taken": sa.Integer(),
    }
)


def _count_once_more(drawn: Sequence[tuple[UUID, UUID]]) -> None:
    """Count a turn for each of the pairs of a pool and an award.

    By a statement of its own: within the draw, the database would not know how few they are, and look through all.
    """
    pool_ids, awards = zip(*drawn, strict=True)
    pairs = side_by_side(pool_id=(sa.Uuid(), pool_ids), award_id=(sa.Uuid(), awards))
    theirs = (Turns.pool_id == pairs.c.pool_id, Turns.award_id == pairs.c.award_id)
    session.execute(
        sa.update(Turns).where(*theirs).values(turns=Turns.turns + TURN),
        execution_options={"synchronize_session": False},
    )


def _featured(drawn: sa.CTE, most: int) -> sa.CTE:
    """Store a slot for each who was drawn, of at most so many."""
    names = ("partner_id", "award_id", "period_id", "use_case_id", "starts_at", "ends_at")
    ids: Any = Grouping(sa.literal([new_id() for _ in range(most)], ARRAY(sa.Uuid())))
    rows = sa.select(ids[drawn.c.row], drawn.c.taken + drawn.c.place - 1, *(drawn.c[name] for name in names))
    return insert(Feature).from_select(["id", "position", *names], rows).cte("featured")
