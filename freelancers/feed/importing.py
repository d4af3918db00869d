"""The import: a file is read to its end, and only then merged.

A large file is staged and merged in chunks, each a transaction of its own, so that a run that is killed is taken up
again by the next. A small one, a dry run, and an import within somebody else's transaction are one transaction.
See docs/decisions/feed-at-scale.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import sqlalchemy as sa

from core.database import db, in_transaction, session, transaction
from core.side_by_side import circles_looked_for_rarely, in_processes, side_by_side
from freelancers.feed.chunks import Chunk, Chunks, RowDigests
from freelancers.feed.decode import Decoder, MappedDecoder
from freelancers.feed.errors import AnotherFile, FeedError, ImportRunning, ImportStopped
from freelancers.feed.finishing import finish, give_up, take_up
from freelancers.feed.mapping import Mapping
from freelancers.feed.merging import Merging, adopt
from freelancers.feed.own import OwnDecoder
from freelancers.feed.readers import CsvRows, JsonRows, Source
from freelancers.feed.refused import RefusedRows
from freelancers.feed.report import Report, Resumed
from freelancers.feed.run import Run, adopted, count_refused, create, waiting_chunks
from freelancers.feed.staging import Staging

_LOCK = 0x4C41_5552_454C_0001  # "LAUREL", 1: one import at a time in one database
#: A file from this size on is imported in parts.
IN_PARTS_BYTES = 8_388_608

#: Is told what is being done, and how far it is.
Progress = Callable[[str, int, int], None]
READING, STORING = "Reading", "Storing"


def import_feed(
    path: Path,
    mapping: Mapping,
    *,
    by: UUID | None,
    at: datetime,
    dry_run: bool = False,
    refused_folder: Path | None = None,
    progress: Progress = lambda doing, done, of: None,
    resuming: Callable[[Resumed], None] = lambda resumed: None,
    each_row: bool = False,
) -> Report:
    """Import the file at `path` as `mapping` says, and return what it did.

    With `dry_run` everything is done and undone; with `each_row` the report says what became of every row. Rows with
    bad values are refused and written beside the file. `progress` is told "Reading" with bytes, then "Storing" with
    rows; `resuming` is told when an import of the same file goes on that was stopped half-way.
    Raises FeedError when the file or the mapping cannot be used and ImportRunning when another import is at it: then
    nothing is changed. Raises ImportStopped when the database gave up; run it again and it goes on.
    """
    job = _Import(path, mapping, refused_folder, by, at, progress, resuming, dry_run, each_row)
    at_once = dry_run or each_row or in_transaction() or _is_small(path)
    try:
        return job.at_once() if at_once else job.in_parts()
    except (psycopg.OperationalError, sa.exc.OperationalError) as error:
        raise _stopped(error, at_once) from error
    except BrokenProcessPool as error:
        raise ImportStopped(
            "A process that read a part of the file was ended from outside. What was done so far is kept.",
            "Run the same import again: it goes on. If it happens again, look for a lack of memory.",
        ) from error


@dataclass(frozen=True)
class _Reader:
    """A file, opened and ready to be read as its mapping says."""

    source: Source
    rows: CsvRows | JsonRows
    decode: Decoder
    digests: RowDigests


@dataclass(frozen=True)
class _Import:
    """One import as it was asked for."""

    path: Path
    mapping: Mapping
    refused_folder: Path | None
    by: UUID | None
    at: datetime
    progress: Progress
    resuming: Callable[[Resumed], None]
    dry_run: bool
    each_row: bool

    @transaction()
    def at_once(self) -> Report:
        """Do it all in one transaction, the caller's or one of its own."""
        if not session.scalar(sa.text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}):
            raise _another_runs()
        with session.begin_nested() as savepoint, self._opened() as reader:
            give_up(by=self.by, at=self.at)
            run = Run(reader.digests.reading, self.path.name, self.at)
            create(run, lasting=False)
            report = self._run(reader, run)
            if self.dry_run:
                savepoint.rollback()
        return report

    def in_parts(self) -> Report:
        """Do it in many transactions, and go on where an earlier run of the same import was stopped."""
        with _alone():
            try:
                return self._in_parts()
            except FeedError:
                give_up(by=self.by, at=self.at)
                raise

    def _in_parts(self) -> Report:
        try:
            return self._on_from_there()
        except AnotherFile:
            give_up(by=self.by, at=self.at)
            return self._on_from_there()

    def _on_from_there(self) -> Report:
        with self._opened() as reader:
            run = take_up(Run(reader.digests.reading, self.path.name, self.at), by=self.by)
            if run.resumed:
                self.resuming(run.resumed)
            return self._run(reader, run)

    @contextmanager
    def _opened(self) -> Iterator[_Reader]:
        with Source(self.path) as source:
            source.head()
            rows = CsvRows(source, self.mapping) if self.mapping.format == "csv" else JsonRows(source, self.mapping)
            decode: Decoder = OwnDecoder(self.path.name)
            if self.mapping.fields:
                decode = MappedDecoder(self.mapping, rows.header, self.path.name)
            yield _Reader(source, rows, decode, RowDigests(self.mapping, rows.header_raw))

    def _run(self, reader: _Reader, run: Run) -> Report:
        """Stage what is not staged yet, merge what is not merged yet, and finish."""
        report = Report(self.path.name, self.mapping.name, self.dry_run, resumed=run.resumed)
        report.ignored_columns = tuple(c for c in reader.rows.header if c not in self.mapping.columns)
        report.rows = {} if self.each_row else None
        refused = RefusedRows(self.path, self.refused_folder, reader.rows.header_raw, self.mapping.format)
        began = time.monotonic()
        with circles_looked_for_rarely():
            self._stage(reader, run, report)
            if not run.whole:
                refused.check(count_refused())
                adopt(self.by, run.at)
            self._merge(run, report)
        took = timedelta(seconds=time.monotonic() - began)
        finish(run, report, reader.source.digest, refused, by=self.by, at=self.at + took)
        return report

    def _stage(self, reader: _Reader, run: Run, report: Report) -> None:
        staging = Staging(reader.decode, reader.digests, run.at, report.tell if self.each_row else None)
        for position in in_processes(staging.stage, self._to_stage(reader, run)):
            self.progress(READING, position, reader.source.size)

    def _to_stage(self, reader: _Reader, run: Run) -> Iterator[Chunk]:
        """Yield the chunks that are not staged. Raises AnotherFile when those that are came from another file."""
        last = -1
        for chunk in Chunks(reader.source, reader.rows, reader.decode):
            last = chunk.number
            if run.staged.get(last, chunk.file_digest) != chunk.file_digest or (run.whole and last not in run.staged):
                raise AnotherFile
            if last not in run.staged or chunk.broken:
                yield chunk
            else:
                self.progress(READING, chunk.position, reader.source.size)
        if any(number > last for number in run.staged):
            raise AnotherFile

    def _merge(self, run: Run, report: Report) -> None:
        merging = Merging(run.at, adopted(), report.tell if self.each_row else None)
        waiting, rows = waiting_chunks()
        done = rows - sum(waiting.values())
        for number in side_by_side(merging.merge, waiting):
            done += waiting[number]
            self.progress(STORING, done, rows)


def _is_small(path: Path) -> bool:
    try:
        return path.stat().st_size < IN_PARTS_BYTES
    except (OSError, ValueError):
        return True  # opening it will say why


def _stopped(error: Exception, at_once: bool) -> ImportStopped:
    said = " ".join(str(getattr(error, "orig", error)).split())
    if at_once:
        return ImportStopped(f"The database says: {said}. Nothing was imported.", "Mend that and run it again.")
    return ImportStopped(
        f"The database says: {said}. What was done so far is kept.",
        "Mend that and run the same import again: it goes on.",
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other imports out for as long as this one takes, whatever happens to it."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(sa.text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}):
            raise _another_runs()
        try:
            yield
        finally:
            try:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            except sa.exc.DBAPIError:
                connection.invalidate()  # the lock goes with the connection


def _another_runs() -> ImportRunning:
    return ImportRunning(
        "Two imports at once would each miss what the other changes.", "Start this one again when it has ended."
    )
