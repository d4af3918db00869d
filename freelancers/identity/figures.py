"""How verification goes: what waits, how long it takes, and what came of it, by day. Rule H-2. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.clock import day_of
from core.database import session
from freelancers.identity.call_rules import GONE
from freelancers.identity.models import Ending, IdentityCall

DAYS = 14


@dataclass(frozen=True)
class Now:
    """What waits at a moment."""

    waiting: int
    talking: int
    second_looks: int
    booked: int


@dataclass(frozen=True)
class Day:
    """The calls that ended on a day; medians in seconds, None where there was none."""

    on: date
    endings: dict[Ending, int]
    waited_s: float | None
    talked_s: float | None

    def count(self, *endings: Ending) -> int:
        """Return how many calls ended so; all of them without a word."""
        return sum(self.endings.get(ending, 0) for ending in endings or Ending)


def now(at: datetime) -> Now:
    """Return what waits at `at`."""
    free, found = IdentityCall.agent_id.is_(None), IdentityCall.found_at.is_not(None)
    here = sa.and_(free, IdentityCall.here_at.is_not(None), IdentityCall.seen_at > at - GONE)
    row = session.execute(
        sa.select(
            sa.func.count().filter(here),
            sa.func.count().filter(IdentityCall.agent_id.is_not(None), ~found),
            sa.func.count().filter(found),
            sa.func.count().filter(IdentityCall.here_at.is_(None), IdentityCall.booked_for.is_not(None)),
        ).where(IdentityCall.ended_at.is_(None))
    ).one()
    return Now(*row)


def days(at: datetime, count: int = DAYS) -> list[Day]:
    """Return the last days with a call that ended, the latest first; days are those of UTC."""
    on = sa.cast(sa.func.timezone("UTC", IdentityCall.ended_at), sa.Date)
    # Nobody waits before the time that they booked.
    since = sa.func.greatest(IdentityCall.here_at, IdentityCall.booked_for)
    waited = sa.func.extract("epoch", IdentityCall.taken_at - since)
    talked = sa.func.extract("epoch", IdentityCall.found_at - IdentityCall.taken_at)
    rows = session.execute(
        sa.select(
            on,
            *(sa.func.count().filter(IdentityCall.ending == ending.value) for ending in Ending),
            sa.func.percentile_cont(0.5).within_group(sa.func.greatest(waited, 0)),
            sa.func.percentile_cont(0.5).within_group(talked),
        )
        .where(IdentityCall.ended_at > at - timedelta(days=count))
        .group_by(on)
        .order_by(on.desc())
    )
    return [_day(*row) for row in rows]


def _day(on: date, *figures: Any) -> Day:
    counts, (waited_s, talked_s) = figures[:-2], figures[-2:]
    return Day(on, {ending: count for ending, count in zip(Ending, counts, strict=True) if count}, waited_s, talked_s)


def today(at: datetime) -> Day:
    """Return the day of `at`."""
    return next((day for day in days(at, 1) if day.on == day_of(at)), Day(day_of(at), {}, None, None))
