"""Mails about what somebody wrote to support."""

from __future__ import annotations

from datetime import datetime

from core.outbox import enqueue
from freelancers.capabilities import stop_of
from freelancers.holds import HOLDS, HoldKind
from freelancers.models import Hold
from freelancers.queries import address_of
from freelancers.support.codes import hold_code
from freelancers.support.models import Message, Thread


def tell_answered(thread: Thread, message: Message, at: datetime) -> bool:
    """Send the person what staff answered, in full. Says whether there is an address to send it to."""
    person = thread.freelancer
    address = address_of(person)
    if address is None:
        return False
    words = {
        "name": person.name,
        "title": thread.title,
        "text": message.text,
        "added": message.added,
        "closed": thread.closed_at is not None,
    }
    where = _where(thread, at)
    enqueue("support_answered", address, words, key=f"support_answered:{message.id}", at=at, secrets=where)
    return True


def tell_received(thread: Thread, at: datetime) -> None:
    """Confirm that an appeal came, and say until when it is answered. Rule H-6."""
    address, person = address_of(thread.freelancer), thread.freelancer
    if address and thread.hold and thread.due_at:
        words = {"name": person.name, "hold": _name(thread.hold), "due": thread.due_at.isoformat()}
        key = f"appeal_received:{thread.messages[-1].id}"
        enqueue("appeal_received", address, words, key=key, at=at, secrets=_where(thread, at))


def tell_kept(thread: Thread, hold: Hold, message: Message, at: datetime) -> bool:
    """Send the answer to an appeal after which the hold stays. Says whether there is an address to send it to."""
    address, person = address_of(thread.freelancer), thread.freelancer
    if address is None:
        return False
    words = {"name": person.name, "hold": _name(hold), "text": message.text, "lifted_when": stop_of(hold).lifted_when}
    enqueue("appeal_kept", address, words, key=f"appeal_kept:{message.id}", at=at, secrets=_where(thread, at))
    return True


def _name(hold: Hold) -> str:
    return HOLDS[HoldKind(hold.kind)].name


def _where(thread: Thread, at: datetime) -> dict[str, str]:
    """Return where the thread is read: an appeal through a link that asks for no sign-in. Rule H-6."""
    return {"path": f"/holds/{hold_code(thread.hold_id, at)}" if thread.hold_id else f"/me/support/{thread.id}"}
