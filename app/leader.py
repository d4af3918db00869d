"""Of all workers, one leads: whoever holds a lock in the database. Design decision 3."""

from __future__ import annotations

import threading

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger(__name__)

_LOCK = 0x4C41_5552_454C_0002  # "LAUREL", 2: one worker at a time keeps the timetable


class Leadership:
    """The lock, held by a connection of its own: the database takes it back when this process dies, however it dies.

    May be asked from several threads. Says in the log when it is gained and when the database is away.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._asking = threading.Lock()
        self._connection: Connection | None = None
        self._leads = False
        self._is_away = False

    def held(self) -> bool:
        """Say whether this process leads, after trying to if nobody does; False while the database is away."""
        with self._asking:
            try:
                self._ask()
            except SQLAlchemyError as error:
                self._away(error)
            else:
                if self._is_away:
                    log.info("database answers again")
                self._is_away = False
            return self._leads

    def give_up(self) -> None:
        """Let another lead."""
        with self._asking:
            self._hang_up()

    def _ask(self) -> None:
        """See that the connection, and with it the lock, stands; without the lock, try to get it."""
        if self._connection is None:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # from the pool: closing it ends it, and the lock with it
            self._connection = connection
        if self._leads:
            self._connection.execute(sa.text("SELECT 1"))
        elif self._connection.scalar(sa.text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}):
            self._leads = True
            log.info("worker leads")

    def _away(self, error: SQLAlchemyError) -> None:
        self._hang_up()
        if not self._is_away:
            log.warning("database does not answer; the worker waits for it", why=str(getattr(error, "orig", error)))
        self._is_away = True

    def _hang_up(self) -> None:
        connection, self._connection, self._leads = self._connection, None, False
        if connection is not None:
            connection.close()
