"""Tables as text: nothing in a cell runs, nothing is lost, and both forms can be read back. Rule X-4."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tables import BYTE_ORDER_MARK, FORMULA_STARTS, cell_text, csv_lines, json_lines


def read(text):
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


@pytest.mark.parametrize(
    "odd",
    [
        "=1+1", "+49 30", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "=cmd|' /C calc'!A0",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_is_text(odd):
    cell = cell_text(odd)

    assert cell.startswith("'")
    assert cell[1:].replace("\n", "") == odd.replace("\r", "").replace("\n", "")


@pytest.mark.parametrize(("value", "text"), [(-5, "-5"), (None, ""), (True, "yes"), (["a", "b"], "a, b")])
def test_figures_and_lists_are_written_plainly(value, text):
    assert cell_text(value) == text


def test_a_moment_is_written_in_iso_form():
    assert cell_text(datetime(2026, 3, 2, 9, tzinfo=UTC)) == "2026-03-02T09:00:00+00:00"


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5))
def test_any_text_comes_back_and_no_cell_begins_a_formula(rows):
    lines = list(csv_lines(["a", "b"], rows))
    found = read("".join(lines))

    assert "".join(lines).count("\r\n") == len(rows) + 1, "so many lines as rows, and the header"
    assert len(found) == len(rows) + 1
    for given_row, found_row in zip(rows, found[1:], strict=True):
        for given_cell, cell in zip(given_row, found_row, strict=True):
            assert not cell.startswith(FORMULA_STARTS)
            plain = given_cell.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
            assert cell in (plain, f"'{plain}")


@pytest.mark.parametrize("about", [{}, {"kind": "experts"}])
@pytest.mark.parametrize("items", [[], [{"name": "Zoë \u2028 “x”\n"}], [{"a": 1}, {"a": None}]])
def test_json_is_one_object_with_an_item_on_each_line(about, items):
    text = "".join(json_lines(about, items))

    assert json.loads(text) == {**about, "items": items}
    assert text.count("\n") == len(items) + 2
