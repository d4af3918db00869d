"""What is read of an address that anybody may write. Rule D-6."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.paging import encode_cursor
from directory.filters import TEXT_MAX, Filters, Place, place_of, read


@given(
    st.dictionaries(
        st.sampled_from(
            ["q", "skill", "country", "language", "rate_max", "use_case", "timezone", "availability", "sort"]
        ),
        st.text(),
    )
)
def test_anything_can_be_read_and_what_was_understood_reads_the_same_again(arguments):
    filters = read(arguments).filters

    assert read(filters.arguments()).filters == filters
    assert "\x00" not in "".join(filters.arguments().values())


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("40", 4000), ("$40", 4000), ("40.50", 4050), ("1,000", 100_000), ("40 USD", 4000), (" 40 ", 4000), ("0.01", 1)],
)
def test_a_rate_is_read_however_it_is_typed(typed, cents):
    assert read({"rate_max": typed}).filters.rate_max_cents == cents


@pytest.mark.parametrize("typed", ["abc", "-5", "0", "1e9", "NaN", "inf", "99999999999999", "٤٠", "40;DROP", "4 0 €"])
def test_what_is_no_rate_is_left_out_and_said(typed):
    reading = read({"rate_max": typed})

    assert reading.filters.rate_max_cents is None
    assert typed in reading.notes[0]


def test_a_very_long_search_is_cut_and_said():
    reading = read({"q": "warehouse " * 500})

    assert len(reading.filters.q) <= TEXT_MAX
    assert "first 200 letters" in reading.notes[0]


def test_a_search_without_a_word_is_left_out_and_said():
    assert read({"q": "!?"}).filters.q == ""
    assert "no word" in read({"q": "!?"}).notes[0]


def test_nul_and_control_characters_part_words():
    assert read({"q": "sql\x00py\u200bthon"}).filters.q == "sql py thon"


@pytest.mark.parametrize("name", ["country", "language"])
def test_a_code_that_is_none_is_left_out_and_said(name):
    reading = read({name: "Atlantis"})

    assert reading.filters == Filters()
    assert "Atlantis" in reading.notes[0]


def test_a_place_survives_its_way_through_an_address():
    place = Place("2026-03-02", -85, 2**63 - 1, 24)

    assert place_of(place.cursor()) == place


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%%%",
        "a" * 5000,
        "\x00",
        "ünïcode",
        encode_cursor(["2026-03-02", 0, "0" * 18]),
        encode_cursor(["2026-03-02", "x", "0" * 18, 0]),
        encode_cursor(["soon", 0, "0" * 18, 0]),
        encode_cursor(["2026-03-02", 0, "'; DROP", 0]),
        encode_cursor(["2026-03-02", 0, "0" * 18, "-1"]),
        encode_cursor(["2026-03-02", 0, "0" * 18, "9" * 30]),
        encode_cursor(["2026-03-02\x00", 0, "0" * 18, 0]),
    ],
)
def test_a_damaged_place_is_no_place(cursor):
    assert place_of(cursor) is None


@given(st.text())
def test_no_cursor_is_an_error(cursor):
    place_of(cursor)


@pytest.mark.parametrize(("typed", "read_as"), [("+01:00", "+01:00"), (" 05:30", "+05:30"), ("-03:00", "-03:00")])
def test_a_clock_is_read_also_where_its_plus_was_lost(typed, read_as):
    assert read({"timezone": typed}).filters.timezone == read_as


def test_what_is_no_clock_or_order_is_left_out_and_said():
    reading = read({"timezone": "Mars", "sort": "luck"})

    assert reading.filters == Filters()
    assert len(reading.notes) == 2
