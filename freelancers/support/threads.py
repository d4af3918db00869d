"""What is done with threads: the person writes, staff answer, either reads, and it is closed or opened again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.reasons import checked_reason
from freelancers.models import Freelancer
from freelancers.support import mails
from freelancers.support.models import Message, Thread
from freelancers.support.rules import (
    PARAGRAPHS,
    TITLE_MAX,
    UNANSWERED_MAX,
    WAITING_MAX,
    About,
    Verdict,
    checked_answer,
)


class TooMuchWaits(Conflict):
    """Somebody writes faster than anybody can answer."""

    title = "So much waits for an answer already"


class WrittenMeanwhile(Conflict):
    """Somebody wrote in the thread after the answer was begun."""

    title = "Somebody wrote meanwhile"


@transaction()
def open_thread(freelancer_id: UUID, about: About, title: str, text: str, *, by: UUID | None, at: datetime) -> Thread:
    """Write to staff about something. The same once more, while it waits, is the thread that there is. Rule X-1.

    Raises InvalidInput without a title or words, TooMuchWaits, and NotFound.
    """
    text, title = checked_reason(text, "There is nothing to answer without words."), checked_title(title)
    waits = _waiting_of(freelancer_id)
    for thread in waits:
        if (thread.about, thread.title, thread.messages[-1].text) == (about.value, title, text):
            return thread
    if len(waits) >= WAITING_MAX:
        raise TooMuchWaits(
            f"{WAITING_MAX} of your letters wait for an answer.", "Add to one of them, or wait until one is answered."
        )
    return begun(Thread(freelancer_id=freelancer_id, about=about.value, title=title), text, by=by, at=at)


def checked_title(title: str) -> str:
    """Return what a thread is called, on one line. Raises InvalidInput when it is empty or too long."""
    title = " ".join(title.replace("\x00", "").split())
    if not title or len(title) > TITLE_MAX:
        raise InvalidInput(
            f"A subject has 1 to {TITLE_MAX} characters; this has {len(title)}.", "Say in a few words what it is about."
        )
    return title


def _waiting_of(freelancer_id: UUID) -> list[Thread]:
    """Return what waits of somebody; they open one thread at a time until the transaction ends. Raises NotFound."""
    if session.get(Freelancer, freelancer_id, with_for_update=True) is None:
        raise NotFound()
    own = (Thread.freelancer_id == freelancer_id, Thread.waits_since.is_not(None))
    return list(session.scalars(sa.select(Thread).where(*own)))


def begun(thread: Thread, text: str, *, by: UUID | None, at: datetime) -> Thread:
    """Store a new thread with its first message."""
    thread.id, thread.opened_at, thread.last_at, thread.waits_since, thread.person_read_at = new_id(), at, at, at, at
    session.add(thread)
    session.flush()
    session.add(Message(thread_id=thread.id, by_staff=False, author_id=by, text=text, at=at))
    session.flush()
    after = {"about": thread.about, "freelancer_id": str(thread.freelancer_id)}
    record("support.opened", "support_thread", thread.id, by=by, at=at, after=after)
    return thread


@transaction()
def write(thread_id: UUID, text: str, *, by: UUID | None, at: datetime) -> Thread:
    """Add what the person writes; the thread waits for staff again, also when it was closed. Rules H-6, X-1.

    The same words once more change nothing. Raises InvalidInput without words, TooMuchWaits, and NotFound.
    """
    text = checked_reason(text, "There is nothing to answer without words.")
    thread = locked(thread_id)
    if is_said(thread, text, by_staff=False):
        return thread
    unanswered = [message for message in thread.messages if thread.waits_since and message.at >= thread.waits_since]
    if len(unanswered) >= UNANSWERED_MAX:
        raise TooMuchWaits(
            f"{UNANSWERED_MAX} of your messages here wait for an answer.", "Wait until they are answered."
        )
    before = {"state": thread.state}
    thread.waits_since, thread.closed_at = thread.waits_since or at, None
    add(thread, Message(by_staff=False, author_id=by, text=text, at=at))
    thread.person_read_at = at
    after = {"state": thread.state}
    record("support.written", "support_thread", thread.id, by=by, at=at, before=before, after=after)
    return thread


@transaction()
def answer(
    thread_id: UUID,
    text: str,
    *,
    by: UUID,
    at: datetime,
    paragraph: str | None = None,
    closes: bool = False,
    seen: UUID | None = None,
) -> Thread:
    """Answer for staff, in words of their own, and mail it. Rules H-6, X-1.

    `paragraph` names one of PARAGRAPHS to send along; `closes` ends the thread with it. `seen` is the last message that
    whoever answers has read. Raises InvalidInput without own words, WrittenMeanwhile when there is a later message, and
    NotFound. The same words once more change nothing.
    """
    text, thread = checked_answer(text), locked(thread_id)
    if not is_said(thread, text, by_staff=True):
        refuse_unseen(thread, seen)
        added = PARAGRAPHS[paragraph].text if paragraph and paragraph in PARAGRAPHS else None
        _answered(thread, Message(text=text, added=added), closes=closes, by=by, at=at)
    return thread


def refuse_unseen(thread: Thread, seen: UUID | None) -> None:
    """Raise WrittenMeanwhile if the thread has a later message than the one that was seen."""
    if seen is not None and thread.messages[-1].id != seen:
        raise WrittenMeanwhile(
            "There is a message that was not on your page. Nothing was sent.", "Read it below, then send your answer."
        )


def _answered(thread: Thread, message: Message, *, closes: bool, by: UUID | None, at: datetime) -> None:
    thread.waits_since, thread.closed_at = None, at if closes else thread.closed_at
    message.by_staff, message.author_id, message.at = True, by, at
    add(thread, message)
    told = mails.tell_answered(thread, message, at)
    after = {"state": thread.state, "told": told}
    record("support.answered", "support_thread", thread.id, by=by, at=at, after=after)


@transaction()
def close(thread_id: UUID, *, by: UUID | None, at: datetime) -> Thread:
    """Close a thread for the person, to whom it is settled; one that is closed stays so. Raises NotFound."""
    thread = locked(thread_id)
    if thread.closed_at is None:
        thread.waits_since, thread.closed_at = None, at
        record("support.closed", "support_thread", thread.id, by=by, at=at)
    return thread


@transaction()
def settle(hold_id: UUID, reason: str, *, by: UUID | None, at: datetime, verdict: Verdict = Verdict.LIFTED) -> None:
    """Answer and close the appeal of a hold that ended now, if there is one, with the reason for that. Rule H-6."""
    thread_id = session.scalar(sa.select(Thread.id).where(Thread.hold_id == hold_id))
    if thread_id is not None:
        thread = locked(thread_id)
        thread.waits_since, thread.closed_at = None, at
        add(thread, Message(by_staff=True, author_id=by, text=reason, verdict=verdict.value, at=at))


@transaction()
def follow(hold_id: UUID, into: UUID) -> None:
    """Let the appeal of a hold go on as that of the hold which takes its place. Rule X-1."""
    changed(sa.update(Thread).where(Thread.hold_id == hold_id).values(hold_id=into))


@transaction()
def seen_by_person(thread_id: UUID, at: datetime) -> None:
    """Keep that the person has read what is there."""
    changed(sa.update(Thread).where(Thread.id == thread_id).values(person_read_at=at))


@transaction()
def seen_by_staff(thread_id: UUID, at: datetime) -> None:
    """Keep that somebody of the staff has read what is there."""
    changed(sa.update(Thread).where(Thread.id == thread_id).values(staff_read_at=at))


def locked(thread_id: UUID) -> Thread:
    """Return a thread in which nobody else writes until the transaction ends. Raises NotFound."""
    thread = session.get(Thread, thread_id, with_for_update=True, populate_existing=True)
    if thread is None:
        raise NotFound()
    session.refresh(thread, ["messages"])
    return thread


def is_said(thread: Thread, text: str, *, by_staff: bool) -> bool:
    """Say whether this is what was said last, as after a second click."""
    last = thread.messages[-1]
    return (last.by_staff, last.text) == (by_staff, text)


def add(thread: Thread, message: Message) -> None:
    thread.messages.append(message)
    thread.last_at = message.at
    session.flush()
