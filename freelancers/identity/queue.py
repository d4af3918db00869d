"""Who is called next, and by whom: by one agent, and nobody is lost when an agent is. Rules H-2, X-1.

A call belongs to whoever's conditional UPDATE changed its row, until `held_until`. When that is over and nothing was
found, the agent is taken to be gone: the person goes before all others, to whoever is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from core.audit import record
from core.database import changed, session, transaction
from core.errors import Conflict, NotFound
from freelancers.identity import mails
from freelancers.identity.agents import refuse_no_agent
from freelancers.identity.call_rules import (
    AGENT_LATE,
    FREE_AFTER,
    FREE_BEFORE,
    GONE,
    GONE_FIRST,
    HELD,
    LATE,
    PRESENT,
    REMINDED_BEFORE,
    SECOND_HELD,
)
from freelancers.identity.models import Ending, IdentityCall, IdentitySlot

_OPEN = IdentityCall.ended_at.is_(None)
_WAITS = sa.and_(_OPEN, IdentityCall.agent_id.is_(None), IdentityCall.here_at.is_not(None))
_TALKS = sa.and_(_OPEN, IdentityCall.agent_id.is_not(None), IdentityCall.found_at.is_(None))
#: Whoever was cut off comes first, then who has booked, then everybody else; each in their own order.
_ORDER = (IdentityCall.goes_first.desc(), IdentityCall.booked_for.is_(None), IdentityCall.queue_from, IdentityCall.id)
_BATCH = 200


class NobodyWaits(Conflict):
    """There is nobody to call just now."""

    title = "Nobody waits for you now"


class NotYours(Conflict):
    """The agent does not have this call, or no longer."""

    title = "This call is not yours any more"

    def __init__(self) -> None:
        super().__init__(
            "It ended, or was given to another agent because its time was over.", "Take the next one from the queue."
        )


@transaction()
def take_next(agent_id: UUID, at: datetime) -> IdentityCall:
    """Give an agent who is free the next person, whom nobody else gets. Raises NobodyWaits, NotAllowed and Conflict."""
    refuse_no_agent(agent_id)
    _refuse_second_call(agent_id)
    give_back_overdue(at)
    soon = _booked_soon(agent_id, at)
    chosen = sa.select(IdentityCall.id).where(_WAITS, IdentityCall.seen_at > at - PRESENT, _is_for(agent_id, at))
    if soon is not None:
        chosen = chosen.where(sa.or_(IdentityCall.id == soon, IdentityCall.goes_first))
    call_id = session.scalar(chosen.order_by(*_ORDER).limit(1).with_for_update(skip_locked=True, of=IdentityCall))
    values = {"agent_id": agent_id, "taken_at": at, "held_until": at + HELD}
    if call_id is None or not changed(sa.update(IdentityCall).where(IdentityCall.id == call_id, _WAITS).values(values)):
        why = "Nobody is in the wait room" if soon is None else "Somebody has booked you for the next minutes"
        raise NobodyWaits(f"{why}.", "The queue shows who comes; try again in a moment.")
    return _taken(call_id, agent_id, at)


@transaction()
def hold_longer(call_id: UUID, agent_id: UUID, at: datetime) -> None:
    """Let an agent whose call takes longer have it for another quarter of an hour. Raises NotYours."""
    theirs = (IdentityCall.id == call_id, IdentityCall.agent_id == agent_id, _TALKS)
    if not changed(sa.update(IdentityCall).where(*theirs).values(held_until=at + HELD)):
        raise NotYours()


@transaction()
def cut_off(call_id: UUID, at: datetime) -> None:
    """Let somebody whose call broke off go before all others, at their own word. Raises Conflict when it is over."""
    if not _give_back(IdentityCall.id == call_id, at=at):
        raise Conflict("The call is not on any more.", "Look at your identity page again.")


@transaction()
def give_back_overdue(at: datetime) -> int:
    """Give back the calls of agents who are taken to be gone, and second looks as well; return how many."""
    late = (IdentityCall.second_until <= at, IdentityCall.second_id.is_not(None), _OPEN)
    seconds = changed(sa.update(IdentityCall).where(*late).values(second_id=None, second_until=None))
    return seconds + _give_back(IdentityCall.held_until <= at, at=at)


@transaction()
def stay(call_id: UUID, at: datetime) -> None:
    """Keep that somebody's page is open: whoever waits and shows no sign is not called, and has left after a while."""
    changed(sa.update(IdentityCall).where(IdentityCall.id == call_id, _OPEN).values(seen_at=at))


def place_of(call: IdentityCall, at: datetime) -> int:
    """Return the place in the queue: 1 is next."""
    mine = sa.and_(IdentityCall.id == call.id, _WAITS)
    row = sa.func.row_number().over(order_by=_ORDER)
    ordered = sa.select(IdentityCall.id, row.label("place")).where(
        sa.or_(mine, sa.and_(_WAITS, IdentityCall.seen_at > at - PRESENT))
    ).subquery()  # fmt: skip
    return session.scalar(sa.select(ordered.c.place).where(ordered.c.id == call.id)) or 1


@transaction()
def close_absent(at: datetime) -> int:
    """End the calls of those who did not come, and of those who left the wait room; tell them how to begin anew."""
    no_show = sa.and_(_OPEN, IdentityCall.here_at.is_(None), IdentityCall.booked_for < at - LATE)
    last_sign = sa.case((IdentityCall.goes_first, at - GONE_FIRST), else_=at - GONE)
    left = sa.and_(_WAITS, IdentityCall.seen_at <= last_sign)
    count = 0
    for ending, is_so in ((Ending.NO_SHOW, no_show), (Ending.LEFT, left)):
        gone = sa.select(IdentityCall.id).where(is_so).limit(_BATCH).with_for_update(skip_locked=True, of=IdentityCall)
        for call_id in session.scalars(gone).all():
            ended = sa.update(IdentityCall).where(IdentityCall.id == call_id, is_so)
            if changed(ended.values(ended_at=at, ending=str(ending))):
                call, count = _fresh(call_id), count + 1
                mails.tell_missed(call.freelancer, call, at)
                record(f"identity.call_{ending}", "freelancer", call.freelancer_id, by=None, at=at)
    return count


@transaction()
def remind(at: datetime) -> int:
    """Remind those whose call is within the hour, once; return how many."""
    soon = sa.and_(
        _OPEN,
        IdentityCall.here_at.is_(None),
        IdentityCall.reminded_at.is_(None),
        IdentityCall.booked_for.between(at, at + REMINDED_BEFORE),
        IdentityCall.asked_at < IdentityCall.booked_for - REMINDED_BEFORE,
    )
    ids = session.scalars(
        sa.update(IdentityCall).where(soon).values(reminded_at=at).returning(IdentityCall.id)
    ).all()  # fmt: skip
    for call_id in ids:
        call = _fresh(call_id)
        mails.remind(call.freelancer, call, at)
    return len(ids)


@transaction()
def take_second(agent_id: UUID, at: datetime) -> IdentityCall:
    """Give an agent the failure that waits longest for somebody other than who found it. Raises NobodyWaits."""
    refuse_no_agent(agent_id)
    give_back_overdue(at)
    waits = sa.and_(
        _OPEN, IdentityCall.found_at.is_not(None), IdentityCall.second_id.is_(None),
        IdentityCall.agent_id.is_distinct_from(agent_id),
    )  # fmt: skip
    oldest = sa.select(IdentityCall.id).where(waits).order_by(IdentityCall.found_at, IdentityCall.id).limit(1)
    call_id = session.scalar(oldest.with_for_update(skip_locked=True, of=IdentityCall))
    values = {"second_id": agent_id, "second_until": at + SECOND_HELD}
    if call_id is None or not changed(sa.update(IdentityCall).where(IdentityCall.id == call_id, waits).values(values)):
        raise NobodyWaits("No failure waits for a second look by you.", "Your own is looked at by another agent.")
    call = _fresh(call_id)
    record("identity.second_taken", "freelancer", call.freelancer_id, by=agent_id, at=at)
    return call


def call_of_agent(agent_id: UUID) -> IdentityCall | None:
    """Return the call that an agent has, or None."""
    return session.scalar(sa.select(IdentityCall).where(_TALKS, IdentityCall.agent_id == agent_id))


def second_of_agent(agent_id: UUID, at: datetime) -> IdentityCall | None:
    """Return the failure that an agent looks at a second time, or None."""
    theirs = (_OPEN, IdentityCall.second_id == agent_id, IdentityCall.second_until > at)
    return session.scalar(sa.select(IdentityCall).where(*theirs).order_by(IdentityCall.found_at).limit(1))


def waiting(at: datetime, limit: int = 100) -> Sequence[IdentityCall]:
    """Return who is in the wait room, in the order in which they are called."""
    there = sa.select(IdentityCall).where(_WAITS, IdentityCall.seen_at > at - GONE)
    return session.scalars(there.order_by(*_ORDER).limit(limit)).all()


def _is_for(agent_id: UUID, at: datetime) -> ColumnElement[bool]:
    """Return whether an agent may take a call: booked ones wait for their own agent, for a short while."""
    own = sa.exists().where(IdentitySlot.call_id == IdentityCall.id, IdentitySlot.agent_id == agent_id)
    return sa.or_(
        IdentityCall.booked_for.is_(None), IdentityCall.goes_first, own, IdentityCall.booked_for <= at - AGENT_LATE
    )


def _booked_soon(agent_id: UUID, at: datetime) -> UUID | None:
    """Return the call for which an agent is to stay free: it is about to begin, or should have a moment ago."""
    soon = (
        sa.select(IdentityCall.id)
        .join(IdentitySlot, IdentitySlot.call_id == IdentityCall.id)
        .where(_OPEN, IdentityCall.agent_id.is_(None), IdentitySlot.agent_id == agent_id)
        .where(IdentityCall.booked_for.between(at - FREE_AFTER, at + FREE_BEFORE))
    )
    return session.scalar(soon.order_by(IdentityCall.booked_for).limit(1))


def _refuse_second_call(agent_id: UUID) -> None:
    if call_of_agent(agent_id) is not None:
        raise Conflict("You have a call that is not finished.", "Record its outcome first.")


def _taken(call_id: UUID, agent_id: UUID, at: datetime) -> IdentityCall:
    call = _fresh(call_id)
    record("identity.call_taken", "freelancer", call.freelancer_id, by=agent_id, at=at)
    return call


def _give_back(*which: ColumnElement[bool], at: datetime) -> int:
    values: dict[str, Any] = {"agent_id": None, "taken_at": None, "held_until": None, "goes_first": True, "seen_at": at}
    values |= {"offer": None, "answer": None}
    ids = session.scalars(
        sa.update(IdentityCall)
        .where(_TALKS, *which)
        .values(values | {"cut_off": IdentityCall.cut_off + 1, "queue_from": IdentityCall.asked_at})
        .returning(IdentityCall.id)
    ).all()
    for call_id in ids:
        call = _fresh(call_id)
        mails.tell_cut_off(call.freelancer, call, at)
        record("identity.call_cut_off", "freelancer", call.freelancer_id, by=None, at=at)
    return len(ids)


def _fresh(call_id: UUID) -> IdentityCall:
    call = session.get(IdentityCall, call_id, populate_existing=True)
    if call is None:
        raise NotFound()
    return call
