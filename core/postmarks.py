"""Marks mails as sent, one after the other, each committed before the next may leave. Rule X-1.

Whoever sends asks for a mail, gets it ready while the database is at work, and hands it over once it is `granted`. So a
commit for each mail costs little time of its own, and a process that is killed repeats one mail at most. Every
twenty-fifth commit waits for the disk, with those before it: no more than so many go out again after a power cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import psycopg

from core.database import db

#: The lock is the lease: another worker passes the mail by, and one that was called off or held meanwhile stays.
_MARK = """
UPDATE outbox_mails SET sent_at = %(at)s, sealed_secrets = NULL, last_error = NULL WHERE id = (
    SELECT id FROM outbox_mails WHERE id = %(id)s AND sent_at IS NULL AND failed_at IS NULL AND due_at <= %(at)s
    FOR UPDATE SKIP LOCKED)
RETURNING id
"""


#: So many mails may have left, at most, before it is on disk that they did.
UNWRITTEN_MAX = 25


class Postmarks:
    """One transaction for each mail, over one connection in pipeline mode."""

    def __init__(self, connection: psycopg.Connection[Any], pipeline: psycopg.Pipeline) -> None:
        self._connection, self._pipeline = connection, pipeline
        self._answer: psycopg.Cursor[Any] | None = None
        self._taken = False
        self._unwritten = 0

    def ask(self, mail_id: UUID, at: datetime) -> None:
        """Ask that what left before be kept, and for the next mail to be marked as sent; wait for neither."""
        if self._answer is None:
            self._connection.execute("BEGIN")
        elif not self._taken:
            self._connection.execute("ROLLBACK AND CHAIN")
        else:
            self._unwritten += 1
            if self._unwritten >= UNWRITTEN_MAX:
                self._write()
            self._connection.execute("COMMIT AND CHAIN")
        self._answer = self._connection.execute(_MARK, {"id": mail_id, "at": at}, prepare=True)
        self._taken = False

    def granted(self) -> bool:
        """Wait until what left before is kept; say whether the mail asked for is ours, and still to be sent."""
        assert self._answer is not None
        return self._answer.fetchone() is not None

    def taken(self) -> None:
        """Note that the mail asked for has left; it is kept as sent with the next one, or at the end."""
        self._taken = True

    def finish(self) -> None:
        """Wait until all that left is on disk; what was asked for and has not left is free for others."""
        if self._answer is None:
            return
        self._answer = None
        if self._taken:
            self._write()
        self._connection.execute("COMMIT" if self._taken else "ROLLBACK")
        self._pipeline.sync()

    def _write(self) -> None:
        """Let the next commit wait for the disk: what was committed before is written with it."""
        self._connection.execute("SET LOCAL synchronous_commit = on")
        self._unwritten = 0


@contextmanager
def postmarks() -> Iterator[Postmarks]:
    """Mark mails while the block runs."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as borrowed:
        connection = cast("psycopg.Connection[Any]", borrowed.connection.driver_connection)
        connection.execute("SET synchronous_commit = off")
        try:
            with connection.pipeline() as pipeline:
                marks = Postmarks(connection, pipeline)
                try:
                    yield marks
                finally:
                    marks.finish()
        finally:
            connection.execute("RESET synchronous_commit")
