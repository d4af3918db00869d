"""Forms carry a token of the browser's own session, and nothing is done without it."""

import re

import pytest

from tests.factories import PASSWORD, make_user


@pytest.fixture
def protected(app):
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def token_on(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]


def test_signing_in_without_the_token_is_refused_with_a_way_on(client, at, protected):
    page = client.post("/sign-in", data={"email": make_user().email, "password": PASSWORD})

    assert page.status_code == 400
    assert "This form is too old" in page.text


def test_signing_in_with_the_token_of_this_browser_works(client, at, protected):
    ada = make_user()
    token = token_on(client.get("/sign-in"))

    assert (
        client.post("/sign-in", data={"email": ada.email, "password": PASSWORD, "csrf_token": token}).status_code == 303
    )


def test_a_token_of_another_browser_does_not_count(app, client, at, protected):
    ada = make_user()
    theirs = token_on(app.test_client().get("/sign-in"))
    client.get("/sign-in")

    answer = client.post("/sign-in", data={"email": ada.email, "password": PASSWORD, "csrf_token": theirs})
    assert answer.status_code == 400


def test_signing_out_and_choosing_a_password_need_the_token_too(client, at, protected):
    for path in ("/sign-out", "/forgot-password", "/password/some-token"):
        assert client.post(path, data={"email": "ada@example.org", "password": PASSWORD}).status_code == 400


def test_the_token_from_before_the_sign_in_ends_with_it(client, at, protected):
    ada = make_user()
    token = token_on(client.get("/sign-in"))
    client.post("/sign-in", data={"email": ada.email, "password": PASSWORD, "csrf_token": token})

    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 400
