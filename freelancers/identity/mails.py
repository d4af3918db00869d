"""Mails about a verification: its call, its outcome, and the receipt of what was deleted. Rules H-2, H-3."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.outbox import enqueue
from freelancers.identity.models import IdentityPicture
from freelancers.models import Freelancer
from freelancers.queries import address_of


def tell_erased(person: Freelancer, pictures: Sequence[IdentityPicture], at: datetime) -> None:
    """Send the receipt of pictures that were deleted because their time was over. Rule H-3."""
    what = [{"kind": picture.kind, "sent": picture.sent_at.isoformat(), "id": str(picture.id)} for picture in pictures]
    _send("identity_erased", person, f"{pictures[0].id}", at, pictures=what, erased=at.isoformat())


def _send(template: str, person: Freelancer, key: str, at: datetime, **words: Any) -> None:
    if (address := address_of(person)) is not None:
        context = {"name": person.name, "path": "/me/identity"} | words
        enqueue(template, address, context, key=f"{template}:{key}", at=at)
