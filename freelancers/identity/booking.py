"""Asking for a call: now, or at a time of one's own choice. Whoever asks first has it. Rule H-2."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, NotFound
from core.secrets import new_token
from freelancers.identity import mails
from freelancers.identity.call_rules import BOOKED_AHEAD, BOOKED_BEFORE, EARLY, LATE, CallState, state_of
from freelancers.identity.models import Ending, IdentityCall, IdentitySlot, PictureKind
from freelancers.identity.pictures import pictures_of
from freelancers.models import Freelancer


class NotReady(Conflict):
    """A call needs both pictures; what is missing is named."""

    title = "Something is missing before the call"


class CallOpen(Conflict):
    """One call at a time."""

    title = "You have a call already"

    def __init__(self) -> None:
        super().__init__("It is booked, or goes on.", "Look at it on your identity page; you can call it off there.")


class SlotTaken(Conflict):
    """Somebody booked the last place at this time first."""

    title = "This time has just been taken"

    def __init__(self) -> None:
        super().__init__("Somebody booked it a moment before you, or it is over.", "Choose one of the times below.")


class MovedAlready(Conflict):
    """A call can be moved once."""

    title = "It was moved once already"

    def __init__(self) -> None:
        super().__init__("A booked call can be moved once.", "Call it off and begin anew, or come at the time booked.")


@transaction()
def call_now(person: Freelancer, at: datetime) -> IdentityCall:
    """Put somebody into the queue for the next agent who is free; a second click changes nothing.

    Raises NotReady and CallOpen.
    """
    call = _asked(person, at, here_at=at, queue_from=at, seen_at=at)
    if call is None:
        return _made_by_another_click(person, None)
    record("identity.call_asked", "freelancer", person.id, by=person.user_id, at=at)
    return call


@transaction()
def book(person: Freelancer, starts_at: datetime, at: datetime) -> IdentityCall:
    """Book a call; the last place at a time goes to one, and a second click changes nothing.

    Raises NotReady, CallOpen and SlotTaken.
    """
    call = _asked(person, at, booked_for=starts_at)
    if call is None:
        return _made_by_another_click(person, starts_at)
    _claim_slot(call, starts_at, at)
    mails.tell_booked(person, call, at)
    after = {"booked_for": starts_at.isoformat()}
    record("identity.call_booked", "freelancer", person.id, by=person.user_id, at=at, after=after)
    return call


@transaction()
def move(call_id: UUID, starts_at: datetime, *, by: UUID, at: datetime) -> IdentityCall:
    """Move a booked call to another time, once. Raises NotFound, MovedAlready, SlotTaken, and Conflict if it began."""
    call = _locked(call_id)
    if state_of(call) is not CallState.BOOKED:
        raise Conflict("It has begun, or is over.", "Look at your identity page again.")
    if call.booked_for == starts_at:
        return call
    if call.moved_at is not None:
        raise MovedAlready()
    before = {"booked_for": call.booked_for and call.booked_for.isoformat()}
    _free_slot(call.id)
    call.booked_for, call.moved_at, call.reminded_at = starts_at, at, None
    _claim_slot(call, starts_at, at)
    mails.tell_booked(call.freelancer, call, at)
    after = {"booked_for": starts_at.isoformat()}
    record("identity.call_moved", "freelancer", call.freelancer_id, by=by, at=at, before=before, after=after)
    return call


@transaction()
def call_off(call_id: UUID, *, by: UUID, at: datetime) -> None:
    """Let somebody call off a call that no agent has; its time is free for others. Raises NotFound and Conflict."""
    waits = (IdentityCall.id == call_id, IdentityCall.ended_at.is_(None), IdentityCall.agent_id.is_(None))
    if not changed(sa.update(IdentityCall).where(*waits).values(ended_at=at, ending=str(Ending.CALLED_OFF))):
        _locked(call_id)
        raise Conflict("An agent has it already, or it is over.", "Look at your identity page again.")
    _free_slot(call_id)
    call = session.get_one(IdentityCall, call_id, populate_existing=True)
    record("identity.call_called_off", "freelancer", call.freelancer_id, by=by, at=at)


@transaction()
def arrive(call_id: UUID, at: datetime) -> None:
    """Let somebody who has booked into the wait room: from 10 minutes before their time until 10 after it."""
    on_time = (
        IdentityCall.id == call_id,
        IdentityCall.ended_at.is_(None),
        IdentityCall.here_at.is_(None),
        IdentityCall.booked_for.between(at - LATE, at + EARLY),
    )
    values = {"here_at": at, "seen_at": at, "queue_from": IdentityCall.booked_for}
    changed(sa.update(IdentityCall).where(*on_time).values(values))


def open_times(at: datetime) -> Sequence[datetime]:
    """Return the times at which a call can be booked, in order."""
    free = sa.select(IdentitySlot.starts_at).where(
        IdentitySlot.call_id.is_(None), IdentitySlot.starts_at.between(at + BOOKED_BEFORE, at + BOOKED_AHEAD)
    )
    return session.scalars(free.distinct().order_by(IdentitySlot.starts_at)).all()


def open_call_of(freelancer_id: UUID) -> IdentityCall | None:
    """Return the call that somebody has, or None."""
    return session.scalar(
        sa.select(IdentityCall).where(IdentityCall.freelancer_id == freelancer_id, IdentityCall.ended_at.is_(None))
    )


def last_call_of(freelancer_id: UUID) -> IdentityCall | None:
    """Return the last call that somebody had and that is over, or None."""
    ended = sa.select(IdentityCall).where(
        IdentityCall.freelancer_id == freelancer_id, IdentityCall.ended_at.is_not(None)
    )
    return session.scalar(ended.order_by(IdentityCall.ended_at.desc(), IdentityCall.id.desc()).limit(1))


def _made_by_another_click(person: Freelancer, booked_for: datetime | None) -> IdentityCall:
    """Return the call that somebody has, if it is the one that they ask for. Raises CallOpen. Rule X-1."""
    call = open_call_of(person.id)
    if call is None or call.booked_for != booked_for or call.agent_id is not None:
        raise CallOpen()
    return call


def _asked(person: Freelancer, at: datetime, **moments: datetime) -> IdentityCall | None:
    """Ask for a call; None when there is one already. Raises NotReady."""
    missing = set(PictureKind) - set(pictures_of(person.id))
    if missing:
        words = {PictureKind.DOCUMENT: "a picture of your document", PictureKind.REFERENCE: "a picture of yourself"}
        named = " and ".join(words[kind] for kind in PictureKind if kind in missing)
        raise NotReady(f"The agent needs {named}.", "Send it first; only the agent sees it.")
    values = {"id": new_id(), "freelancer_id": person.id, "asked_at": at, "room": new_token()} | moments
    call: IdentityCall | None = session.scalar(
        insert(IdentityCall).values(values).on_conflict_do_nothing().returning(IdentityCall)
    )
    return call


def _claim_slot(call: IdentityCall, starts_at: datetime, at: datetime) -> None:
    """Take one agent's free time. Two who want the last one meet at its row: it is skipped by whoever comes second."""
    session.flush()
    free = (
        sa.select(IdentitySlot.agent_id)
        .where(IdentitySlot.starts_at == starts_at, IdentitySlot.call_id.is_(None))
        .where(IdentitySlot.starts_at.between(at, at + BOOKED_AHEAD))
        # Spread over the agents, and for each time in another order.
        .order_by(sa.func.md5(sa.func.concat(IdentitySlot.agent_id, IdentitySlot.starts_at)))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    agent_id = session.scalar(free)
    slot = (IdentitySlot.starts_at == starts_at, IdentitySlot.agent_id == agent_id, IdentitySlot.call_id.is_(None))
    if agent_id is None or not changed(sa.update(IdentitySlot).where(*slot).values(call_id=call.id)):
        raise SlotTaken()


def _free_slot(call_id: UUID) -> None:
    changed(sa.update(IdentitySlot).where(IdentitySlot.call_id == call_id).values(call_id=None))


def _locked(call_id: UUID) -> IdentityCall:
    call = session.get(IdentityCall, call_id, with_for_update={"of": IdentityCall}, populate_existing=True)
    if call is None:
        raise NotFound()
    return call
