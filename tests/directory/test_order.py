"""Everybody in a row, and how many have what: the same as by hand, whatever the directory."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from directory.facets import facet
from directory.order import Crowd, in_a_row

people = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 50), st.booleans()), max_size=150)


@given(people, st.integers(1, 9))
def test_every_page_follows_the_one_before_and_nobody_is_missed(everybody, size):
    keys = np.array([key for key, _, _ in everybody], np.int64)
    lots = np.array([lot * 1000 + number for number, (_, lot, _) in enumerate(everybody)], np.int64)
    mask = np.array([fits for _, _, fits in everybody], np.bool_)
    expected = sorted(np.flatnonzero(mask).tolist(), key=lambda each: (keys[each], lots[each]))

    for row in (in_a_row(keys, lots).among(mask), Crowd(np.flatnonzero(mask).astype(np.int32), keys, lots)):
        assert len(row) == len(expected)
        seen, place = [], None
        while page := row.after(place, size):
            seen += page
            place = row.standing(page[-1])
        assert seen == expected


@given(st.lists(st.tuples(st.sets(st.sampled_from("abcdefghijklmnopqrst")), st.booleans()), max_size=200))
def test_what_is_counted_is_how_many_have_it(everybody):
    found = facet(had for had, _ in everybody)
    mask = np.array([counted for _, counted in everybody], np.bool_)

    expected = {value: sum(value in had for had, counted in everybody if counted) for value in found.values}
    assert dict(zip(found.values, found.counts(mask).tolist(), strict=True)) == expected
    assert found.counts(None).tolist() == [sum(value in had for had, _ in everybody) for value in found.values]
