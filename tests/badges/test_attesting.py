"""A training or review that a partner says somebody passed: kept, counted, lapsing, taken back. Rules E-6, E-11."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from badges.attesting import Said, WithdrawnAlready, attest, withdraw
from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import PartnerRules
from badges.foresight import warn
from badges.models import Attestation
from badges.passed import said_by, said_of
from badges.queries import checklist
from badges.services import set_partner_rules
from badges.sweep import sweep
from core.audit import AuditEvent
from core.errors import InvalidInput, NotFound
from core.outbox import OutboxMail
from tests.factories import make_expert, make_freelancer, make_partner

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TODAY = AT.date()
BASICS = Said("training", "Northwind Basics", TODAY - 30 * DAY)


@pytest.fixture
def partner(session):
    """A partner who asks for a training."""
    found = make_partner()
    rules = PartnerRules((Condition("training", "passed", "Northwind Basics"),))
    set_partner_rules(found.programme.achievement_id, rules, effective_at=AT - DAY, by=None, at=AT - DAY)
    return found


def met(partner, person, at=AT):
    return checklist(person.id, partner.programme.achievement_id, at)[-1].met


def test_what_a_partner_says_counts_for_its_own_badge_alone(session, partner):
    other, ada = make_partner("Contoso"), make_freelancer()
    set_partner_rules(
        other.programme.achievement_id,
        PartnerRules((Condition("training", "passed", "Northwind Basics"),)),
        effective_at=AT,
        by=None,
        at=AT,
    )

    assert not met(partner, ada)
    assert attest(partner.id, [(ada.id, Said("training", " northwind  basics", TODAY))], by=None, at=AT) == 1

    assert met(partner, ada)
    assert not met(other, ada)


def test_the_same_said_twice_is_said_once_and_the_log_keeps_who_said_it(session, partner):
    ada, bo = make_freelancer(), make_freelancer()
    shouted = Said("training", "NORTHWIND BASICS", BASICS.passed_on)

    assert attest(partner.id, [(ada.id, BASICS), (bo.id, BASICS)], by=None, at=AT) == 2
    assert attest(partner.id, [(ada.id, shouted)], by=None, at=AT + DAY) == 0

    [event, _] = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "attestation.noted")).all()
    assert event.after == {
        "kind": "training",
        "name": "Northwind Basics",
        "passed_on": "2026-01-31",
        "expires_on": None,
    }
    assert len(said_by(partner.id).items) == 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said("exam", "Basics", TODAY), "training or a review"),
        (Said("training", "  ", TODAY), "what was passed"),
        (Said("training", "a\x00b", TODAY), "control character"),
        (Said("training", "x" * 201, TODAY), "201 characters"),
        (Said("training", "Basics", TODAY + DAY), "2026-03-03"),
        (Said("training", "Basics", date(1, 1, 1)), "0001-01-01"),
        (Said("training", "Basics", TODAY, TODAY - DAY), "lapses before"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(session, partner, said, why):
    with pytest.raises(InvalidInput, match=why):
        attest(partner.id, [(make_freelancer().id, said)], by=None, at=AT)
    assert session.scalars(sa.select(Attestation)).all() == []


def test_a_lapse_is_warned_of_once_then_grace_then_suspension_and_passing_again_reinstates(session, partner):
    award = make_expert(partner)
    holder = award.freelancer_id
    attest(partner.id, [(holder, Said("training", "Northwind Basics", TODAY, TODAY + 20 * DAY))], by=None, at=AT)

    assert sweep(AT).changed == 0
    assert warn(AT) == 1
    assert warn(AT + DAY) == 0
    mail = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "award_warning")).one()
    assert "lapses in 20 days, on 22 March 2026, and one that counts is needed" in mail.context["sentence"]

    lapsed = AT + 21 * DAY
    assert sweep(lapsed - DAY).changed == 0
    assert sweep(lapsed).grace_began == 1
    assert sweep(lapsed + 14 * DAY).suspended == 1
    again = Said("training", "Northwind Basics", (lapsed + 15 * DAY).date())
    attest(partner.id, [(holder, again)], by=None, at=lapsed + 15 * DAY)
    assert sweep(lapsed + 15 * DAY).reinstated == 1
    session.refresh(award)
    assert (award.suspended_at, award.grace_ends_at) == (None, None)


def test_taken_back_it_no_longer_counts_and_can_be_said_again(session, partner):
    award = make_expert(partner)
    holder = award.freelancer_id
    attest(partner.id, [(holder, BASICS)], by=None, at=AT)
    [said] = said_of(holder, partner.id)

    with pytest.raises(InvalidInput):
        withdraw(partner.id, said.id, " ", by=None, at=AT)
    with pytest.raises(NotFound):
        withdraw(make_partner("Contoso").id, said.id, "Not ours.", by=None, at=AT)
    withdraw(partner.id, said.id, "Another Ada passed it.", by=None, at=AT + DAY)
    with pytest.raises(WithdrawnAlready):
        withdraw(partner.id, said.id, "Again.", by=None, at=AT + DAY)

    assert sweep(AT + DAY).grace_began == 1
    assert attest(partner.id, [(holder, BASICS)], by=None, at=AT + 2 * DAY) == 1
    assert sweep(AT + 2 * DAY).grace_cleared == 1
    assert [each.withdrawn_at is None for each in said_of(holder, partner.id)] == [True, False]
