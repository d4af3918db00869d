"""Reads a feed of open jobs per skill: CSV or NDJSON with skill, open_jobs and perhaps freelancers. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import FieldError, InvalidInput
from core.strict_json import read_strictly
from freelancers.approval.supply_rules import address_of, key_of

COLUMNS = ("skill", "open_jobs", "freelancers")
SOURCE_MAX = 200
_NAME_MAX, _COUNT_MAX, _ERRORS_SHOWN = 80, 100_000_000, 20
_HOW = "Mend these lines and import the whole file again; nothing of it was taken."


@dataclass(frozen=True)
class Row:
    """A line of the feed; `freelancers` is None where the profiles are to be counted."""

    name: str
    open_jobs: int
    freelancers: int | None

    @property
    def slug(self) -> str:
        """Return the skill's short name."""
        return address_of(self.name)


def read(content: bytes) -> list[Row]:
    """Return the rows of a feed. Raises InvalidInput, which names every bad line, where there is any."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The file is not UTF-8: byte {error.start} is none.", "Save it as UTF-8.") from None
    lines = _ndjson(text) if text.lstrip().startswith("{") else _csv(text)
    rows: dict[str, Row] = {}
    errors: list[FieldError] = []
    for number, values in lines:
        try:
            row = _row(values)
            if row.slug in rows:
                raise ValueError(f"the skill {row.name} stands twice")
            rows[row.slug] = row
        except ValueError as error:
            errors.append(FieldError(f"line {number}", str(error)))
    if errors:
        raise _refused(errors)
    if not rows:
        raise InvalidInput(
            "The file has no skill in it.", f"Its columns are {', '.join(COLUMNS)}; the last may be left out."
        )
    return list(rows.values())


def _refused(errors: list[FieldError]) -> InvalidInput:
    told = "; ".join(f"{each.field}: {each.detail}" for each in errors[:_ERRORS_SHOWN])
    more = f"; and {len(errors) - _ERRORS_SHOWN:,} more" if len(errors) > _ERRORS_SHOWN else ""
    refusal = InvalidInput(f"{told}{more}.", _HOW, title="The file was not imported")
    refusal.errors = tuple(errors)
    return refusal


def _csv(text: str) -> Iterator[tuple[int, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [name for name in COLUMNS[:2] if name not in (reader.fieldnames or ())]
        if missing:
            raise InvalidInput(f"The column {missing[0]} is missing.", f"The first line names: {', '.join(COLUMNS)}.")
        for values in reader:
            yield reader.line_num, values
    except csv.Error as error:
        raise InvalidInput(f"Line {reader.line_num} cannot be read as CSV: {error}.", _HOW) from None


def _ndjson(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, read_strictly(line)
            except (ValueError, RecursionError):
                yield number, None


def _row(values: Any) -> Row:
    """Return one row. Raises ValueError."""
    if not isinstance(values, Mapping):
        raise ValueError("this is no JSON object")
    name = values.get("skill")
    name = " ".join(name.split()) if isinstance(name, str) else ""
    if not name or not name.isprintable():
        raise ValueError("the skill has no name that can be read")
    if len(name) > _NAME_MAX or not key_of(name):
        raise ValueError(f"a skill's name has at most {_NAME_MAX} letters")
    freelancers = values.get("freelancers")
    stated = None if freelancers is None or freelancers == "" else _count(freelancers, "freelancers")
    return Row(name, _count(values.get("open_jobs"), "open_jobs"), stated)


def _count(value: Any, name: str) -> int:
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= len(str(_COUNT_MAX)):
        text = int(text)
    if not isinstance(text, int) or isinstance(text, bool) or not 0 <= text <= _COUNT_MAX:
        raise ValueError(f"{name} has to be a whole number from 0 to {_COUNT_MAX:,}")
    return text
