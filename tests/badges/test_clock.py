"""The clock alone takes requirements away and gives them back: certificates that end, and clocks that change. E-11."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from badges.eligibility.conditions import Condition, Overlap
from badges.eligibility.partner_rules import PartnerRules
from badges.services import set_partner_rules
from badges.sweep import sweep
from tests.factories import make_expert, make_partner

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def asking(session):
    """Return somebody who holds the badge of a partner that asks for one thing."""

    def make(condition, **person):
        partner = make_partner()
        rules, badge = PartnerRules((condition,)), partner.programme.achievement_id
        set_partner_rules(badge, rules, effective_at=AT - DAY, by=None, at=AT - DAY)
        return make_expert(partner, **person).freelancer

    return make


def test_a_certificate_ends_with_its_last_day_and_a_new_one_brings_the_badge_back(session, asking):
    def held(until):
        return {"certificates": [{"name": "Associate", "expires_on": until}]}

    ada = asking(Condition("certificate", "held", "Associate"), profile=held("2026-03-20"))

    assert sweep(datetime(2026, 3, 20, 23, 59, 59, tzinfo=UTC)).changed == 0
    assert sweep(datetime(2026, 3, 21, tzinfo=UTC)).grace_began == 1
    assert sweep(datetime(2026, 4, 4, tzinfo=UTC)).suspended == 1
    ada.profile = held("2027-03-20")
    session.commit()
    assert sweep(datetime(2026, 4, 5, tzinfo=UTC)).reinstated == 1


def test_hours_shared_only_while_clocks_are_apart_come_and_go_with_them(session, asking):
    # Berlin is five hours from New York from 8 to 28 March and from 25 to 31 October, and six otherwise.
    asking(Condition("timezone_overlap", "at_least", Overlap(3, "America/New_York")), timezone="Europe/Berlin")

    assert sweep(AT).changed == 0
    assert sweep(datetime(2026, 3, 28, 23, tzinfo=UTC)).changed == 0
    assert sweep(datetime(2026, 3, 29, tzinfo=UTC)).grace_began == 1
    assert sweep(datetime(2026, 4, 12, tzinfo=UTC)).suspended == 1
    assert sweep(datetime(2026, 10, 24, tzinfo=UTC)).changed == 0
    assert sweep(datetime(2026, 10, 25, tzinfo=UTC)).reinstated == 1


def test_whoever_was_not_active_for_too_long_has_grace_until_they_are(session, asking):
    ada = asking(Condition("days_since_active", "at_most", 30), last_active_on=AT.date())

    assert sweep(AT + 30 * DAY).changed == 0
    assert sweep(AT + 31 * DAY).grace_began == 1
    ada.last_active_on = (AT + 40 * DAY).date()
    session.commit()
    assert sweep(AT + 40 * DAY).grace_cleared == 1
