"""How often everybody was featured, counted for many directories at once: who comes, who goes, who is drawn.

Rules D-3, D-4. `rotation_turns` without a lead is the pool as it was when it was last looked at. The rule in words:
docs/decisions/rotation.md; the same in Python, for whoever does not believe us: script/verify-rotation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from badges.models import Award
from core.bulk import uuids
from core.database import session
from directory.listing import listed_among_many
from directory.models import Feature, Turns
from partners.models import Programme

#: By which rule is drawn; each draw says so. 1 was: whoever is new starts level with the lowest.
RULE = 2
#: Turns are counted in parts: so many make one.
TURN = 1_000_000
#: How far ahead of the others, or behind them, somebody can be who is away; more would be a pile, less a debt.
LEAD_MAX = TURN


@dataclass(frozen=True)
class Moves:
    """Who came to a pool and who left it since it was last looked at, in order."""

    joined: list[UUID] = field(default_factory=list)
    left: list[UUID] = field(default_factory=list)


def settle(partner_ids: Collection[UUID], already: Collection[UUID], at: datetime) -> dict[UUID, Moves]:
    """Count those in who have come to the partners' pools, and freeze the count of those who have gone.

    Only for partners in whose pool is somebody besides those who are featured `already`: they are the keys of what is
    returned. All in one statement, so that it sees one pool.
    """
    seen = _seen(_pool(partner_ids, at).cte("pool"), partner_ids).cte("seen")
    worth = sa.select(seen.c.partner_id).where(seen.c.is_in, seen.c.award_id != sa.all_(uuids(already))).distinct()
    due = worth.cte("due")
    counted = _counted(_moved(seen).where(seen.c.partner_id.in_(sa.select(due.c.partner_id)))).cte("counted")
    rows = sa.select(due.c.partner_id, counted.c.award_id, counted.c.lead)
    joined = rows.outerjoin(counted, counted.c.partner_id == due.c.partner_id).order_by(counted.c.award_id)
    found: defaultdict[UUID, Moves] = defaultdict(Moves)
    for partner_id, award_id, lead in session.execute(joined):
        moves = found[partner_id]
        if award_id is not None:
            (moves.joined if lead is None else moves.left).append(award_id)
    return dict(found)


def _pool(partner_ids: Collection[UUID], at: datetime) -> sa.Select[UUID, UUID]:
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
    return (
        sa.select(Programme.partner_id, Award.id)
        .join(Award, Award.achievement_id == Programme.achievement_id)
        .where(Programme.partner_id == sa.any_(uuids(partner_ids)), listed_among_many(at), sa.not_(pinned))
    )


def _seen(pool: sa.CTE, partner_ids: Collection[UUID]) -> sa.Select[UUID, UUID, int, int | None, bool, bool]:
    """Return everybody who is in the pools, or is counted: where they stand, and whether they are, and were, in."""
    counted = sa.select(Turns).where(Turns.partner_id == sa.any_(uuids(partner_ids))).subquery()
    return sa.select(
        sa.func.coalesce(counted.c.award_id, pool.c.id).label("award_id"),
        sa.func.coalesce(counted.c.partner_id, pool.c.partner_id).label("partner_id"),
        counted.c.turns,
        counted.c.lead,
        pool.c.id.is_not(None).label("is_in"),
        sa.and_(counted.c.award_id.is_not(None), counted.c.lead.is_(None)).label("was_in"),
    ).select_from(sa.join(pool, counted, counted.c.award_id == pool.c.id, full=True))


def _moved(seen: sa.CTE) -> sa.Select[UUID, UUID, int, int | None]:
    """Return who is in and was not, or was and is not, with the count and the lead that they have from now on."""
    level = _levels(seen).cte("level")
    ahead = sa.func.greatest(-LEAD_MAX, sa.func.least(LEAD_MAX, seen.c.turns - level.c.level))
    return (
        sa.select(
            seen.c.award_id,
            seen.c.partner_id,
            sa.case((seen.c.is_in, level.c.level + sa.func.coalesce(seen.c.lead, 0)), else_=seen.c.turns),
            sa.case((sa.not_(seen.c.is_in), ahead)),
        )
        .join(level, level.c.partner_id == seen.c.partner_id)
        .where(seen.c.is_in != seen.c.was_in)
    )


def _counted(moved: sa.Select[UUID, UUID, int, int | None]) -> sa.sql.dml.ReturningInsert[UUID, UUID, int | None]:
    """Store what became of those who moved, and return it."""
    new = insert(Turns).from_select(["award_id", "partner_id", "turns", "lead"], moved)
    anew = {"turns": new.excluded.turns, "lead": new.excluded.lead}
    stored = new.on_conflict_do_update(index_elements=["award_id"], set_=anew)
    return stored.returning(Turns.award_id, Turns.partner_id, Turns.lead)


def _levels(seen: sa.CTE) -> sa.Select[UUID, int]:
    """Return for each partner where somebody new starts: the average of those who stay, or of all if nobody does.

    In whole parts of a turn, rounded down also below nought, as Python's `//` does.
    """
    stays, was = sa.and_(seen.c.is_in, seen.c.was_in), seen.c.was_in
    somebody = sa.func.bool_or(stays)
    count = sa.case((somebody, sa.func.count().filter(stays)), else_=sa.func.count().filter(was))
    total = sa.case((somebody, sa.func.sum(seen.c.turns).filter(stays)), else_=sa.func.sum(seen.c.turns).filter(was))
    whole = sa.select(
        seen.c.partner_id,
        sa.cast(sa.func.coalesce(total, 0), sa.BigInteger).label("total"),
        sa.func.greatest(1, count).label("count"),
    )
    sums = whole.group_by(seen.c.partner_id).subquery()
    beyond = (sums.c.total % sums.c.count + sums.c.count) % sums.c.count
    return sa.select(sums.c.partner_id, ((sums.c.total - beyond) // sums.c.count).label("level"))


@dataclass(frozen=True)
class Slots:
    """What a partner has to give away: `free` slots, by lots of `seed`."""

    partner_id: UUID
    seed: bytes
    free: int


def draw(slots: Sequence[Slots], already: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
    """Give a turn to those who come next, and return them by partner, in order: least turns first, and equals by lot.

    A lot is the SHA-256 of the seed and the award's 16 bytes: whoever knows the seed can repeat it, nobody else can
    foresee it. Lots are drawn among those alone who have as few turns as the last who is drawn.
    """
    columns = (sa.column("partner_id", sa.Uuid()), sa.column("seed", sa.LargeBinary()), sa.column("free", sa.Integer()))
    given = sa.func.unnest(
        uuids([each.partner_id for each in slots]),
        sa.literal([each.seed for each in slots], ARRAY(sa.LargeBinary())),
        sa.literal([each.free for each in slots], ARRAY(sa.Integer())),
    )
    due = given.table_valued(*columns).render_derived(name="due")
    lot = sa.func.sha256(due.c.seed.op("||")(sa.func.uuid_send(Turns.award_id)))
    waiting = (
        sa.select(Turns.award_id, Turns.turns, lot.label("lot"))
        .where(Turns.partner_id == due.c.partner_id, Turns.lead.is_(None), Turns.award_id != sa.all_(uuids(already)))
        .order_by(Turns.turns, lot)
        .limit(due.c.free)
        .lateral("waiting")
    )
    rows = sa.select(due.c.partner_id, waiting.c.award_id).join(waiting, sa.true())
    drawn: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for partner_id, award_id in session.execute(rows.order_by(due.c.partner_id, waiting.c.turns, waiting.c.lot)):
        drawn[partner_id].append(award_id)
    everybody = [award_id for awards in drawn.values() for award_id in awards]
    session.execute(
        sa.update(Turns).where(Turns.award_id == sa.any_(uuids(everybody))).values(turns=Turns.turns + TURN),
        execution_options={"synchronize_session": False},
    )
    return drawn
