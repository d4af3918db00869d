"""Where an agent and a person meet: a room of our own, or one of a meeting service; and the entry for a calendar. H-2.

The link is made from the call's room, a secret that only the two of them are shown, so a service needs no account here.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from core.secrets import Sealer
from freelancers.identity.call_rules import CALL
from freelancers.identity.models import IdentityCall


class Side(StrEnum):
    """Who comes into a room."""

    PERSON = "p"
    AGENT = "a"


class Meetings(Protocol):
    """Where calls are held."""

    def link(self, call: IdentityCall, side: Side) -> str:
        """Return the address that one of the two opens."""


@dataclass(frozen=True)
class Elsewhere:
    """A meeting service that opens a room for whoever follows its address with the room's name after it.

    Google Meet does so at https://meet.google.com/lookup/ for accounts of an organisation, Jitsi at its own address.
    """

    base: str

    def link(self, call: IdentityCall, side: Side) -> str:
        """Return the service's address of the room, the same for both."""
        return f"{self.base}{re.sub(r'[^A-Za-z0-9]', '', call.room)}"


@dataclass(frozen=True)
class OwnRooms:
    """Rooms of our own: the address names the call and the side, and is signed, so nobody can write one."""

    base_url: str
    sealer: Sealer

    def link(self, call: IdentityCall, side: Side) -> str:
        """Return the signed address of the room for one side."""
        return f"{self.base_url}/meet/{call.id.hex}.{side}.{self._signature(call.id, side)}"

    def read(self, room: str) -> tuple[UUID, Side] | None:
        """Return the call and the side that the end of such an address names, or None where we did not write it."""
        found = re.fullmatch(r"([0-9a-f]{32})\.([pa])\.([A-Za-z0-9_-]{43})", room)
        if found is None:
            return None
        call_id, side = UUID(found[1]), Side(found[2])
        return (call_id, side) if found[3] == self._signature(call_id, side) else None

    def _signature(self, call_id: UUID, side: Side) -> str:
        signed = self.sealer.signature("identity room", f"{call_id.hex}.{side}".encode())
        return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def calendar_entry(call: IdentityCall, page_url: str, at: datetime) -> str:
    """Return a booked call as an entry for any calendar (iCalendar, RFC 5545); moved, it replaces the one before."""
    assert call.booked_for is not None
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Laurel//Identity verification//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{call.id}@laurel",
        f"SEQUENCE:{int(call.moved_at is not None)}",
        f"DTSTAMP:{_stamp(at)}",
        f"DTSTART:{_stamp(call.booked_for)}",
        f"DTEND:{_stamp(call.booked_for + CALL)}",
        "SUMMARY:Video call to verify your identity",
        f"DESCRIPTION:{_escaped(f'Have your document at hand and open {page_url} up to ten minutes before.')}",
        f"URL:{page_url}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT15M",
        "DESCRIPTION:Video call to verify your identity",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")


def _folded(line: str) -> str:
    """Break a line after 73 characters, which are ASCII here; what goes on begins with a space."""
    return "\r\n ".join(line[begin : begin + 73] for begin in range(0, len(line), 73))
