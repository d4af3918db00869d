"""The marketplace's base policy: seen, tried, scheduled and called off by staff. Rules E-1..E-5, E-13, X-2."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from accounts.models import Role
from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import PartnerRules
from badges.queries import base_policy, scheduled_base_policies
from badges.scheduling import schedule_rules
from core.audit import AuditEvent
from core.outbox import OutboxMail
from freelancers.holds import HoldKind
from freelancers.steps import Fact
from freelancers.ways import OURS
from tests.factories import make_expert, make_partner, make_user, sign_in

APRIL = datetime(2026, 4, 1, tzinfo=UTC)
NUMBERS = {
    "min_jss_pct": "90", "min_completeness_pct": "100", "min_completeness_elance_pct": "90",
    "newcomer_completeness_pct": "100", "english": "fluent", "grace_e2": "14", "grace_e3": "14", "grace_e5": "14",
    "grace_e6": "14", "begins_on": "2026-04-01",
}  # fmt: skip


@pytest.fixture
def console(client, session, at):
    sign_in(client, make_user(Role.STAFF))
    return client


def mails(session, template):
    return session.scalars(sa.select(OutboxMail).where(OutboxMail.template == template)).all()


def test_the_policy_in_force_is_shown_in_words(console):
    page = console.get("/staff/policy").text

    assert "A Job Success Score of at least 80 %" in page
    assert "Nothing else is planned" in page
    assert re.search(r'name="min_jss_pct"[^>]* value="80"', console.get("/staff/policy/change").text)


def test_a_change_is_tried_before_anything_is_stored(console, session, at):
    make_expert(make_partner("Northwind"), jss_pct=85)
    make_expert(make_partner("Contoso"), jss_pct=95)
    page = console.get("/staff/policy/change", query_string=NUMBERS).text

    assert "<strong>1</strong> of 2 freelancers would meet this; now it is 2." in page
    assert "<strong>1 expert is told today" in page
    assert scheduled_base_policies(at) == []
    assert mails(session, "policy_scheduled") == []


def test_a_change_without_grace_loses_the_badge_at_once(console, at):
    make_expert(make_partner("Northwind"), jss_pct=85)
    page = console.get("/staff/policy/change", query_string=NUMBERS | {"grace_e2": "0"}).text

    assert re.search(r'Northwind</td><td role="cell" class="num" data-label="Lose it">1<', page)


def test_a_change_is_scheduled_told_and_called_off_and_the_log_has_all_of_it(console, session, at):
    expert = make_expert(make_partner("Northwind"), jss_pct=85)
    done = console.post("/staff/policy/change", data=NUMBERS, follow_redirects=True)
    [version] = scheduled_base_policies(at)

    assert "The policy holds from 1 April 2026. 1 expert is told." in done.text
    assert (base_policy(at).min_jss_pct, base_policy(APRIL).min_jss_pct) == (80, 90)
    [mail] = mails(session, "policy_scheduled")
    assert (mail.to_address, mail.context["who"]) == (expert.freelancer.email, "the marketplace")
    assert "A Job Success Score of at least 90 %" in mail.context["asked"]
    assert console.post("/staff/policy/change", data=NUMBERS).status_code == 409

    off = console.post(f"/staff/policy/{version.id}/call-off", follow_redirects=True)
    assert "Called off: what was asked before goes on. 1 expert is told so." in off.text
    assert len(mails(session, "policy_called_off")) == 1
    assert console.post(f"/staff/policy/{version.id}/call-off").status_code == 404
    first, second = session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action.startswith("base_policy")).order_by(AuditEvent.id)
    )
    assert (first.before["min_jss_pct"], first.after["min_jss_pct"]) == (80, 90)
    assert second.before["min_jss_pct"] == 90
    assert console.get("/staff/audit").status_code == 200


def test_a_partners_own_rule_that_asks_for_less_than_a_later_base_stops_nothing(console, at):
    badge = make_partner("Northwind").programme.achievement_id
    rules = PartnerRules((Condition("jss_pct", "at_least", 82),))
    schedule_rules(badge, rules, effective_at=at, by=None, at=at)

    assert console.get("/staff/policy/change", query_string=NUMBERS).status_code == 200
    assert console.post("/staff/policy/change", data=NUMBERS).status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_jss_pct": "101"}, {"min_jss_pct": "80.5"}, {"min_jss_pct": "80; DROP TABLE awards"}, {"grace_e2": "-1"},
        {"english": "perfect"}, {"begins_on": ""}, {"begins_on": "2026-02-31"}, {"begins_on": "2026-03-01"},
    ],
)  # fmt: skip
def test_numbers_that_make_no_sense_are_refused_at_their_place(console, at, wrong):
    for answer in (
        console.get("/staff/policy/change", query_string=NUMBERS | wrong),
        console.post("/staff/policy/change", data=NUMBERS | wrong),
    ):
        assert answer.status_code == 422
        assert "There is something to put right" in answer.text
    assert scheduled_base_policies(at) == []


def test_nobody_but_staff_sees_the_policys_pages(client, session, at):
    sign_in(client, make_user(Role.PARTNER))

    assert client.get("/staff/policy").status_code in (403, 404)
    assert client.post("/staff/policy/change", data=NUMBERS).status_code in (403, 404)


# What people can do, and what each step needs (H-5)


def as_ticked(ways=OURS):
    """Return the table of ways as its form sends it."""
    needs = [(f"needs-{number}", fact.name.lower()) for number, step in enumerate(ways.steps) for fact in step.needs]
    stops = [(f"stops-{kind}", action.name.lower()) for kind in HoldKind for action in ways.stops[kind]]
    return [("tried", "1"), *needs, *stops]


def step_that_gives(fact):
    return next(number for number, step in enumerate(OURS.steps) if fact in step.gives)


def test_our_own_ways_are_shown_and_proved(console):
    assert "Verify your identity in a short video call" in console.get("/staff/policy/ways").text
    assert "Nobody is caught in these rules" in console.get("/staff/policy/ways", query_string=as_ticked()).text


def test_the_old_policy_is_refused_with_its_circle(console):
    """The complaint: a photo needs a verified identity, and verification a photo."""
    old = [(f"needs-{step_that_gives(Fact.PHOTO)}", "verified"), (f"needs-{step_that_gives(Fact.VERIFIED)}", "photo")]
    answer = console.get("/staff/policy/ways", query_string=[*as_ticked(), *old])

    assert answer.status_code == 422
    assert "A public photo comes from “Add a photo to your profile”, which needs a verified identity." in answer.text
    assert "which needs a public photo." in answer.text


def test_rules_in_which_everything_needs_everything_are_read_in_time(console):
    everything = [(f"needs-{number}", fact.name.lower()) for number in range(len(OURS.steps)) for fact in Fact]

    assert console.get("/staff/policy/ways", query_string=[*as_ticked(), *everything]).status_code == 422
