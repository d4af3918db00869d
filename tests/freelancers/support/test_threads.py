"""A person writes, staff answer, and both see how it stands. Rules H-6, X-1, X-2."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from core.errors import Conflict, InvalidInput
from core.outbox import OutboxMail
from freelancers.support import queries, threads
from freelancers.support.models import Message, Thread
from freelancers.support.rules import UNANSWERED_MAX, WAITING_MAX, About, ThreadState
from tests.factories import make_freelancer, make_user

REASON = "We looked at your case and found what went wrong."


@pytest.fixture
def ada(session, at):
    return make_freelancer(make_user())


@pytest.fixture
def robin(session):
    return make_user("staff", name="Robin")


def letter(ada, at, title="My badge", text="Why?"):
    return threads.open_thread(ada.id, About.BADGE, title, text, by=ada.user_id, at=at)


def test_who_writes_waits_is_answered_writes_again_and_closes(session, ada, robin, at):
    thread = letter(ada, at)
    assert thread.state is ThreadState.OPEN

    threads.answer(thread.id, REASON, by=robin.id, at=at + timedelta(hours=1))
    assert thread.state is ThreadState.ANSWERED
    assert queries.unread_of_user(ada.user_id) == 1

    threads.seen_by_person(thread.id, at + timedelta(hours=2))
    assert queries.unread_of_user(ada.user_id) == 0

    threads.write(thread.id, "And now?", by=ada.user_id, at=at + timedelta(hours=3))
    assert (thread.state, thread.waits_since) == (ThreadState.OPEN, at + timedelta(hours=3))

    threads.answer(thread.id, REASON + " It is mended.", by=robin.id, at=at + timedelta(hours=4), closes=True)
    assert thread.state is ThreadState.CLOSED

    threads.write(thread.id, "It is not.", by=ada.user_id, at=at + timedelta(hours=5))
    assert thread.state is ThreadState.OPEN

    threads.close(thread.id, by=ada.user_id, at=at + timedelta(hours=6))
    assert thread.state is ThreadState.CLOSED
    deeds = session.scalars(sa.select(AuditEvent.action).where(AuditEvent.subject_id == thread.id)).all()
    assert sorted(deeds) == ["support.answered"] * 2 + ["support.closed", "support.opened"] + ["support.written"] * 2


def test_every_answer_is_mailed_in_full_with_what_was_added(session, ada, robin, at):
    thread = letter(ada, at)
    threads.answer(thread.id, REASON, by=robin.id, at=at, paragraph="new")

    (mail,) = session.scalars(sa.select(OutboxMail))
    assert (mail.template, mail.to_address) == ("support_answered", ada.email)
    assert mail.context["text"] == REASON
    assert mail.context["added"].startswith("If you know something")


def test_the_same_words_once_more_change_nothing(session, ada, robin, at):
    thread = letter(ada, at)
    assert letter(ada, at) == thread
    for _ in range(2):
        threads.write(thread.id, "More.", by=ada.user_id, at=at)
    for _ in range(2):
        threads.answer(thread.id, REASON, by=robin.id, at=at)

    assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 3
    assert session.scalar(sa.select(sa.func.count()).select_from(Thread)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 1


def test_an_answer_to_what_its_writer_has_not_read_is_refused(session, ada, robin, at):
    thread = letter(ada, at)
    seen = thread.messages[-1].id
    threads.write(thread.id, "I found out more.", by=ada.user_id, at=at)

    with pytest.raises(Conflict, match="not on your page"):
        threads.answer(thread.id, REASON, by=robin.id, at=at, seen=seen)
    assert thread.state is ThreadState.OPEN


def test_an_answer_without_own_words_is_refused(session, ada, robin, at):
    thread = letter(ada, at)

    with pytest.raises(InvalidInput):
        threads.answer(thread.id, "No.", by=robin.id, at=at, paragraph="holds")
    assert thread.state is ThreadState.OPEN


def test_nobody_can_bury_the_staff_in_letters(session, ada, at):
    for number in range(WAITING_MAX):
        thread = letter(ada, at, f"Letter {number}")
    with pytest.raises(Conflict):
        letter(ada, at, "One more")

    for number in range(UNANSWERED_MAX - 1):
        threads.write(thread.id, f"And {number}", by=ada.user_id, at=at)
    with pytest.raises(Conflict):
        threads.write(thread.id, "And one more", by=ada.user_id, at=at)


def test_the_longest_waiting_comes_first_and_states_agree_with_the_database(session, ada, robin, at):
    first, second, third = (letter(ada, at + timedelta(minutes=m), f"Letter {m}") for m in range(3))
    threads.answer(first.id, REASON, by=robin.id, at=at + timedelta(minutes=5))
    threads.write(first.id, "Again.", by=ada.user_id, at=at + timedelta(minutes=6))
    threads.answer(third.id, REASON, by=robin.id, at=at + timedelta(minutes=7), closes=True)

    assert list(queries.queue(ThreadState.OPEN).items) == [second, first]
    for state in ThreadState:
        found = session.scalars(sa.select(Thread).where(queries.in_state(state))).all()
        assert {thread.state for thread in found} <= {state}
    late = queries.waiting(at + timedelta(days=2, minutes=2))
    assert (late.open, late.unseen, late.late) == (2, 2, 1)
