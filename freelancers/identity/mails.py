"""Mails about a verification: its call, its outcome, and the receipt of what was deleted. Rules H-2, H-3."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import wording
from core.outbox import enqueue
from freelancers.identity.call_rules import local_time
from freelancers.identity.models import IdentityCall, IdentityPicture
from freelancers.models import Freelancer
from freelancers.queries import address_of


def tell_booked(person: Freelancer, call: IdentityCall, at: datetime) -> None:
    """Confirm the time of a call, on the person's own clock."""
    words = _time(person, call) | {"moved": call.moved_at is not None}
    _send("identity_booked", person, f"{call.id}:{call.booked_for}", at, **words)


def remind(person: Freelancer, call: IdentityCall, at: datetime) -> None:
    """Remind somebody of a call within the hour."""
    _send("identity_reminder", person, f"{call.id}:{call.booked_for}", at, **_time(person, call))


def tell_missed(person: Freelancer, call: IdentityCall, at: datetime) -> None:
    """Say that a call did not come about, and how to begin anew."""
    _send("identity_missed", person, f"{call.id}", at, booked=call.booked_for is not None and call.here_at is None)


def tell_cut_off(person: Freelancer, call: IdentityCall, at: datetime) -> None:
    """Say that a call broke off, and that the person goes before all others."""
    _send("identity_cut_off", person, f"{call.id}:{call.cut_off}", at)


def tell_again(person: Freelancer, call: IdentityCall, at: datetime) -> None:
    """Say that another agent calls, because a second one did not agree to a failure."""
    _send("identity_again", person, f"{call.id}", at)


def tell_verified(person: Freelancer, call: IdentityCall, until: datetime, at: datetime) -> None:
    """Say that somebody is verified, and until when their pictures are kept."""
    _send("identity_verified", person, f"{call.id}", at, until=until.isoformat())


def tell_not_verified(person: Freelancer, reason: str, at: datetime) -> None:
    """Say why somebody who is held for it already is still not verified, and that they can begin anew. Rule H-6."""
    _send("identity_not_verified", person, f"{person.id}:{at.isoformat()}", at, why=reason)


def tell_erased(person: Freelancer, pictures: Sequence[IdentityPicture], at: datetime) -> None:
    """Send the receipt of pictures that were deleted because their time was over. Rule H-3."""
    what = [{"kind": each.kind, "sent_on": wording.day(each.sent_at), "id": str(each.id)} for each in pictures]
    _send("identity_erased", person, f"{pictures[0].id}", at, pictures=what, erased=at.isoformat())


def _time(person: Freelancer, call: IdentityCall) -> dict[str, Any]:
    assert call.booked_for is not None
    return {"time": local_time(call.booked_for, person.timezone)}


def _send(template: str, person: Freelancer, key: str, at: datetime, **words: Any) -> None:
    if (address := address_of(person)) is not None:
        context = {"name": person.name, "path": "/me/identity"} | words
        enqueue(template, address, context, key=f"{template}:{key}", at=at)
