"""Who gets in: by token alone, by scope, and to what is theirs. Errors tell a program what to do. Rules I-3, X-4."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.models import ApiToken, Role
from core import clock
from core.permissions import Scope
from tests.conftest import AT
from tests.factories import make_freelancer, make_partner, make_token, make_user, sign_in


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic cm9iaW46cm9iaW4=",
        "Bearer laurel_nobody",
        "Bearer " + "laurel_" + "x" * 5_000,
        "Bearer sk_live_something",
        "Bearer laurel_\xff",
        "laurel_without_a_kind",
    ],
)
def test_without_a_good_token_the_answer_is_401_and_says_how_to_show_one(client, session, at, header):
    answer = client.get("/api/v1/token", headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="Laurel"')
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == 401
    assert answer.json["type"] == "http://laurel.test/api/docs#token-needed"
    assert {"title", "detail", "next_step", "request_id"} <= set(answer.json)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_token_tells_who_it_is(client, session, at, caller, northwind):
    own = caller(make_token([Scope.FINDINGS], northwind, name="Sync")).get("/token").json
    assert own == {
        "name": "Sync",
        "scopes": ["findings"],
        "partner": "northwind",
        "expires_at": (AT + timedelta(days=90)).isoformat(),
    }
    assert caller(make_token()).get("/token").json["partner"] is None


def test_a_token_ends_with_its_day_and_with_its_revocation(client, session, at, caller):
    program = caller(make_token(days=30))
    clock.use(lambda: AT + timedelta(days=30) - timedelta(seconds=1))
    assert program.get("/token").status_code == 200
    clock.use(lambda: AT + timedelta(days=30))
    assert program.get("/token").status_code == 401

    other = caller(make_token(days=90))
    session.execute(sa.update(ApiToken).values(revoked_at=AT))
    session.commit()
    assert other.get("/token").status_code == 401


def test_use_is_noted(session, at, caller):
    program = caller(make_token())
    clock.use(lambda: AT + timedelta(minutes=5))
    program.get("/token")

    assert session.scalars(sa.select(ApiToken.last_used_at)).one() == AT + timedelta(minutes=5)


def test_being_signed_in_is_no_token(client, session, at):
    """A browser sends its cookie to wherever a page leads it; a program's requests cannot be forged by that."""
    sign_in(client, make_user(Role.STAFF))
    assert client.get("/api/v1/token").status_code == 401


def test_a_token_signs_nobody_in(client, session, at, marketplace):
    for path in ("/staff", "/staff/tokens", "/me"):
        assert client.get(path, headers=marketplace.headers).status_code == 302


def test_no_cookie_is_read_or_set(client, session, at, caller):
    sign_in(client, make_user(Role.STAFF))
    answer = caller(make_token()).get("/token")

    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_no_form_token_is_asked_of_programs(app, client, session, at, marketplace):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert marketplace("POST", "/policy/check", json={"policy": {}}).status_code == 200
        assert marketplace.put_rows({"marketplace_id": "m1"}).status_code == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_a_scope_that_is_missing_is_named(session, at, caller, northwind):
    reader = caller(make_token([Scope.FINDINGS]))
    for method, path, needed in (
        ("PUT", "/feed/freelancers", "feed"),
        ("GET", "/policy", "policies"),
        ("GET", "/partners/northwind/requirements", "policies"),
    ):
        answer = reader(method, path)
        assert answer.status_code == 403
        assert f'error="insufficient_scope", scope="{needed}"' in answer.headers["WWW-Authenticate"]
        assert needed in answer.json["detail"]


def test_a_scope_includes_no_other(session, at, caller, northwind):
    ada = make_freelancer()
    statuses = {}
    for scope in Scope:
        program = caller(make_token([scope]))
        statuses[scope] = [
            program.put_rows({"marketplace_id": "x"}).status_code,
            program.get(f"/freelancers/{ada.marketplace_id}/eligibility").status_code,
            program.get("/partners/northwind/requirements").status_code,
        ]

    assert statuses == {"feed": [200, 403, 403], "findings": [403, 200, 403], "policies": [403, 403, 200]}


def test_what_is_the_marketplaces_does_not_exist_for_a_partner(session, at, partners):
    assert partners("PUT", "/feed/freelancers").status_code == 404
    assert partners("POST", "/policy/check", json={"policy": {}}).status_code == 404


def test_another_partner_does_not_exist_for_a_partner(session, at, partners):
    make_partner("Inkfold", slug="inkfold")
    for slug in ("inkfold", "nobody", "northwind "):
        for method, path in (("GET", ""), ("PUT", ""), ("POST", "/check")):
            assert partners(method, f"/partners/{slug}/requirements{path}").status_code == 404


def test_an_address_or_method_that_is_not_there_says_what_to_do(client, session, at, marketplace):
    nowhere, wrong = marketplace.get("/nowhere"), marketplace("POST", "/token")

    assert (nowhere.status_code, nowhere.mimetype) == (404, "application/problem+json")
    assert wrong.status_code == 405
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert "Allow" in wrong.json["next_step"]


def test_a_programs_own_request_id_comes_back(session, at, marketplace):
    answer = marketplace.get("/nowhere", headers={"X-Request-ID": "nightly-2026-03-02"})

    assert answer.headers["X-Request-ID"] == answer.json["request_id"] == "nightly-2026-03-02"
    assert marketplace.get("/token").headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("sent", "status", "kind"),
    [
        ({"data": "a=b", "content_type": "application/x-www-form-urlencoded"}, 415, "wrong-media-type"),
        ({"data": "{", "content_type": "application/json"}, 400, "unreadable"),
        ({"data": b"\xff", "content_type": "application/json"}, 400, "unreadable"),
        ({"data": '{"policy": NaN}', "content_type": "application/json"}, 400, "unreadable"),
        ({"data": '{"policy": {}, "policy": {}}', "content_type": "application/json"}, 400, "unreadable"),
        ({"data": '{"policy": {"label": "\\u0000"}}', "content_type": "application/json"}, 400, "unreadable"),
        ({"data": '{"policy": {"label": "\\ud800"}}', "content_type": "application/json"}, 400, "unreadable"),
        ({"data": "[" * 100_000, "content_type": "application/json"}, 422, "nested-too-deeply"),
        ({"data": " " * 1_000_001, "content_type": "application/json"}, 413, "too-much"),
        ({"data": " " * 8_000_001, "content_type": "application/json"}, 413, "request-entity-too-large"),
        ({"data": "{}", "content_type": "application/json"}, 422, "body-refused"),
        ({"json": {"policy": {}, "polish": 1}}, 422, "body-refused"),
        ({"json": []}, 422, "body-refused"),
        ({"json": {"policy": {"min_jss_pct": 101}}}, 422, "policy-refused"),
        ({"json": {"policy": {}}, "headers": {"Content-Encoding": "gzip"}}, 415, "wrong-media-type"),
    ],
)
def test_a_body_that_cannot_be_used_is_told_by_kind(session, at, marketplace, sent, status, kind):
    answer = marketplace("POST", "/policy/check", **sent)

    assert (answer.status_code, answer.json["type"]) == (status, f"http://laurel.test/api/docs#{kind}")
    assert answer.json["next_step"]


def test_errors_name_each_part_and_its_place(session, at, marketplace):
    answer = marketplace("PUT", "/partners/northwind/requirements", json={"effective_on": "soon", "extra": 1})
    assert answer.status_code == 404

    make_partner("Northwind", slug="northwind")
    answer = marketplace("PUT", "/partners/northwind/requirements", json={"effective_on": "soon", "extra": 1})
    assert {each["field"] for each in answer.json["errors"]} == {"rules", "effective_on", "extra"}
