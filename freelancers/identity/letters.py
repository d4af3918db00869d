"""The two letters with which an agent's and a person's browser find each other (WebRTC's offer and answer)."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core.database import changed, session, transaction
from freelancers.identity.meeting import Side
from freelancers.identity.models import IdentityCall


def call_of(call_id: UUID) -> IdentityCall | None:
    """Return a call, or None."""
    return session.get(IdentityCall, call_id)


@transaction()
def write(call_id: UUID, side: Side, text: str, to: str = "") -> bool:
    """Keep an agent's offer, which is a new beginning, or a person's answer `to` it; say whether that is possible.

    An offer begins with a number of its own and a space: an answer to an earlier one is of no use.
    """
    on = (
        IdentityCall.id == call_id,
        IdentityCall.ended_at.is_(None),
        IdentityCall.agent_id.is_not(None),
        IdentityCall.found_at.is_(None),
    )
    if side is Side.AGENT:
        return bool(changed(sa.update(IdentityCall).where(*on).values(offer=text, answer=None)))
    answers = sa.func.starts_with(IdentityCall.offer, f"{to} ")
    return bool(to and changed(sa.update(IdentityCall).where(*on, answers).values(answer=text)))
