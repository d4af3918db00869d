"""A team notes who passed a training or review: one person, or a pasted list with a preview. Rules E-6, X-4."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges.attesting import Said, attest
from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import PartnerRules
from badges.models import Attestation
from badges.services import set_partner_rules
from partners.interest import show_interest
from partners.noting import Noting, preview
from tests.factories import (
    make_application,
    make_award,
    make_expert,
    make_freelancer,
    make_invitation,
    make_member,
    make_partner,
    make_user,
    sign_in,
)

DAY = timedelta(days=1)


@pytest.fixture
def console(client, partner, admin):
    sign_in(client, admin)
    client.at = f"/console/{partner.slug}/trainings"
    return client


@pytest.fixture
def asks(partner, at):
    """The partner asks for a training."""
    rules = PartnerRules((Condition("training", "passed", "Basics"),))
    return set_partner_rules(partner.programme.achievement_id, rules, effective_at=at, by=None, at=at)


def form(at, people, **more):
    return {"kind": "training", "name": "Basics", "passed_on": at.date().isoformat(), "people": people} | more


def outcomes(partner, text, at):
    lines = preview(partner.programme, text, Said("training", "Basics", at.date()), at)
    return [line.outcome for line in lines]


def test_a_list_names_the_partners_own_people_by_id_or_address_and_nobody_else(session, partner, at):
    applicant, expert = make_freelancer(make_user(email="ada@example.org")), make_expert(partner).freelancer
    invited, asking = make_freelancer(make_user()), make_freelancer(make_user())
    make_application(partner, applicant)
    make_invitation(partner, invited.email, accepted_at=at, freelancer_id=invited.id)
    show_interest(asking.id, partner.id, None, at)
    stranger = make_freelancer()
    make_award(make_partner("Contoso"), stranger)
    make_application(partner, draft := make_freelancer(), submitted=False)

    people = (
        "ADA@example.org",
        expert.marketplace_id,
        invited.email,
        asking.email,
        stranger.email,
        draft.email,
        "oops",
    )
    assert outcomes(partner, "\n".join(people), at) == [Noting.NEW] * 4 + [Noting.NOT_YOURS] * 3


def test_whoever_withdrew_is_no_longer_the_partners_unless_they_hold_its_badge(session, partner, console, at):
    gone, expert = make_freelancer(make_user()), make_expert(partner).freelancer
    for who in (gone, expert):
        make_invitation(partner, who.email, accepted_at=at, freelancer_id=who.id)
    make_application(partner, gone, withdrawn_at=at)

    assert outcomes(partner, f"{gone.email}\n{expert.email}", at) == [Noting.NOT_YOURS, Noting.NEW]
    assert console.get(f"{console.at}/people/{gone.id}").status_code == 404
    attest(partner.id, [(gone.id, Said("training", "BASICS", (at - 9 * DAY).date()))], by=None, at=at)
    assert console.get(f"{console.at}/people/{gone.id}").status_code == 200  # to take it back


def test_a_line_can_have_days_of_its_own_and_every_line_says_what_it_does(session, partner, at):
    expert = make_expert(partner).freelancer
    attest(partner.id, [(expert.id, Said("training", "BASICS", (at - 9 * DAY).date()))], by=None, at=at)
    who = expert.marketplace_id
    text = f"id,passed\n{who}, {(at - 9 * DAY).date()}\n{who}\n\n{who.upper()}\n{who}, soon\n{who},,2001-01-01"

    assert outcomes(partner, text, at) == [
        Noting.NOTED,
        Noting.NEW,
        Noting.DUPLICATE,
        Noting.UNREADABLE,
        Noting.UNREADABLE,
    ]


def test_an_address_that_two_people_have_names_neither(session, partner, at):
    for _ in range(2):
        make_award(partner, make_freelancer(email="both@example.org"))

    assert outcomes(partner, "both@example.org", at) == [Noting.NOT_YOURS]


def test_a_pasted_list_is_shown_first_and_noted_once(console, session, partner, asks, at):
    who = make_expert(partner).freelancer.marketplace_id
    sent = form(at, f"{who}\n{who}\nnobody@example.org")

    shown = console.post(f"{console.at}/preview", data=sent)
    assert shown.status_code == 200
    assert "<strong>1 person</strong> will be noted" in shown.text
    assert "Is not one of your applicants or experts" in shown.text
    assert session.scalars(sa.select(Attestation)).all() == []

    for words in ("1 person is noted as having passed it. 2 lines were left out.", "no people are noted"):
        answer = console.post(console.at, data=sent | {"action": "note"}, follow_redirects=True)
        assert words in answer.text
    assert session.scalars(sa.select(Attestation)).one().name == "Basics"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": ""}, "Write its name"),
        ({"passed_on": "2999-01-01"}, "Nobody can have passed it"),
        ({"passed_on": ""}, "Choose the day"),
        ({"people": ""}, "at least one"),
        ({"people": " \n"}, "nobody in this"),
        ({"people": "email\n"}, "nobody in this"),
        ({"people": "x@y.org\n" * 2_001}, "more than 2,000 lines"),
        ({"kind": "exam"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_beside_it(console, session, asks, at, changed, says):
    answer = console.post(f"{console.at}/preview", data=form(at, "a@b.org") | changed)

    assert answer.status_code == 422
    assert says in answer.text


def test_one_person_is_noted_from_their_page_and_taken_back_with_a_reason(console, session, partner, asks, at):
    expert = make_expert(partner).freelancer
    page = f"{console.at}/people/{expert.id}"
    assert "You ask for: Basics." in console.get(page).text

    noted = console.post(page, data=form(at, ""), follow_redirects=True)
    assert "Noted. It counts for" in noted.text
    assert "That is noted already." in console.post(page, data=form(at, ""), follow_redirects=True).text
    refused = console.post(page, data=form(at, "", expires_on="2001-01-01"))
    assert (refused.status_code, "lapses before it was passed" in refused.text) == (422, True)

    said = session.scalars(sa.select(Attestation)).one()
    back = f"{console.at}/{said.id}/withdraw"
    assert console.post(back, data={"reason": ""}).status_code == 422
    assert "no longer counts" in console.post(back, data={"reason": "A mix-up."}, follow_redirects=True).text
    assert "A mix-up." in console.get(page).text


def test_a_viewer_sees_what_was_noted_and_changes_nothing(client, session, partner, at):
    expert = make_expert(partner).freelancer
    sign_in(client, make_member(partner, duty="viewer"))
    page = f"/console/{partner.slug}/trainings"

    assert "Note who passed" not in client.get(page).text
    assert client.post(f"{page}/people/{expert.id}", data=form(at, "")).status_code == 403
    assert client.post(page, data=form(at, expert.marketplace_id) | {"action": "note"}).status_code == 403


def test_application_and_expert_lead_there(console, session, partner, at):
    award, applicant = make_expert(partner), make_freelancer(make_user())
    application = make_application(partner, applicant)
    base = console.at.removesuffix("/trainings")

    assert f"{console.at}/people/{applicant.id}" in console.get(f"{base}/applications/{application.id}").text
    assert f"{console.at}/people/{award.freelancer_id}" in console.get(f"{base}/experts/{award.id}").text
