"""Signing in and out, as a browser does it."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from accounts.models import Role, SignIn
from accounts.sessions import register_bar
from core import clock
from core.errors import NotAllowed
from tests.accounts.browsing import cookie, is_in
from tests.factories import PASSWORD, make_member, make_partner, make_user, sign_in

# Signing in


@pytest.mark.parametrize("role", [Role.STAFF, Role.FREELANCER])
def test_after_signing_in_everybody_comes_to_their_own_pages(client, at, role):
    answer = sign_in(client, make_user(role))

    assert (answer.status_code, answer.location) == (303, "/start")
    assert client.get("/start").location == {"staff": "/staff", "freelancer": "/me"}[role]


def test_a_partner_comes_to_the_console_of_their_team(client, at):
    partner = make_partner()
    sign_in(client, make_member(partner))

    assert client.get("/start").location == f"/console/{partner.slug}"


def test_somebody_with_a_way_back_is_led_there(client, at):
    ada = make_user()
    page = client.get("/sign-in?next=/me/badges%3Fa%3Db")
    assert 'name="next" value="/me/badges?a=b"' in page.text

    answer = client.post("/sign-in", data={"email": ada.email, "password": PASSWORD, "next": "/me/badges?a=b"})
    assert answer.location == "/me/badges?a=b"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"]
)
def test_a_way_back_never_leads_elsewhere(client, at, target):
    ada = make_user()
    assert "evil" not in client.get("/sign-in", query_string={"next": target}).text

    answer = client.post(
        "/sign-in", query_string={"next": target}, data={"email": ada.email, "password": PASSWORD, "next": target}
    )
    assert answer.location == "/start"
    assert client.get("/sign-in", query_string={"next": target}).location == "/start"


def test_a_page_for_people_signed_in_leads_to_the_sign_in_and_back(client, at):
    assert client.get("/account").location == "/sign-in?next=/account"


def test_somebody_signed_in_who_opens_the_sign_in_goes_home(client, at):
    sign_in(client, make_user())

    assert client.get("/sign-in").location == "/start"


def test_an_unknown_address_and_a_wrong_password_get_the_same_page(client, at):
    ada = make_user()
    pages = [
        client.post("/sign-in", data={"email": email, "password": "wrong password"})
        for email in (ada.email, "x" + ada.email)
    ]

    assert [page.status_code for page in pages] == [422, 422]
    same, other = (re.sub(r'(?:value|content)="[^"]*"', "", page.text) for page in pages)
    assert same == other
    assert "No account has this address with this password." in same
    assert not is_in(client)


def test_what_is_missing_is_said_at_the_field_and_the_address_stays(client, at):
    page = client.post("/sign-in", data={"email": "ada", "password": ""})

    assert page.status_code == 422
    assert "Write an e-mail address like name@example.org." in page.text
    assert "Write your password." in page.text
    assert 'value="ada"' in page.text
    assert PASSWORD not in client.post("/sign-in", data={"email": "a@example.org", "password": PASSWORD}).text


def test_too_many_wrong_passwords_are_answered_with_when_to_try_again(client, at):
    ada = make_user()
    for _ in range(10):
        client.post("/sign-in", data={"email": ada.email, "password": "wrong password"})
    page = sign_in(client, ada)

    assert (page.status_code, page.headers["Retry-After"]) == (429, "900")
    assert "Try again after 09:15 UTC, in 15 minutes" in page.text
    clock.use(lambda: at + timedelta(minutes=15))
    assert sign_in(client, ada).status_code == 303


# Sessions


def test_a_cookie_from_before_the_sign_out_does_not_count_again(client, at):
    sign_in(client, make_user())
    before = cookie(client).value
    assert is_in(client)
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")

    client.set_cookie("laurel", before)
    assert not is_in(client)


def test_signing_out_is_a_post(client, at):
    sign_in(client, make_user())

    assert client.get("/sign-out").status_code == 405
    assert is_in(client)


def test_signing_out_twice_is_fine(client, at):
    assert client.post("/sign-out").status_code == client.post("/sign-out").status_code == 303


def test_a_session_from_before_the_sign_in_is_not_carried_into_it(app, client, at):
    """Whoever planted a cookie in somebody's browser holds nothing after they signed in. No session fixation."""
    eve, ada = make_user(), make_user()
    sign_in(client, eve)
    planted = cookie(client).value
    with client.session_transaction() as kept:
        kept["planted"] = "by eve"
    sign_in(client, ada)
    with client.session_transaction() as kept:
        assert "planted" not in kept
    stranger = app.test_client()
    stranger.set_cookie("laurel", planted)

    assert cookie(client).value != planted
    assert not is_in(stranger)


def test_every_sign_in_has_a_token_of_its_own(client, session, at):
    ada = make_user()
    for _ in range(3):
        sign_in(client, ada)

    ended = session.scalars(sa.select(SignIn.ended_at).order_by(SignIn.id)).all()
    assert ended == [at, at, None]


def test_a_sign_in_lasts_fourteen_days(client, at):
    sign_in(client, make_user())
    assert "Expires=" in client.get("/sign-out").headers.get("Set-Cookie", "Expires=")
    clock.use(lambda: at + timedelta(days=13, hours=23))
    assert is_in(client)
    clock.use(lambda: at + timedelta(days=14))
    assert not is_in(client)


def test_a_page_for_anyone_sets_no_cookie_even_for_somebody_signed_in(client, at):
    sign_in(client, make_user())

    assert "Set-Cookie" not in client.get("/start").headers


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(client, at):
    header = sign_in(client, make_user()).headers["Set-Cookie"]

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(header.split("; "))


def test_pages_of_accounts_are_never_kept(client, at):
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


# Holds


@pytest.fixture
def barred(app: Flask):
    """Whoever is called Barred may not be signed in."""
    before = app.extensions.get("laurel_sign_in_bar")
    reason = NotAllowed("Your account is blocked.", "Answer the notice.")
    register_bar(app, lambda user: reason if user.name == "Barred" else None)
    yield
    app.extensions["laurel_sign_in_bar"] = before


def test_somebody_barred_is_told_why_after_their_password_and_not_before(client, at, barred):
    ada = make_user(name="Barred")

    assert "blocked" not in client.post("/sign-in", data={"email": ada.email, "password": "wrong password"}).text
    page = sign_in(client, ada)
    assert page.status_code == 403
    assert "Your account is blocked." in page.text
    assert "Answer the notice." in page.text
    assert not is_in(client)


def test_somebody_barred_while_signed_in_is_out_with_the_next_request(client, session, at, barred):
    ada = make_user()
    sign_in(client, ada)
    assert is_in(client)
    ada.name = "Barred"
    session.commit()

    assert not is_in(client)
