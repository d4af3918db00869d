"""The benchmark of fairness draws as the real rule does, and finds what is unfair. Rules D-3, D-4."""

import numpy as np
import pytest

from benchmarks import fairness
from benchmarks.fairness import Drawn, InColumns, Lists, gini, program, year


@pytest.mark.parametrize("pool", [10, 40, 200])
def test_a_year_is_fair_and_every_seed_is_what_had_been_committed_to(pool):
    lived = year(1, pool)

    assert lived.apart <= 1
    assert lived.off < 1.5
    assert lived.verified == fairness.PERIODS


def test_large_pools_are_drawn_by_the_same_rule(monkeypatch):
    """With other lots, so equals may be others; counts are the same, whoever comes and goes."""
    monkeypatch.setattr(fairness, "LEAVE", 0.05)
    lists = Lists(60, 900, np.random.default_rng(7))
    real, columns = Drawn(np.random.default_rng(1)), InColumns(np.random.default_rng(2), 900)
    joined, left = lists.here(), np.zeros(0, np.int64)
    for _ in range(80):
        real.period(joined.tolist(), left.tolist())
        columns.next_of = lambda pool, drawn=real.periods[-1]["draws"][0]["drawn"]: as_drawn(columns, pool, drawn)
        columns.period(joined.tolist(), left.tolist())
        counted = {fairness._name(each): int(columns.turns[each]) for each in np.flatnonzero(columns.is_in)}
        assert counted == real.rotation.turns
        joined, left = lists.change()
    assert len(real.rotation.leads) > 5


def as_drawn(columns, pool, drawn):
    """Return who was really drawn, if the rule in columns could have drawn them by other lots."""
    numbers = np.array([fairness.UUID(each).int for each in drawn])
    assert sorted(columns.turns[InColumns.next_of(columns, pool)]) == sorted(columns.turns[numbers])
    return numbers


def test_a_cheat_in_a_year_is_found():
    rotation = Drawn(np.random.default_rng(3))
    rotation.period(list(range(30)), [])
    rotation.period([], [])
    rotation.periods[0]["seed"] = "00" * 32

    with pytest.raises(program.Unfair, match="not the one that was committed to"):
        rotation.verified()


def test_what_is_unequal_is_measured():
    assert gini(np.array([2.0, 2.0, 2.0])) == pytest.approx(0)
    assert gini(np.array([0.0, 0.0, 3.0])) == pytest.approx(2 / 3)
    unfair = year(1, 10)
    unfair.shown[0] += 5
    assert unfair.apart == 5
    assert unfair.off >= 5
