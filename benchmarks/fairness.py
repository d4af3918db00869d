"""Whether everybody has their turn: a year of many directories, drawn by the real rule. Rules D-3, D-4.

    .venv/bin/python -m benchmarks.fairness                     1,000 directories of 10 to 100,000 experts, some minutes
    .venv/bin/python -m benchmarks.fairness --directories 50    the same, smaller

Each period one listed expert in a hundred leaves for good and somebody new comes, and one in a hundred is suspended, for
ten periods on average. One in five is always there. Small pools are drawn by `script/verify-rotation` itself, with seeds
that are committed to, and checked by it at the end, as anybody would who reads what is published. Large pools are
drawn by the same rule in columns of numbers, with other lots: a SHA-256 for each of 100,000 experts and each of a
thousand directories would take hours. tests/directory/test_fairness.py holds the two together.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from benchmarks.harness import say

People = npt.NDArray[np.int64]

SLOTS, PERIODS = 12, 365
LEAVE, SUSPENDED, RETURN, ALWAYS = 0.01, 0.01, 0.1, 0.2
POOLS = (10, 100_000)
#: Larger pools are drawn in columns.
REAL_MAX = 300
#: Exposure is compared among those who had so many turns.
COMPARED_TURNS = 30
_BEGIN, _PERIOD = datetime(2026, 1, 5, tzinfo=UTC), timedelta(days=1)
#: More unequal than this is too much, if an equal split would be less.
GINI_MAX = 0.015
HEAD = (
    f"{'experts':<18}{'directories':>12}{'apart':>8}{'off':>8}{'compared':>10}"
    f"{'gini':>9}{'most':>9}{'of split':>10}{'most':>9}{'beyond':>8}{'times':>7}{'verified':>11}"
)
_SIZES = (12, 15, 20, 30, 50, 100, REAL_MAX, 1_000, 10_000, POOLS[1])


def verifier() -> Any:
    """Return `script/verify-rotation` as a module."""
    loader = SourceFileLoader("verify_rotation", str(Path(__file__).parents[1] / "script" / "verify-rotation"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    exec(compile(Path(loader.path).read_bytes(), loader.path, "exec"), module.__dict__)  # noqa: S102 - our own
    return module


program = verifier()
RULE = max(program.LEVELS)


class Drawn:
    """A directory that is drawn by the program that anybody can check it with, and published as the page does."""

    def __init__(self, chance: np.random.Generator):
        self.rotation, self.chance, self.periods = program.Rotation(RULE), chance, list[dict[str, Any]]()
        self.seeds = [self._seed()]

    def period(self, joined: Sequence[int], left: Sequence[int]) -> list[int]:
        """Draw the next period; return who is featured."""
        came, went = [_name(each) for each in joined], [_name(each) for each in left]
        seed, starts_at = self.seeds[-1], _BEGIN + len(self.periods) * _PERIOD
        self.seeds.append(self._seed())
        self.rotation.settle(came, went)
        drawn = self.rotation.draw(SLOTS, seed, [])
        self.rotation.give_turns(drawn)
        draw = {"drawn_at": starts_at.isoformat(), "rule": RULE, "slots": SLOTS, "joined": came, "left": went}
        committed_at = max(_BEGIN, starts_at - _PERIOD).isoformat()
        self.periods.append(
            {
                "number": len(self.periods) + 1,
                "commitment": hashlib.sha256(seed).hexdigest(),
                "committed_at": committed_at,
                "starts_at": starts_at.isoformat(),
                "ends_at": (starts_at + _PERIOD).isoformat(),
                "seed": seed.hex(),
                "draws": [draw | {"drawn": drawn}],
            }
        )
        return [UUID(each).int for each in drawn]

    def verified(self) -> int:
        """Check all that is published; return how many seeds were what had been committed to."""
        now = _BEGIN + len(self.periods) * _PERIOD
        ahead = {"number": len(self.periods) + 1, "commitment": hashlib.sha256(self.seeds[-1]).hexdigest()}
        program.verify(self.periods, [ahead | {"committed_at": (now - _PERIOD).isoformat()}], now)
        return len(self.periods)

    def _seed(self) -> bytes:
        return self.chance.bytes(32)


class InColumns:
    """The same rule in columns, with lots from numpy instead of SHA-256."""

    def __init__(self, chance: np.random.Generator, most: int):
        self.turns, self.leads = np.zeros(most, np.int64), np.zeros(most, np.int64)
        self.is_in, self.chance = np.zeros(most, np.bool_), chance

    def period(self, joined: Sequence[int], left: Sequence[int]) -> list[int]:
        """Draw the next period; return who is featured."""
        was_in = self.is_in.copy()
        self.is_in[list(left)] = False
        level_of = self.turns[self.is_in if self.is_in.any() else was_in]
        level = int(level_of.sum()) // len(level_of) if len(level_of) else 0
        gone, come = np.array(left, np.int64), np.array(joined, np.int64)
        self.leads[gone] = np.clip(self.turns[gone] - level, -program.LEAD_MAX, program.LEAD_MAX)
        self.turns[come], self.is_in[come] = level + self.leads[come], True
        drawn = self.next_of(np.flatnonzero(self.is_in))
        self.turns[drawn] += program.TURN
        return [int(each) for each in drawn]

    def next_of(self, pool: People) -> People:
        """Return who comes next: who has fewer turns than the last who is drawn, and by lot of those with as many."""
        if len(pool) <= SLOTS:
            return pool
        counts = self.turns[pool]
        last = np.partition(counts, SLOTS - 1)[SLOTS - 1]
        surely, perhaps = pool[counts < last], pool[counts == last]
        return np.concatenate((surely, self.chance.choice(perhaps, SLOTS - len(surely), replace=False)))


@dataclass
class Year:
    """What became of a directory: for each person the turns, the periods they were listed for, and their share."""

    pool: int
    shown: People
    listed: People
    share: npt.NDArray[np.float64]
    always: People
    verified: int = 0

    @property
    def apart(self) -> int:
        """Return by how many turns those who were always listed differ."""
        return int(np.ptp(self.shown[self.always]))

    @property
    def compared(self) -> npt.NDArray[np.bool_]:
        """Return who had turns enough to be compared."""
        return self.shown >= COMPARED_TURNS

    @property
    def off(self) -> float:
        """Return how far from their share anybody is, in turns."""
        return float(np.abs(self.shown - self.share).max())


def year(number: int, pool: int, periods: int = PERIODS) -> Year:
    """Let people come and go in a directory of so many for so long, and draw it period after period."""
    chance = np.random.default_rng(number)
    most = pool + pool // 10 + int(pool * LEAVE * periods * 2) + 100
    rotation = Drawn(chance) if pool <= REAL_MAX else InColumns(chance, most)
    lists = Lists(pool, most, chance)
    shown, listed, share = np.zeros(most, np.int64), np.zeros(most, np.int64), np.zeros(most)
    joined, left = lists.here(), np.zeros(0, np.int64)
    for _ in range(periods):
        drawn = rotation.period(joined.tolist(), left.tolist())
        here = lists.here()
        shown[drawn] += 1
        listed[here] += 1
        share[here] += min(1, SLOTS / len(here))
        joined, left = lists.change()
    met = listed > 0
    found = Year(pool, shown[met], listed[met], share[met], np.arange(lists.always))
    if isinstance(rotation, Drawn):
        found.verified = rotation.verified()
    return found


@dataclass
class Lists:
    """Who is listed, away or gone; the first `always` never move."""

    pool: int
    most: int
    chance: np.random.Generator
    known: int = field(init=False)
    always: int = field(init=False)
    state: npt.NDArray[np.int8] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with as many away as will be."""
        self.always, self.known = max(2, int(self.pool * ALWAYS)), self.pool + self.pool // 10
        self.state = np.zeros(self.most, np.int8)
        self.state[: self.pool], self.state[self.pool : self.known] = 1, 2

    def here(self) -> People:
        """Return who is listed."""
        return np.flatnonzero(self.state == 1)

    def change(self) -> tuple[People, People]:
        """Let a period pass; return who came and who went."""
        here, away = self.here(), np.flatnonzero(self.state == 2)
        moves = self.chance.random(len(here))
        moves[here < self.always] = 1
        gone, held = here[moves < LEAVE], here[(moves >= LEAVE) & (moves < LEAVE + SUSPENDED)]
        back = away[self.chance.random(len(away)) < RETURN]
        new = np.arange(self.known, self.known + len(gone))
        self.known += len(new)
        self.state[gone], self.state[held], self.state[back], self.state[new] = 3, 2, 1, 1
        return np.concatenate((back, new)), np.concatenate((gone, held))


def gini(values: npt.NDArray[np.float64]) -> float:
    """Return how unequal values are: 0 when all are the same."""
    in_order, places = np.sort(values), np.arange(1, len(values) + 1)
    return float(2 * (places * in_order).sum() / (len(values) * in_order.sum()) - (len(values) + 1) / len(values))


@dataclass(frozen=True)
class Figures:
    """A directory's year in figures: turns apart and off, how many compared, how unequal, and how an equal split is.

    The split gives everybody listed the same part of each period's slots. It is unequal as well, because pools are not
    always as large; no draw that treats all alike who are listed at the same time is less so, on average over its lots.
    """

    pool: int
    apart: int
    off: float
    compared: int
    gini: float
    of_split: float
    verified: int


def figures(number: int, pool: int) -> Figures:
    """Let a directory live for a year; return what came of it."""
    lived = year(number, pool)
    some = lived.compared
    several = some.sum() > 1
    return Figures(
        pool=pool,
        apart=lived.apart,
        off=lived.off,
        compared=int(some.sum()),
        gini=gini(lived.shown[some] / lived.listed[some]) if several else 0.0,
        of_split=gini(lived.share[some] / lived.listed[some]) if several else 0.0,
        verified=lived.verified,
    )


def told(label: str, years: Sequence[Figures]) -> str:
    """Return a line about directories: how unequal they and an equal split are, on average and at most.

    Beyond: how many are more unequal than allowed; times: how many times as unequal as an equal split those are at most.
    """
    some = [each for each in years if each.compared > 1]
    unequal = f"{'':>37}"
    if some:
        ours, split = [each.gini for each in some], [each.of_split for each in some]
        unequal = f"{np.mean(ours):>9.4f}{max(ours):>9.4f}{np.mean(split):>10.4f}{max(split):>9.4f}"
    beyond = [each for each in some if each.gini > GINI_MAX]
    times = f"{max(each.gini / each.of_split for each in beyond):>7.2f}" if beyond else f"{'':>7}"
    people, verified = sum(each.compared for each in some), sum(each.verified for each in years)
    apart, off = max(each.apart for each in years), max(each.off for each in years)
    return (
        f"{label:<18}{len(years):>12}{apart:>8}{off:>8.2f}{people:>10,}{unequal}{len(beyond):>8}{times}{verified:>11,}"
    )


def main() -> None:
    """Let all directories live for a year, on all cores, and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--directories", type=int, default=1_000)
    chosen = parser.parse_args()
    least, most = map(math.log, POOLS)
    spread = np.exp(np.linspace(least, most, chosen.directories)).round().astype(int)
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        years = list(processes.map(figures, range(len(spread)), spread.tolist()))
    say(HEAD)
    for more, size in pairwise((0, *_SIZES)):
        if some := [each for each in years if more < each.pool <= size]:
            say(told(f"up to {size:,}", some))
    say(told("all", years))


def _name(number: int) -> str:
    return str(UUID(int=number))


if __name__ == "__main__":
    main()
