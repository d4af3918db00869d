"""The list behind a partner's page: filters, text, counts, and pages that keep their order. Rules D-2, D-6, D-7.

Who fits is looked up in memory (directory/index.py); who is shown is read from the database, if they are listed now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property, reduce
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import REGCONFIG

from badges.models import Award
from core import briefly
from core.database import ASKED_AT, session
from core.paging import PAGE_SIZE, Page
from core.wording import country, language
from directory.experts import COLUMNS, Expert, among_awards, expert_of
from directory.facets import Mask, Numbers, minutes_of, near
from directory.filters import FACETS, Filters, Place
from directory.index import UNKNOWN, Directory, directory_of
from directory.listing import listed_expression
from directory.order import Crowd, Row, Standing
from directory.typed import parsed
from directory.word_index import People, Scores
from freelancers.models import Freelancer

#: More skills than this help nobody in a list to choose from; the rarest are found by the search.
SKILLS_OFFERED = 150
#: So many more than a page holds are read with it, for those who are not listed any more.
SPARE = 6

ANY = Filters()
#: What can be chosen: (value, words, how many there are with the other filters).
Choices = Sequence[tuple[str, str, int]]


@dataclass(frozen=True)
class Found(Page[Expert]):
    """One page of those who fit; `total` is how many fit in all, `start` how many come before this page.

    `slips` says for words that nobody has which ones were looked for instead.
    """

    total: int = 0
    start: int = 0
    slips: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Options:
    """What can be chosen, in the order of the words."""

    skills: Choices = ()
    countries: Choices = ()
    languages: Choices = ()
    timezones: Choices = ()
    availabilities: Choices = ()
    use_cases: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Fitting:
    """A directory under some filters: for each that is set, who passes it; `scores` is how well the text fits."""

    directory: Directory
    passing: Mapping[str, Mask]
    scores: Scores | None
    slips: Mapping[str, str]

    def everybody_but(self, dropped: str = "") -> Mask | None:
        """Return who passes all filters but one; None is everybody."""
        if dropped in self.passing:
            return _all_of([mask for name, mask in self.passing.items() if name != dropped])
        return self._everybody

    def counts(self, facet: str) -> Numbers:
        """Return for each value of a facet how many have it who pass all other filters."""
        if facet in self.passing:
            return self.directory.facets[facet].counts(self.everybody_but(facet))
        return self._counts[facet]

    @cached_property
    def _counts(self) -> Mapping[str, Numbers]:
        return self.directory.facets.counts(self._everybody)

    @cached_property
    def _everybody(self) -> Mask | None:
        return _all_of(list(self.passing.values()))


def _all_of(masks: Sequence[Mask]) -> Mask | None:
    return reduce(np.logical_and, masks) if masks else None


def fitting(partner_id: UUID, at: datetime, filters: Filters) -> Fitting:
    """Return who fits `filters`."""
    known, passing = directory_of(partner_id, at), {}
    scores, slips = _text(known, partner_id, filters.q) if filters.q else (None, {})
    if scores is not None:
        passing["q"] = scores > 0
    for name in FACETS:
        if value := getattr(filters, name):
            is_clock = name == "timezone"
            passing[name] = near(known.clocks, minutes_of(value)) if is_clock else _who_has(known, name, value)
    if filters.rate_max_cents is not None:
        passing["rate_max_cents"] = known.rates <= filters.rate_max_cents
    return Fitting(known, passing, scores, slips)


def listed(
    partner_id: UUID,
    at: datetime,
    filters: Filters = ANY,
    place: Place | None = None,
    size: int = PAGE_SIZE,
    fits: Fitting | None = None,
) -> Found:
    """Return a page of the partner's listed experts who pass `filters`, from `place` on. Rules D-2, D-6, D-7.

    They stand in the order asked for; equals are shuffled by the day of the first page, see `directory.filters.Place`.
    """
    fits = fits or fitting(partner_id, at, filters)
    known, day = fits.directory, place.day if place else f"{at:%Y-%m-%d}"
    row = _row(fits, filters.sort, day)
    shown: list[tuple[Expert, Standing]] = []
    gone = 0
    after = (place.key, place.mark) if place else None
    while len(shown) <= size:
        chosen = row.after(after, size + 1 + SPARE)
        there = cards(at, [known.awards[each] for each in chosen])
        rows = [(there.get(known.awards[each]), row.standing(each)) for each in chosen]
        gone += sum(card is None for card, _ in rows)
        shown += [(card, standing) for card, standing in rows if card is not None]
        if len(chosen) < size + 1 + SPARE:
            break
        after = rows[-1][1]
    start = place.seen if place else 0
    more = Place(day, *shown[size - 1][1], start + size).cursor() if len(shown) > size else None
    total = max(len(row) - gone, len(shown))
    return Found([card for card, _ in shown[:size]], more, total if shown else 0, start, fits.slips)


def loosened(fits: Fitting) -> Mapping[str, int]:
    """Return for each filter that is set how many experts would be shown without it; only those that show any."""
    counts = {name: _count(fits, fits.everybody_but(name)) for name in fits.passing}
    return {name: count for name, count in counts.items() if count}


def enough_rate_cents(fits: Fitting) -> tuple[int, int] | None:
    """Return the lowest rate at which somebody passes all other filters, and how many do then; None if nobody does."""
    mask, rates = fits.everybody_but("rate_max_cents"), fits.directory.rates
    lowest = min((rates if mask is None else rates[mask]).tolist(), default=UNKNOWN)
    if lowest == UNKNOWN:
        return None
    whole = -(-lowest // 100) * 100
    at_most = rates <= whole
    return whole, _count(fits, at_most if mask is None else at_most & mask)


def options(fits: Fitting, filters: Filters = ANY) -> Options:
    """Return what the partner's listed experts can be filtered by, with how many there are of each."""
    offered = {name: _offered(fits, name, getattr(filters, name)) for name in FACETS}
    return Options(
        _sorted(offered["skill"]),
        _sorted((value, country(value), number) for value, _, number in offered["country"]),
        _sorted((value, language(value), number) for value, _, number in offered["language"]),
        _clocks(fits, filters, offered["timezone"]),
        _sorted(offered["availability"]),
        {value: number for value, _, number in offered["use_case"]},
    )


def _clocks(fits: Fitting, filters: Filters, offered: Choices) -> Choices:
    """Return the clocks to choose from: those that somebody has, and the chosen one where nobody has just that."""
    nobody_has = filters.timezone and filters.timezone not in {value for value, _, _ in offered}
    more = [(filters.timezone, filters.timezone, _count(fits, fits.everybody_but()))] if nobody_has else []
    by_place = sorted([*offered, *more], key=lambda choice: minutes_of(choice[0]))
    return [(value, f"UTC{value}", number) for value, _, number in by_place]


def _offered(fits: Fitting, name: str, chosen: str) -> list[tuple[str, str, int]]:
    found = fits.directory.facets[name]
    numbers = fits.counts(name)
    places = np.flatnonzero(numbers)
    if len(places) > SKILLS_OFFERED:
        most = np.argpartition(numbers[places], -SKILLS_OFFERED)[-SKILLS_OFFERED:]
        places = places[most]
    offered, counted, written = places.tolist(), numbers.tolist(), found.written
    if chosen and (place := found.places.get(chosen.lower())) is not None and place not in offered:
        offered.append(place)
    return [(written[place], written[place], counted[place]) for place in offered]


def _text(known: Directory, partner_id: UUID, q: str) -> tuple[Scores, Mapping[str, str]]:
    query = parsed(q)
    asked = {each.phrase for group in (*query.groups, query.unwanted) for each in group if each.phrase}
    return known.words.scores(query, {phrase: _who_have(known, partner_id, phrase) for phrase in asked})


def _who_have(known: Directory, partner_id: UUID, phrase: str) -> People:
    """Return who has words next to each other, in this order: the database keeps where each word stands."""
    simple = sa.cast(sa.literal_column("'simple'"), REGCONFIG)
    has = Freelancer.words.bool_op("@@")(sa.func.phraseto_tsquery(simple, phrase))
    rows = session.scalars(among_awards(sa.select(Award.id), partner_id).where(has))
    return np.array([known.numbers[award] for award in rows if award in known.numbers], np.int32)


def _who_has(known: Directory, facet: str, value: str) -> Mask:
    mask = np.zeros(len(known), np.bool_)
    mask[known.facets[facet].who(value.lower())] = True
    return mask


def _count(fits: Fitting, mask: Mask | None) -> int:
    return len(fits.directory) if mask is None else int(np.count_nonzero(mask))


def _row(fits: Fitting, sort: str, day: str) -> Row:
    """Return everybody who fits, as they are to be shown."""
    known, mask = fits.directory, fits.everybody_but()
    if sort or fits.scores is None or mask is None:
        return known.row(sort, day).among(mask)
    who_fits = np.flatnonzero(mask).astype(np.int32)
    return Crowd(who_fits, -np.round(fits.scores * 10).astype(np.int64), known.lots(day))


@cache
def _listed_of() -> sa.Select[*tuple[Any, ...]]:
    """Return the cards of those among `awards` who are listed at `at`: put together once, for it takes its time."""
    asked = sa.bindparam("awards", type_=sa.ARRAY(sa.Uuid))
    people = sa.select(*COLUMNS).select_from(Award).join(Freelancer, Freelancer.id == Award.freelancer_id)
    return people.where(Award.id == sa.any_(asked), listed_expression(ASKED_AT))


def cards(at: datetime, awards: Sequence[UUID]) -> Mapping[UUID, Expert]:
    """Return those of `awards` whose holders are listed at `at`, as they are now. Rule D-7."""

    def read(asked: Sequence[UUID]) -> Mapping[UUID, Expert]:
        rows = session.execute(_listed_of(), {"at": at, "awards": list(asked)}) if asked else ()
        return {row.id: expert_of(row) for row in rows}

    return briefly.many("cards", awards, read)


def _sorted(choices: Iterator[tuple[str, str, int]] | Choices) -> list[tuple[str, str, int]]:
    return sorted(choices, key=lambda choice: choice[1].casefold())
