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
        self._is_away = False

    def held(self) -> bool:
        """Say whether this process leads, after trying to if nobody does; False while the database is away."""
        with self._asking:
            try:
                held = self._holds() or self._gains()
            except SQLAlchemyError as error:
                if not self._is_away:
                    log.warning("database does not answer; the worker waits for it", why=str(error))
                self._is_away = True
                return False
            if self._is_away:
                log.info("database answers again")
            self._is_away = False
            return held

    def give_up(self) -> None:
        """Let another lead."""
        with self._asking:
            self._release()

    def _holds(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(sa.text("SELECT 1"))
        except SQLAlchemyError:
            self._release()
            raise
        return True

    def _gains(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()  # from the pool: closing it ends it, and the lock with it
        try:
            gained = bool(connection.scalar(sa.text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}))
        except BaseException:
            connection.close()
            raise
        if gained:
            self._connection = connection
            log.info("worker leads")
        else:
            connection.close()
        return gained

    def _release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
