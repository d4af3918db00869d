"""Holds that end by themselves, and holds that become stricter. Rules H, H-6."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from core.errors import Conflict, InvalidInput
from core.outbox import OutboxMail
from freelancers.holds import HOLDS, Action, HoldKind, stricter
from freelancers.models import Hold
from freelancers.queries import open_holds
from freelancers.services import escalate_hold, lift_ended, lift_hold, place_hold, send_hold_again
from tests.factories import make_freelancer, make_hold

RESTRICTION = HoldKind.POLICY_RESTRICTION


@pytest.fixture
def ada(session, at):
    return make_freelancer()


def templates(session):
    return list(session.scalars(sa.select(OutboxMail.template).order_by(OutboxMail.id)))


def test_a_hold_with_an_end_is_lifted_then_and_that_is_announced_once(session, ada, at):
    hold = place_hold(ada.id, RESTRICTION, "A week off.", by=None, at=at, ends_at=at + timedelta(days=7))
    make_hold(ada, HoldKind.AWAITING_VERIFICATION)

    assert lift_ended(at + timedelta(days=7, seconds=-1)) == 0
    assert lift_ended(at + timedelta(days=7)) == 1
    assert lift_ended(at + timedelta(days=8)) == 0

    session.expire_all()
    assert [each.kind for each in open_holds(ada.id)] == [HoldKind.AWAITING_VERIFICATION]
    assert hold.lift_reason == "It was placed until 9 March 2026, 09:00 UTC, and that has come."
    assert templates(session) == ["hold_placed", "hold_lifted"]


def test_one_that_was_lifted_before_its_end_stays_so(session, ada, at):
    hold = place_hold(ada.id, RESTRICTION, "A week off.", by=None, at=at, ends_at=at + timedelta(days=7))
    lift_hold(hold.id, "A mistake.", by=None, at=at + timedelta(days=1))

    assert lift_ended(at + timedelta(days=8)) == 0


@pytest.mark.parametrize("kind", [kind for kind in HoldKind if not HOLDS[kind].can_be_timed])
def test_what_verification_lifts_does_not_end_by_waiting(session, ada, at, kind):
    with pytest.raises(InvalidInput, match="does not end by waiting"):
        place_hold(ada.id, kind, "A doubt.", by=None, at=at, ends_at=at + timedelta(days=7))
    assert open_holds(ada.id) == []


def test_an_end_that_has_passed_is_refused(session, ada, at):
    with pytest.raises(InvalidInput, match="passed"):
        place_hold(ada.id, RESTRICTION, "A week off.", by=None, at=at, ends_at=at)


@pytest.mark.parametrize("kind", HoldKind)
@pytest.mark.parametrize("into", HoldKind)
def test_a_hold_becomes_only_one_that_stops_more(session, ada, at, kind, into):
    hold = place_hold(ada.id, kind, "A doubt.", by=None, at=at)
    if into not in stricter(kind):
        with pytest.raises(InvalidInput):
            escalate_hold(hold.id, into, "More than a doubt.", by=None, at=at)
        session.expire_all()
        assert open_holds(ada.id) == [hold]
        return
    new = escalate_hold(hold.id, into, "More than a doubt.", by=None, at=at)

    assert open_holds(ada.id) == [new]
    assert HOLDS[into].stops > HOLDS[kind].stops
    assert templates(session) == ["hold_placed", "hold_placed"]
    (event,) = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "hold.escalated"))
    assert (event.before["kind"], event.after["kind"]) == (kind, into)


def test_a_block_is_the_end_of_every_escalation():
    assert stricter(HoldKind.BLOCK) == ()
    assert all(HoldKind.BLOCK in stricter(kind) for kind in HoldKind if kind is not HoldKind.BLOCK)
    assert Action.LOG_IN in HOLDS[HoldKind.BLOCK].stops


def test_one_that_is_open_besides_is_not_opened_twice_and_nothing_is_lifted(session, ada, at):
    hold = place_hold(ada.id, RESTRICTION, "Fees.", by=None, at=at)
    make_hold(ada, HoldKind.BLOCK)

    with pytest.raises(Conflict):
        escalate_hold(hold.id, HoldKind.BLOCK, "Fraud.", by=None, at=at)
    session.expire_all()
    assert session.get(Hold, hold.id).lifted_at is None


def test_the_notice_is_sent_again_with_a_new_link_but_not_twice_at_once(session, ada, at):
    hold = place_hold(ada.id, HoldKind.BLOCK, "Fraud.", by=None, at=at)
    for minutes in (20, 21, 40):
        send_hold_again(hold.id, by=None, at=at + timedelta(minutes=minutes))

    assert templates(session) == ["hold_placed"] * 3
    lift_hold(hold.id, "A mistake.", by=None, at=at + timedelta(hours=1))
    assert send_hold_again(hold.id, by=None, at=at + timedelta(hours=2)) is False
