"""The one place that reads the time; everything else is handed `at`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def day_of(at: datetime) -> date:
    """Return the day, in UTC, that a moment lies in: certificates, visits and pages all go by it."""
    return at.astimezone(UTC).date()


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return _source()


def use(source: Callable[[], datetime] | None) -> None:
    """Read the time from `source` from now on; None means the machine's clock again."""
    global _source
    _source = source or _system
