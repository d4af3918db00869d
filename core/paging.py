"""Keyset paging: a page is found by where the last one ended, so deep pages cost what the first one costs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

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


def decode_cursor(cursor: str, length: int) -> list[str]:
    """Return the `length` parts of the sort key in `cursor`, as text. Raises InvalidInput for anything else."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeDecodeError):
        parts = None
    if not isinstance(parts, list) or len(parts) != length:
        raise InvalidInput("This link to a later page is damaged.", "Start again from the first page.")
    return [str(part) for part in parts]


def page_of(rows: Sequence[T], key: Callable[[T], Sequence[object]], size: int = PAGE_SIZE) -> Page[T]:
    """Cut a page from `rows`, of which one more than `size` was asked for."""
    if len(rows) <= size:
        return Page(rows)
    items = rows[:size]
    return Page(items, encode_cursor(key(items[-1])))
