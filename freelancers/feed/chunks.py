"""The file in chunks: its rows with their keys, cut at the same places in every run.

Reading is quick, for no row is decoded but for its key. So a chunk that is staged already is read again, to know whom
it is about and that it still says the same, and skipped.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from freelancers.feed.decode import Decoder, Defect, shown
from freelancers.feed.errors import FeedError
from freelancers.feed.mapping import Mapping
from freelancers.feed.readers import CsvRows, JsonRows, Row, Source
from freelancers.feed.report import Refusal

CHUNK_ROWS = 2_500
CHUNK_BYTES = 8_388_608
_60_BITS = (1 << 60) - 1
#: What decides how a row is read: when any of it changes, a row that was read before is read anew.
_READ_BY = ("decode", "fields", "money", "names", "own", "plain", "record", "values", "copying")
_LIBRARIES = ("msgspec", "babel", "email-validator")


@dataclass
class Chunk:
    """Some rows of the file that follow each other, without those that were refused while reading.

    `position` is where it ends in the file and `file_digest` the SHA-256 of everything up to there. `broken` says that
    the file ends here because of what follows.
    """

    number: int
    rows: list[Row] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    refused: list[tuple[Row, Refusal]] = field(default_factory=list)
    weight: int = 0
    position: int = 0
    file_digest: bytes = b""
    broken: FeedError | None = None

    @property
    def read(self) -> int:
        """Return how many rows of the file it holds."""
        return len(self.rows) + len(self.refused)


class Chunks:
    """The chunks of one file; iterate once. A second row about somebody is refused, wherever the first one stands."""

    def __init__(self, source: Source, rows: CsvRows | JsonRows, decode: Decoder) -> None:
        self.source, self.rows, self.decode = source, rows, decode
        self._seen = _Seen()

    def __iter__(self) -> Iterator[Chunk]:
        chunk = Chunk(0)
        try:
            for row in self.rows:
                self._take(row, chunk)
                if chunk.read >= CHUNK_ROWS or chunk.weight >= CHUNK_BYTES:
                    yield self._ended(chunk)
                    chunk = Chunk(chunk.number + 1)
        except FeedError as error:
            chunk.broken = error  # told after what is wrong in the rows before it
        if chunk.read or chunk.broken:
            yield self._ended(chunk)

    def _take(self, row: Row, chunk: Chunk) -> None:
        chunk.weight += len(row.raw)
        key = self.decode.key(row)
        if key is not None and (earlier := self._seen.before(key, row.line, chunk.number)):
            chunk.refused.append((row, _twice(row, key, earlier)))
            return
        chunk.rows.append(row)
        chunk.keys.append(key)

    def _ended(self, chunk: Chunk) -> Chunk:
        chunk.position, chunk.file_digest = self.source.position, self.source.digest
        return chunk


class _Seen:
    """The line of every key, in about 90 bytes for each: by the key's hash its chunk, and the lines chunk by chunk.

    A hash has 60 bits here, for which Python takes least room. Two of a million keys share one in one file of two
    million, and not in the next run.
    """

    def __init__(self) -> None:
        self._chunks: dict[int, int] = {}
        self._hashes: list[array[int]] = []
        self._lines: list[array[int]] = []

    def before(self, key: str, line: int, chunk: int) -> int:
        """Return the line in which the key stood before, or 0 when this is the first."""
        short, known = hash(key) & _60_BITS, len(self._chunks)
        earlier = self._chunks.setdefault(short, chunk)
        if len(self._chunks) == known:
            return self._lines[earlier][self._hashes[earlier].index(short)]
        while len(self._hashes) <= chunk:
            self._hashes.append(array("q"))
            self._lines.append(array("q"))
        self._hashes[chunk].append(short)
        self._lines[chunk].append(line)
        return 0


def _twice(row: Row, key: str, earlier: int) -> Refusal:
    what = f"stands already in line {earlier:,}; which of the two is right cannot be known"
    return Refusal(row.line, key, (Defect("marketplace_id", shown(key), what, "Keep one."),))


class RowDigests:
    """Digests of rows as they stand in the file, with the way in which they are read.

    Who was stored from a row with the same digest need not be looked at: the row says what it said then.
    """

    def __init__(self, mapping: Mapping, header: bytes) -> None:
        self.reading = hashlib.sha256(b"\n".join((_code_digest(), mapping.digest, header))).digest()
        self._begun = hashlib.sha256(self.reading)

    def of(self, row: Row) -> bytes:
        """Return the 16 bytes that stand for a row."""
        made = self._begun.copy()
        made.update(row.raw)
        return made.digest()[:16]


@lru_cache
def _code_digest() -> bytes:
    here = Path(__file__).parent
    code = hashlib.sha256("".join(version(library) for library in _LIBRARIES).encode())
    for name in _READ_BY:
        code.update((here / f"{name}.py").read_bytes())
    return code.digest()
