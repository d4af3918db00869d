"""Marks mails as sent, one after the other, each safely on disk before the next may leave. Rule X-1.

Whoever sends asks for a mail, gets it ready while the database is at work, and hands it over once it is `granted`. So a
commit for each mail costs little time of its own, and a process that is killed repeats one mail at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, LiteralString, cast
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


class Postmarks:
    """One transaction for each mail, over one connection in pipeline mode."""

    def __init__(self, connection: psycopg.Connection[Any], pipeline: psycopg.Pipeline) -> None:
        self._connection, self._pipeline = connection, pipeline
        self._answer: psycopg.Cursor[Any] | None = None
        self._taken = False

    def ask(self, mail_id: UUID, at: datetime) -> None:
        """Ask that what left before be kept, and for the next mail to be marked as sent; wait for neither."""
        self._connection.execute(f"{self._ending} AND CHAIN" if self._answer else "BEGIN")
        self._answer = self._connection.execute(_MARK, {"id": mail_id, "at": at}, prepare=True)
        self._taken = False

    def granted(self) -> bool:
        """Wait until what left before is on disk; say whether the mail asked for is ours, and still to be sent."""
        assert self._answer is not None
        return self._answer.fetchone() is not None

    def taken(self) -> None:
        """Note that the mail asked for has left; it is kept as sent with the next one, or at the end."""
        self._taken = True

    def finish(self) -> None:
        """Wait until what left is on disk; what was asked for and has not left is free for others."""
        if self._answer:
            self._answer = None
            self._connection.execute(self._ending)
            self._pipeline.sync()

    @property
    def _ending(self) -> LiteralString:
        return "COMMIT" if self._taken else "ROLLBACK"


@contextmanager
def postmarks() -> Iterator[Postmarks]:
    """Mark mails while the block runs."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as borrowed:
        connection = cast("psycopg.Connection[Any]", borrowed.connection.driver_connection)
        with connection.pipeline() as pipeline:
            marks = Postmarks(connection, pipeline)
            try:
                yield marks
            finally:
                marks.finish()
