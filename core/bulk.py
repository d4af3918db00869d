"""Much in one statement: rows go to the database as one JSON document or by COPY, and ids as one array."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, cast
from uuid import UUID

import msgspec
import psycopg
import sqlalchemy as sa
from sqlalchemy import ColumnElement, TableValuedAlias
from sqlalchemy.dialects.postgresql import ARRAY, JSON, insert
from sqlalchemy.dialects.postgresql.dml import Insert
from sqlalchemy.types import TypeEngine

from core.database import Model, session

Rows = Sequence[Mapping[str, Any]]
#: Something asked of a new row, given as `columns`.
Condition = Callable[[Any], ColumnElement[bool]]


def given(model: type[Model], rows: Rows) -> TableValuedAlias:
    """Return `rows` as something to select from; there is at least one, and all have the names of the first.

    Columns have the types that they have in `model`.
    """
    columns = [sa.column(name, model.__table__.c[name].type) for name in rows[0]]
    document = sa.cast(sa.literal(msgspec.json.encode(rows).decode(), sa.Text()), JSON())
    return sa.func.json_to_recordset(document).table_valued(*columns).render_derived(name="given", with_types=True)


def insert_rows(model: type[Model], rows: Rows, *, unless: Condition | None = None) -> Insert:
    """Return the statement that inserts `rows`, at least one, in one go; without those of which `unless` is true."""
    new = given(model, rows)
    chosen = sa.select(*new.c).select_from(new)
    if unless is not None:
        chosen = chosen.where(sa.not_(unless(new.c)))
    return insert(model).from_select(list(rows[0]), chosen)


def uuids(ids: Collection[UUID]) -> ColumnElement[Sequence[UUID]]:
    """Return ids as one array: the statement is the same however many there are."""
    return sa.literal(list(ids), ARRAY(sa.Uuid()))


def side_by_side(**columns: tuple[TypeEngine[Any], Sequence[Any]]) -> TableValuedAlias:
    """Return columns, each with its type and its values, as something to select from: for bytes, which JSON has not."""
    arrays = [sa.literal(list(values), ARRAY(of)) for of, values in columns.values()]
    named = [sa.column(name, of) for name, (of, _) in columns.items()]
    return sa.func.unnest(*arrays).table_valued(*named).render_derived(name="given")


#: So many rows go over the wire in one piece: each piece costs a round of its own, and all at once would fill memory.
_PIECE_ROWS = 5_000


def copy_rows(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Bring many rows in by COPY, in the current transaction; each line is cells joined by tabs, with its line break.

    `table` and `columns` stand in our own code, never in what somebody sent; cells are written by `copy_cell`.
    """
    connection = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    waiting = iter(lines)
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while piece := "".join(islice(waiting, _PIECE_ROWS)):
            copy.write(piece)


def copy_cell(text: str | None) -> str:
    """Return a text as COPY reads it."""
    if text is None:
        return r"\N"
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text
