"""An application as its applicant fills it in, sends, changes and withdraws it. Rules R-1, R-2, R-4."""

import re

import pytest
import sqlalchemy as sa

from core.outbox import OutboxMail
from partners import deciding
from partners.models import Application
from tests.factories import make_application, make_freelancer, make_partner, make_user, sign_in

STEPS = (
    {"key": "data", "kind": "question", "prompt": "What have you built?", "hint": "Briefly.", "required": True},
    {"key": "cert", "kind": "certificate", "prompt": "Our certificate", "hint": "", "required": True},
    {"key": "course", "kind": "training", "prompt": "A training", "hint": "", "required": False},
    {"key": "years", "kind": "experience", "prompt": "Your experience", "hint": "", "required": False},
    {"key": "work", "kind": "portfolio", "prompt": "A piece of work", "hint": "", "required": False},
)
FULL = {
    "answer-data": "A warehouse <b>for</b> a bank.",
    "answer-cert-name": "Architect",
    "answer-cert-number": "A-1",
    "answer-cert-link": "https://example.org/a-1",
    "answer-cert-issued_on": "2025-01-31",
    "answer-cert-expires_on": "2027-01-31",
}


@pytest.fixture
def ada(client, at):
    user = make_user()
    freelancer = make_freelancer(user)
    sign_in(client, user)
    return freelancer


@pytest.fixture
def draft(ada):
    return make_application(make_partner("Contoso", steps=STEPS), ada, submitted=False, answers={})


def address(application):
    return f"/me/applications/{application.id}"


def stored(session, application):
    session.expire_all()
    return session.get(Application, application.id)


def without_token(page):
    return re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", page.text)


# The form


def test_the_form_asks_for_every_step_with_the_checklist_beside_it(client, draft):
    page = client.get(address(draft)).text

    for step in STEPS:
        assert step["prompt"] in page
    for name in (*FULL, "answer-course-name", "answer-years", "answer-work-title", "answer-work-link"):
        assert f'name="{name}"' in page
    assert "Your requirements" in page
    assert "Job Success Score" in page


def test_a_draft_is_saved_as_far_as_it_goes(client, session, draft):
    answer = client.post(address(draft), data={"action": "save", "answer-cert-number": "A-1"})

    assert (answer.status_code, answer.location) == (303, address(draft))
    assert stored(session, draft).answers == {"cert": {"number": "A-1"}}
    assert stored(session, draft).submitted_at is None
    page = client.get(address(draft)).text
    assert "Your draft is saved." in page
    assert 'value="A-1"' in page


def test_sending_says_at_each_field_what_is_missing_and_loses_nothing(client, session, draft):
    page = client.post(
        address(draft),
        data={
            "action": "send",
            "answer-cert-number": "typed number",
            "answer-cert-link": "javascript:alert(1)",
            "answer-cert-issued_on": "yesterday",
            "answer-work-link": "https://example.org/work",
            "answer-years": "typed years",
        },
    )

    assert page.status_code == 422
    assert "<title>Error: Application to Contoso" in page.text
    for name in ("data", "cert-name", "cert-link", "cert-issued_on", "work-title"):
        assert f'id="answer-{name}-error"' in page.text
        assert f'href="#answer-{name}"' in page.text
    for typed in ("typed number", "javascript:alert(1)", "yesterday", "https://example.org/work", "typed years"):
        assert typed in page.text
    good = {"cert": {"number": "typed number"}, "years": "typed years", "work": {"link": "https://example.org/work"}}
    assert stored(session, draft).answers == good
    assert stored(session, draft).submitted_at is None


def test_a_draft_that_cannot_be_kept_is_told_and_comes_back_as_typed(client, session, draft):
    page = client.post(address(draft), data={"action": "save", "answer-data": "kept", "answer-cert-link": "no link"})

    assert page.status_code == 422
    assert 'id="answer-cert-link-error"' in page.text
    assert "kept" in page.text
    assert 'id="answer-cert-name-error"' not in page.text


def test_a_whole_application_is_sent(client, session, at, draft):
    answer = client.post(address(draft), data={"action": "send", **FULL})

    assert answer.status_code == 303
    sent = stored(session, draft)
    assert sent.submitted_at == at
    assert sent.answers == {
        "data": "A warehouse <b>for</b> a bank.",
        "cert": {
            "name": "Architect",
            "number": "A-1",
            "link": "https://example.org/a-1",
            "issued_on": "2025-01-31",
            "expires_on": "2027-01-31",
        },
    }
    page = client.get(address(draft)).text
    assert "Under consideration" in page
    assert "If you are selected, you get an e-mail." in page
    assert "A warehouse &lt;b&gt;for&lt;/b&gt; a bank." in page


def test_without_a_word_on_what_to_do_it_is_sent(client, session, draft):
    """Whoever presses Enter in a field sends the form's first button, and some programs none."""
    client.post(address(draft), data=FULL)

    assert stored(session, draft).submitted_at is not None


def test_a_double_click_sends_once(client, session, draft):
    for _ in range(2):
        client.post(address(draft), data={"action": "send", **FULL})

    mails = session.scalars(sa.select(OutboxMail).where(OutboxMail.to_address == draft.freelancer.email)).all()
    assert len(mails) == 1


def test_answers_can_be_changed_after_sending_but_not_made_incomplete(client, session, draft):
    client.post(address(draft), data={"action": "send", **FULL})
    client.post(address(draft), data={"action": "send", **FULL, "answer-data": "Two warehouses."})
    assert stored(session, draft).answers["data"] == "Two warehouses."
    assert "Contoso sees your changes." in client.get(address(draft)).text

    page = client.post(address(draft), data={"action": "save", **FULL, "answer-data": ""})
    assert page.status_code == 422
    assert stored(session, draft).answers["data"] == "Two warehouses."


def test_a_required_field_left_out_of_the_request_keeps_what_was_stored(client, session, draft):
    client.post(address(draft), data={"action": "send", **FULL})
    client.post(address(draft), data={"action": "send", "answer-cert-number": "A-2"})

    assert stored(session, draft).answers["cert"]["number"] == "A-2"
    assert stored(session, draft).answers["data"] == FULL["answer-data"]


def test_withdrawing_removes_the_answers_and_says_so(client, session, at, draft):
    client.post(address(draft), data={"action": "send", **FULL})
    answer = client.post(f"{address(draft)}/withdraw")

    assert answer.location == "/me/applications"
    assert stored(session, draft).answers == {}
    page = client.get(address(draft)).text
    assert "You withdrew it on" in page
    assert "<textarea" not in page
    assert client.post(address(draft), data=FULL).status_code == 409


# What the applicant sees of decisions


def test_the_page_is_the_same_to_the_byte_whatever_happens_short_of_a_selection(client, session, at, ada):
    application = make_application(make_partner(), ada)
    seen = [[without_token(client.get(path)) for path in (address(application), "/me/applications", "/me")]]
    deciding.open_for_review(application.id, by=None, at=at)
    seen.append([without_token(client.get(path)) for path in (address(application), "/me/applications", "/me")])
    deciding.keep_on_file(application.id, by=None, at=at)
    seen.append([without_token(client.get(path)) for path in (address(application), "/me/applications", "/me")])

    assert seen[0] == seen[1] == seen[2]
    assert "Under consideration" in seen[0][0]
    assert session.scalars(sa.select(OutboxMail)).all() == []


def test_a_selection_shows(client, at, ada):
    application = make_application(make_partner("Contoso"), ada)
    deciding.select(application.id, by=None, at=at)

    page = client.get(address(application)).text
    assert "Contoso has selected you" in page
    assert "/me/badges" in page


def test_a_selection_that_waits_says_that_the_badge_follows(client, session, at, ada):
    ada.jss_pct = 70
    session.commit()
    application = make_application(make_partner("Contoso"), ada)
    deciding.select(application.id, by=None, at=at)

    page = client.get(address(application)).text
    assert "Your badge follows by itself" in page
    assert "Not met" in page


# Whose it is


def test_an_application_of_somebody_else_does_not_exist(client, session, ada):
    theirs = make_application(make_partner(), make_freelancer(make_user()))

    assert client.get(address(theirs)).status_code == 404
    assert client.post(address(theirs), data={"answer-why": "mine now"}).status_code == 404
    assert client.post(f"{address(theirs)}/withdraw").status_code == 404
    assert stored(session, theirs).withdrawn_at is None
    assert stored(session, theirs).answers == {"why": "A warehouse for a bank."}


@pytest.mark.parametrize(
    "identifier", ["1", "not-an-id", "01900000-0000-7000-8000-000000000007", "00000000-0000-0000-0000-00000000000g"]
)
def test_an_application_that_never_was_does_not_exist_either(client, ada, identifier):
    assert client.get(f"/me/applications/{identifier}").status_code == 404


def test_the_list_shows_them_all_and_what_to_go_on_with(client, draft, ada):
    make_application(make_partner("Northwind"), ada)
    page = client.get("/me/applications").text

    assert "Contoso" in page
    assert "Northwind" in page
    assert "Go on with it" in page


def test_an_empty_list_says_how_one_begins(client, ada):
    assert "An application begins with a partner" in client.get("/me/applications").text
