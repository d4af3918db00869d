"""A job takes no more than its share of the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.pace import Paced
from core import clock

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def runs():
    """When a paced job ran that takes as many seconds as `takes_s` says, every second for two minutes."""

    def count(takes_s):
        now, begun = AT, []

        def work(_stopped):
            nonlocal now
            begun.append(now)
            now += timedelta(seconds=takes_s)
            return {"done": 1}

        paced = Paced(work, share=0.1)
        clock.use(lambda: now)
        while now < AT + timedelta(minutes=2):
            figures = paced(lambda: False)
            assert figures in ({}, {"done": 1, "took_ms": takes_s * 1000})
            now += timedelta(seconds=1)
        return [(moment - AT).total_seconds() for moment in begun]

    yield count
    clock.use(None)


def test_a_quick_job_runs_whenever_it_is_its_turn(runs):
    assert len(runs(0)) == 120


def test_a_slow_job_rests_so_that_it_takes_a_tenth_of_the_time(runs):
    assert runs(4) == [0, 40, 80]


def test_a_job_that_fails_is_tried_again_at_once(runs):
    def fails(_stopped):
        raise RuntimeError

    paced = Paced(fails, share=0.1)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            paced(lambda: False)
