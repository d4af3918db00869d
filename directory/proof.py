"""What anybody needs to draw a page's rotation again: commitments, reveals and draws. Rule D-4.

`script/verify-rotation` reads it. An expert is named by the identifier of their badge, as in its public address.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from badges.models import Award
from core.database import session
from directory.experts import COLUMNS, Expert, among_listed, expert_of
from directory.models import Draw, Period, Seed, UseCase

PERIODS_PER_PAGE = 50
#: How many periods people are shown.
LATEST = 12
HOW = (
    "Whoever had fewest turns is drawn first; equals by SHA-256 of the seed's 32 bytes and the 16 bytes of the badge's "
    "identifier, lowest first. Who joins starts at the average of those who stay, in whole millionths of a turn, "
    "rounded down; who leaves keeps how far ahead of it or behind it they were, by one turn at most, and stands there "
    "again on return. By rule 1, as it was before, the lowest of those who stay took the place of the average. A "
    "seed's SHA-256 is published before its period, and the seed after it. Each use case is drawn in the same periods "
    "by the same rules, with a count of its own; the SHA-256 of the period's seed and the 16 bytes of the use case's "
    "identifier is its seed. Who was drawn stays in sight until the next draw, where that is a little late."
)


def published_draws(partner_id: UUID, after: int, at: datetime) -> dict[str, Any]:
    """Return the periods that follow number `after`, oldest first, and `next_after` when there are more.

    A period's seed is None until the period has ended at `at`. The last page names what is committed to beyond them.
    """
    rows = session.execute(
        sa.select(Period, Seed)
        .join(Seed, sa.and_(Seed.partner_id == Period.partner_id, Seed.number == Period.number))
        .where(Period.partner_id == partner_id, Period.number > after)
        .order_by(Period.number)
        .limit(PERIODS_PER_PAGE + 1)
    ).all()
    shown, more = rows[:PERIODS_PER_PAGE], len(rows) > PERIODS_PER_PAGE
    draws = _draws([period.id for period, _ in shown])
    slugs = _slugs_of_cases(partner_id)
    last = shown[-1][0].number if shown else after
    return {
        "how": HOW,
        "periods": [_period(period, seed, draws[period.id], slugs, at) for period, seed in shown],
        "commitments": [] if more else [_commitment(seed) for seed in _seeds_beyond(partner_id, last)],
        "next_after": last if more else None,
    }


@dataclass(frozen=True)
class Turn:
    """A period as people read it. `featured` are the listed who were drawn; `others` counts those no longer listed."""

    starts_at: datetime
    ends_at: datetime
    is_now: bool
    commitment: str
    seed: str | None
    featured: list[Expert]
    others: int


def latest_periods(partner_id: UUID, at: datetime) -> list[Turn]:
    """Return the last dozen of a page's periods that have begun at `at`, the newest first."""
    rows = session.execute(
        sa.select(Period, Seed)
        .join(Seed, sa.and_(Seed.partner_id == Period.partner_id, Seed.number == Period.number))
        .where(Period.partner_id == partner_id, Period.starts_at <= at)
        .order_by(Period.number.desc())
        .limit(LATEST)
    ).all()
    drawn = _drawn_in(partner_id, [period.id for period, _ in rows])
    everybody = {award for awards in drawn.values() for award in awards}
    listed = among_listed(sa.select(*COLUMNS), partner_id, at).where(Award.id.in_(everybody))
    experts = {row.id: expert_of(row) for row in session.execute(listed)}
    return [_turn(period, seed, drawn[period.id], experts, at) for period, seed in rows]


def _turn(period: Period, seed: Seed, drawn: Sequence[UUID], experts: Mapping[UUID, Expert], at: datetime) -> Turn:
    featured = [experts[award] for award in drawn if award in experts]
    return Turn(
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        is_now=period.ends_at > at,
        commitment=hashlib.sha256(seed.seed).hexdigest(),
        seed=seed.seed.hex() if period.ends_at <= at else None,
        featured=featured,
        others=len(drawn) - len(featured),
    )


def _drawn_in(pool_id: UUID, period_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Return for each period who was drawn for a page or a use case, in order."""
    draws = _draws(period_ids)
    return {period: [award for draw in draws[period][pool_id] for award in draw.drawn] for period in period_ids}


def _draws(period_ids: Sequence[UUID]) -> Mapping[UUID, Mapping[UUID, list[Draw]]]:
    """Return for each period the draws of each pool: the page, or a use case."""
    found: dict[UUID, dict[UUID, list[Draw]]] = defaultdict(lambda: defaultdict(list))
    for draw in session.scalars(sa.select(Draw).where(Draw.period_id.in_(period_ids)).order_by(Draw.drawn_at)):
        found[draw.period_id][draw.pool_id].append(draw)
    return found


def _slugs_of_cases(partner_id: UUID) -> Mapping[UUID, str]:
    """Return how the partner's use cases are called in addresses; also those that are not on the page any more."""
    cases = session.execute(sa.select(UseCase.id, UseCase.slug).where(UseCase.partner_id == partner_id))
    return {row.id: row.slug for row in cases}


def _seeds_beyond(partner_id: UUID, number: int | None) -> Sequence[Seed]:
    beyond = sa.select(Seed).where(Seed.partner_id == partner_id, Seed.number > number)
    return session.scalars(beyond.order_by(Seed.number)).all()


def _commitment(seed: Seed) -> dict[str, Any]:
    digest = hashlib.sha256(seed.seed).hexdigest()
    return {"number": seed.number, "commitment": digest, "committed_at": _utc(seed.committed_at)}


def _period(
    period: Period, seed: Seed, draws: Mapping[UUID, Sequence[Draw]], slugs: Mapping[UUID, str], at: datetime
) -> dict[str, Any]:
    of_cases = sorted(pool_id for pool_id in draws if pool_id != period.partner_id)
    return _commitment(seed) | {
        "starts_at": _utc(period.starts_at),
        "ends_at": _utc(period.ends_at),
        "seed": seed.seed.hex() if period.ends_at <= at else None,
        "draws": [_draw(draw) for draw in draws.get(period.partner_id, ())],
        "use_cases": [
            {"id": str(case), "slug": slugs[case], "draws": [_draw(draw) for draw in draws[case]]} for case in of_cases
        ],
    }


def _draw(draw: Draw) -> dict[str, Any]:
    return {
        "drawn_at": _utc(draw.drawn_at),
        "rule": draw.rule,
        "slots": draw.slots,
        "joined": [str(award) for award in draw.joined],
        "left": [str(award) for award in draw.left],
        "drawn": [str(award) for award in draw.drawn],
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
