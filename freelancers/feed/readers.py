"""Streaming readers: one row in memory at a time, strict, and exact about where something is wrong.

What breaks the *file* (bytes, quotes, headers, JSON) raises FeedError and nothing is imported: when rows cannot be told
apart for certain, none of them can be trusted. What is wrong with one *value* refuses only its row; see decode.py.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from freelancers.feed.errors import FeedError
from freelancers.feed.mapping import Mapping

ROW_MAX = 1_048_576
_BOM = b"\xef\xbb\xbf"
_UNICODE_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_KINDS = (
    (b"\x1f\x8b", "a gzip archive", "Unpack it first: gunzip."),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Unpack it, or save the sheet as CSV (UTF-8)."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save the sheet as CSV (UTF-8)."),
    (b"%PDF", "a PDF document", "Ask for the data as CSV or NDJSON."),
    (b"PAR1", "a Parquet file", "Export it as CSV or NDJSON."),
    (b"SQLite format 3", "an SQLite database", "Export it as CSV or NDJSON."),
    (b"\x89PNG", "a picture", "Give the CSV or NDJSON file instead."),
)
_CSV_REASONS = {
    "unexpected end of data": (
        'a quotation mark (") is opened and never closed',
        'Close it, or write "" for a mark inside a quoted cell.',
    ),
    "expected after": (
        'a quotation mark (") stands in the middle of a cell',
        'Write "" for a mark inside a quoted cell.',
    ),
    "field larger": (
        "a cell is longer than 131,072 characters",
        'Shorten it, or look for a quotation mark (") that is not closed.',
    ),
    "new-line character": (
        "a carriage return (old Mac line end) stands inside a row",
        "Save the file with Unix or Windows line ends.",
    ),
}


class Row(NamedTuple):
    """One row as it stands in the file. `cells` are a CSV row's; a JSON row has its bytes only."""

    line: int
    raw: bytes
    cells: list[str]


class Source:
    """An open feed file: its lines as bytes, with number and position, and its SHA-256 once read to the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.line = 0
        self.position = 0
        self._sha = hashlib.sha256()
        self._file: BinaryIO = _opened(path)
        self.size = os.fstat(self._file.fileno()).st_size

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def digest(self) -> bytes:
        """SHA-256 of what was read so far."""
        return self._sha.digest()

    def head(self) -> bytes:
        """Return the first bytes without moving on. Raises FeedError when they are no text that a feed could be."""
        head = self._file.read(4096)
        self._file.seek(0)
        for mark, name in _UNICODE_BOMS:
            if head.startswith(mark):
                raise self.broken(f"is written in {name}", "Save it as UTF-8.", line=False)
        for mark, what, step in _KINDS:
            if head.startswith(mark):
                raise self.broken(f"is {what}, not text", step, line=False)
        if len(head) > 8 and max(head[0::2].count(0), head[1::2].count(0)) > len(head) // 4:
            raise self.broken("looks like UTF-16: every second byte is zero", "Save it as UTF-8.", line=False)
        if not head.removeprefix(_BOM).strip():
            raise self.broken("is empty", "Check the export that made it.", line=False)
        if head.removeprefix(_BOM).lstrip()[:1] == b"<":
            raise self.broken(
                "is HTML or XML, perhaps an error page", "Open it to see what was downloaded.", line=False
            )
        return head.removeprefix(_BOM)

    def lines(self) -> Iterator[bytes]:
        """Yield every line with its line end. Raises FeedError for NUL and for lines beyond 1 MiB."""
        while raw := self._file.readline(ROW_MAX + 1):
            self.line += 1
            if len(raw) > ROW_MAX:
                raise self.broken(
                    "is longer than 1 MiB",
                    "No profile is; look for missing line ends or a quotation mark that is not closed.",
                )
            if b"\0" in raw:
                at = self.position + raw.index(b"\0")
                raise self.broken(
                    f"has a NUL byte (byte {at:,} of the file)", "The file is damaged or not text; export it again."
                )
            self._sha.update(raw)
            yield raw.removeprefix(_BOM) if self.position == 0 else raw
            self.position += len(raw)

    def text(self, raw: bytes, encoding: str) -> str:
        """Return the line just read as text. Raises FeedError with the byte that is not `encoding`."""
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            at = self.position + error.start + (len(_BOM) if self.position == 0 and self._starts_with_bom() else 0)
            raise self.broken(
                f"is not {encoding}: byte {raw[error.start]:#04x} at byte {at:,} of the file",
                'Save it as UTF-8, or say how it is written under [file] in the mapping: encoding = "cp1252" for many '
                "files from Windows.",
            ) from error

    def broken(self, what: str, step: str, line: bool = True, at: int | None = None) -> FeedError:
        """Return the error for this file: `what` is wrong (at the current line), and the `step` to take."""
        where = f"line {(at or self.line):,} " if line else ""
        return FeedError(f"{self.path.name}: {where}{what}.", step)

    def _starts_with_bom(self) -> bool:
        return os.pread(self._file.fileno(), 3, 0) == _BOM


def _opened(path: Path) -> BinaryIO:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise FeedError(f"{path} is a folder.", "Name the file inside it.")
        if not stat.S_ISREG(mode):
            raise FeedError(
                f"{path} is not an ordinary file.", "Save the feed to a file first; it is read with its size known."
            )
        return path.open("rb")
    except FileNotFoundError:
        raise FeedError(f"There is no file {path}.", "Check the name and the folder you are in.") from None
    except PermissionError:
        raise FeedError(
            f"{path} may not be read by this user.", "Change its permissions, or run this as its owner."
        ) from None
    except (OSError, ValueError) as error:
        raise FeedError(f"{path} cannot be opened: {error}.", "Check the name and the disk.") from error


class CsvRows:
    """The rows of a CSV file. `header` is read, and checked against the mapping, before the first row."""

    def __init__(self, source: Source, mapping: Mapping) -> None:
        self.source, self.mapping = source, mapping
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._reader = csv.reader(self._texts(), delimiter=mapping.delimiter, strict=True)
        first = self._next()
        if first is None:
            raise source.broken("is empty", "Check the export that made it.", line=False)
        self.header_raw = first.raw
        self.header = [name.strip() for name in first.cells]
        check_header(source, self.header, mapping)

    def __iter__(self) -> Iterator[Row]:
        width, found = len(self.header), False
        while (row := self._next()) is not None:
            if len(row.cells) != width:
                raise self.source.broken(
                    f"has {len(row.cells)} cells, the header has {width}",
                    'Put cells that contain the delimiter in quotation marks (""), and look for one not closed.',
                    at=row.line,
                )
            if [cell.strip() for cell in row.cells] == self.header:
                raise self.source.broken(
                    "repeats the header", "Were two files joined? Remove the second header.", at=row.line
                )
            found = True
            yield row
        if not found:
            raise self.source.broken("has a header but no rows", "Check the export that made it.", line=False)

    def _texts(self) -> Iterator[str]:
        for raw in self.source.lines():
            self._pending.append(raw)
            self._pending_bytes += len(raw)
            if self._pending_bytes > ROW_MAX:
                start = self.source.line - len(self._pending) + 1
                raise self.source.broken(
                    "begins a row longer than 1 MiB", 'Look for a quotation mark (") that is not closed.', at=start
                )
            yield self.source.text(raw, self.mapping.encoding)

    def _next(self) -> Row | None:
        while True:
            self._pending, self._pending_bytes, start = [], 0, self.source.line + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return None
            except csv.Error as error:
                reason, step = next(
                    (v for k, v in _CSV_REASONS.items() if k in str(error)), (str(error), "Export the file again.")
                )
                raise self.source.broken(f"cannot be read: {reason}", step, at=start) from error
            if cells:  # an empty line is no row
                return Row(start, b"".join(self._pending), cells)


class JsonRows:
    """The rows of an NDJSON file: one JSON object per line."""

    header_raw = b""
    header: tuple[str, ...] = ()

    def __init__(self, source: Source, mapping: Mapping) -> None:
        self.source, self.mapping = source, mapping
        if source.head().lstrip()[:1] == b"[":
            raise source.broken(
                "is one JSON array", "Write one object per line, without [ ] and commas: jq -c '.[]' FILE.", line=False
            )

    def __iter__(self) -> Iterator[Row]:
        for raw in self.source.lines():
            body = raw.strip()
            if not body:
                continue
            if not body.isascii():
                body = self.source.text(raw, self.mapping.encoding).strip().encode()
            if body[:1] != b"{":
                raise self.source.broken("is not a JSON object", "Every line must be one whole object: {…}.")
            yield Row(self.source.line, body, [])


def check_header(source: Source, header: list[str], mapping: Mapping) -> None:
    """Raise FeedError unless every column has a name of its own and all that the mapping reads are there."""
    if "" in header:
        raise source.broken(
            f"names no column in place {header.index('') + 1}",
            "Give every column a name, or remove the empty one.",
            at=1,
        )
    if doubled := sorted({name for name in header if header.count(name) > 1}):
        raise source.broken(
            f'names the column "{doubled[0]}" twice', "Rename or remove one: which one to read cannot be known.", at=1
        )
    missing = [column for column in mapping.columns if column not in header]
    if not missing:
        return
    step = f"The file has: {', '.join(header[:40])}."
    if len(header) == 1 and (other := next((d for d in ";\t|," if d in header[0] and d != mapping.delimiter), None)):
        step = f"Its cells seem to be divided by {other!r}: say delimiter = {other!r} under [file] in the mapping."
    elif near := difflib.get_close_matches(missing[0], header, 1):
        step = f'Did you mean "{near[0]}"? {step}'
    names = ", ".join(f'"{name}"' for name in missing)
    raise source.broken(f"lacks what the mapping {mapping.name} reads: {names}", step, at=1)
