"""Everybody of a directory in a row, so that any page of it is a cut. Pure. Rules D-4, D-6."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from directory.facets import Mask, Numbers, People

#: What somebody stands by: the key of the order that was asked for, then the lot of the day.
Standing = tuple[int, int]


#: So many are looked at first for some who fit, and each time twice as many.
STRETCH = 512


@dataclass(frozen=True)
class Row:
    """People by number, the first to be shown first; `keys` and `lots` are everybody's, by number.

    Only those in `mask` count, if there is one: a page is found without looking at everybody.
    """

    people: People
    keys: Numbers
    lots: Numbers
    mask: Mask | None = None

    def __len__(self) -> int:
        return len(self.people) if self.mask is None else int(np.count_nonzero(self.mask))

    def among(self, mask: Mask | None) -> Row:
        """Return the row of those in `mask`, in the same order; None is everybody."""
        return Row(self.people, self.keys, self.lots, mask)

    def standing(self, person: int) -> Standing:
        """Return what a person stands by."""
        return int(self.keys[person]), int(self.lots[person])

    def after(self, place: Standing | None, size: int) -> list[int]:
        """Return the next `size` people who stand behind `place`, or the first."""
        first = 0 if place is None else bisect_right(self.people, place, key=self.standing)
        found: list[int] = []
        stretch = STRETCH
        while len(found) < size and first < len(self.people):
            there = self.people[first : first + stretch]
            found += (there if self.mask is None else there[self.mask[there]])[: size - len(found)].tolist()
            first, stretch = first + stretch, 2 * stretch
        return found


def in_a_row(keys: Numbers, lots: Numbers) -> Row:
    """Return everybody in order: the least key first, and among equals the least lot."""
    return Row(np.lexsort((lots, keys)).astype(np.int32), keys, lots)


@dataclass(frozen=True)
class Crowd(Row):
    """Those who fit, in no order yet: only the cut that is asked for is put in order."""

    def after(self, place: Standing | None, size: int) -> list[int]:
        """Return the next `size` people who stand behind `place`, or the first, without putting all in order."""
        keys, lots = self.keys[self.people], self.lots[self.people]
        if place is None:
            left = np.arange(len(keys))
        else:
            left = np.flatnonzero((keys > place[0]) | ((keys == place[0]) & (lots > place[1])))
        if len(left) > size:
            last = np.partition(keys[left], size - 1)[size - 1]
            surely, perhaps = left[keys[left] < last], left[keys[left] == last]
            wanted = size - len(surely)
            if len(perhaps) > wanted:
                perhaps = perhaps[np.argpartition(lots[perhaps], wanted - 1)[:wanted]]
            left = np.concatenate((surely, perhaps))
        found: list[int] = self.people[left[np.lexsort((lots[left], keys[left]))]].tolist()
        return found
