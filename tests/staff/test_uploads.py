"""Files that come through the browser, whatever they are called and whatever is in them."""

from __future__ import annotations

from io import BytesIO

import pytest

from accounts.models import Role
from freelancers.models import FeedImport
from staff.uploads import safe_name
from tests.factories import make_user, sign_in


@pytest.fixture
def console(client, at):
    sign_in(client, make_user(Role.STAFF))
    return client


def upload(console, name, data, **more):
    return console.post("/staff/imports", data={"file": (BytesIO(data), name), "mapping": "", **more})


@pytest.mark.parametrize(
    "name",
    ["🙂" * 99 + ".csv", "a" * 5000 + ".ndjson", "../../../../tmp/evil.csv", "..", "\x00", "<script>.csv"],
)
def test_a_file_may_be_called_anything(console, session, name):
    answer = upload(console, name, b"{}\n")

    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert session.query(FeedImport).count() == 0


def test_a_name_keeps_its_end_and_fits_any_file_system():
    assert safe_name("é" * 300 + ".csv").endswith("é.csv")
    assert len(safe_name("🙂" * 300 + ".csv").encode()) <= 100
    assert safe_name("C:\\feeds\\may.csv") == "may.csv"
    assert safe_name("/..") == "feed"


@pytest.mark.parametrize("number", ["9" * 200_000, "1e400", "-" + "9" * 400])
def test_a_number_that_nothing_can_hold_refuses_its_row(console, number):
    row = f'{{"marketplace_id": "m1", "name": "Ada", "hourly_rate_cents": {number}, "jss_pct": {number}}}\n'.encode()
    answer = upload(console, "feed.ndjson", row)

    assert answer.status_code == 200
    assert "Rows that were refused" in answer.text


@pytest.mark.parametrize("name", ["漢é🙂.csv", 'a"; filename="b.html', "a\r\nX-Evil: 1", "", ".htaccess", "x" * 9000])
def test_refused_rows_come_back_under_any_name(console, name):
    answer = console.post("/staff/imports/refused", data={"name": name, "rows": "a,b\r\n1,2"})

    assert answer.status_code == 200
    assert answer.data == b"a,b\n1,2"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert all(value.isascii() and value.isprintable() for _, value in answer.headers)
    assert answer.mimetype in ("text/csv", "application/x-ndjson")
    assert answer.headers["Cache-Control"] == "no-store"
