"""Mails about what somebody wrote to support."""

from __future__ import annotations

from datetime import datetime

from core.outbox import enqueue
from freelancers.queries import address_of
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
        "path": f"/me/support/{thread.id}",
    }
    enqueue("support_answered", address, words, key=f"support_answered:{message.id}", at=at)
    return True
