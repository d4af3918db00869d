"""A freelancer's badges: how each stands, hiding it, and answering a revocation. Rules B-4, E-11, E-12."""

from datetime import timedelta

import pytest

from badges.models import Award
from tests.factories import make_award, make_expert, make_freelancer, make_hold, make_partner, make_user, sign_in


@pytest.fixture
def ada(client, at):
    user = make_user()
    freelancer = make_freelancer(user)
    sign_in(client, user)
    return freelancer


def stored(session, award):
    session.expire_all()
    return session.get(Award, award.id)


def test_without_a_badge_it_says_how_one_comes(client, ada):
    assert "No badge yet" in client.get("/me/badges").text


def test_an_active_badge_has_a_link_to_share(client, ada):
    award = make_award(make_partner("Northwind"), ada)
    page = client.get("/me/badges").text

    assert "Northwind Expert" in page
    assert f"http://laurel.test/badges/{award.id}" in page


def test_a_badge_in_grace_says_until_when_and_what_to_do(client, session, at, ada):
    ada.jss_pct = 70
    make_award(make_partner(), ada, grace_began_at=at, grace_ends_at=at + timedelta(days=14))
    page = client.get("/me/badges").text

    assert "In grace" in page
    assert "16 March 2026" in page
    assert "What to do next" in page


def test_a_hold_suspends_at_the_very_next_request_and_its_end_brings_the_badge_back(client, session, at, ada):
    make_award(make_partner(), ada)
    hold = make_hold(ada)
    page = client.get("/me/badges").text
    assert "Suspended" in page
    assert "Suspended since" in page

    hold.lifted_at = at
    session.commit()
    assert "Suspended" not in client.get("/me/badges").text


def test_a_badge_can_be_hidden_and_shown_again(client, session, at, ada):
    award = make_award(make_partner(), ada)
    assert client.post(f"/me/badges/{award.id}/hide").status_code == 303
    assert stored(session, award).hidden_at == at
    page = client.get("/me/badges").text
    assert "You have hidden this badge" in page
    assert "Link to share" not in page

    client.post(f"/me/badges/{award.id}/show")
    assert stored(session, award).hidden_at is None


def test_hiding_is_a_post(client, ada):
    assert client.get(f"/me/badges/{make_award(make_partner(), ada).id}/hide").status_code == 405


def test_a_revocation_shows_its_reason_and_is_answered_once(client, session, at, ada):
    award = make_award(make_partner(), ada, revoked_at=at, revoke_reason="Two complaints of clients.", closed_at=at)
    page = client.get("/me/badges").text
    assert "Two complaints of clients." in page
    assert "Link to share" not in page

    empty = client.post(f"/me/badges/{award.id}/answer", data={"answer": "  "})
    assert empty.status_code == 422
    assert client.post(f"/me/badges/{award.id}/answer", data={"answer": "Both are settled."}).status_code == 303
    page = client.get("/me/badges").text
    assert "Both are settled." in page
    assert "<textarea" not in page
    assert client.post(f"/me/badges/{award.id}/answer", data={"answer": "And more."}).status_code == 409
    assert stored(session, award).revoke_answer == "Both are settled."


def test_an_answer_that_is_too_long_comes_back_whole(client, session, at, ada):
    award = make_award(make_partner(), ada, revoked_at=at, revoke_reason="Complaints.", closed_at=at)
    page = client.post(f"/me/badges/{award.id}/answer", data={"answer": "a" * 4001})

    assert page.status_code == 422
    assert "a" * 4001 in page.text


@pytest.mark.parametrize("deed", ["hide", "show", "answer"])
def test_a_badge_of_somebody_else_does_not_exist(client, session, ada, deed):
    theirs = make_expert()

    assert client.post(f"/me/badges/{theirs.id}/{deed}", data={"answer": "mine"}).status_code == 404
    assert stored(session, theirs).hidden_at is None


def test_a_badge_whose_time_is_over_says_when(client, at, ada):
    make_award(make_partner(), ada, expires_at=at - timedelta(days=1))
    page = client.get("/me/badges").text

    assert "It ended on" in page
    assert "1 March 2026" in page
