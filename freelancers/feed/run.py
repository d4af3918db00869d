"""An import under way: the tables that hold what was read, and how far it is.

A large import keeps them for as long as it takes, so that it can be taken up again after a kill; a small one has them
for its one transaction alone. They are not logged: after a crash of PostgreSQL itself they are empty, and reading
begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import psycopg
import sqlalchemy as sa

from core.database import session, transaction
from freelancers.feed.copying import COLUMNS
from freelancers.feed.report import Adoption, Resumed

_TABLES = ("feed_run", "feed_chunks", "feed_refused", "feed_staged")
#: Column types come from the table itself, so nothing about them is said twice.
_STAGED = f"SELECT id, marketplace_id, feed_digest, {', '.join(COLUMNS)}, profile FROM freelancers WITH NO DATA"  # noqa: S608 -- no outside
_CREATE = (
    "{kind} feed_run (reading bytea, file_name text, at timestamptz, whole boolean, adopted jsonb) {after}",
    "{kind} feed_chunks (number int PRIMARY KEY, file_digest bytea, read int, refused int, staged int, "
    "created int, updated int, affected bytea, changes jsonb) {after}",
    "{kind} feed_refused (line bigint PRIMARY KEY, raw bytea, refusal bytea) {after}",
    "{kind} feed_staged {after} AS " + _STAGED,
)
_FINISH = (
    "ALTER TABLE feed_staged ADD chunk int, ADD line bigint, ADD is_known boolean, ADD given bigint, "
    "ADD observed_at timestamptz",
    "CREATE INDEX ON feed_staged (chunk)",
    "INSERT INTO feed_run VALUES (:reading, :file_name, :at, false, '[]')",
)
#: The rows of a chunk are looked up one by one: that is quicker than reading a million people for each chunk, which
#: PostgreSQL would do for fear of a disk that has to seek.
PROBE = b"SET LOCAL enable_seqscan = off"
_LEFT = """
SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'feed_run' AND relpersistence = 'u' AND pg_table_is_visible(oid))
"""

_REFUSED_ABOUT = "DELETE FROM feed_refused WHERE EXISTS (SELECT FROM unnest(:marks) m WHERE position(m in raw) > 0)"


@dataclass
class Run:
    """One import: how rows are read (a digest of all that decides it), the file's name, and since when.

    Of one that is taken up again, `staged` holds the digest of the file up to the end of each chunk that is staged,
    `whole` says that the file was read to its end, and `resumed` how far it was.
    """

    reading: bytes
    file_name: str
    at: datetime
    whole: bool = False
    staged: dict[int, bytes] = field(default_factory=dict)
    resumed: Resumed | None = None


def unfinished() -> Run | None:
    """Return the import that was left unfinished, or None."""
    if not session.scalar(sa.text(_LEFT)):
        return None
    found = session.execute(sa.text("SELECT reading, file_name, at, whole FROM feed_run")).one_or_none()
    run = Run(*found) if found else Run(b"", "", datetime.min.replace(tzinfo=UTC))
    chunks = session.execute(sa.text("SELECT number, file_digest, read, created IS NOT NULL FROM feed_chunks")).all()
    run.staged = {number: file_digest for number, file_digest, _, _ in chunks}
    read, stored = (sum(rows for _, _, rows, is_stored in chunks if is_stored or every) for every in (True, False))
    run.resumed = Resumed(run.at, read, stored)
    return run


def create(run: Run, *, lasting: bool) -> None:
    """Make the tables of a new import."""
    kind, after = ("CREATE UNLOGGED TABLE", "") if lasting else ("CREATE TEMP TABLE", "ON COMMIT DROP")
    words = {"reading": run.reading, "file_name": run.file_name, "at": run.at}
    for statement in (*_CREATE, *_FINISH):
        session.execute(sa.text(statement.format(kind=kind, after=after)), words if ":" in statement else {})


def drop() -> None:
    """Drop the tables of an import."""
    session.execute(sa.text(f"DROP TABLE {', '.join(_TABLES)}"))


def forget_waiting(marketplace_id: str, addresses: Sequence[str]) -> None:
    """Drop what an unfinished import still holds of somebody who leaves. Rule X-3."""
    if session.scalar(sa.text(_LEFT)):
        known_as = {"key": marketplace_id, "addresses": list(addresses)}
        session.execute(
            sa.text("DELETE FROM feed_staged WHERE marketplace_id = :key OR email = ANY(:addresses)"), known_as
        )
        session.execute(sa.text(_REFUSED_ABOUT), {"marks": [each.encode() for each in (marketplace_id, *addresses)]})


@transaction()
def adopted() -> dict[int, Adoption]:
    """Return who was adopted, by the line that names them."""
    found = session.scalar(sa.text("SELECT adopted::text FROM feed_run"))
    return {one.line: one for one in msgspec.json.decode(found, type=list[Adoption])}


@transaction()
def count_refused() -> int:
    """Return how many rows were refused."""
    return session.scalar(sa.text("SELECT count(*) FROM feed_refused")) or 0


@transaction()
def waiting_chunks() -> tuple[dict[int, int], int]:
    """Return the chunks that are not merged yet, with their rows, and how many rows there are in all."""
    chunks = session.execute(sa.text("SELECT number, read, created IS NULL FROM feed_chunks ORDER BY number")).all()
    return {number: read for number, read, waits in chunks if waits}, sum(read for _, read, _ in chunks)


@contextmanager
def cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A psycopg cursor in the session's own transaction: COPY is beyond SQLAlchemy."""
    session.flush()
    connection = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    with connection.cursor() as opened:
        yield opened
