"""The database handle, the base of all tables, and what a transaction is.

One public service function is one transaction: decorate it with `@transaction()`. A service called by another joins
the outer one, so that a state change, its audit event and its mail are stored together or not at all.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import DeclarativeBase, Session, registry, scoped_session
from uuid_utils.compat import uuid7

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_DEPTH = "laurel_transaction_depth"
_AFTERWARDS = "laurel_after_commit"

P = ParamSpec("P")
R = TypeVar("R")


class Model(DeclarativeBase):
    """Base of every table. Moments are `timestamptz`, identifiers UUIDv7, documents JSONB."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={
            datetime: sa.DateTime(timezone=True),
            UUID: sa.Uuid(),
            str: sa.Text(),
            dict[str, Any]: JSONB(),
            list[Any]: JSONB(),
            list[str]: sa.ARRAY(sa.Text()),
        },
    )


db = SQLAlchemy(model_class=Model, disable_autonaming=True)
session = cast(scoped_session[Session], db.session)

#: Stands for the moment in a statement that is put together once; who executes it says which, as `at`.
ASKED_AT = cast(datetime, sa.bindparam("at", type_=sa.DateTime(timezone=True)))


def new_id() -> UUID:
    """Return a new UUIDv7: it sorts by time of making and cannot be guessed. Design decision 10."""
    return uuid7()


@contextmanager
def joined_transaction() -> Iterator[None]:
    """Run the block in the current transaction, or in one of its own that commits at the end."""
    info = session().info
    depth = info.get(_DEPTH, 0)
    info[_DEPTH] = depth + 1
    try:
        yield
        if depth == 0:
            session.commit()
    except BaseException:
        if depth == 0:
            session.rollback()
            info.pop(_AFTERWARDS, None)
        raise
    finally:
        info[_DEPTH] = depth
    if depth == 0:
        for act in info.pop(_AFTERWARDS, ()):
            act()


def after_commit(act: Callable[[], None]) -> None:
    """Do something once the current transaction is stored, and never if it is not: what no rollback would take back.

    A process that is killed in between does not come to it.
    """
    session().info.setdefault(_AFTERWARDS, []).append(act)


def in_transaction() -> bool:
    """Say whether a transaction of some caller is under way, which a service would join."""
    return bool(session().info.get(_DEPTH, 0))


def transaction() -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a service function one transaction; called inside another, it joins that one. Design decision 2."""

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(service)
        def in_transaction(*args: P.args, **kwargs: P.kwargs) -> R:
            with joined_transaction():
                return service(*args, **kwargs)

        return in_transaction

    return decorate


def changed(statement: sa.Update | sa.Delete, values: dict[str, Any] | None = None) -> int:
    """Execute a conditional UPDATE or DELETE and return how many rows it changed."""
    result = cast(CursorResult[Any], session.execute(statement, values))
    return result.rowcount


def table_of(model: type[Model]) -> sa.Table:
    """Return a model's table: a statement over it is executed as it is, and keeps no row in memory up to date."""
    return cast(sa.Table, model.__table__)


def id_of(row: Model) -> UUID:
    """Return the id of a stored row without asking the database for the row once more, as after a commit."""
    identity = sa.inspect(row, raiseerr=True).identity
    assert identity is not None
    return cast(UUID, identity[0])
