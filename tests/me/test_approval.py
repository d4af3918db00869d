"""A freelancer's page on the approval of their profile. Rules A-1..A-5."""

import re
from datetime import timedelta

import pytest

from core import clock
from freelancers.approval.deciding import Decision, decide
from freelancers.approval.findings import Kind, SubmissionState
from freelancers.approval.models import Submission
from freelancers.approval.submissions import latest_submission
from freelancers.approval.supply_feed import Row
from freelancers.approval.supply_services import take_in
from me.approval import PLACES
from tests.factories import PRAISE, make_freelancer, make_invitation, make_newcomer, make_submission, make_user, sign_in


@pytest.fixture
def bo(session, client, at):
    user = make_user(email="bo@example.org", name="Bo Berg")
    sign_in(client, user)
    return make_freelancer(user, is_provisional=True, overview=PRAISE)


def shown(client):
    text = client.get("/me/approval").get_data(as_text=True)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))


def send(client, after=0, **form):
    return client.post("/me/approval", data={"after": str(after), **form})


def test_what_the_rules_would_say_is_shown_before_submitting(client, bo):
    page = shown(client)

    assert "2 things are missing" not in page
    assert "1 thing is missing" in page  # where the skills come from
    assert "Add one of these: an employment" in page
    assert "What anybody could write of themselves" in page
    assert "Not looked at: your picture, skill tests, and how you are paid" in page


def test_each_thing_leads_to_where_it_is_mended(client, bo):
    page = client.get("/me/approval").get_data(as_text=True)
    places = re.findall(r'href="(/me/profile/[^"]+)">Mend it', page)

    assert places == ["/me/profile/employment/add", "/me/profile/words"]
    assert {client.get(f"/me/profile/{place}").status_code for place in PLACES.values()} == {200}


def test_submitting_shows_the_clock_and_then_that_it_is_late(client, bo, at):
    assert send(client, note="Hello").status_code == 303
    assert "The answer normally comes by 3 March 2026, 09:00 UTC" in shown(client)

    clock.use(lambda: at + timedelta(hours=25))
    assert "we are late" in shown(client)


def test_the_letter_is_on_the_page_with_all_reasons_and_the_way_to_ask(client, bo, at):
    send(client)
    robin = make_user(name="Robin")
    reasons = frozenset({Kind.OVERVIEW_GENERIC, Kind.BACKGROUND_MISSING})
    decide(latest_submission(bo.id).id, Decision(False, reasons, "Name one job."), by=robin.id, at=at)
    page = shown(client)

    assert "These are all the reasons" in page
    assert page.count("How to mend it:") == 2  # what the letter says is not said twice
    assert "Still open, as in the letter: Where your skills come from, An overview of your own" in page
    assert "Name one job." in page
    assert "Ask about this letter" in page


def test_a_clear_profile_is_approved_at_once(client, bo, session):
    bo.overview = "I move Oracle warehouses to Snowflake for insurers: four last year, 900 tables, models in dbt, "
    bo.overview += "tests for every source, and lessons for analysts who will look after it."
    bo.profile = {"education": [{"school": "Turin"}]}
    session.commit()
    send(client)

    assert latest_submission(bo.id).state is SubmissionState.APPROVED
    page = shown(client)
    assert "Your profile is approved" in page
    assert "Submit it again" not in page


def test_nobody_learns_from_the_page_whether_another_account_exists(client, bo):
    make_freelancer(email="b.o@example.org", name="Somebody Else")
    bo_again = make_freelancer(email="BO+x@example.org")
    page = shown(client)

    assert bo_again.email not in page
    assert "other account" not in page
    send(client)
    assert "other account" not in shown(client)


def test_those_whom_the_marketplace_knows_need_no_approval(client, session, at):
    user = make_user()
    make_freelancer(user)
    sign_in(client, user)

    assert "You need no approval" in shown(client)
    assert send(client).status_code == 409


def test_somebody_whom_a_partner_invited_is_not_asked_for_demand(client, northwind, at):
    take_in([Row("SQL", 1, 100), Row("Python", 1, 100)], on=at.date(), source="the feed", by=None, at=at)
    invited, joined = make_user(), make_newcomer(northwind, is_provisional=True)
    make_invitation(northwind, invited.email)
    make_freelancer(invited, is_provisional=True)
    uninvited = make_user()
    make_freelancer(uninvited, is_provisional=True)
    told = {}
    for user in (invited, uninvited):
        sign_in(client, user)
        told[user] = "SQL and Python are full now" in shown(client)
        client.post("/sign-out")

    assert joined
    assert told == {invited: False, uninvited: True}


@pytest.mark.parametrize(
    "form", [{"born_on": "1850-01-01"}, {"born_on": "2026-03-02"}, {"born_on": "x"}, {"note": "a" * 1001}]
)
def test_what_cannot_be_is_refused_with_a_word_at_its_field(client, session, bo, form):
    answer = send(client, **form)

    assert answer.status_code == 422
    assert b"There is something to put right" in answer.data
    assert session.query(Submission).count() == 0


def test_a_window_that_was_overtaken_is_told_so(client, bo, session):
    send(client)
    bo.title = "Another"
    session.commit()
    answer = send(client)

    assert answer.status_code == 409
    assert b"submitted in another window" in answer.data


def test_a_submission_that_waits_is_of_the_person_alone(client, bo):
    make_submission()

    assert "With a reviewer" not in shown(client)
