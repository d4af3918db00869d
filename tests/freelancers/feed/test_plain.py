"""The quick look at a line says "plain" only where the careful way would return the very same record."""

import json

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from freelancers.feed.decode import RowRefused, parse_object
from freelancers.feed.errors import FeedError
from freelancers.feed.own import checked
from freelancers.feed.plain import is_plain
from freelancers.feed.readers import Row
from freelancers.feed.record import ProfileRecord

decode = msgspec.json.Decoder(ProfileRecord).decode

GOOD = {
    "marketplace_id": "~01ada",
    "name": "Zoë Byron",
    "email": "ada@example.org",
    "title": "Analyst",
    "overview": "I count.\nAnd I wrote  this.",
    "photo_url": "https://photos.example.org/a.png",
    "country": "GB",
    "timezone": "Europe/London",
    "hourly_rate_cents": 4500,
    "currency": "EUR",
    "jss_pct": None,
    "rating": 4.87,
    "skills": ["Maths", "Machines"],
    "languages": [{"code": "en", "level": "native"}, {"code": "fr"}],
    "employment": [{"title": "Analyst", "company": "Engines", "from": "1842-10"}],
    "certificates": [{"name": "Notes", "url": "https://notes.example.org", "expires_on": "2027-01-31"}],
    "observed_at": "2026-03-01T06:00:00Z",
}
SPACED = ["", " ", " a", "a ", "a  b", "a, ", ", ", ": ", ":", ":null", "a\nb", "\na", "a\n", "a\tb", "a\rb"]
SIGNS = ['a"b', "a\\b", "\\n", "a\\nb", "\x7f", "\x00", "\u0085", "\u00a0a", "e\u0301", "\u200b", "名前", "👩‍💻"]
CODES = ["SQL", "sql", "GB", "EUR", "NaN", "4.999", "5e0", "a@b.com", "A@b.com"]
URLS = ["https://a.example.org/x?y=1", "https://u:p@a.org", "https://", "HTTP://A.org", "http://a b.org"]
ODD_TEXTS = st.sampled_from([*SPACED, *SIGNS, *CODES, *URLS])
TEXTS = ODD_TEXTS | st.text(max_size=12)
NUMBERS = st.sampled_from([0, 5, 4.5, 5.01, 4.999, 1e-9, 1e300, -1, 100, 101])
ENTRIES = st.dictionaries(
    st.sampled_from(["title", "company", "name", "url", "school", "code", "level", "kind", "score", "skill", "jobs"]),
    TEXTS | st.none() | st.sampled_from([1, 2]),
    max_size=3,
)
VALUES = TEXTS | NUMBERS | st.none() | st.lists(TEXTS, max_size=3) | st.lists(ENTRIES, max_size=2)
CHANGES = st.dictionaries(st.sampled_from(ProfileRecord.__struct_fields__), VALUES, max_size=4)
LAYOUTS = st.sampled_from([(", ", ": "), (",", ":"), (" ,\t", " : "), (", ", "\t:")])


def the_careful_way(raw, record):
    """Return what the careful way makes of a line, None when it refuses it."""
    try:
        parse_object(Row(1, raw, []), "f")
        return checked(record)
    except (FeedError, RowRefused):
        return None


def test_a_good_line_is_plain():
    for extra in ({}, {"overview": "One line."}, {"name": "José  ".strip()}):
        raw = json.dumps({**GOOD, **extra}, ensure_ascii=False).encode()
        assert is_plain(raw, decode(raw))


@given(CHANGES, LAYOUTS, st.booleans())
def test_whatever_is_called_plain_is_what_the_careful_way_returns(changes, layout, escaped):
    raw = json.dumps({**GOOD, **changes}, ensure_ascii=escaped, separators=layout).encode("utf-8", "surrogatepass")
    try:
        record = decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        assume(False)

    if is_plain(raw, record):
        assert the_careful_way(raw, record) == record


@given(
    st.sampled_from(sorted(GOOD)),
    st.sampled_from([": ", ":", " :", "\t:", "  :  "]),
    st.sampled_from(['"x"', "1", "null", "[]", '":"']),
    st.booleans(),
)
def test_a_line_in_which_a_key_stands_twice_is_never_plain(key, colon, value, escaped):
    spelled = f"\\u{ord(key[0]):04x}{key[1:]}" if escaped else key
    raw = f'{{"{spelled}"{colon}{value}, {json.dumps(GOOD)[1:]}'.encode()
    try:
        record = decode(raw)
    except msgspec.ValidationError:
        assume(False)

    assert the_careful_way(raw, record) is None
    assert not is_plain(raw, record)


@pytest.mark.parametrize("inside", ['"title": "A", "title": "B"', '"title": "A", "company": null, "company": "C"'])
def test_a_key_that_stands_twice_inside_a_list_is_seen(inside):
    raw = f'{{"marketplace_id": "a", "employment": [{{{inside}}}]}}'.encode()

    assert not is_plain(raw, decode(raw))
