"""Tables as text: CSV that a spreadsheet opens without doing anything else, and JSON, a row at a time. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

#: A spreadsheet takes a cell that begins so for a formula, and may run it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Tells a spreadsheet that this is UTF-8.
BYTE_ORDER_MARK = "\ufeff"


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the table as CSV (RFC 4180), the header first; each line ends with CR LF, and no cell holds that pair.

    A cell that a spreadsheet would take for a formula begins with an apostrophe, which shows that it is text.
    """
    yield BYTE_ORDER_MARK + _line(header)
    for row in rows:
        yield _line(row)


def json_lines(about: Mapping[str, Any], items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one JSON object: what `about` says, and `items` as a list, one on each line."""
    opening = msgspec.json.encode(dict(about)).decode()
    yield opening[:-1] + (', "items": [' if about else '"items": [')
    before = "\n"
    for item in items:
        yield before + msgspec.json.encode(dict(item)).decode()
        before = ",\n"
    yield "\n]}\n"


def _line(cells: Sequence[Any]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([cell_text(cell) for cell in cells])
    return written.getvalue()


def cell_text(value: Any) -> str:
    """Return a value as a cell has it: moments in ISO form, lists with commas between, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    text = str(value)
    if isinstance(value, (int, float)):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA_STARTS) else text
