"""Working hours shared across time zones. Pure. Rule E-6.

A working day is from 9 to 17 on everybody's own clock. How far two zones are apart is that of the day in question, at
noon UTC: so daylight saving counts from the day on which it begins.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from freelancers.feed import names

WORKING_HOURS = 8
MONTHS = range(1, 13)
_DAY_MINUTES = 24 * 60


def timezones() -> frozenset[str]:
    """Return every IANA time zone that a profile can name."""
    return frozenset(names.timezone_names().values())


@lru_cache(maxsize=20_000)
def shared_minutes(zone: str, other: str, day: date) -> int:
    """Return how many minutes of the working day people in two time zones share on `day`."""
    apart = abs(_offset_minutes(zone, day) - _offset_minutes(other, day)) % _DAY_MINUTES
    return max(0, WORKING_HOURS * 60 - min(apart, _DAY_MINUTES - apart))


@lru_cache(maxsize=2_000)
def sharing(zone: str, hours: int, day: date) -> tuple[str, ...]:
    """Return the time zones that share so many hours of the working day with `zone` on `day`, in order of their names.

    This list is what both forms of the rule go by: Python looks the profile's zone up in it, and so does the database.
    """
    if zone not in timezones():
        return ()
    return tuple(sorted(each for each in timezones() if shared_minutes(zone, each, day) >= hours * 60))


@lru_cache(maxsize=2_000)
def sharing_by_month(zone: str, hours: int) -> frozenset[tuple[int, str]]:
    """Return the months of a year, each with the time zones that share so many hours with `zone` then."""
    return frozenset((month, each) for month in MONTHS for each in sharing(zone, hours, date(2026, month, 15)))


@lru_cache(maxsize=20_000)
def _offset_minutes(zone: str, day: date) -> int:
    noon = datetime.combine(day, time(12), UTC)
    offset = noon.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return int(offset.total_seconds() // 60)
