"""Mails to somebody whose account is held, and whose hold is lifted. Rules H-1, H-6."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.outbox import enqueue
from freelancers.holds import HOLDS, HoldKind, goes_on, stops
from freelancers.models import Freelancer, Hold
from freelancers.queries import address_of, open_holds


def tell_held(person: Freelancer, hold: Hold, at: datetime) -> bool:
    """Tell somebody of a new hold: why, since when, what it stops, what lifts it, who decides. Rule H-6.

    Says whether there is an address to send it to.
    """
    kind = HoldKind(hold.kind)
    words = {
        "why": hold.reason,
        "since": hold.placed_at.isoformat(),
        "stops": list(stops([kind])),
        "running": goes_on([kind]),
        "lifted_when": HOLDS[kind].lifted_when,
    }
    return _send("hold_placed", person, hold, at, **words)


def tell_lifted(person: Freelancer, hold: Hold, at: datetime) -> bool:
    """Tell somebody that a hold is lifted, why, and what else is still open. Rules H-1, H-6.

    Says whether there is an address to send it to.
    """
    others = [HOLDS[HoldKind(other.kind)].name for other in open_holds(person.id)]
    return _send("hold_lifted", person, hold, at, why=hold.lift_reason, since=hold.placed_at.isoformat(), others=others)


def _send(template: str, person: Freelancer, hold: Hold, at: datetime, **words: Any) -> bool:
    address = address_of(person)
    if address is None:
        return False
    terms = HOLDS[HoldKind(hold.kind)]
    context = {"name": person.name, "hold": terms.name, "decided_by": terms.decided_by, "path": "/me"}
    enqueue(template, address, context | words, key=f"{template}:{hold.id}", at=at)
    return True
