"""The pages of a review, as each of the team sees them. Rules R-2, R-4, R-5, X-4."""

import pytest
import sqlalchemy as sa

from core.outbox import OutboxMail
from partners.applying import withdraw_application
from partners.deciding import keep_on_file
from partners.review.models import SavedView
from partners.review.queries import way_of
from partners.review.rules import Way
from partners.review.services import add_note, give_review, set_way
from tests.factories import make_application, make_freelancer, make_user, sign_in

GOOD, BAD = {"depth": "5", "words": "4"}, {"depth": "2", "words": "2"}


@pytest.fixture
def console(client, partner, admin):
    """The console as its admin has it."""
    sign_in(client, admin)
    client.at = f"/console/{partner.slug}/applications"
    return client


def test_a_manager_writes_the_rubric_and_what_is_wrong_comes_back_as_typed(console, partner, at):
    wrong = {"version": "0", "key": ["", ""], "name": ["Depth", "depth"], "hint": ["", ""], "weight": ["2", "1"]}
    refused = console.post(f"{console.at}/review", data=wrong)
    right = wrong | {"name": ["Depth", ""], "reviewers": "2", "third_from": "150", "sends_reasons": "1"}
    saved = console.post(f"{console.at}/review", data=right, follow_redirects=True)
    way = way_of(partner.programme.id)

    assert refused.status_code == 422
    assert "Two criteria are called" in refused.text
    assert 'value="depth"' in refused.text
    assert "This is how your team reviews from now on" in saved.text
    assert [(each.name, each.weight) for each in way.criteria] == [("Depth", 2)]
    assert (way.is_double, way.third_from_hundredths, way.sends_reasons) == (True, 150, True)


def test_scores_that_are_missing_come_back_with_those_that_were_given(console, sent, blind, at):
    page = console.post(f"{console.at}/{sent.id}/review", data={"score-depth": "4", "remark": "Strong <b>."})

    assert page.status_code == 422
    assert "There is no score for Words." in page.text
    assert 'name="score-depth" value="4" required checked' in page.text
    assert "Strong &lt;b&gt;." in page.text


def test_a_blind_reviewer_reads_nothing_of_the_other_on_any_page(console, client, sent, blind, rita, ada, at):
    give_review(sent.id, BAD, "A secret remark.", by=rita.id, at=at)
    pages = (
        f"{console.at}/{sent.id}", console.at, f"{console.at}/compare?id={sent.id}",
        f"{console.at.removesuffix('/applications')}/people/{ada.id}",
    )  # fmt: skip

    for path in pages:
        text = console.get(path).text
        assert "A secret remark." not in text, path
        assert "2.0 of 5" not in text, path
        assert '">2.0<' not in text, path
    assert "You see what others gave once yours is in." in console.get(pages[0]).text
    console.post(f"{console.at}/{sent.id}/review", data={"score-depth": "3", "score-words": "2"})
    assert "A secret remark." in console.get(pages[0]).text


def test_where_two_disagree_the_page_asks_for_a_third(console, sent, blind, rita, sam, at):
    give_review(sent.id, GOOD, None, by=rita.id, at=at)
    give_review(sent.id, BAD, None, by=sam.id, at=at)

    assert "a third decides" in console.get(f"{console.at}/{sent.id}").text
    assert "A third is needed" in console.get(console.at).text


def test_whoever_steps_back_is_offered_no_decision_and_makes_none(console, session, sent, blind, mails, at):
    console.post(f"{console.at}/{sent.id}/conflict")
    page = console.get(f"{console.at}/{sent.id}").text
    decided = console.post(f"{console.at}/{sent.id}/decision", data={"decision": "select", "seen": "in_review"})

    assert "You are off this application" in page
    assert "Your decision" not in page
    assert decided.status_code == 403
    assert mails() == []
    assert "conflict of interest" in console.get(console.at).text


@pytest.fixture
def mails(session):
    return lambda: session.scalars(sa.select(OutboxMail)).all()


def test_a_decision_leads_on_to_the_next_of_the_same_view(console, session, partner, at):
    first, second, third = (
        make_application(partner, make_freelancer(make_user(name=name), country=country))
        for name, country in (("Ann", "GB"), ("Ben", "FR"), ("Cat", "GB"))
    )
    view = {"country": "GB", "order": "name"}
    on = console.post(f"{console.at}/{first.id}/decision", query_string=view, data={"decision": "keep"})
    last = console.post(f"{console.at}/{third.id}/decision", query_string=view, data={"decision": "keep"})

    assert on.location.startswith(f"{console.at}/{third.id}?")
    assert last.location.startswith(f"{console.at}?")
    assert "country=GB" in on.location
    assert second.id not in (first.id, third.id)


def test_many_are_previewed_then_decided_on(console, session, partner, mails, at):
    for name, jss in (("Ann", 95), ("Ben", 70)):
        make_application(partner, make_freelancer(make_user(name=name), jss_pct=jss))
    preview = console.post(f"{console.at}/ticked", data={"do": "select", "all": "1"})
    ids = preview.text.split('name="ids" value="')[1].split('"')[0]

    assert "2 mails go out" in preview.text
    assert "Selected, waiting for:" in preview.text
    assert mails() == []
    done = console.post(f"{console.at}/decisions", data={"decision": "select", "ids": ids}, follow_redirects=True)
    assert "1 selected: the badge is theirs from now on; 1 selected: the badge follows" in done.text
    assert len(mails()) == 2


def test_nothing_ticked_is_said_and_nothing_lost(console, sent, at):
    page = console.post(f"{console.at}/ticked", data={"do": "keep", "q": "bank"})

    assert page.status_code == 422
    assert "Tick at least one application first." in page.text
    assert 'value="bank"' in page.text


def test_a_view_is_kept_shown_and_removed(console, session, sent, at):
    console.post(f"{console.at}/views", data={"name": "From Britain", "country": "GB", "order": "newest"})
    page = console.get(console.at).text
    kept = session.scalars(sa.select(SavedView)).one()

    assert "From Britain" in page
    assert "country=GB" in page
    assert kept.query == {"country": "GB", "order": "newest"}
    console.post(f"{console.at}/views/forget", data={"view": str(kept.id)})
    assert "From Britain" not in console.get(console.at).text


def test_another_members_view_is_not_there(console, client, session, sent, rita, at):
    console.post(f"{console.at}/views", data={"name": "Mine"})
    kept = session.scalars(sa.select(SavedView)).one()
    sign_in(client, rita)

    assert "Mine" not in console.get(console.at).text
    assert console.post(f"{console.at}/views/forget", data={"view": str(kept.id)}).status_code == 404
    assert session.get(SavedView, kept.id, populate_existing=True) is not None


def test_five_do_not_stand_side_by_side(console, partner, at):
    ids = [str(make_application(partner, make_freelancer(make_user())).id) for _ in range(5)]

    assert console.get(f"{console.at}/compare", query_string={"id": ids[:4]}).status_code == 200
    assert console.get(f"{console.at}/compare", query_string={"id": ids}).status_code == 422


def test_the_whole_history_stands_on_one_page_and_goes_when_they_withdraw(console, partner, sent, blind, rita, ada, at):
    give_review(sent.id, GOOD, None, by=rita.id, at=at)
    add_note(sent.id, "Call on Monday.", by=rita.id, at=at)
    keep_on_file(sent.id, by=rita.id, at=at)
    address = f"/console/{partner.slug}/people/{ada.id}"
    page = console.get(address).text

    for words in ("Scored by Rita Reviewer", "Kept on file by Rita Reviewer", "Call on Monday.", "1 of 2 in"):
        assert words in page
    withdraw_application(sent.id, at)
    assert console.get(address).status_code == 404


def test_a_reason_is_asked_for_only_where_reasons_are_sent(console, partner, sent, admin, at):
    assert "Why not now" not in console.get(f"{console.at}/{sent.id}").text
    set_way(partner.programme, Way(sends_reasons=True), by=admin.id, at=at)
    assert "Why not now" in console.get(f"{console.at}/{sent.id}").text
    kept = {"decision": "keep", "reason": "Come back in spring."}
    done = console.post(f"{console.at}/{sent.id}/decision", data=kept, follow_redirects=True)
    assert "gets your reason by mail" in done.text
    assert "Come back in spring." in console.get(f"{console.at}/{sent.id}").text
