"""Every hold can be appealed, and an appeal gets an answer with a reason. Rules H-1, H-6, X-1."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from core.errors import Conflict, InvalidInput
from core.outbox import OutboxMail
from freelancers.holds import HoldKind
from freelancers.queries import open_holds
from freelancers.services import escalate_hold, lift_hold, place_hold
from freelancers.support import appeals, queries, threads
from freelancers.support.rules import ThreadState, Verdict
from tests.factories import make_freelancer, make_user

WHY = "The fee was paid inside; here is the number of the invoice."
REASON = "The invoice that you name was never paid inside."


@pytest.fixture
def ada(session, at):
    return make_freelancer(make_user())


@pytest.fixture
def robin(session):
    return make_user("staff", name="Robin").id


@pytest.fixture
def hold(ada, at):
    return place_hold(ada.id, HoldKind.POLICY_RESTRICTION, "Fees outside.", by=None, at=at)


def sent(session):
    return list(session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def verdicts(thread):
    return [message.verdict for message in thread.messages if message.by_staff]


@pytest.mark.parametrize("kind", HoldKind)
def test_every_kind_of_hold_can_be_appealed_and_is_due_in_two_business_days(session, ada, at, kind):
    hold = place_hold(ada.id, kind, "A doubt.", by=None, at=at)
    thread = appeals.appeal(hold.id, WHY, by=ada.user_id, at=at)

    assert (thread.state, thread.due_at) == (ThreadState.OPEN, at + timedelta(days=2))
    assert list(queries.queue(ThreadState.OPEN).items) == [thread]
    told = sent(session)[-1]
    assert (told.template, told.context["due"]) == ("appeal_received", thread.due_at.isoformat())


def test_a_hold_that_stays_is_answered_with_a_reason_and_what_is_new_opens_it_again(session, ada, hold, robin, at):
    thread = appeals.appeal(hold.id, WHY, by=ada.user_id, at=at)
    appeals.keep(thread.id, REASON, by=robin, at=at + timedelta(hours=1))

    assert thread.state is ThreadState.ANSWERED
    assert open_holds(ada.id) == [hold]
    told = sent(session)[-1]
    assert (told.template, told.context["text"]) == ("appeal_kept", REASON)

    again = appeals.appeal(hold.id, "The bank found the payment.", by=ada.user_id, at=at + timedelta(days=1))
    assert again == thread
    assert (thread.state, thread.due_at) == (ThreadState.OPEN, at + timedelta(days=3))
    appeals.lift(thread.id, "The bank's letter proves the payment.", by=robin, at=at + timedelta(days=2))

    assert open_holds(ada.id) == []
    assert (thread.state, verdicts(thread)) == (ThreadState.CLOSED, [Verdict.KEPT, Verdict.LIFTED])
    lifted = sent(session)[-1]
    assert (lifted.template, lifted.context["why"]) == ("hold_lifted", "The bank's letter proves the payment.")
    assert [mail.template for mail in sent(session)].count("hold_lifted") == 1


def test_lifting_a_hold_by_any_way_answers_its_appeal(session, ada, hold, at):
    thread = appeals.appeal(hold.id, WHY, by=ada.user_id, at=at)
    lift_hold(hold.id, "Verified by call.", by=None, at=at + timedelta(hours=1))

    assert (thread.state, thread.messages[-1].text) == (ThreadState.CLOSED, "Verified by call.")
    assert queries.waiting(at).open == 0
    with pytest.raises(Conflict):
        appeals.appeal(hold.id, "And yet?", by=ada.user_id, at=at)
    with pytest.raises(Conflict):
        appeals.keep(thread.id, REASON, by=make_user("staff").id, at=at)


def test_a_stricter_hold_takes_the_appeal_along(session, ada, hold, robin, at):
    thread = appeals.appeal(hold.id, WHY, by=ada.user_id, at=at)
    block = escalate_hold(hold.id, HoldKind.BLOCK, "A second account.", by=robin, at=at + timedelta(hours=1))

    session.refresh(thread)
    assert (thread.hold_id, thread.state) == (block.id, ThreadState.OPEN)
    assert open_holds(ada.id) == [block]
    assert hold.became_id == block.id
    appeals.lift(thread.id, "The second account was a namesake's.", by=robin, at=at + timedelta(hours=2))
    assert open_holds(ada.id) == []


def test_the_same_words_once_more_change_nothing(session, ada, hold, robin, at):
    for _ in range(3):
        thread = appeals.appeal(hold.id, WHY, by=ada.user_id, at=at)
    for _ in range(3):
        appeals.keep(thread.id, REASON, by=robin, at=at)

    assert len(thread.messages) == 2
    assert [mail.template for mail in sent(session)] == ["hold_placed", "appeal_received", "appeal_kept"]
    kept = sa.select(sa.func.count()).where(AuditEvent.action == "appeal.kept")
    assert session.scalar(kept) == 1


def test_an_answer_without_own_words_or_to_an_outdated_page_decides_nothing(session, ada, hold, robin, at):
    thread = appeals.appeal(hold.id, WHY, by=ada.user_id, at=at)
    seen = thread.messages[-1].id
    with pytest.raises(InvalidInput):
        appeals.lift(thread.id, "Fine.", by=robin, at=at)
    appeals.appeal(hold.id, "One thing more.", by=ada.user_id, at=at)
    for decide in (appeals.keep, appeals.lift):
        with pytest.raises(Conflict):
            decide(thread.id, REASON, by=robin, at=at, seen=seen)

    assert thread.state is ThreadState.OPEN
    assert open_holds(ada.id) == [hold]


def test_staff_can_ask_before_they_decide(session, ada, hold, robin, at):
    thread = appeals.appeal(hold.id, WHY, by=ada.user_id, at=at)
    threads.answer(thread.id, "Please send us the number of the invoice.", by=robin, at=at)

    assert thread.state is ThreadState.ANSWERED
    assert open_holds(ada.id) == [hold]
    assert sent(session)[-1].template == "support_answered"
