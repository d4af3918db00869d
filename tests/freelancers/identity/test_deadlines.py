"""After seven days without a call the stricter hold takes the place of the notice, once. Rules H, H-2."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.outbox import OutboxMail
from freelancers.holds import LIFTED_BY_VERIFYING, HoldKind
from freelancers.identity import booking, outcomes, queue
from freelancers.identity.call_rules import CHECKLIST
from freelancers.identity.deadlines import hold_overdue
from freelancers.identity.pictures import pictures_of
from freelancers.queries import lifted_holds, open_holds
from freelancers.services import place_hold
from freelancers.steps import STEPS, Fact
from tests.freelancers.identity.conftest import send_pictures
from tests.freelancers.identity.test_pictures import run_job

DAYS = timedelta(days=7)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def asked(session, at, person):
    """Somebody who is asked to verify their identity, by notice."""
    place_hold(person.id, HoldKind.AWAITING_VERIFICATION, "A routine check.", by=None, at=at)
    return person


def kinds(person):
    return [hold.kind for hold in open_holds(person.id)]


def mails(session, template):
    return session.scalar(sa.select(sa.func.count()).where(OutboxMail.template == template))


def test_on_the_last_day_nothing_happens_and_after_it_the_stricter_hold_comes_once(session, asked, at):
    assert run_job("verify", at + DAYS - MINUTE).get("overdue") == 0
    assert kinds(asked) == ["awaiting_verification"]
    assert [run_job("verify", at + DAYS + n * MINUTE)["overdue"] for n in (1, 2)] == [1, 0]

    session.expire_all()
    [hold] = open_holds(asked.id)
    assert hold.kind == "verification_failed"
    assert "by 9 March 2026, 09:00 UTC" in hold.reason
    assert "A routine check." in hold.reason
    assert [lifted.kind for lifted in lifted_holds(asked.id)] == ["awaiting_verification"]
    assert (mails(session, "hold_placed"), mails(session, "hold_lifted")) == (2, 0)


def test_a_call_asked_for_in_time_counts_and_one_asked_for_later_does_not(session, asked, agent, at):
    send_pictures(asked, at)
    call = booking.call_now(asked, at + DAYS - MINUTE)
    assert hold_overdue(at + DAYS + MINUTE) == 0
    booking.call_off(call.id, by=asked.user_id, at=at + DAYS + MINUTE)
    booking.call_now(asked, at + DAYS + 2 * MINUTE)

    assert hold_overdue(at + DAYS + 3 * MINUTE) == 1


def test_whoever_was_late_is_verified_all_the_same_and_that_lifts_the_hold(session, asked, agent, at):
    late = at + DAYS + MINUTE
    hold_overdue(late)
    send_pictures(asked, late)
    booking.call_now(asked, late)
    outcomes.verify(queue.take_next(agent.id, late).id, agent.id, tuple(CHECKLIST), late)

    session.expire_all()
    assert kinds(asked) == []
    assert hold_overdue(late + DAYS) == 0


def test_the_table_of_ways_asks_for_a_call_what_a_call_asks_for(session, asked, at):
    """Rule H-5: what is proved of the table holds of the screens, because both ask for the same."""
    [call] = [step for step in STEPS if Fact.VERIFIED in step.gives]
    assert call.needs == {Fact.REFERENCE_PICTURE, Fact.DOCUMENT}
    assert call.lifts == set(LIFTED_BY_VERIFYING)
    send_pictures(asked, at)

    assert len(pictures_of(asked.id)) == len(call.needs)
    assert booking.call_now(asked, at).freelancer_id == asked.id
