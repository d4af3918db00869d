"""Keyset paging: a page is found by where the last one ended, so deep pages cost what the first one costs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar
from uuid import UUID

from core.errors import InvalidInput

T = TypeVar("T")

PAGE_SIZE = 24


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of results; `next_cursor` is None on the last one."""

    items: Sequence[T]
    next_cursor: str | None = None


def encode_cursor(key: Sequence[object]) -> str:
    """Return the sort key of a row as an opaque, URL-safe cursor."""
    return base64.urlsafe_b64encode(json.dumps(list(key), default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> list[Any]:
    """Return the parts of the sort key in `cursor`: one for each of `kinds`, which are keys of READERS.

    Raises InvalidInput for anything else: an address can be cut off, or written by anybody.
    """
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list):
            raise ValueError
        return [READERS[kind](str(part)) for kind, part in zip(kinds, parts, strict=True)]
    except (ValueError, RecursionError):
        raise damaged() from None


def damaged() -> InvalidInput:
    """Return what is said of a cursor that leads nowhere."""
    return InvalidInput("This link to a later page is damaged.", "Start again from the first page.")


def _text(part: str) -> str:
    part.encode()  # half a character cannot be asked of the database
    if "\x00" in part:
        raise ValueError
    return part


def _moment(part: str) -> datetime:
    moment = datetime.fromisoformat(part)
    if moment.tzinfo is None:
        raise ValueError
    return moment


#: How the parts of a cursor are read back; each raises ValueError for what is none.
READERS: Mapping[type, Callable[[str], Any]] = MappingProxyType({str: _text, int: int, UUID: UUID, datetime: _moment})


def page_of(rows: Sequence[T], key: Callable[[T], Sequence[object]], size: int = PAGE_SIZE) -> Page[T]:
    """Cut a page from `rows`, of which one more than `size` was asked for."""
    if len(rows) <= size:
        return Page(rows)
    items = rows[:size]
    return Page(items, encode_cursor(key(items[-1])))
