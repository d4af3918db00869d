"""What is asked about threads with support: those of a person, and the staff's queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from accounts.models import User
from core.database import session
from core.keyset import after
from core.paging import PAGE_SIZE, Page, page_of
from freelancers.models import Freelancer
from freelancers.support.models import Message, Thread
from freelancers.support.rules import ThreadState, due_at


@dataclass(frozen=True)
class Waiting:
    """How many threads wait for an answer, how many of those nobody has opened, and how many are late."""

    open: int
    unseen: int
    late: int


def thread_of(freelancer_id: UUID, thread_id: UUID) -> Thread | None:
    """Return a thread if it is this person's, or None."""
    return session.scalar(sa.select(Thread).where(Thread.id == thread_id, Thread.freelancer_id == freelancer_id))


def thread_by_id(thread_id: UUID) -> Thread | None:
    """Return a thread, or None."""
    return session.get(Thread, thread_id)


def thread_of_hold(hold_id: UUID) -> Thread | None:
    """Return the appeal of a hold, or None."""
    return session.scalar(sa.select(Thread).where(Thread.hold_id == hold_id))


def appeals_of(hold_ids: list[UUID]) -> dict[UUID, Thread]:
    """Return the appeals of these holds, by hold; one that was not appealed is left out."""
    appeals = session.scalars(sa.select(Thread).where(Thread.hold_id.in_(hold_ids)))
    return {thread.hold_id: thread for thread in appeals if thread.hold_id}


def threads_of(freelancer_id: UUID, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Thread]:
    """Return somebody's threads, the one that was written in last first."""
    own = sa.select(Thread).where(Thread.freelancer_id == freelancer_id)
    return _page(own, (Thread.last_at, Thread.id), cursor, size, descending=True)


def queue(state: ThreadState, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Thread]:
    """Return the threads in a state: those that wait, the longest waiting first; others, the last written in first."""
    chosen = sa.select(Thread).where(in_state(state)).options(joinedload(Thread.freelancer))
    if state is ThreadState.OPEN:
        return _page(chosen, (Thread.waits_since, Thread.id), cursor, size, descending=False)
    return _page(chosen, (Thread.last_at, Thread.id), cursor, size, descending=True)


def _page(
    chosen: sa.Select[Thread],
    key: tuple[InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], InstrumentedAttribute[UUID]],
    cursor: str | None,
    size: int,
    *,
    descending: bool,
) -> Page[Thread]:
    if cursor:
        chosen = chosen.where(after(cursor, *key, descending=descending))
    order = [column.desc() if descending else column for column in key]
    rows = session.scalars(chosen.order_by(*order).limit(size + 1)).all()
    return page_of(rows, lambda thread: tuple(getattr(thread, column.key) for column in key), size)


def in_state(state: ThreadState) -> ColumnElement[bool]:
    """Return the same as `Thread.state` says, for the database."""
    return {
        ThreadState.OPEN: Thread.waits_since.is_not(None),
        ThreadState.ANSWERED: sa.and_(Thread.waits_since.is_(None), Thread.closed_at.is_(None)),
        ThreadState.CLOSED: Thread.closed_at.is_not(None),
    }[state]


def waiting(at: datetime) -> Waiting:
    """Return how the queue stands at `at`."""
    rows = session.execute(sa.select(Thread.waits_since, Thread.staff_read_at).where(in_state(ThreadState.OPEN))).all()
    return Waiting(
        len(rows),
        sum(seen is None or seen < since for since, seen in rows if since),
        sum(at > due_at(since) for since, _ in rows if since),
    )


def unread_of_user(user_id: UUID) -> int:
    """Return how many threads hold an answer that whoever signs in with this account has not opened."""
    unread = (
        sa.select(sa.func.count(Message.thread_id.distinct()))
        .join(Thread, Thread.id == Message.thread_id)
        .join(Freelancer, Freelancer.id == Thread.freelancer_id)
        .where(Freelancer.user_id == user_id, _is_unread())
    )
    return session.scalar(unread) or 0


def unread_among(thread_ids: list[UUID]) -> set[UUID]:
    """Return those of the threads that hold an answer which their person has not opened."""
    unread = (
        sa.select(Message.thread_id)
        .join(Thread, Thread.id == Message.thread_id)
        .where(Thread.id.in_(thread_ids), _is_unread())
    )
    return set(session.scalars(unread))


def _is_unread() -> ColumnElement[bool]:
    is_new = sa.or_(Thread.person_read_at.is_(None), Message.at > Thread.person_read_at)
    return sa.and_(Message.by_staff, is_new)


def authors_of(thread: Thread) -> dict[UUID, str]:
    """Return the names of the staff who wrote in a thread."""
    ids = {message.author_id for message in thread.messages if message.by_staff and message.author_id}
    return {row.id: row.name for row in session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)))}
