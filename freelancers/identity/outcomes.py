"""What comes of a call: verified by one agent, failed only when a second one agrees. Rules H-2, H-3, H-4."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import InvalidInput
from core.reasons import checked_reason
from core.secrets import new_token
from freelancers.approval.duplicates import Trait, document_key
from freelancers.approval.earlier import note_traits
from freelancers.holds import LIFTED_BY_VERIFYING, HoldKind
from freelancers.identity import mails
from freelancers.identity.call_rules import CHECKLIST, failing
from freelancers.identity.models import Ending, IdentityCall
from freelancers.identity.pictures import KEPT_FOR, keep_after_outcome
from freelancers.identity.queue import NotYours
from freelancers.models import Freelancer
from freelancers.queries import open_holds
from freelancers.services import end_hold_for, escalate_hold, lift_hold, mark_identity, place_hold

#: Fewer letters and digits would be found with too many people.
NUMBER_MIN = 4


@transaction()
def verify(call_id: UUID, agent_id: UUID, held: Collection[str], at: datetime, number: str = "") -> None:
    """Record that everything on the checklist holds: the person is verified, and what waited for it is lifted.

    Of the document's `number` a fingerprint is kept. Raises InvalidInput when something does not hold, and NotYours.
    """
    if missing := failing(held):
        raise InvalidInput(
            f"To verify somebody everything must hold; this does not: {'; '.join(missing)}.",
            "Tick it if it holds, or record a failure with its reason.",
        )
    ended = {"found_at": at, "checks": _checks(held), "ended_at": at, "ending": str(Ending.VERIFIED)}
    call = _found(call_id, agent_id, ended)
    _note_document(call.freelancer_id, number, at)
    mark_identity(call.freelancer_id, is_verified=True, at=at)
    for hold in open_holds(call.freelancer_id):
        if HoldKind(hold.kind) in LIFTED_BY_VERIFYING:
            lift_hold(hold.id, "Your identity is verified. Thank you for your time.", by=agent_id, at=at)
    keep_after_outcome(call.freelancer_id, at)
    mails.tell_verified(call.freelancer, call, at + KEPT_FOR, at)
    record("identity.verified", "freelancer", call.freelancer_id, by=agent_id, at=at)


@transaction()
def find_failure(
    call_id: UUID, agent_id: UUID, held: Collection[str], reason: str, at: datetime, number: str = ""
) -> None:
    """Record what does not hold, and why; nothing changes for the person before a second agent agrees.

    Raises InvalidInput without a reason, or when everything holds, and NotYours.
    """
    reason = checked_reason(reason, "A failure has a reason, which the second agent and the person read.")
    missing = failing(held)
    if not missing:
        raise InvalidInput(
            "Everything on the checklist holds, so nothing failed.", "Take the tick away from what does not hold."
        )
    call = _found(call_id, agent_id, {"found_at": at, "checks": _checks(held), "reason": reason})
    _note_document(call.freelancer_id, number, at)
    after = {"does_not_hold": list(missing)}
    record("identity.failure_found", "freelancer", call.freelancer_id, by=agent_id, at=at, after=after, reason=reason)


@transaction()
def agree(call_id: UUID, agent_id: UUID, reason: str, at: datetime) -> None:
    """Agree to a failure: it is the outcome, and the person is held, told why, and can begin anew. Raises NotYours."""
    reason = checked_reason(reason, "A failure has a reason of the second agent, too; the person reads it.")
    call = _second(call_id, agent_id, Ending.FAILED, reason, at)
    mark_identity(call.freelancer_id, is_verified=False, at=at)
    missing = "; ".join(words for words in failing([point for point, holds in call.checks.items() if holds]))
    told = f"Your identity could not be verified. Not so: {missing}. {call.reason} {reason}"
    replace_hold(call.freelancer_id, told, by=agent_id, at=at)
    keep_after_outcome(call.freelancer_id, at)
    record("identity.failed", "freelancer", call.freelancer_id, by=agent_id, at=at, reason=reason)


@transaction()
def disagree(call_id: UUID, agent_id: UUID, reason: str, at: datetime) -> None:
    """Disagree with a failure: another agent calls, before all others. Raises NotYours."""
    reason = checked_reason(reason, "Whoever reads this later wants to know why you disagree.")
    call = _second(call_id, agent_id, Ending.AGAIN, reason, at)
    values = {"id": new_id(), "freelancer_id": call.freelancer_id, "asked_at": at, "room": new_token()}
    waits = {"here_at": at, "queue_from": at, "seen_at": at, "goes_first": True}
    session.execute(insert(IdentityCall).values(values | waits))
    mails.tell_again(call.freelancer, call, at)
    record("identity.failure_refused", "freelancer", call.freelancer_id, by=agent_id, at=at, reason=reason)


@transaction()
def replace_hold(freelancer_id: UUID, reason: str, *, by: UUID | None, at: datetime) -> None:
    """Let the hold for a failure take the place of the one that awaits verification, and tell the person once.

    An appeal of the first goes on as one of the second, or is answered where the second is open already. Rules H, H-6.
    """
    held = {HoldKind(hold.kind): hold.id for hold in open_holds(freelancer_id)}
    if HoldKind.VERIFICATION_FAILED in held:
        if HoldKind.AWAITING_VERIFICATION in held:
            into = held[HoldKind.VERIFICATION_FAILED]
            end_hold_for(held[HoldKind.AWAITING_VERIFICATION], into, reason, by=by, at=at)
        mails.tell_not_verified(session.get_one(Freelancer, freelancer_id), reason, at)
    elif HoldKind.AWAITING_VERIFICATION in held:
        escalate_hold(held[HoldKind.AWAITING_VERIFICATION], HoldKind.VERIFICATION_FAILED, reason, by=by, at=at)
    else:
        place_hold(freelancer_id, HoldKind.VERIFICATION_FAILED, reason, by=by, at=at)


def _note_document(freelancer_id: UUID, number: str, at: datetime) -> None:
    """Keep a fingerprint of a document's number, by which an earlier account is found; the number never. Rule A-2."""
    key = document_key(number)
    if number.strip() and len(key) < NUMBER_MIN:
        raise InvalidInput(
            f"The number of a document has at least {NUMBER_MIN} letters and digits.", "Type it again, or leave it out."
        )
    note_traits(freelancer_id, {Trait.DOCUMENT: key}, at=at)


def _checks(held: Collection[str]) -> dict[str, Any]:
    return {point: point in held for point in CHECKLIST}


def _found(call_id: UUID, agent_id: UUID, values: dict[str, Any]) -> IdentityCall:
    """Record what an agent found in a call that is theirs: late is fine while nobody else was given it."""
    theirs = (
        IdentityCall.id == call_id, IdentityCall.agent_id == agent_id,
        IdentityCall.found_at.is_(None), IdentityCall.ended_at.is_(None),
    )  # fmt: skip
    if not changed(sa.update(IdentityCall).where(*theirs).values(values | {"offer": None, "answer": None})):
        raise NotYours()
    return session.get_one(IdentityCall, call_id, populate_existing=True)


def _second(call_id: UUID, agent_id: UUID, ending: Ending, reason: str, at: datetime) -> IdentityCall:
    theirs = (
        IdentityCall.id == call_id, IdentityCall.second_id == agent_id, IdentityCall.ended_at.is_(None),
    )  # fmt: skip
    ended = {"ended_at": at, "ending": str(ending), "second_reason": reason}
    if not changed(sa.update(IdentityCall).where(*theirs).values(ended)):
        raise NotYours()
    return session.get_one(IdentityCall, call_id, populate_existing=True)
