"""The staff's queue of profiles, and the decision about one. Rules A-1..A-4."""

import re
from datetime import timedelta

import pytest

from core import clock
from freelancers.approval.deciding import Decision, decide
from freelancers.approval.duplicates import Trait
from freelancers.approval.earlier import note_traits
from freelancers.approval.findings import Kind, SubmissionState
from freelancers.approval.models import Submission
from freelancers.approval.submissions import submission_by_id
from freelancers.approval.submitting import Sent, submit
from tests.factories import make_freelancer, make_submission


def shown(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_the_queue_shows_the_clock_and_marks_what_is_late(staff, session, at):
    late = make_submission(make_freelancer(name="Cleo Late", is_provisional=True))
    make_submission(waiting_since_at=at + timedelta(hours=20))
    clock.use(lambda: at + timedelta(hours=25))
    page = shown(staff.get("/staff/approvals"))

    assert re.search(r"Waiting 2 Late 1", page)
    assert page.index(late.freelancer.name) < page.index("Ada Byron")
    assert page.count("Late") == 3  # the figure, the name, and one mark
    assert "Profiles to approve that are late 1" in shown(staff.get("/staff"))


@pytest.mark.parametrize("state", ["waiting", "declined", "approved", "made-up"])
def test_an_empty_queue_says_so(staff, state):
    page = shown(staff.get(f"/staff/approvals?state={state}"))

    assert "No profile waits" in page or "No profile was answered so yet" in page


def test_one_letter_with_the_reasons_that_the_reviewer_left_ticked(staff, at):
    waits = make_submission()
    page = staff.get(f"/staff/approvals/{waits.id}").get_data(as_text=True)
    assert page.count("checked") == 2  # both findings are ticked at first

    form = {"decision": "decline", "reasons": ["overview_generic"], "words": "Name one job."}
    assert staff.post(f"/staff/approvals/{waits.id}", data=form).status_code == 303
    decided = submission_by_id(waits.id)
    assert ([each.kind for each in decided.letter], decided.words) == ([Kind.OVERVIEW_GENERIC], "Name one job.")
    page = shown(staff.get(f"/staff/approvals/{waits.id}"))
    assert "Name one job." in page
    assert "Send the letter" not in page


def test_a_decision_that_came_second_is_told_so_and_changes_nothing(staff, at):
    waits = make_submission()
    staff.post(f"/staff/approvals/{waits.id}", data={"decision": "approve"})
    answer = staff.post(f"/staff/approvals/{waits.id}", data={"decision": "decline", "words": "No."})

    assert answer.status_code == 409
    assert "It was approved a moment ago" in shown(answer)
    assert submission_by_id(waits.id).state is SubmissionState.APPROVED


@pytest.mark.parametrize("form", [{}, {"decision": "decline"}, {"decision": "decline", "reasons": ["free_address"]}])
def test_a_decision_without_a_reason_is_refused(staff, session, form):
    waits = make_submission()

    assert staff.post(f"/staff/approvals/{waits.id}", data=form).status_code == 422
    assert session.get(Submission, waits.id).state is SubmissionState.WAITING


def test_a_resubmission_shows_what_changed_and_the_last_letter(staff, session, sam, at):
    waits = make_submission()
    decide(waits.id, Decision(False, frozenset(), "Say which warehouses."), by=sam.id, at=at)
    person = waits.freelancer
    person.title, person.skills = "Warehouse engineer", ["SQL", "dbt"]
    session.commit()
    again = submit(person.id, Sent(1, "I named them."), is_invited=False, by=person.user_id, at=at)
    page = staff.get(f"/staff/approvals/{again.id}").get_data(as_text=True)

    assert "What changed since" in page
    assert re.findall(r"<(del|ins)><span class=\"visually-hidden\"> ?(?:gone|new|Gone|New): </span>([^<]*)", page) == [
        ("del", "Data"), ("ins", "Warehouse"), ("del", "Python"), ("ins", "dbt"),
    ]  # fmt: skip
    assert "Say which warehouses." in page
    assert "I named them." in page


def test_possible_earlier_accounts_stand_side_by_side(staff, at):
    waits = make_submission()
    old = make_freelancer(name="Ada King", city="London", account_state="closed")
    for person in (waits.freelancer, old):
        note_traits(person.id, {Trait.DOCUMENT: "X12"}, at=at)
    page = shown(staff.get(f"/staff/approvals/{waits.id}"))

    assert "Ada King : the same document number" in page
    assert "Account (alike)" not in page
    assert "Country (alike)" in page


def test_a_profile_that_went_on_is_shown_as_it_was_submitted(staff, session):
    waits = make_submission()
    waits.freelancer.title = "Changed since"
    session.commit()
    page = shown(staff.get(f"/staff/approvals/{waits.id}"))

    assert "They went on editing" in page
    assert "Changed since" not in page
