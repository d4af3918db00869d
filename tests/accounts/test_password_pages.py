"""Forgotten passwords, and changing one's own, as a browser does it."""

import pytest
import sqlalchemy as sa

from accounts import services
from accounts.models import Role
from core.outbox import OutboxMail
from tests.accounts.browsing import NEW, cookie, is_in
from tests.factories import PASSWORD, make_freelancer, make_user, sign_in


def link_for(user, session, at):
    services.send_password_link(user.email, at)
    newest = sa.select(OutboxMail).where(OutboxMail.template == "password_link").order_by(OutboxMail.id.desc())
    return session.scalars(newest).first().words()["path"]


# A forgotten password


def test_the_answer_is_the_same_whether_or_not_the_address_has_an_account(client, session, at):
    ada = make_user(email="ada@example.org")
    known, unknown = (
        client.post("/forgot-password", data={"email": email}) for email in (ada.email, "bob@example.org")
    )

    assert known.status_code == unknown.status_code == 200
    assert known.text.replace("ada@", "bob@") == unknown.text
    assert session.scalars(sa.select(OutboxMail.to_address)).all() == ["ada@example.org"]


def test_what_is_no_address_is_told(client, at):
    page = client.post("/forgot-password", data={"email": "ada"})

    assert page.status_code == 422
    assert "like name@example.org" in page.text


def test_opening_the_link_does_not_use_it_up_and_choosing_does(client, session, at):
    ada = make_user()
    path = link_for(ada, session, at)
    for _ in range(3):
        assert ada.email in client.get(path).text
    answer = client.post(path, data={"password": NEW})
    assert (answer.status_code, answer.location) == (303, "/start")
    assert is_in(client)

    for again in (client.get(path), client.post(path, data={"password": NEW})):
        assert again.status_code == 410
        assert "This link no longer works" in again.text
        assert "/forgot-password" in again.text


def test_choosing_a_password_ends_the_sign_ins_everywhere_else(app, client, session, at):
    ada = make_user()
    elsewhere = app.test_client()
    sign_in(elsewhere, ada)
    client.post(link_for(ada, session, at), data={"password": NEW})

    assert is_in(client)
    assert not is_in(elsewhere)


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaa"])
def test_a_password_that_is_not_taken_is_told_and_the_link_stays_good(client, session, at, password):
    path = link_for(make_user(), session, at)
    page = client.post(path, data={"password": password})

    assert page.status_code == 422
    assert "field-error" in page.text
    assert client.post(path, data={"password": NEW}).status_code == 303


@pytest.mark.parametrize("token", ["x", "a" * 400, "%00", "..%2f..", "é"])
def test_a_link_that_never_was_looks_like_one_that_ended(client, at, token):
    page = client.get(f"/password/{token}")

    assert page.status_code in (404, 410)


# One's own password


@pytest.mark.parametrize(
    ("role", "path"), [(Role.STAFF, "/account"), (Role.PARTNER, "/account"), (Role.FREELANCER, "/me/account")]
)
def test_changing_the_password_keeps_this_sign_in_and_ends_all_others(app, client, at, role, path):
    ada = make_user(role)
    make_freelancer(ada) if role == Role.FREELANCER else None
    elsewhere = app.test_client()
    sign_in(elsewhere, ada)
    sign_in(client, ada)
    planted = cookie(client).value
    answer = client.post(path, data={"current": PASSWORD, "password": NEW})

    assert (answer.status_code, answer.location) == (303, path)
    assert "Your password is changed" in client.get(path).text
    assert not is_in(elsewhere)
    client.set_cookie("laurel", planted)
    assert not is_in(client)
    assert client.post("/sign-in", data={"email": ada.email, "password": NEW}).status_code == 303


def test_the_password_now_is_asked_for(client, at):
    ada = make_user(Role.STAFF)
    sign_in(client, ada)
    page = client.post("/account", data={"current": "not this one", "password": NEW})

    assert page.status_code == 422
    assert "This is not your password now." in page.text
    assert sign_in(client, ada).status_code == 303


def test_a_stolen_sign_in_cannot_guess_the_password(client, at):
    sign_in(client, make_user(Role.STAFF))
    answers = [client.post("/account", data={"current": f"guess {n}", "password": NEW}).status_code for n in range(11)]

    assert answers == [422] * 10 + [429]


def test_the_account_of_a_freelancer_is_among_their_own_pages(client, at):
    ada = make_user()
    make_freelancer(ada)
    sign_in(client, ada)

    assert client.get("/account").location == "/me/account"
