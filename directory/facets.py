"""Everybody of one directory by what they can be filtered by, as columns of numbers. Pure. Rule D-6."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
People = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
Clocks = npt.NDArray[np.int32]
#: Whose clocks differ by no more than this can work together for most of a day.
NEAR_MINUTES = 180
#: Farther from any clock than clocks can be.
NO_CLOCK = 1_000_000


#: A value that one in so many has is counted by its bits, all others by their people.
COMMON = 64
_NONE = np.zeros(1, np.int64)


@dataclass(frozen=True)
class Facet:
    """What can be chosen, and who has it: those who have `values[i]` are `people[starts[i]:starts[i + 1]]`.

    `bits` has a row for each value at `common`, a bit for each person.
    """

    values: Sequence[str]
    written: Sequence[str]
    people: People
    starts: Numbers
    places: Mapping[str, int]
    common: npt.NDArray[np.intp]
    bits: Bits
    rare: npt.NDArray[np.intp]
    rare_people: People

    def who(self, value: str) -> People:
        """Return who has a value."""
        place = self.places.get(value)
        return self.people[:0] if place is None else self.people[self.starts[place] : self.starts[place + 1]]

    def counts(self, mask: Mask | None) -> Numbers:
        """Return for each value how many of those in `mask` have it; None means everybody."""
        if mask is None:
            return self._everybody
        found = np.empty(len(self.values), np.int64)
        theirs = np.bitwise_count(self.bits & _bits_of(mask))
        found[self.common] = np.add.reduce(theirs, axis=1, dtype=np.int64)
        if not len(self.rare):
            return found
        starts, ends = self._rare_places
        before = np.concatenate((_NONE, mask[self.rare_people].cumsum(dtype=np.int64)))
        found[self.rare] = before[ends] - before[starts]
        return found

    @cached_property
    def _everybody(self) -> Numbers:
        return np.diff(self.starts)

    @cached_property
    def _rare_places(self) -> tuple[Numbers, Numbers]:
        """Return where each rare value begins and ends among `rare_people`."""
        many = self._everybody[self.rare]
        ends = np.cumsum(many)
        return ends - many, ends


class Facets(dict[str, Facet]):
    """All facets of a directory by their names. What all of them hold is counted in one go."""

    def counts(self, mask: Mask | None) -> Mapping[str, Numbers]:
        """Return the counts of each facet, as `Facet.counts` has them."""
        return dict(zip(self, np.split(self._joined.counts(mask), self._ends), strict=True))

    @cached_property
    def _ends(self) -> Numbers:
        """Return where the values of each facet end among those of all, but for the last."""
        return np.cumsum([len(each.values) for each in self.values()])[:-1]

    @cached_property
    def _joined(self) -> Facet:
        """Return one facet with the values of all, which is only good for counting."""
        each, begins = list(self.values()), [0, *self._ends.tolist()]
        everybody = np.concatenate([facet.counts(None) for facet in each])
        return Facet(
            [value for facet in each for value in facet.values],
            (),
            each[0].people[:0],
            np.concatenate((_NONE, np.cumsum(everybody))),
            {},
            np.concatenate([facet.common + begin for facet, begin in zip(each, begins, strict=True)]),
            np.concatenate([facet.bits for facet in each]),
            np.concatenate([facet.rare + begin for facet, begin in zip(each, begins, strict=True)]),
            _joined([facet.rare_people for facet in each]),
        )


def facet(each: Iterable[Iterable[str]]) -> Facet:
    """Return the facet of people who are given in turn, each by what they have; its value is in small letters."""
    who: defaultdict[str, list[int]] = defaultdict(list)
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    number = -1
    for number, had in enumerate(each):
        for value, text in {text.lower(): text for text in had}.items():
            who[value].append(number)
            spellings[value][text] += 1
    values = sorted(who)
    lists = [np.array(who[value], np.int32) for value in values]
    lengths = np.array([len(each) for each in lists], np.int64)
    is_common = lengths * COMMON >= number + 1
    common, rare = np.flatnonzero(is_common), np.flatnonzero(~is_common)
    return Facet(
        values,
        [spellings[value].most_common(1)[0][0] for value in values],
        _joined(lists),
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        {value: place for place, value in enumerate(values)},
        common,
        np.array([_bits_of(_who(lists[place], number + 1)) for place in common], np.uint64).reshape(
            len(common), -(-(number + 1) // 64)
        ),
        rare,
        _joined([lists[place] for place in rare]),
    )


def _joined(lists: Sequence[People]) -> People:
    return np.concatenate(lists) if lists else np.empty(0, np.int32)


def _who(people: People, count: int) -> Mask:
    mask = np.zeros(count, np.bool_)
    mask[people] = True
    return mask


def _bits_of(mask: Mask) -> Bits:
    bits = np.zeros(-(-len(mask) // 64), np.uint64)
    packed = np.packbits(mask)
    bits.view(np.uint8)[: len(packed)] = packed
    return bits


def clocks_of(zones: Sequence[str | None], at: datetime) -> Clocks:
    """Return how far each person's clock is from UTC, in minutes; NO_CLOCK for who has none."""
    own = [minutes_from_utc(zone, at) if zone else None for zone in zones]
    return np.array([NO_CLOCK if minutes is None else minutes for minutes in own], np.int32)


def near(clocks: Clocks, minutes: int) -> Mask:
    """Return whose clock is near to the one that is so far from UTC, whether anybody has that one or not."""
    return np.abs(clocks - minutes) <= NEAR_MINUTES


def near_zones(clocks: Clocks) -> Sequence[Sequence[str]]:
    """Return for each person the clocks, "+01:00", of those that anybody here has, that are near to their own."""
    there = sorted({minutes for minutes in clocks.tolist() if minutes != NO_CLOCK})
    close = {m: [offset(other) for other in there if abs(other - m) <= NEAR_MINUTES] for m in there}
    return [close.get(minutes, ()) for minutes in clocks.tolist()]


def offset(minutes: int) -> str:
    """Return how far a clock is from UTC: "+05:30"."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def minutes_of(clock: str) -> int:
    """Return how far a clock, "+05:30", is from UTC, in minutes: `offset` turned round."""
    hours, minutes = clock[1:].split(":")
    return (-1 if clock[0] == "-" else 1) * (60 * int(hours) + int(minutes))


def minutes_from_utc(zone: str, at: datetime) -> int | None:
    """Return how far a zone's clocks are from UTC at that hour; None for what is no zone."""
    return _offset_of_hour(zone, at.replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=1_000)
def _offset_of_hour(zone: str, at: datetime) -> int | None:
    try:
        offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    except (ValueError, OSError, KeyError):
        return None
    return None if offset is None else int(offset.total_seconds() // 60)
