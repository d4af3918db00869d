"""The database's part of paging: which rows come after the place that a cursor names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.paging import damaged, decode_cursor


def after(cursor: str, *key: Any, descending: bool = False) -> sa.ColumnElement[bool]:
    """Return whether a row comes after the one in `cursor`, in the order of `key`. Raises InvalidInput.

    The key is the columns that the page is ordered by, each with its type; their values were given to `page_of`.
    """
    place = decode_cursor(cursor, *(column.type.python_type for column in key))
    if any(
        isinstance(column.type, sa.Integer) and not _fits(value, column)
        for value, column in zip(place, key, strict=True)
    ):
        raise damaged()
    there = sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(place, key, strict=True)))
    return sa.tuple_(*key) < there if descending else sa.tuple_(*key) > there


def _fits(value: int, column: Any) -> bool:
    """Say whether the database has room for a number in a column of this type."""
    bits = 63 if isinstance(column.type, sa.BigInteger) else 31
    return value in range(-(2**bits), 2**bits)
