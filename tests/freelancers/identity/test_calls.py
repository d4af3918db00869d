"""Calls: who is called next and by whom, what is booked and by whom, and what comes of it. Rules H-2, H-4, X-1."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from benchmarks.identity_day import play
from core import database
from core.database import transaction
from core.errors import Conflict, NotAllowed
from freelancers.identity import agents, booking, outcomes, queue
from freelancers.identity.booking import CallOpen, MovedAlready, NotReady, SlotTaken
from freelancers.identity.call_rules import (
    CHECKLIST,
    HELD,
    SLOT,
    CallState,
    local_time,
    slots_between,
    state_of,
)
from freelancers.identity.models import Ending, IdentityCall, IdentitySlot, PictureKind
from freelancers.identity.queue import NobodyWaits, NotYours
from freelancers.models import Freelancer
from tests.freelancers.identity.conftest import fresh, mails, make_agent, ready, send_pictures, shift

ALL, MINUTE = tuple(CHECKLIST), timedelta(minutes=1)
SOON = timedelta(minutes=30)


def at_once(app, *works):
    """Do things at the same moment, each in a thread and a transaction of its own; return what came of each."""
    gate = threading.Barrier(len(works))

    def run(work):
        with app.app_context():
            gate.wait()
            try:
                return work()
            except Conflict as refused:
                return type(refused)
            finally:
                database.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_a_call_needs_both_pictures_and_says_which_is_missing(session, at, person):
    send_pictures(person, at, [PictureKind.DOCUMENT])

    with pytest.raises(NotReady, match="a picture of yourself"):
        booking.call_now(person, at)
    send_pictures(person, at, [PictureKind.REFERENCE])
    assert state_of(booking.call_now(person, at)) is CallState.WAITING
    with pytest.raises(CallOpen):
        booking.book(person, at + SOON, at)


def test_of_two_who_book_the_last_time_at_once_one_has_it(app, session, at, agent):
    shift(agent, at + SOON)
    people = [ready(at).id for _ in range(2)]

    def book(freelancer_id):
        return booking.book(session.get(Freelancer, freelancer_id), at + SOON, at).freelancer_id

    found = at_once(app, *(lambda one=one: book(one) for one in people))

    assert sorted(one is SlotTaken for one in found) == [False, True]
    session.expire_all()
    assert session.scalars(sa.select(IdentityCall.freelancer_id)).all() == [
        each for each in found if each is not SlotTaken
    ]
    assert mails(session, "identity_booked") == 1


def test_nobody_is_called_by_two_however_many_agents_ask_at_once(app, session, at):
    crew = [make_agent(session, at).id for _ in range(6)]
    people = [ready(at) for _ in range(4)]
    for number, person in enumerate(people):
        booking.call_now(person, at - (9 - number) * timedelta(seconds=5))

    found = at_once(app, *(lambda one=one: queue.take_next(one, at).freelancer_id for one in crew))

    taken = [one for one in found if one is not NobodyWaits]
    assert len(taken) == len(set(taken)) == 4
    assert found.count(NobodyWaits) == 2


def test_an_agent_has_one_call_at_a_time_and_only_agents_have_any(session, at, agent, person):
    send_pictures(person, at)
    booking.call_now(person, at)
    queue.take_next(agent.id, at)

    with pytest.raises(Conflict, match="not finished"):
        queue.take_next(agent.id, at)
    with pytest.raises(NotAllowed):
        queue.take_next(person.user_id, at)


def test_the_queue_goes_by_who_was_cut_off_then_booked_then_came_first(session, at, agent):
    other = make_agent(session, at)
    shift(agent, at + SOON)
    when = at + SOON + 3 * MINUTE
    booked, early, late, broken = (ready(at) for _ in range(4))
    call = booking.book(booked, at + SOON, at)
    for person, since in ((early, when - 9 * MINUTE), (late, when - 8 * MINUTE), (broken, when - 7 * MINUTE)):
        one = booking.call_now(person, since)
        queue.stay(one.id, when)
    booking.arrive(call.id, when - MINUTE)

    @transaction()
    def breaks_off():
        broken_call = booking.open_call_of(broken.id)
        broken_call.agent_id, broken_call.taken_at, broken_call.held_until = other.id, when - MINUTE, when + HELD

    breaks_off()
    queue.cut_off(booking.open_call_of(broken.id).id, when)

    assert [each.freelancer_id for each in queue.waiting(when)] == [broken.id, booked.id, early.id, late.id]
    assert [queue.place_of(each, when) for each in queue.waiting(when)] == [1, 2, 3, 4]
    taken = []
    for _ in range(4):
        one = queue.take_next(agent.id, when)
        taken.append(one.freelancer_id)
        outcomes.verify(one.id, agent.id, ALL, when)
    assert taken == [broken.id, booked.id, early.id, late.id]


def test_whoever_closed_the_page_is_passed_over_then_told_how_to_begin_anew(session, at, agent, person):
    send_pictures(person, at)
    call = booking.call_now(person, at)
    with pytest.raises(NobodyWaits):
        queue.take_next(agent.id, at + 3 * MINUTE)
    assert queue.close_absent(at + 9 * MINUTE) == 0
    assert queue.close_absent(at + 11 * MINUTE) == 1

    assert fresh(session, call).ending == Ending.LEFT
    assert mails(session, "identity_missed") == 1
    assert booking.call_now(person, at + timedelta(hours=1)).id != call.id


def test_whoever_booked_and_did_not_come_is_a_no_show_after_ten_minutes(session, at, agent, person):
    send_pictures(person, at)
    shift(agent, at + SOON)
    call = booking.book(person, at + SOON, at)
    assert queue.close_absent(at + SOON + 10 * MINUTE) == 0
    assert queue.close_absent(at + SOON + 11 * MINUTE) == 1

    assert fresh(session, call).ending == Ending.NO_SHOW
    booking.arrive(call.id, at + SOON + 11 * MINUTE)
    assert fresh(session, call).here_at is None


def test_a_call_of_an_agent_who_is_gone_goes_to_another_before_all_others(session, at, agent, person):
    other = make_agent(session, at)
    send_pictures(person, at)
    call = booking.call_now(person, at)
    queue.take_next(agent.id, at)
    booking.call_now(ready(at), at)
    late = at + HELD + MINUTE

    assert queue.take_next(other.id, late).id == call.id
    assert fresh(session, call).cut_off == 1
    assert mails(session, "identity_cut_off") == 1
    with pytest.raises(NotYours):
        outcomes.verify(call.id, agent.id, ALL, late)
    outcomes.verify(call.id, other.id, ALL, late)
    assert fresh(session, call).ending == Ending.VERIFIED


def test_an_agent_whose_call_takes_longer_keeps_it(session, at, agent, person):
    send_pictures(person, at)
    call = booking.call_now(person, at)
    queue.take_next(agent.id, at)
    queue.hold_longer(call.id, agent.id, at + 14 * MINUTE)

    assert queue.give_back_overdue(at + 20 * MINUTE) == 0
    outcomes.verify(call.id, agent.id, ALL, at + 20 * MINUTE)


def test_an_agent_with_a_booking_in_five_minutes_takes_nobody_else(session, at, agent, person):
    shift(agent, at + SOON)
    send_pictures(person, at)
    booking.book(person, at + SOON, at)
    walk_in = ready(at)
    booking.call_now(walk_in, at + SOON - 4 * MINUTE)

    with pytest.raises(NobodyWaits, match="booked you"):
        queue.take_next(agent.id, at + SOON - 4 * MINUTE)
    other = make_agent(session, at)
    assert queue.take_next(other.id, at + SOON - 4 * MINUTE).freelancer_id == walk_in.id


def test_a_booked_call_is_moved_once_and_its_time_is_free_again(session, at, agent, person):
    shift(agent, at + SOON, slots=3)
    send_pictures(person, at)
    call = booking.book(person, at + SOON, at)
    booking.move(call.id, at + SOON + SLOT, by=person.user_id, at=at)

    assert at + SOON in booking.open_times(at)
    assert at + SOON + SLOT not in booking.open_times(at)
    with pytest.raises(MovedAlready):
        booking.move(call.id, at + SOON, by=person.user_id, at=at)
    booking.call_off(call.id, by=person.user_id, at=at)
    assert len(booking.open_times(at)) == 3
    with pytest.raises(Conflict):
        booking.call_off(call.id, by=person.user_id, at=at)


def test_moving_to_a_time_that_is_taken_leaves_everything_as_it_was(session, at, agent, person):
    shift(agent, at + SOON, slots=2)
    send_pictures(person, at)
    call = booking.book(person, at + SOON, at)
    booking.book(ready(at), at + SOON + SLOT, at)

    with pytest.raises(SlotTaken):
        booking.move(call.id, at + SOON + SLOT, by=person.user_id, at=at)
    assert (fresh(session, call).booked_for, fresh(session, call).moved_at) == (at + SOON, None)
    booked = sa.select(IdentitySlot.starts_at).where(IdentitySlot.call_id == call.id)
    assert session.scalars(booked).all() == [at + SOON]


def test_a_call_is_reminded_of_within_the_hour_and_once(session, at, agent, person):
    begins = at + timedelta(hours=5)
    shift(agent, begins)
    send_pictures(person, at)
    booking.book(person, begins, at)

    assert [queue.remind(when) for when in (at, begins - 50 * MINUTE, begins - 40 * MINUTE)] == [0, 1, 0]
    assert mails(session, "identity_reminder") == 1


def test_an_agents_time_is_offered_in_whole_quarters_and_once(session, at, agent):
    begins = at + timedelta(minutes=7)
    add = (agent.id, begins, begins + timedelta(hours=1))
    assert [agents.add_shift(*add, by=agent.id, at=at) for _ in range(2)] == [3, 0]
    assert next(slots_between(begins, begins + timedelta(hours=1))) == at + SLOT
    [found] = agents.shifts(at, at + timedelta(days=1))
    assert (found.begins_at, found.ends_at, found.slots, found.booked) == (at + SLOT, at + 4 * SLOT, 3, 0)


def test_whoever_is_no_agent_any_more_offers_nothing_and_their_booked_calls_go_to_others(session, at, agent, person):
    shift(agent, at + SOON, slots=4)
    send_pictures(person, at)
    call = booking.book(person, at + SOON, at)
    agents.remove_agent(agent.id, by=None, at=at)

    assert booking.open_times(at) == []
    booking.arrive(call.id, at + SOON + MINUTE)
    with pytest.raises(NotAllowed):
        queue.take_next(agent.id, at + SOON + MINUTE)
    assert queue.take_next(make_agent(session, at).id, at + SOON + 2 * MINUTE).id == call.id


def test_a_time_is_told_on_the_persons_own_clock(at):
    assert local_time(at, "Asia/Kolkata") == "2 March 2026, 14:30 (Asia/Kolkata; 09:00 UTC)"
    assert local_time(at, None) == local_time(at, "No/Where") == "2 March 2026, 09:00 UTC"


def test_in_hours_of_calls_nobody_is_lost_and_nobody_is_called_by_two(session, at):
    """A few hours; `python -m benchmarks.identity_day` plays a day of 500 people and 20 agents."""
    day = play(people=24, many_agents=6, killed=2, lasts=timedelta(hours=4))

    assert (day.lost, day.twice_at_once) == (0, 0)
    assert sum(day.endings.values()) == 24
    assert day.cut_off >= 1
    assert set(day.endings) <= {Ending.VERIFIED, Ending.FAILED, Ending.NO_SHOW, Ending.LEFT}
