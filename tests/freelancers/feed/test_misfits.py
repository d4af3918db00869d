"""What does not fit a field is told in our words."""

from typing import get_type_hints

import msgspec
import pytest

from freelancers.feed.misfits import said
from freelancers.feed.record import ProfileRecord

TYPES = get_type_hints(ProfileRecord, include_extras=True)
ODD = (
    "x", "", "x" * 30_000, "2020-13-40", "2020-01-01T00:00:00", 1, -1, 1.5, 101, 10**19, True, None, [], {},
    [1], [{}], [{"a": 1}], ["x" * 300], ["a"] * 300, [{"code": "e"}], [{"code": "eng"}],
    [{"code": "en", "level": "good"}],
    [{"title": "x", "from": "1.1.2020"}], [{"name": "a", "expires_on": "soon"}], [{"name": None}],
    [{"skill": "x", "jobs": -1}], [{"url": "x" * 3_000}], [{"bad\x1b[2J\nname": 1}],
)  # fmt: skip


def wrong(field, value):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, TYPES[field], builtin_types=())
    return said(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("jss_pct", 120, "is more than 100"),
        ("jss_pct", 79.6, "is not a whole number"),
        ("name", "", "is empty"),
        ("account_state", "asleep", "is none of the words that can stand here"),
        ("last_active_on", "yesterday", "is not a day written like 2026-03-01"),
        ("skill_experience", [{"skill": "SQL"}, {"skill": "R", "jobs": -1}], "is less than 0 (entry 2, jobs)"),
        ("certificates", [{"issuer": "Northwind"}], "lacks its “name” (entry 1)"),
        ("tests", [{"name": "SQL", "\x1b": 1}], r"has a part that Laurel does not know, '\x1b' (entry 1)"),
    ],
)
def test_it_is_said_what_is_wrong_and_where(field, value, words):
    assert wrong(field, value) == words


def test_whatever_is_sent_has_words_of_ours():
    told = set()
    for kind in TYPES.values():
        for value in ODD:
            try:
                msgspec.convert(value, kind, builtin_types=())
            except msgspec.ValidationError as error:
                told.add(said(error))

    assert len(told) > 25
    assert all(each.isprintable() for each in told)
    assert not [each for each in told if "Expected" in each or "Invalid" in each or "cannot be read" in each]
