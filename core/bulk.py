"""Many rows in one statement: they go to the database as one JSON document, and are rows there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement, TableValuedAlias
from sqlalchemy.dialects.postgresql import JSON, insert
from sqlalchemy.dialects.postgresql.dml import Insert

from core.database import Model

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
