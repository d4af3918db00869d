"""The rules of calls: how long things may take, what state a call is in, what an agent checks. Pure. Rules H-2, H-3."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core import wording

#: A call takes under 10 minutes (H-2); with what has to be noted, an agent has a quarter of an hour for each.
SLOT, CALL = timedelta(minutes=15), timedelta(minutes=10)
#: An agent has a call for so long; it can be made longer. After that the agent is taken to be gone, and another calls.
HELD = timedelta(minutes=15)
SECOND_HELD = timedelta(minutes=30)
#: Whoever has booked can come in so early, and is waited for so long.
EARLY, LATE = timedelta(minutes=10), timedelta(minutes=10)
#: A page that waits asks again several times a minute: without a sign for so long, somebody is not called,
PRESENT = timedelta(minutes=2)
#: and for so long, has left. Whoever goes first was in a call already, and may not look at the page at once.
GONE, GONE_FIRST = timedelta(minutes=10), timedelta(days=1)
#: When the agent who was booked does not take the call, anybody may.
AGENT_LATE = timedelta(minutes=2)
#: An agent takes nobody else so shortly before a call that is booked with them, and until so long after its time.
FREE_BEFORE, FREE_AFTER = timedelta(minutes=5), timedelta(minutes=3)
#: How far ahead, and how shortly before, a call can be booked; and when it is reminded of.
BOOKED_AHEAD, BOOKED_BEFORE = timedelta(days=14), timedelta(minutes=15)
REMINDED_BEFORE = timedelta(hours=1)


class CallState(StrEnum):
    """What a call is at a moment, in the order in which they follow."""

    BOOKED = "booked"
    WAITING = "waiting"
    TALKING = "talking"
    SECOND_LOOK = "second_look"
    ENDED = "ended"


class Moments(Protocol):
    """The moments of a call; `models.IdentityCall` has them."""

    here_at: Any
    agent_id: Any
    found_at: Any
    ended_at: Any


def state_of(call: Moments) -> CallState:
    """Return the state that follows from a call's moments."""
    if call.ended_at is not None:
        return CallState.ENDED
    if call.found_at is not None:
        return CallState.SECOND_LOOK
    if call.agent_id is not None:
        return CallState.TALKING
    return CallState.BOOKED if call.here_at is None else CallState.WAITING


#: What an agent looks at in every call, in this order; all of it must hold.
CHECKLIST: Mapping[str, str] = MappingProxyType(
    {
        "document_whole": "The document is whole, and its print can be read",
        "document_valid": "It is valid today",
        "document_real": "It shows no sign of being altered",
        "name_matches": "The name on it is the one in the profile",
        "face_matches_document": "The face in the call is the one on the document",
        "face_matches_reference": "The face in the call is the one on the reference picture",
        "is_live": "The person is there and answers: they turned their head when asked",
    }
)


def failing(held: Collection[str]) -> tuple[str, ...]:
    """Return what of the checklist does not hold, in words, in its order; empty means verified."""
    return tuple(words for point, words in CHECKLIST.items() if point not in held)


def slots_between(begins_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    """Yield the beginnings of the whole quarters of an hour in a shift."""
    first_s = -(-begins_at.timestamp() // SLOT.total_seconds()) * SLOT.total_seconds()
    slot = datetime.fromtimestamp(first_s, UTC)
    while slot + SLOT <= ends_at:
        yield slot
        slot += SLOT


def zone_of(name: str | None) -> ZoneInfo | None:
    """Return a time zone by its IANA name, or None where there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def local_time(at: datetime, zone: str | None) -> str:
    """Return a moment on somebody's own clock, and in UTC: "2 March 2026, 10:00 (Europe/Berlin; 09:00 UTC)"."""
    own = zone_of(zone)
    if own is None or own.key in ("UTC", "Etc/UTC"):
        return wording.moment(at)
    there = at.astimezone(own)
    return f"{wording.day(there.date())}, {there:%H:%M} ({own.key}; {at.astimezone(UTC):%H:%M} UTC)"
