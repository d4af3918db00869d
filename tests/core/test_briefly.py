"""What was read a moment ago is given again only to whoever may be shown what is that old. Rules B-2, D-7."""

from collections import defaultdict

import pytest
from flask import g

from core import briefly


@pytest.fixture
def clock(monkeypatch, session):
    class Clock:
        now_s = 1000.0

        def monotonic(self):
            return self.now_s

    clock = Clock()
    monkeypatch.setattr(briefly, "time", clock)
    monkeypatch.setattr(briefly, "_kept", defaultdict(dict))
    yield clock
    g.pop("laurel_may_be_s_old", None)


def reader(asked):
    def read(keys):
        asked.append(list(keys))
        return {key: key.upper() for key in keys if key != "nobody"}

    return read


def test_by_default_everything_is_read_anew(clock):
    asked = []

    assert briefly.many("letters", ["a"], reader(asked)) == {"a": "A"}
    assert briefly.many("letters", ["a"], reader(asked)) == {"a": "A"}
    assert asked == [["a"], ["a"]]


def test_only_what_nobody_asked_for_a_moment_ago_is_read(clock):
    asked = []
    briefly.allow(0.1)

    briefly.many("letters", ["a", "nobody"], reader(asked))
    clock.now_s += 0.05
    assert briefly.many("letters", ["b", "a", "nobody"], reader(asked)) == {"b": "B", "a": "A"}
    assert asked == [["a", "nobody"], ["b"]]


def test_what_is_older_is_read_again(clock):
    asked = []
    briefly.allow(0.1)

    briefly.many("letters", ["a"], reader(asked))
    clock.now_s += 0.11
    briefly.many("letters", ["a"], reader(asked))
    assert asked == [["a"], ["a"]]


def test_kinds_are_kept_apart(clock):
    briefly.allow(0.1)

    assert briefly.one("hour", "a", lambda: 1) == 1
    assert briefly.one("day", "a", lambda: 2) == 2
    assert briefly.one("hour", "a", lambda: 3) == 1
