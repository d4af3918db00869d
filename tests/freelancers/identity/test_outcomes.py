"""What comes of a call: verified, failed once a second agent agrees, and what ends with it. Rules H-2, H-4."""

from datetime import timedelta

import pytest

from core.errors import InvalidInput
from freelancers.holds import HoldKind
from freelancers.identity import booking, figures, outcomes, pictures, queue
from freelancers.identity.call_rules import (
    CHECKLIST,
    failing,
)
from freelancers.identity.models import Ending
from freelancers.identity.queue import NobodyWaits, NotYours
from freelancers.models import Freelancer
from freelancers.queries import open_holds
from freelancers.support import appeals
from freelancers.support.rules import ThreadState
from tests.factories import make_hold
from tests.freelancers.identity.conftest import fresh, mails, make_agent, ready, send_pictures

ALL, MINUTE = tuple(CHECKLIST), timedelta(minutes=1)


def test_being_verified_sets_the_mark_and_lifts_what_waited_for_it(session, at, agent, person):
    make_hold(person)
    make_hold(person, HoldKind.VERIFICATION_FAILED)
    make_hold(person, HoldKind.POLICY_RESTRICTION)
    send_pictures(person, at)
    call = booking.call_now(person, at)
    queue.take_next(agent.id, at)
    outcomes.verify(call.id, agent.id, ALL, at + 8 * MINUTE)

    session.expire_all()
    assert session.get(Freelancer, person.id).identity_verified
    assert [hold.kind for hold in open_holds(person.id)] == ["policy_restriction"]
    kept = pictures.pictures_of(person.id).values()
    assert {picture.erase_at for picture in kept} == {at + 8 * MINUTE + timedelta(days=30)}
    assert (mails(session, "identity_verified"), mails(session, "hold_lifted")) == (1, 2)
    assert figures.today(at + 8 * MINUTE).count(Ending.VERIFIED) == 1
    assert figures.today(at + 8 * MINUTE).talked_s == 480


@pytest.mark.parametrize("point", CHECKLIST)
def test_nobody_is_verified_while_one_point_does_not_hold(session, at, point):
    assert failing([each for each in CHECKLIST if each != point]) == (CHECKLIST[point],)
    assert failing(CHECKLIST) == ()


def failed(session, at, person, agent):
    """Let an agent find that a verification fails; return the call."""
    send_pictures(person, at)
    call = booking.call_now(person, at)
    queue.take_next(agent.id, at)
    with pytest.raises(InvalidInput):
        outcomes.verify(call.id, agent.id, ALL[1:], at)
    with pytest.raises(InvalidInput):
        outcomes.find_failure(call.id, agent.id, ALL, "Something.", at)
    with pytest.raises(InvalidInput):
        outcomes.find_failure(call.id, agent.id, ALL[1:], " ", at)
    outcomes.find_failure(call.id, agent.id, ALL[1:], "A corner is missing.", at)
    return call


def test_a_failure_changes_nothing_before_a_second_agent_agrees(session, at, agent, person):
    make_hold(person)
    call, other = failed(session, at, person, agent), make_agent(session, at)
    assert [hold.kind for hold in open_holds(person.id)] == ["awaiting_verification"]
    with pytest.raises(NobodyWaits):
        queue.take_second(agent.id, at)
    assert queue.take_second(other.id, at).id == call.id
    outcomes.agree(call.id, other.id, "It is cut away.", at)

    session.expire_all()
    [hold] = open_holds(person.id)
    assert hold.kind == "verification_failed"
    for words in ("The document is whole", "A corner is missing.", "It is cut away."):
        assert words in hold.reason
    assert not session.get(Freelancer, person.id).identity_verified
    assert (mails(session, "hold_placed"), mails(session, "hold_lifted")) == (1, 0)
    with pytest.raises(NotYours):
        outcomes.agree(call.id, other.id, "Once more.", at)


def test_a_second_failure_ends_the_notice_besides_it_answers_its_appeal_and_is_told(session, at, agent, person):
    notice = make_hold(person)
    kept = make_hold(person, HoldKind.VERIFICATION_FAILED)
    appeal = appeals.appeal(notice.id, "I was there in time.", by=person.user_id, at=at)
    call, other = failed(session, at, person, agent), make_agent(session, at)
    queue.take_second(other.id, at)
    outcomes.agree(call.id, other.id, "It is cut away.", at)

    session.expire_all()
    assert [hold.id for hold in open_holds(person.id)] == [kept.id]
    assert (notice.became_id, appeal.state) == (kept.id, ThreadState.CLOSED)
    assert "It is cut away." in appeal.messages[-1].text
    assert (mails(session, "identity_not_verified"), mails(session, "hold_lifted")) == (1, 0)


def test_where_the_second_agent_disagrees_the_person_is_called_first_and_by_another(session, at, agent, person):
    call, other = failed(session, at, person, agent), make_agent(session, at)
    booking.call_now(ready(at), at - MINUTE)
    queue.take_second(other.id, at)
    outcomes.disagree(call.id, other.id, "All four corners are there.", at)

    assert fresh(session, call).ending == Ending.AGAIN
    assert open_holds(person.id) == []
    assert queue.take_next(other.id, at).freelancer_id == person.id


def test_a_second_look_that_is_left_lying_goes_to_another(session, at, agent, person):
    call = failed(session, at, person, agent)
    first, then = make_agent(session, at), make_agent(session, at)
    queue.take_second(first.id, at)
    with pytest.raises(NobodyWaits):
        queue.take_second(then.id, at)

    assert queue.take_second(then.id, at + timedelta(minutes=31)).id == call.id
