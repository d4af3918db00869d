"""The import: one file, one transaction. It is stored whole, but for refused rows, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import psycopg
import sqlalchemy as sa

from core import audit
from core.database import new_id, session, transaction
from freelancers.feed import staging
from freelancers.feed.decode import Decoder, Defect, MappedDecoder, RowRefused, shown
from freelancers.feed.errors import ImportRunning
from freelancers.feed.mapping import Mapping
from freelancers.feed.own import OwnDecoder
from freelancers.feed.readers import CsvRows, JsonRows, Row, Source
from freelancers.feed.record import ProfileRecord, digest
from freelancers.feed.refused import RefusedRows
from freelancers.feed.report import KEPT, Adoption, Change, Ids, Refusal, Report, RowOutcome, RowResult
from freelancers.models import FeedImport

_LOCK = 0x4C41_5552_454C_0001  # "LAUREL", 1: one import at a time in one database
_BATCH_ROWS = 5_000
_BATCH_BYTES = 8_388_608

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Staged:
    """A row that was read: its place, what it says, and the digest of that."""

    line: int
    record: ProfileRecord
    digest: bytes


def import_feed(
    path: Path,
    mapping: Mapping,
    *,
    by: UUID | None,
    at: datetime,
    dry_run: bool = False,
    refused_folder: Path | None = None,
    progress: Progress = lambda done, size: None,
    each_row: bool = False,
) -> Report:
    """Import the file at `path` as `mapping` says, and return what it did. `progress` is told bytes done and in all.

    With `dry_run` everything is done and undone; with `each_row` the report says what became of every row. Rows with
    bad values are refused and written beside the file.
    Raises FeedError when the file or the mapping cannot be used and ImportRunning when another import is at it: then
    nothing is changed.
    """
    with (
        Source(path) as source,
        RefusedRows(path, refused_folder, "csv" if mapping.format == "csv" else "ndjson") as refused,
    ):
        source.head()
        job = _Import(source, mapping, refused, at, progress, dry_run)
        job.report.rows = {} if each_row else None
        report = _in_one_transaction(job, by=by, at=at)
        if kept := refused.keep():
            report.refused_path, report.reasons_path = kept
        return report


@transaction()
def _in_one_transaction(job: _Import, *, by: UUID | None, at: datetime) -> Report:
    if not session.scalar(sa.text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}):
        raise ImportRunning(
            "Two imports at once would each miss what the other changes.", "Start this one again when it has ended."
        )
    started = time.monotonic()
    with session.begin_nested() as savepoint:
        report = job.run()
        if job.dry_run:
            savepoint.rollback()
            return report
        _log(report, job.source.digest, by, at, finished_at=at + timedelta(seconds=time.monotonic() - started))
    return report


def _log(report: Report, file_digest: bytes, by: UUID | None, at: datetime, finished_at: datetime) -> None:
    report.import_id = new_id()
    session.add(
        FeedImport(
            id=report.import_id,
            file_name=report.file_name,
            file_digest=file_digest,
            mapping_name=report.mapping_name,
            started_at=at,
            finished_at=finished_at,
            dry_run=False,
            **report.counts(),
        )
    )
    after = {"file": report.file_name, **report.counts()}
    audit.record("feed.imported", "feed_import", report.import_id, by=by, at=at, after=after)
    for one in report.adoptions:
        was, becomes = {"marketplace_id": one.was}, {"marketplace_id": one.becomes}
        audit.record("freelancer.adopted", "freelancer", one.freelancer_id, by=by, at=at, before=was, after=becomes)


class _Import:
    """One run over one file, inside a transaction somebody else opened."""

    def __init__(
        self, source: Source, mapping: Mapping, refused: RefusedRows, at: datetime, progress: Progress, dry_run: bool
    ) -> None:
        self.source, self.mapping, self.refused = source, mapping, refused
        self.at, self.progress, self.dry_run = at, progress, dry_run
        self.report = Report(source.path.name, mapping.name, dry_run)
        #: The line of every key, by the key's hash: about 100 bytes for a row.
        self.seen: dict[int, int] = {}

    def run(self) -> Report:
        """Read, stage and merge the whole file; return the report."""
        rows: CsvRows | JsonRows = (
            CsvRows(self.source, self.mapping) if self.mapping.format == "csv" else JsonRows(self.source, self.mapping)
        )
        self.refused.header = rows.header_raw
        self.report.ignored_columns = tuple(c for c in rows.header if c not in self.mapping.columns)
        decode: Decoder = OwnDecoder(self.source.path.name)
        if self.mapping.fields:
            decode = MappedDecoder(self.mapping, rows.header, self.source.path.name)
        with _cursor() as cursor:
            for statement in staging.CREATE_STAGED:
                cursor.execute(statement.encode())
            for batch in self._batches(rows, decode):
                self._stage(cursor, batch)
                self.progress(self.source.position, self.source.size)
            self._merge(cursor)
        self.progress(self.source.size, self.source.size)
        return self.report

    def _batches(self, rows: CsvRows | JsonRows, decode: Decoder) -> Iterator[list[Staged]]:
        batch: list[Staged] = []
        weight = 0
        for row in rows:
            self.report.read += 1
            try:
                record = decode(row)
                self._check_new(row, record)
            except RowRefused as error:
                self._refuse(row, error)
                continue
            self._tell(RowOutcome(row.line, record.marketplace_id, RowResult.UNCHANGED))
            batch.append(Staged(row.line, record, digest(record)))
            weight += len(row.raw)
            if len(batch) >= _BATCH_ROWS or weight >= _BATCH_BYTES:
                yield batch
                batch, weight = [], 0
        if batch:
            yield batch

    def _check_new(self, row: Row, record: ProfileRecord) -> None:
        """Refuse a second row about the same person, and figures from the future."""
        if record.observed_at and record.observed_at > self.at + timedelta(days=1):
            defect = Defect(
                "observed_at",
                record.observed_at.isoformat(),
                "lies in the future",
                "Check the clock of whatever made the file.",
            )
            raise RowRefused([defect], record.marketplace_id)
        earlier = self.seen.setdefault(hash(record.marketplace_id), row.line)
        if earlier != row.line:
            what = f"stands already in line {earlier:,}; which of the two is right cannot be known"
            raise RowRefused(
                [Defect("marketplace_id", shown(record.marketplace_id), what, "Keep one.")], record.marketplace_id
            )

    def _refuse(self, row: Row, error: RowRefused) -> None:
        refusal = Refusal(row.line, error.key, tuple(error.defects))
        self.report.refused += 1
        if len(self.report.refusals) < KEPT:
            self.report.refusals.append(refusal)
        self._tell(RowOutcome(row.line, error.key, RowResult.REFUSED, defects=refusal.defects))
        self.refused.add(row.raw, refusal)

    def _tell(self, outcome: RowOutcome) -> None:
        if self.report.rows is not None:
            self.report.rows[outcome.line] = outcome

    def _stage(self, cursor: psycopg.Cursor[Any], batch: list[Staged]) -> None:
        """Send what differs from what is stored; the digest spares the rest the way."""
        cursor.execute(staging.UNCHANGED.encode(), staging.sent((row.record, row.digest) for row in batch))
        unchanged = {place - 1 for (place,) in cursor}
        self.report.unchanged += len(unchanged)
        if len(unchanged) == len(batch):
            return
        lines = (
            staging.copy_line(row.record, row.line, new_id(), row.digest, self.at)
            for place, row in enumerate(batch)
            if place not in unchanged
        )
        with cursor.copy(staging.COPY_STAGED.encode()) as copy:
            copy.write("".join(lines))  # in one go: each write costs a round of its own

    def _merge(self, cursor: psycopg.Cursor[Any]) -> None:
        report = self.report
        cursor.execute(b"ANALYZE feed_staged")
        report.adoptions = [Adoption(*row) for row in cursor.execute(staging.ADOPT.encode())]
        adopted = {one.line: one for one in report.adoptions}
        given = {"at": self.at, "limit": KEPT, "adopted": list(adopted)}
        report.created = cursor.execute(staging.INSERT_NEW.encode(), given).rowcount
        report.updated = cursor.execute(staging.MERGE.encode(), given).rowcount
        cursor.execute(staging.RATE_MERGED.encode())
        for line, key, fields, was, becomes in cursor.execute(staging.CHANGES.encode(), given):
            new_key = ("marketplace_id", adopted[line].was, key) if line in adopted else None
            told = tuple((f, *staging.readable(f, was, becomes)) for f in fields)
            report.changes.append(Change(line, key, (new_key, *told) if new_key else told))
        if report.rows is not None:
            for line, key, fields in cursor.execute(staging.OUTCOMES.encode()).fetchall():
                result = RowResult.CREATED if fields is None else RowResult.UPDATED
                fields = ["marketplace_id"] * (line in adopted) + (fields or [])
                self._tell(RowOutcome(line, key, result, tuple(fields)))
        cursor.execute(staging.UPDATE_CHANGED.encode(), given)
        cursor.execute(staging.OBSERVE_NEW.encode())
        cursor.execute(staging.OBSERVE_CHANGED.encode())
        [(affected,)] = cursor.execute(staging.AFFECTED.encode(), binary=True)
        report.affected_ids = Ids(affected)
        # Digests differ also where another feed spoke last, or words changed and values did not: that is no change.
        report.unchanged = report.read - report.refused - report.created - report.updated
        cursor.execute(b"DROP TABLE feed_staged, feed_changed")


@contextmanager
def _cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A psycopg cursor in the session's own transaction: COPY is beyond SQLAlchemy."""
    session.flush()
    connection = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    with connection.cursor() as cursor:
        yield cursor
