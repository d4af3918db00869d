"""The staff's pages of imports: what came in, what was refused and why."""

from io import BytesIO

import pytest
import sqlalchemy as sa

from freelancers.models import FeedImport, Freelancer
from tests.staff.reading import events, page, text_of

ROWS = b'{"marketplace_id": "a", "name": "Ada", "jss_pct": 84}\n{"marketplace_id": "b", "jss_pct": 140}\n'


def upload(staff, content=ROWS, name="feed.ndjson", **values):
    data = {"file": (BytesIO(content), name), "mapping": "", **values}
    return staff.post("/staff/imports", data=data, content_type="multipart/form-data")


def test_a_file_is_imported_and_every_refused_row_is_told_with_its_reason(staff, session, sam):
    answer = upload(staff)

    said = text_of(answer)
    assert answer.status_code == 200
    for shown in ("Created 1", "Refused 1", "jss_pct", "140", "mapping laurel (guessed)"):
        assert shown in said
    assert '"jss_pct": 140}'.replace('"', "&#34;") in answer.get_data(as_text=True)
    assert session.scalars(sa.select(Freelancer.name)).all() == ["Ada"]
    assert events(session, "feed.imported")[0].actor_id == sam.id
    assert "feed.ndjson" in page(staff, "/staff/imports")


def test_a_trial_reports_the_same_and_keeps_nothing(staff, session):
    said = text_of(upload(staff, dry_run="y"))

    assert "Tried, nothing kept" in said
    assert "Created 1" in said
    assert session.scalars(sa.select(Freelancer)).all() == []
    assert session.scalars(sa.select(FeedImport)).all() == []


def test_refused_rows_come_back_as_a_file_that_can_be_imported(staff, session):
    bad = ROWS.splitlines(keepends=True)[1].decode()

    answer = staff.post("/staff/imports/refused", data={"name": "../feed.ndjson.refused.ndjson", "rows": bad})

    assert answer.headers["Content-Disposition"] == "attachment; filename=feed.ndjson.refused.ndjson"
    assert "html" not in answer.mimetype
    assert upload(staff, answer.data.replace(b"140", b"40")).status_code == 200
    assert session.scalars(sa.select(Freelancer.jss_pct)).all() == [40]
    assert staff.post("/staff/imports/refused").status_code == 422


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "empty.csv", "is empty"),
        (b"PK\x03\x04....", "book.xlsx", "workbook"),
        (b"a,b\n1,2\n", "..\\odd/na\x01me.csv", "name.csv fits none of the mappings"),
        (b"[{}]", "list.json", "one JSON array"),
    ],
)
def test_what_cannot_be_imported_is_explained_on_the_form(content, name, says, staff, session):
    answer = upload(staff, content, name)

    assert answer.status_code == 422
    said = text_of(answer)
    assert says in said
    assert "/tmp" not in said
    assert session.scalars(sa.select(FeedImport)).all() == []


def test_a_file_beyond_the_limit_is_turned_away_whole(staff, session):
    kind = "multipart/form-data; boundary=x"
    answer = staff.post("/staff/imports", data=b"--x" + b" " * 8_000_000, content_type=kind)

    assert answer.status_code == 413
    assert session.scalars(sa.select(Freelancer)).all() == []


def test_no_file_is_said_and_an_unknown_mapping_too(staff):
    said = text_of(staff.post("/staff/imports", data={"mapping": ""}, content_type="multipart/form-data"))

    assert "Choose a file." in said
    assert upload(staff, mapping="/etc/passwd").status_code == 422
