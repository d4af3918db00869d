"""Findings and receipts for programs: what pages and mails say, of a partner's own people alone. E-10, R-4, X-4."""

from datetime import timedelta

import pytest

from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import PartnerRules
from badges.models import JoinedThrough
from badges.queries import base_checklist, checklist
from badges.receipts import exported
from badges.services import record_receipt, set_partner_rules
from badges.sweep import sweep
from core import clock
from core.permissions import Scope
from tests.conftest import AT
from tests.factories import (
    make_application,
    make_award,
    make_expert,
    make_freelancer,
    make_invitation,
    make_newcomer,
    make_partner,
    make_token,
    make_user,
)


def of_badge(person, slug="northwind"):
    return f"/partners/{slug}/freelancers/{person.marketplace_id}/eligibility"


def of_base(person):
    return f"/freelancers/{person.marketplace_id}/eligibility"


@pytest.fixture
def ada(northwind):
    person = make_freelancer(jss_pct=71)
    make_application(northwind, person)
    return person


def test_the_findings_are_those_of_the_checklist_in_its_order(partners, marketplace, northwind, ada, at):
    badge = northwind.programme.achievement_id
    rules = PartnerRules((Condition("skills", "has_all", ("Rust",)), Condition("jobs_count", "at_least", 3)))
    set_partner_rules(badge, rules, effective_at=at, by=None, at=at)
    own, base = partners.get(of_badge(ada)).json, partners.get(of_base(ada)).json

    assert own["findings"] == [finding.to_json() for finding in checklist(ada.id, badge, at)]
    assert base["findings"] == [finding.to_json() for finding in base_checklist(ada.id, at)]
    assert [each["rule"] for each in own["findings"]] == ["E-1", "E-2", "E-3", "E-4", "E-5", "E-6", "E-6"]
    assert (own["eligible"], own["badge"]) == (
        False,
        {"partner": "northwind", "name": "Northwind Expert", "award": None},
    )
    assert own["policy"]["asks"][-1] == "At least 3 finished jobs"
    assert base["badge"] is base["receipt"] is None
    assert marketplace.get(of_badge(ada)).json == own


def test_an_expert_in_grace_is_told_until_when_and_by_which_receipt(partners, session, northwind):
    award = make_expert(northwind)
    award.freelancer.jss_pct = 71
    session.commit()
    sweep(AT)
    told = partners.get(of_badge(award.freelancer)).json

    assert told["badge"]["award"] == {"id": str(award.id), "status": "grace"}
    (lost,) = [each for each in told["findings"] if not each["met"]]
    assert lost["grace_ends_at"] == (AT + timedelta(days=14)).isoformat()
    assert told["receipt"]["is_current"] is True

    award.freelancer.jss_pct = 95
    session.commit()
    assert partners.get(of_badge(award.freelancer)).json["receipt"]["is_current"] is False


def test_a_newcomer_is_told_what_is_not_asked_yet(partners, session, northwind):
    person = make_newcomer(northwind)
    make_application(northwind, person)
    told = partners.get(of_badge(person)).json

    assert told["eligible"] is True
    assert [each["rule"] for each in told["findings"] if not each["asked"]] == ["E-1", "E-2", "E-5"]


def test_a_receipt_is_the_one_that_the_person_can_save(partners, ada, northwind, at):
    receipt = record_receipt(ada.id, northwind.programme.achievement_id, "application", at=at)
    address = f"/receipts/{receipt.id}"

    assert partners.get(of_badge(ada)).json["receipt"]["id"] == str(receipt.id)
    assert partners.get(address).json == exported(receipt)


def test_a_receipt_is_replayed_the_same_after_person_and_policy_changed(partners, session, ada, northwind, at):
    badge = northwind.programme.achievement_id
    receipt = record_receipt(ada.id, badge, "application", at=at)
    ada.jss_pct, ada.visibility = 3, "private"
    session.commit()
    rules = PartnerRules((Condition("jss_pct", "at_least", 99),))
    set_partner_rules(badge, rules, effective_at=at + timedelta(days=1), by=None, at=at)
    clock.use(lambda: AT + timedelta(days=2))
    again = partners.get(f"/receipts/{receipt.id}/replay").json

    assert (again["receipt_id"], again["same"], again["findings"]) == (str(receipt.id), True, receipt.findings)
    assert partners.get(of_badge(ada)).json["findings"] != receipt.findings


def withdrawn(partner, person):
    make_application(partner, person, withdrawn_at=AT)


RELATIONS = {
    "nothing": (lambda partner, person: None, False),
    "an invitation that was sent": (lambda partner, person: make_invitation(partner, person.email), False),
    "an invitation that was declined": (
        lambda partner, person: make_invitation(partner, person.email, freelancer_id=person.id, declined_at=AT),
        False,
    ),
    "an invitation that was accepted": (
        lambda partner, person: make_invitation(partner, person.email, freelancer_id=person.id, accepted_at=AT),
        True,
    ),
    "a draft alone": (lambda partner, person: make_application(partner, person, submitted=False), False),
    "an application": (lambda partner, person: make_application(partner, person), True),
    "a kept application": (lambda partner, person: make_application(partner, person, kept_at=AT), True),
    "a withdrawn application": (withdrawn, False),
    "an award": (lambda partner, person: make_award(partner, person), True),
    "an award that was revoked": (
        lambda partner, person: make_award(partner, person, revoked_at=AT, revoke_reason="Why.", closed_at=AT),
        True,
    ),
}


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_partner_sees_its_own_people_alone(partners, marketplace, northwind, relation):
    relate, is_own = RELATIONS[relation]
    person, receipt = make_freelancer(make_user()), None
    relate(northwind, person)
    receipt = record_receipt(person.id, northwind.programme.achievement_id, "application", at=AT)
    addresses = (of_badge(person), of_base(person), f"/receipts/{receipt.id}", f"/receipts/{receipt.id}/replay")

    assert {partners.get(address).status_code for address in addresses} == {200 if is_own else 404}
    assert {marketplace.get(address).status_code for address in addresses} == {200}


def test_who_accepted_and_withdrew_later_is_no_longer_seen(partners, northwind):
    person = make_freelancer(make_user())
    make_invitation(northwind, person.email, freelancer_id=person.id, accepted_at=AT)
    withdrawn(northwind, person)

    assert partners.get(of_badge(person)).status_code == 404


def test_a_receipt_about_ones_own_applicant_but_anothers_badge_is_not_there(partners, session, ada):
    inkfold = make_partner("Inkfold", slug="inkfold")
    make_application(inkfold, ada)
    receipt = record_receipt(ada.id, inkfold.programme.achievement_id, "application", at=AT)

    assert partners.get(f"/receipts/{receipt.id}").status_code == 404
    assert partners.get(of_badge(ada, "inkfold")).status_code == 404


@pytest.mark.slow
def test_two_thousand_people_of_others_are_not_there(partners, session, northwind, ada):
    """Rule X-4: neither by their id, nor by anything that looks like one; and the answer is that of nobody."""
    inkfold = make_partner("Inkfold", slug="inkfold")
    for number in range(20):
        person = make_freelancer(marketplace_id=f"theirs-{number}")
        make_application(inkfold, person)
    keys = [f"theirs-{number}" for number in range(2_000)]
    answers = [partners.get(f"/freelancers/{key}/eligibility") for key in keys]
    bodies = {tuple(sorted(answer.json.items() - {("request_id", answer.json["request_id"])})) for answer in answers}

    assert {answer.status_code for answer in answers} == {404}
    assert len(bodies) == 1
    assert partners.get(of_base(ada)).status_code == 200


@pytest.mark.parametrize("key", ["a/b", "~01ab", "ä ö", "100%", "a.b", "eligibility", "x/eligibility"])
def test_an_id_of_whatever_letters_is_found(client, marketplace, northwind, key):
    person = make_freelancer(marketplace_id=key)
    address = f"/api/v1/partners/northwind/freelancers/{key.replace('%', '%25')}/eligibility"

    assert client.get(address, headers=marketplace.headers).json["marketplace_id"] == person.marketplace_id


def test_the_one_who_joined_through_another_partner_is_no_newcomer_here(session, caller, northwind):
    inkfold = make_partner("Inkfold", slug="inkfold")
    person = make_newcomer(inkfold)
    make_application(northwind, person)
    assert session.query(JoinedThrough).one().issuer_id == inkfold.id

    told = caller(make_token([Scope.FINDINGS], northwind)).get(of_badge(person)).json
    assert told["eligible"] is False
