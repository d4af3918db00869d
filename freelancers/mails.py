"""Mails to somebody whose account is held, and whose hold is lifted. Rules H-1, H-6."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.outbox import enqueue
from freelancers.capabilities import stop_of
from freelancers.holds import HOLDS, HoldKind
from freelancers.models import Freelancer, Hold
from freelancers.queries import address_of, open_holds
from freelancers.support.codes import hold_code

#: The same notice is not sent again before so much time has passed.
AGAIN_AFTER_MIN = 10


def tell_held(person: Freelancer, hold: Hold, at: datetime, *, instead_of: Hold | None = None) -> bool:
    """Tell somebody of a new hold: why, since when, what it stops, what lifts it, who decides. Rule H-6.

    The link in it opens the hold's page and its appeal without a sign-in. `instead_of` is the hold whose place it took.
    Says whether there is an address to send it to.
    """
    return _send_notice(person, hold, at, f"hold_placed:{hold.id}", instead_of)


def tell_held_again(person: Freelancer, hold: Hold, at: datetime) -> bool:
    """Send the notice of an open hold once more, with a new link; at most once in AGAIN_AFTER_MIN. Rule H-6.

    Says whether there is an address to send it to.
    """
    turn = int(at.timestamp()) // (AGAIN_AFTER_MIN * 60)
    return _send_notice(person, hold, at, f"hold_placed:{hold.id}:{turn}", None)


def _send_notice(person: Freelancer, hold: Hold, at: datetime, key: str, instead_of: Hold | None) -> bool:
    stop = stop_of(hold)
    words = {
        "why": hold.reason,
        "since": hold.placed_at.isoformat(),
        "stops": list(stop.stops),
        "running": stop.keeps,
        "lifted_when": stop.lifted_when,
        "instead_of": HOLDS[HoldKind(instead_of.kind)].name if instead_of else None,
    }
    return _send("hold_placed", person, hold, at, key, {"path": f"/holds/{hold_code(hold.id, at)}"}, **words)


def tell_lifted(person: Freelancer, hold: Hold, at: datetime) -> bool:
    """Tell somebody that a hold is lifted, why, and what else is still open. Rules H-1, H-6.

    Says whether there is an address to send it to.
    """
    others = [HOLDS[HoldKind(other.kind)].name for other in open_holds(person.id)]
    words = {"path": "/me", "why": hold.lift_reason, "since": hold.placed_at.isoformat(), "others": others}
    return _send("hold_lifted", person, hold, at, f"hold_lifted:{hold.id}", None, **words)


def _send(
    template: str,
    person: Freelancer,
    hold: Hold,
    at: datetime,
    key: str,
    secrets: dict[str, str] | None,
    **words: Any,
) -> bool:
    address = address_of(person)
    if address is None:
        return False
    terms = HOLDS[HoldKind(hold.kind)]
    context = {"name": person.name, "hold": terms.name, "decided_by": terms.decided_by}
    enqueue(template, address, context | words, key=key, at=at, secrets=secrets)
    return True
