"""What people and programs are answered when something goes wrong, and what is kept out of caches and logs."""

from __future__ import annotations

import logging
from io import BytesIO

import psycopg.errors
import pytest
from gunicorn.http.errors import InvalidChunkSize, NoMoreData
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from app import bodies
from tests.factories import make_award, make_freelancer, make_partner


class Broken(BytesIO):
    """A body of which the server finds, while it is read, that it is not as it should be."""

    def __init__(self, error):
        super().__init__(b"a=1")
        self.error = error

    def read(self, *_):
        raise self.error

    readinto = read


@pytest.fixture
def failing(app, monkeypatch):
    """Let the page under /sign-in fail with an error."""

    def fail(error):
        def view():
            raise error

        view.laurel_permission = app.view_functions["accounts.sign_in"].laurel_permission
        monkeypatch.setitem(app.view_functions, "accounts.sign_in", view)

    return fail


def in_the_database(kind, error=psycopg.errors.Error):
    return kind("UPDATE …", {}, error())


@pytest.mark.parametrize("error", [OSError("gone"), InvalidChunkSize(b"ZZ"), NoMoreData()])
def test_a_body_that_breaks_off_is_told_calmly(client, error):
    kind = "application/x-www-form-urlencoded"
    answer = client.post("/sign-in", input_stream=Broken(error), content_type=kind)

    assert answer.status_code == 400
    assert "cannot be read" in answer.text


@pytest.mark.parametrize("address", ["/sign-in", "/start", "/nothing-here"])
def test_a_body_that_is_too_large_is_taken_in_so_that_the_browser_shows_why(client, address):
    body = BytesIO(b"a=" + b"x" * 9_000_000)
    answer = client.post(address, input_stream=body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413
    assert "More was sent than we take in one go: at most 8 MB here." in answer.text
    assert body.read() == b""


def test_not_more_is_taken_in_than_is_bearable(client, monkeypatch):
    monkeypatch.setattr(bodies, "DROP_MAX_BYTES", 1_000_000)
    body = BytesIO(b"x" * 9_000_000)
    answer = client.post("/sign-in", input_stream=body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413
    assert len(body.read()) > 7_000_000


@pytest.mark.parametrize(
    "error",
    [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, psycopg.errors.LockNotAvailable],
)
def test_two_changes_in_each_others_way_are_told_as_that(client, failing, error):
    failing(in_the_database(OperationalError, error))
    answer = client.get("/sign-in")

    assert answer.status_code == 503
    assert "Two changes met" in answer.text
    assert answer.headers["Retry-After"] == "5"


def test_a_database_that_is_away_is_told_with_when_to_ask_again(client, failing):
    failing(in_the_database(OperationalError))
    answer = client.get("/sign-in")

    assert answer.status_code == 503
    assert "We cannot answer just now" in answer.text
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize(
    "error",
    [
        in_the_database(IntegrityError, psycopg.errors.UniqueViolation),
        in_the_database(IntegrityError, psycopg.errors.ForeignKeyViolation),
        StaleDataError("UPDATE expected 1 row"),
    ],
    ids=lambda error: type(getattr(error, "orig", error)).__name__,
)
def test_whoever_is_overtaken_is_told_so(client, failing, error):
    failing(error)
    answer = client.get("/sign-in")

    assert answer.status_code == 409
    assert "Nothing of what you sent was stored" in answer.text


def test_a_mistake_of_ours_stays_one(client, failing):
    failing(in_the_database(IntegrityError, psycopg.errors.NotNullViolation))

    assert client.get("/sign-in").status_code == 500


def test_no_cache_keeps_that_a_badge_is_not_there(client, at):
    hidden = make_award(make_partner(), make_freelancer(), hidden_at=at)
    for address in (f"/badges/{hidden.id}", f"/badges/{hidden.id}.svg", "/experts/nobody", "/nothing-here"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store"), address


@pytest.mark.parametrize(
    "said",
    [
        ("Invalid request from ip=127.0.0.1: Invalid HTTP request line: 'GET /invitations/s3cret x HTTP/1.1'",),
        ("Invalid request from ip=::1: Invalid HTTP Version: 's3cret HTTP/1.1'",),
        ("Error handling request %s %s", "POST", "/invitations/s3cret"),
    ],
)
def test_what_the_server_says_of_a_request_it_cannot_read_quotes_no_secret(app, capsys, said):
    logging.getLogger("gunicorn.error").warning(*said)
    logged = capsys.readouterr().err

    assert "request" in logged
    assert "s3cret" not in logged
