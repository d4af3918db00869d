"""The first half of an import: rows are read, checked and sent by COPY to where they wait, a chunk at a time.

Nothing that anybody sees is changed by it, so a file that turns out to be broken leaves no trace.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import msgspec
import psycopg
from uuid_utils import uuid7

from core.database import transaction
from freelancers.feed.chunks import Chunk, RowDigests
from freelancers.feed.copying import COPIED, OPTIONS, copied
from freelancers.feed.decode import Decoder, Defect, RowRefused
from freelancers.feed.readers import Row
from freelancers.feed.record import ProfileRecord
from freelancers.feed.report import Refusal, RowOutcome, RowResult
from freelancers.feed.run import PROBE, cursor

#: A chunk is claimed by its number: of two that are at it, the second waits, and then finds it done.
CLAIM = "INSERT INTO feed_chunks (number, file_digest, read) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
SETTLE = "UPDATE feed_chunks SET refused = %s, staged = %s WHERE number = %s"
REFUSE = "INSERT INTO feed_refused VALUES (%s, %s, %s)"
_HEAD = ("chunk", "line", "is_known", "observed_at", "id", "feed_digest")
COPY = f"COPY feed_staged ({', '.join((*_HEAD, *COPIED))}) FROM STDIN ({OPTIONS})"
#: Of the keys given, the places (from 0) of those that are known, 8 bytes each: with the digest given, and without.
KNOWN = """
SELECT coalesce(string_agg(int8send(place), '') FILTER (WHERE same), ''),
    coalesce(string_agg(int8send(place), '') FILTER (WHERE NOT same), '')
FROM (SELECT sent.place - 1 AS place,
        f.feed_digest IS NOT DISTINCT FROM substr(%s::bytea, (sent.place * 16 - 15)::int, 16) AS same
      FROM unnest(%s::text[]) WITH ORDINALITY AS sent(key, place)
      JOIN freelancers f ON f.marketplace_id = sent.key) known
"""
_A_DAY = timedelta(days=1)
_BLOCK_LINES = 500


class Staging:
    """Stages chunks; several may be at it at once. `tell` hears what became of rows that go no further."""

    def __init__(
        self, decode: Decoder, digests: RowDigests, at: datetime, tell: Callable[[RowOutcome], None] | None
    ) -> None:
        self.decode, self.digests, self.at, self.tell = decode, digests, at, tell
        self._at = at.isoformat()

    @transaction()
    def stage(self, chunk: Chunk) -> int:
        """Stage what differs from what is stored; return where in the file the chunk ends. Raises FeedError.

        Whoever is stored from a row with the same digest is spared the way.
        """
        with cursor() as opened:
            if opened.execute(CLAIM.encode(), (chunk.number, chunk.file_digest, chunk.read)).rowcount:
                self._stage(opened, chunk)
        if chunk.broken:
            raise chunk.broken
        return chunk.position

    def _stage(self, opened: psycopg.Cursor[Any], chunk: Chunk) -> None:
        digests = [self.digests.of(row) for row in chunk.rows]
        same, other = _known(opened, chunk.keys, digests)
        for place in same:
            self._tell(chunk.rows[place].line, chunk.keys[place])
        sent = 0
        if len(same) < len(chunk.rows):
            with opened.copy(COPY.encode()) as copy:
                for lines in _blocks(self._lines(chunk, digests, same, other)):
                    sent += len(lines)
                    copy.write("".join(lines))  # each write costs a round of its own
        for row, refusal in sorted(chunk.refused):
            opened.execute(REFUSE.encode(), (row.line, row.raw, msgspec.json.encode(refusal)))
            self._tell(row.line, refusal.key, RowResult.REFUSED, refusal.defects)
        opened.execute(SETTLE.encode(), (len(chunk.refused), sent, chunk.number))

    def _lines(self, chunk: Chunk, digests: list[bytes], same: set[int], other: set[int]) -> Iterator[str]:
        """Yield the rows that are not stored as they stand, as lines of COPY."""
        for place, row in enumerate(chunk.rows):
            if place not in same and (record := self._record(row, chunk)) is not None:
                yield copied(self._head(chunk, row, place in other, digests[place], record), record)

    def _record(self, row: Row, chunk: Chunk) -> ProfileRecord | None:
        """Return what a row says; None when it is refused."""
        try:
            record = self.decode(row)
            if record.observed_at and record.observed_at > self.at + _A_DAY:
                raise _from_the_future(record, record.observed_at)
        except RowRefused as error:
            chunk.refused.append((row, Refusal(row.line, error.key, tuple(error.defects))))
            return None
        self._tell(row.line, record.marketplace_id)  # unchanged, unless it turns out otherwise
        return record

    def _head(self, chunk: Chunk, row: Row, is_known: bool, digest: bytes, record: ProfileRecord) -> list[object]:
        seen_at = record.observed_at.isoformat() if record.observed_at else self._at
        return [chunk.number, row.line, is_known, seen_at, str(uuid7()), f"\\x{digest.hex()}"]

    def _tell(
        self,
        line: int,
        key: str | None,
        result: RowResult = RowResult.UNCHANGED,
        defects: tuple[Defect, ...] = (),
    ) -> None:
        if self.tell is not None:
            self.tell(RowOutcome(line, key, result, defects=defects))


def _blocks(lines: Iterator[str]) -> Iterator[list[str]]:
    while block := list(islice(lines, _BLOCK_LINES)):
        yield block


def _known(opened: psycopg.Cursor[Any], keys: list[str | None], digests: list[bytes]) -> tuple[set[int], set[int]]:
    """Return the places of those who are stored with just these digests, and of those who are with other ones."""
    opened.execute(PROBE)
    opened.execute(KNOWN.encode(), (b"".join(digests), keys), binary=True)
    found = [array("q", packed) for packed in opened.fetchone() or ()]
    for places in found:
        places.byteswap()
    same, other = map(set, found)
    return same, other


def _from_the_future(record: ProfileRecord, seen_at: datetime) -> RowRefused:
    step = "Check the clock of whatever made the file."
    return RowRefused([Defect("observed_at", seen_at.isoformat(), "lies in the future", step)], record.marketplace_id)
