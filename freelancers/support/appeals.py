"""Appeals of holds: a thread about the hold, which staff answer by keeping or lifting it, with a reason. Rule H-6."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core.audit import record
from core.database import session, transaction
from core.errors import Conflict, NotFound
from core.reasons import checked_reason
from freelancers import services
from freelancers.holds import HOLDS, HoldKind
from freelancers.models import Hold
from freelancers.support import mails, threads
from freelancers.support.models import Message, Thread
from freelancers.support.rules import About, Verdict, checked_answer


class NothingToAppeal(Conflict):
    """The hold is lifted, so there is nothing to decide about it."""

    title = "This hold is lifted"


@transaction()
def appeal(hold_id: UUID, text: str, *, by: UUID | None, at: datetime) -> Thread:
    """Appeal a hold, or add what is new to its appeal, and confirm by mail until when it is answered. Rule H-6.

    The same words once more change nothing. Raises InvalidInput without words, NothingToAppeal, TooMuchWaits, and
    NotFound.
    """
    text = checked_reason(text, "An appeal says why the hold should be lifted.")
    hold = session.get(Hold, hold_id, with_for_update=True, populate_existing=True)
    if hold is None:
        raise NotFound()
    thread = session.scalar(sa.select(Thread).where(Thread.hold_id == hold_id))
    if hold.lifted_at is not None:
        raise NothingToAppeal("It was lifted, and nothing is left to appeal.", "For all else, write to support.")
    if thread is None:
        title = f"Appeal: {HOLDS[HoldKind(hold.kind)].name}"
        begun = Thread(freelancer_id=hold.freelancer_id, about=About.HOLD.value, hold_id=hold_id, title=title)
        thread = threads.begun(begun, text, by=by, at=at)
    else:
        threads.write(thread.id, text, by=by, at=at)
    mails.tell_received(thread, at)
    return thread


@transaction()
def keep(thread_id: UUID, text: str, *, by: UUID, at: datetime, seen: UUID | None = None) -> Thread:
    """Answer an appeal: the hold stays, for a reason in own words, which is mailed. Rule H-6.

    New information opens it again. Raises InvalidInput without own words, NothingToAppeal, WrittenMeanwhile as `answer`
    does, and NotFound. The same words once more change nothing.
    """
    text = checked_answer(text)
    hold, thread = _open_hold(thread_id), threads.locked(thread_id)
    if threads.is_said(thread, text, by_staff=True):
        return thread
    threads.refuse_unseen(thread, seen)
    thread.waits_since = None
    message = Message(by_staff=True, author_id=by, text=text, verdict=Verdict.KEPT.value, at=at)
    threads.add(thread, message)
    told = mails.tell_kept(thread, hold, message, at)
    record("appeal.kept", "hold", hold.id, by=by, at=at, after={"kind": hold.kind, "told": told}, reason=text)
    return thread


@transaction()
def lift(thread_id: UUID, text: str, *, by: UUID, at: datetime, seen: UUID | None = None) -> Thread:
    """Answer an appeal: the hold is lifted, for a reason in own words, and that is announced. Rules H-1, H-6.

    Raises InvalidInput without own words, NothingToAppeal, WrittenMeanwhile as `answer` does, and NotFound.
    """
    text = checked_answer(text)
    hold, thread = _open_hold(thread_id), threads.locked(thread_id)
    threads.refuse_unseen(thread, seen)
    services.lift_hold(hold.id, text, by=by, at=at)  # which closes the appeal with this answer
    return thread


def _open_hold(thread_id: UUID) -> Hold:
    """Return the open hold that an appeal is about, which nobody else changes until the transaction ends."""
    thread = session.get(Thread, thread_id)
    if thread is None or thread.hold_id is None:
        raise NotFound()
    hold = session.get_one(Hold, thread.hold_id, with_for_update=True, populate_existing=True)
    if hold.lifted_at is not None:
        raise NothingToAppeal("Somebody lifted it first, and the person was told then.", "Look at the thread again.")
    return hold
