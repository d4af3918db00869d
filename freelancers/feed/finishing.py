"""The end of an import: what it did, told and logged, and its tables gone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from core import audit
from core.database import new_id, session, transaction
from freelancers.feed.refused import RefusedRows
from freelancers.feed.report import KEPT, Change, Ids, Refusal, Report
from freelancers.feed.run import Run, adopted, create, cursor, drop, unfinished
from freelancers.models import FeedImport

_COUNTED = """
SELECT coalesce(sum(read), 0)::int AS read, coalesce(sum(refused), 0)::int AS refused,
    coalesce(sum(created), 0)::int AS created, coalesce(sum(updated), 0)::int AS updated FROM feed_chunks
"""
_AFFECTED = "SELECT affected FROM feed_chunks ORDER BY number"
_CHANGES = "SELECT changes::text FROM feed_chunks WHERE updated > 0 ORDER BY number"
_REFUSED = "SELECT raw, refusal FROM feed_refused ORDER BY line"


@transaction()
def take_up(new: Run, *, by: UUID | None) -> Run:
    """Return the import that goes on: an earlier one that reads the same file in the same way, or else the new one."""
    found = unfinished()
    if found and found.staged and (found.reading, found.file_name) == (new.reading, new.file_name):
        return found
    give_up(by=by, at=new.at)
    create(new, lasting=True)
    return new


@transaction()
def give_up(*, by: UUID | None, at: datetime) -> None:
    """Drop what an import left behind that was stopped. Whom it had stored already stays, and the log says so."""
    if (found := unfinished()) is None:
        return
    if found.resumed and found.resumed.stored:
        counted = session.execute(sa.text(_COUNTED)).one()
        after = {"file": found.file_name, "created": counted.created, "updated": counted.updated}
        audit.record("feed.given_up", "feed_import", new_id(), by=by, at=at, after=after)
    drop()


@transaction()
def finish(
    run: Run, report: Report, file_digest: bytes, refused: RefusedRows, *, by: UUID | None, at: datetime
) -> None:
    """Fill in the report, write the refused rows, log the import as finished at `at`, and drop its tables."""
    _fill(report)
    _write(report, refused)
    if not report.dry_run:
        _log(run, report, file_digest, by=by, at=at)
    drop()


def _fill(report: Report) -> None:
    counted = session.execute(sa.text(_COUNTED)).one()
    report.read, report.refused, report.created, report.updated = counted
    # Digests differ also where another feed spoke last, or words changed and values did not: that is no change.
    report.unchanged = report.read - report.refused - report.created - report.updated
    report.adoptions = list(adopted().values())
    with cursor() as opened:
        report.affected_ids = Ids(b"".join(packed for (packed,) in opened.stream(_AFFECTED.encode(), binary=True)))
    if report.rows is not None:
        report.rows = dict(sorted(report.rows.items()))
    for changes in session.scalars(sa.text(_CHANGES)):
        report.changes += msgspec.json.decode(changes, type=list[Change])[: KEPT - len(report.changes)]


def _write(report: Report, refused: RefusedRows) -> None:
    with refused, cursor() as opened:
        for raw, refusal in opened.stream(_REFUSED.encode()):
            told = msgspec.json.decode(refusal, type=Refusal)
            refused.add(raw, told)
            if len(report.refusals) < KEPT:
                report.refusals.append(told)
        if kept := refused.keep():
            report.refused_path, report.reasons_path = kept


def _log(run: Run, report: Report, file_digest: bytes, *, by: UUID | None, at: datetime) -> None:
    report.import_id = new_id()
    session.add(
        FeedImport(
            id=report.import_id,
            file_name=run.file_name,
            file_digest=file_digest,
            mapping_name=report.mapping_name,
            started_at=run.at,
            finished_at=at,
            dry_run=False,
            **report.counts(),
        )
    )
    after = {"file": run.file_name, **report.counts()}
    audit.record("feed.imported", "feed_import", report.import_id, by=by, at=run.at, after=after)
