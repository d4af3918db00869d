"""What operators see: /livez, /readyz, /metrics, and one line in the log for every request."""

from __future__ import annotations

import dataclasses
import functools
import json
import logging
import os
import re
import sys
import threading

import pytest
import sqlalchemy as sa
import structlog
from structlog.testing import capture_logs

from app import create_app
from app.logs import _Lines
from core.database import db


@pytest.fixture
def without_database(settings):
    """A client of a Laurel whose database is gone."""
    nowhere = dataclasses.replace(settings, database_url="postgresql+psycopg://u:hunter2@127.0.0.1:1/laurel")
    return create_app(nowhere).test_client()


def count(client, **labels):
    """Return how many requests /metrics tells of, with these labels."""
    inside = ",".join(f'{name}="{value}"' for name, value in labels.items())
    found = re.search(rf"^laurel_requests_total\{{{inside}\}} (\S+)$", client.get("/metrics").text, re.M)
    return float(found[1]) if found else 0.0


def test_a_healthy_laurel_is_alive_and_ready(client):
    assert client.get("/livez").json == {"alive": True}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"ready": True, "checks": {"database": "ok", "migrations": "ok"}}


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_no_answer_to_operators_is_kept_or_sets_a_cookie(client, path):
    response = client.get(path)

    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


def test_a_laurel_without_its_database_is_alive_but_not_ready(without_database):
    assert without_database.get("/livez").status_code == 200
    ready = without_database.get("/readyz")
    assert ready.status_code == 503
    assert ready.json["checks"]["database"] == "The database does not answer."
    assert "hunter2" not in ready.text


def test_a_laurel_on_an_older_database_says_what_to_run(app, client):
    versions = sa.table("alembic_version", sa.column("version_num", sa.Text))
    with db.engine.begin() as connection:
        newest = connection.scalar(sa.select(versions.c.version_num))
        connection.execute(sa.update(versions).values(version_num="older"))
    try:
        ready = client.get("/readyz")
    finally:
        with db.engine.begin() as connection:
            connection.execute(sa.update(versions).values(version_num=newest))

    assert ready.status_code == 503
    assert ready.json["checks"] == {
        "database": "ok",
        "migrations": f"The database is at older, not {newest}: run `flask db upgrade`.",
    }


def test_metrics_count_requests_by_method_and_status(client):
    before = count(client, method="GET", status="404")
    client.get("/no-such-page")

    assert count(client, method="GET", status="404") == before + 1
    assert 'laurel_request_seconds_bucket{le="+Inf",method="GET"}' in client.get("/metrics").text


def test_an_invented_method_makes_no_figure_of_its_own(client):
    client.open("/livez", method="BREW")

    assert "BREW" not in client.get("/metrics").text
    assert count(client, method="other", status="405") >= 1


def test_every_request_is_one_line_in_the_log(client):
    with capture_logs() as lines:
        client.get("/livez")

    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/livez", 200)
    assert line["duration_ms"] >= 0


@pytest.mark.parametrize("path", ["/invitations/a-secret", "/no/such/a-secret", "/livez?token=a-secret"])
def test_the_log_never_holds_an_address_itself(client, path):
    with capture_logs() as lines:
        client.get(path)

    assert lines
    assert "a-secret" not in str(lines)


def test_an_exception_is_logged_without_the_address(app, capsys):
    with app.test_request_context("/invitations/a-secret-token"):
        try:
            raise ZeroDivisionError
        except ZeroDivisionError as error:
            app.log_exception((type(error), error, error.__traceback__))

    logged = json.loads(capsys.readouterr().err)
    assert "ZeroDivisionError" in logged["exception"]
    assert "a-secret-token" not in str(logged)


def test_a_sane_request_id_is_carried_through(client):
    assert client.get("/livez", headers={"X-Request-ID": "proxy-12345678"}).headers["X-Request-ID"] == "proxy-12345678"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with spaces in it", 'a"quote-in-it'])
def test_any_other_request_id_is_replaced(client, given):
    first, second = (client.get("/livez", headers={"X-Request-ID": given}).headers["X-Request-ID"] for _ in range(2))

    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


def test_the_log_is_json_with_the_request_id_in_every_line(client, capsys, monkeypatch):
    views = client.application.view_functions

    @functools.wraps(views["livez"])
    def speak():
        structlog.get_logger("laurel.test").info("from our code", figure=1)
        logging.getLogger("some.library").warning("from %s", "a library")
        return "ok"

    monkeypatch.setitem(views, "livez", speak)
    client.get("/livez", headers={"X-Request-ID": "one-request"})

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {line["event"]: line["level"] for line in lines} == {
        "from our code": "info",
        "from a library": "warning",
        "request": "info",
    }
    assert {line["request_id"] for line in lines} == {"one-request"}


def test_lines_that_threads_write_at_once_stay_whole(app, capfd, monkeypatch):
    write, length, switching_s = _Lines().msg, 3_000, sys.getswitchinterval()

    def say(who):
        for number in range(500):
            write(json.dumps([who, number, "x" * (number * 37 % length)]))

    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=say, args=(who,)) for who in range(6)]
    try:
        with os.fdopen(os.dup(2), "w", buffering=1) as stream, monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", stream)
            for each in threads:
                each.start()
            for each in threads:
                each.join()
    finally:
        sys.setswitchinterval(switching_s)

    said = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert sorted(line[:2] for line in said) == [[who, number] for who in range(6) for number in range(500)]
