"""A directory in memory: whom a search looks at, before the database is asked for those it shows.

It is a copy, and may be some seconds old. So it never decides who is shown: each page's people are read from the
database, with the rule of who is listed, at the moment they are asked for (directory/search.py). Rules D-2, D-6, D-7.
Why it is so: docs/decisions/search.md.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from cachetools import LRUCache
from sqlalchemy.orm import Session

from badges.eligibility.meeting import ENGLISH
from badges.models import Award
from core.database import session
from directory import use_case_pool
from directory.experts import among_listed
from directory.facets import Clocks, Facets, Numbers, clocks_of, facet, near_zones
from directory.models import UseCase
from directory.order import Row, in_a_row
from directory.word_index import WordIndex, index_of
from freelancers.models import Freelancer
from freelancers.words import OVERVIEW_SEARCHED

Lots = npt.NDArray[np.uint64]

#: The currency that rates are compared in; who is paid in another cannot be compared.
RATE_CURRENCY = "USD"
#: What is not known comes last in every order.
UNKNOWN = 2**40
#: So many people are kept in memory, of all directories together.
KEPT_PEOPLE = 400_000
#: A copy is kept so many times as long as it took to make, so that making copies is a small part of the work.
KEPT_TIMES, KEPT_LEAST = 25, timedelta(seconds=2)
#: Lots of so many days are kept with a copy: today's, and those of visitors who page on from before.
DAYS_KEPT = 3
#: What takes longer than this is made again in the background, while the former copy goes on.
QUICK_S = 0.1


@dataclass(frozen=True, eq=False)
class Directory:
    """Everybody listed by a partner at `made_at`, in columns; a person is known by their number."""

    made_at: datetime
    generation: int
    awards: Sequence[UUID]
    numbers: Mapping[UUID, int]
    words: WordIndex
    facets: Facets
    clocks: Clocks
    rates: Numbers
    job_scores: Numbers
    awarded: Numbers
    seeds: Lots
    took_s: list[float] = field(default_factory=list)
    lots_of_days: dict[str, Numbers] = field(default_factory=dict)
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.awards)

    def is_fresh(self, at: datetime) -> bool:
        """Say whether it is new enough to be used as it is."""
        took_s = self.took_s[0]
        is_of_now = self.generation == _generation[0] or took_s > QUICK_S
        return is_of_now and abs(at - self.made_at) <= max(KEPT_LEAST, KEPT_TIMES * timedelta(seconds=took_s))

    def lots(self, day: str) -> Numbers:
        """Return everybody's lot of a day: those who fit equally well stand in its order, another one each day."""
        known = self.lots_of_days.get(day)
        return self._drawn(day) if known is None else known

    def _drawn(self, day: str) -> Numbers:
        mixed: Lots = self.seeds ^ np.uint64(int.from_bytes(hashlib.sha256(day.encode()).digest()[:8]))
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # the end of splitmix64
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        lots = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)
        if len(self.lots_of_days) < DAYS_KEPT:
            self.lots_of_days[day] = lots
        return lots

    def row(self, sort: str, day: str) -> Row:
        """Return everybody in one of the orders that can be chosen, or by the day's lots alone."""
        known = self.rows.get((sort, day))
        if known is None:
            known = in_a_row(self._keys(sort), self.lots(day))
            if day in self.lots_of_days:
                self.rows[sort, day] = known
        return known

    def _keys(self, sort: str) -> Numbers:
        """Return what people are ordered by before the lot decides, the least first; what is not known comes last."""
        if sort == "rate":
            return self.rates
        if sort == "newest":
            return -self.awarded
        if sort == "score":
            return np.where(self.job_scores == UNKNOWN, UNKNOWN, -self.job_scores)
        return np.zeros(len(self), np.int64)


_kept: LRUCache[UUID, Directory] = LRUCache(KEPT_PEOPLE, getsizeof=lambda each: min(len(each) + 1, KEPT_PEOPLE))
_turn = threading.Lock()
_being_made: set[UUID] = set()
_generations = count(1)
_generation = [0]


@sa.event.listens_for(Session, "after_commit")
def _something_changed(_: Session) -> None:
    """Whoever changes something sees it with their next request: copies that are quickly made are made anew."""
    _generation[0] = next(_generations)


def directory_of(partner_id: UUID, at: datetime) -> Directory:
    """Return the partner's directory as it is at `at`, or was shortly before."""
    with _turn:
        known = _kept.get(partner_id)
        if known is not None and known.is_fresh(at):
            return known
        if known is not None and partner_id in _being_made:
            return known
        _being_made.add(partner_id)
    if known is None or known.took_s[0] <= QUICK_S:
        return _renewed(partner_id, at, session())
    threading.Thread(target=_renew_apart, args=(partner_id, at, session().get_bind())).start()
    return known


def _renew_apart(partner_id: UUID, at: datetime, database: Any) -> None:
    with Session(database) as apart:
        _renewed(partner_id, at, apart)


def _renewed(partner_id: UUID, at: datetime, reader: Session) -> Directory:
    began_s = time.monotonic()
    try:
        made = _made(partner_id, at, reader)
        made.took_s.append(time.monotonic() - began_s)
        with _turn:
            _kept[partner_id] = made
        return made
    finally:
        with _turn:
            _being_made.discard(partner_id)


_COLUMNS = (
    Award.id,
    Award.awarded_at,
    Freelancer.name,
    Freelancer.title,
    Freelancer.skills,
    sa.func.left(Freelancer.overview, OVERVIEW_SEARCHED).label("overview"),
    Freelancer.country,
    Freelancer.timezone,
    Freelancer.languages,
    Freelancer.english_level,
    Freelancer.availability,
    Freelancer.jss_pct,
    sa.case((Freelancer.currency == RATE_CURRENCY, Freelancer.hourly_rate_cents)).label("rate_cents"),
)


def _made(partner_id: UUID, at: datetime, reader: Session) -> Directory:
    generation = _generation[0]
    rows = reader.execute(among_listed(sa.select(*_COLUMNS), partner_id, at).order_by(Award.id)).all()
    chosen = _use_cases(partner_id, reader, at)
    awards = [row.id for row in rows]
    clocks = clocks_of([row.timezone for row in rows], at)
    return Directory(
        made_at=at,
        generation=generation,
        awards=awards,
        numbers={award: number for number, award in enumerate(awards)},
        words=index_of((" ".join(r.skills), f"{r.name} {r.title or ''}", r.overview or "") for r in rows),
        facets=Facets(
            skill=facet(row.skills for row in rows),
            country=facet((row.country,) if row.country else () for row in rows),
            timezone=facet(near_zones(clocks)),
            language=facet(_languages(row) for row in rows),
            availability=facet((row.availability,) if row.availability else () for row in rows),
            use_case=facet(chosen.get(row.id, ()) for row in rows),
        ),
        clocks=clocks,
        rates=_column(row.rate_cents for row in rows),
        job_scores=_column(row.jss_pct for row in rows),
        awarded=_column(int(row.awarded_at.timestamp()) for row in rows),
        seeds=np.array([award.int & (2**64 - 1) for award in awards], np.uint64),
    )


def _column(values: Iterable[int | None]) -> Numbers:
    return np.array([UNKNOWN if value is None else value for value in values], np.int64)


def _languages(row: Any) -> Iterator[str]:
    """Yield the languages listed, and English where it is known by its level alone."""
    yield from (spoken["code"] for spoken in row.languages)
    if row.english_level:
        yield ENGLISH


def _use_cases(partner_id: UUID, reader: Session, at: datetime) -> Mapping[UUID, Sequence[str]]:
    cases = reader.scalars(sa.select(UseCase).where(UseCase.partner_id == partner_id, UseCase.published)).all()
    found: dict[UUID, list[str]] = {}
    for case in cases:
        for award_id in reader.scalars(use_case_pool.pool(case, at)):
            found.setdefault(award_id, []).append(case.slug)
    return found
