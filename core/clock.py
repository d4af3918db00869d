"""The one place that reads the time; everything else is handed `at`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return _source()


def use(source: Callable[[], datetime] | None) -> None:
    """Read the time from `source` from now on; None means the machine's clock again."""
    global _source
    _source = source or _system
