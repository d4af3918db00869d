"""The agents who verify people, and when they are there. Rule H-2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from accounts.models import Role, User
from core.audit import record
from core.bulk import insert_rows
from core.database import changed, session, transaction
from core.errors import InvalidInput, NotAllowed, NotFound
from freelancers.identity.call_rules import SLOT, slots_between
from freelancers.identity.models import IdentityAgent, IdentitySlot

SHIFT_MAX = timedelta(hours=12)
SHIFT_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Shift:
    """A time without a gap in which an agent is there; `booked` of its `slots` have a call."""

    agent_id: UUID
    name: str
    begins_at: datetime
    ends_at: datetime
    slots: int
    booked: int


@transaction()
def add_agent(user_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Let somebody of the staff verify people; whoever does already goes on. Raises NotFound for anybody else."""
    user = session.get(User, user_id)
    if user is None or user.role != Role.STAFF or user.deactivated_at is not None:
        raise NotFound("Nobody of the staff has this account.")
    values = {"user_id": user_id, "added_at": at, "added_by": by}
    again = insert(IdentityAgent).values(values).on_conflict_do_update(
        index_elements=["user_id"], set_=values | {"removed_at": None}, where=IdentityAgent.removed_at.is_not(None)
    )  # fmt: skip
    if session.scalar(again.returning(IdentityAgent.user_id)) is not None:
        record("identity.agent_added", "user", user_id, by=by, at=at)


@transaction()
def remove_agent(user_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Let an agent verify nobody from now on. Calls that were booked with them go to whoever is free."""
    is_one = (IdentityAgent.user_id == user_id, IdentityAgent.removed_at.is_(None))
    if changed(sa.update(IdentityAgent).where(*is_one).values(removed_at=at)):
        _drop_free(user_id, at, at + SHIFT_AHEAD + SHIFT_MAX)
        record("identity.agent_removed", "user", user_id, by=by, at=at)


@transaction()
def add_shift(user_id: UUID, begins_at: datetime, ends_at: datetime, *, by: UUID, at: datetime) -> int:
    """Offer an agent's time, in quarters of an hour; return how many were not offered yet. Raises InvalidInput."""
    refuse_no_agent(user_id)
    if ends_at <= begins_at or ends_at - begins_at > SHIFT_MAX:
        raise InvalidInput("A shift ends after it begins, and within 12 hours.", "Give a longer one in two parts.")
    if ends_at <= at or begins_at > at + SHIFT_AHEAD:
        raise InvalidInput("A shift lies ahead, by 60 days at most.", "Choose another day.")
    starts = list(slots_between(max(begins_at, at), ends_at))
    if not starts:
        raise InvalidInput("No whole quarter of an hour fits into it.", "Give more time.")
    rows = [{"agent_id": user_id, "starts_at": start} for start in starts]
    offered = insert_rows(IdentitySlot, rows).on_conflict_do_nothing().returning(IdentitySlot.starts_at)
    added = session.scalars(offered).all()
    if added:
        after = {"from": begins_at.isoformat(), "until": ends_at.isoformat(), "slots": len(added)}
        record("identity.shift_added", "user", user_id, by=by, at=at, after=after)
    return len(added)


@transaction()
def drop_shift(user_id: UUID, begins_at: datetime, ends_at: datetime, *, by: UUID, at: datetime) -> int:
    """Take the time back that nobody has booked; return how many quarters of an hour that were.

    What is booked stays: its call goes to whoever is free if this agent does not take it.
    """
    refuse_no_agent(user_id)
    dropped = _drop_free(user_id, begins_at, ends_at)
    if dropped:
        after = {"from": begins_at.isoformat(), "until": ends_at.isoformat(), "slots": dropped}
        record("identity.shift_dropped", "user", user_id, by=by, at=at, after=after)
    return dropped


def agents() -> Sequence[IdentityAgent]:
    """Return everybody who verifies people, by name."""
    active = sa.select(IdentityAgent).join(User, User.id == IdentityAgent.user_id)
    return session.scalars(active.where(IdentityAgent.removed_at.is_(None)).order_by(User.name, User.id)).all()


def staff_who_are_no_agents() -> Sequence[User]:
    """Return the staff who could be made agents, by name."""
    is_one = sa.exists().where(IdentityAgent.user_id == User.id, IdentityAgent.removed_at.is_(None))
    staff = sa.select(User).where(User.role == str(Role.STAFF), User.deactivated_at.is_(None), ~is_one)
    return session.scalars(staff.order_by(User.name, User.id)).all()


def is_agent(user_id: UUID) -> bool:
    """Say whether somebody verifies people."""
    found = session.get(IdentityAgent, user_id)
    return found is not None and found.removed_at is None


def refuse_no_agent(user_id: UUID) -> None:
    """Raise NotAllowed for whoever is no agent."""
    if not is_agent(user_id):
        raise NotAllowed("Only agents verify people, and you are none.", "Have somebody add you under “Agents”.")


def shifts(since: datetime, until: datetime) -> list[Shift]:
    """Return the time that agents offer in a span, joined where there is no gap, in order."""
    rows = session.execute(
        sa.select(IdentitySlot.agent_id, User.name, IdentitySlot.starts_at, IdentitySlot.call_id)
        .join(User, User.id == IdentitySlot.agent_id)
        .where(IdentitySlot.starts_at >= since, IdentitySlot.starts_at < until)
        .order_by(IdentitySlot.agent_id, IdentitySlot.starts_at)
    )
    found: list[Shift] = []
    for agent_id, name, starts_at, call_id in rows:
        is_booked, last = int(call_id is not None), found[-1] if found else None
        if last and last.agent_id == agent_id and last.ends_at == starts_at:
            found[-1] = Shift(agent_id, name, last.begins_at, starts_at + SLOT, last.slots + 1, last.booked + is_booked)
        else:
            found.append(Shift(agent_id, name, starts_at, starts_at + SLOT, 1, is_booked))
    return sorted(found, key=lambda shift: (shift.begins_at, shift.name))


def next_on_shift(at: datetime) -> datetime | None:
    """Return when the next quarter of an hour of any agent begins or has begun; None where nobody offers any."""
    later = sa.select(sa.func.min(IdentitySlot.starts_at)).where(IdentitySlot.starts_at > at - SLOT)
    return session.scalar(later)


def _drop_free(user_id: UUID, begins_at: datetime, ends_at: datetime) -> int:
    free = sa.delete(IdentitySlot).where(
        IdentitySlot.agent_id == user_id,
        IdentitySlot.call_id.is_(None),
        IdentitySlot.starts_at >= begins_at,
        IdentitySlot.starts_at < ends_at,
    )
    return changed(free)
