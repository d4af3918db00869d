"""Profiles in batches: each row told apart, nothing done twice, all or nothing where a line is broken. Rule X-1."""

import gzip
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.models import ApiAnswer
from api import bodies, feed
from badges.models import Award
from core import clock, database
from core.audit import AuditEvent
from core.permissions import Scope
from freelancers.models import FeedImport, Freelancer
from tests.api.conftest import NDJSON, Caller
from tests.conftest import AT
from tests.factories import make_expert, make_token

ADA = {"marketplace_id": "ada", "name": "Ada Byron", "jss_pct": 92}


def told(answer):
    return [(row["line"], row["marketplace_id"], row["result"]) for row in answer.json["rows"]]


def person(session, key):
    session.expire_all()
    return session.scalars(sa.select(Freelancer).where(Freelancer.marketplace_id == key)).one()


def test_each_row_is_told_apart_and_bad_ones_do_not_stop_the_others(marketplace, session):
    marketplace.put_rows(ADA, {"marketplace_id": "bo", "name": "Bo"})
    answer = marketplace.put_rows(
        ADA | {"jss_pct": 93, "title": "Engineer"},
        {"marketplace_id": "cy", "jss_pct": 120, "country": "Utopia"},
        {"marketplace_id": "bo", "name": "Bo"},
        "",
        {"marketplace_id": "di", "name": "Di"},
        {"name": "Nobody"},
        ADA,
    )

    assert told(answer) == [
        (1, "ada", "updated"),
        (2, "cy", "refused"),
        (3, "bo", "unchanged"),
        (5, "di", "created"),
        (6, None, "refused"),
        (7, "ada", "refused"),
    ]
    rows = {row["line"]: row for row in answer.json["rows"]}
    assert sorted(rows[1]["fields"]) == ["jss_pct", "title"]
    assert {(each["field"], each["value"]) for each in rows[2]["defects"]} == {
        ("jss_pct", "120"),
        ("country", "Utopia"),
    }
    assert all(each["detail"] and each["next_step"] for line in (2, 6, 7) for each in rows[line]["defects"])
    counts = {name: answer.json[name] for name in ("read", "created", "updated", "unchanged", "refused")}
    assert counts == {"read": 6, "created": 1, "updated": 1, "unchanged": 1, "refused": 3}
    assert person(session, "ada").jss_pct == 93
    assert (
        session.scalars(sa.select(FeedImport).order_by(FeedImport.id.desc())).first().id.__str__()
        == (answer.json["import_id"])
    )


def test_the_same_batch_again_changes_nothing(marketplace, session):
    marketplace.put_rows(ADA)
    before = person(session, "ada").updated_at
    clock.use(lambda: AT + timedelta(days=1))

    assert told(marketplace.put_rows(ADA)) == [(1, "ada", "unchanged")]
    assert person(session, "ada").updated_at == before


@pytest.mark.parametrize(
    ("line", "said"),
    [("{", "line 2"), ("[]", "line 2"), ("x" * 2_000_000, "line 2"), ('{"marketplace_id": "\x00"}', "line 2")],
)
def test_a_broken_line_changes_nothing_and_is_named(marketplace, session, line, said):
    answer = marketplace.put_rows(ADA, line)

    assert (answer.status_code, answer.json["type"]) == (422, "http://laurel.test/api/docs#feed-error")
    assert said in answer.json["detail"]
    assert session.scalars(sa.select(Freelancer.id)).all() == []
    assert session.scalars(sa.select(FeedImport.id)).all() == []


def test_an_empty_batch_is_refused(marketplace, session):
    for body in (b"", b"\n\n", gzip.compress(b"")):
        packed = {"Content-Encoding": "gzip"} if body[:2] == b"\x1f\x8b" else {}
        answer = marketplace("PUT", "/feed/freelancers", data=body, content_type=NDJSON, headers=packed)
        assert answer.status_code == 422


def test_a_packed_batch_is_read_in_one_piece_or_several(marketplace, session):
    pieces = [json.dumps({"marketplace_id": f"m{number}"}).encode() + b"\n" for number in range(3)]
    body = gzip.compress(pieces[0]) + gzip.compress(pieces[1] + pieces[2])
    answer = marketplace(
        "PUT", "/feed/freelancers", data=body, content_type=NDJSON, headers={"Content-Encoding": "gzip"}
    )

    assert answer.json["created"] == 3


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (gzip.compress(b" " * 40_000_000, mtime=0), 413, "too-much"),
        (gzip.compress(b'{"marketplace_id": "m1"}\n', mtime=0)[:-9], 400, "unreadable"),
        (b'{"marketplace_id": "m1"}\n', 400, "unreadable"),
        (gzip.compress(b'{"marketplace_id": "m1"}\n', mtime=0) + b"more", 400, "unreadable"),
    ],
)
def test_a_packed_body_that_is_damaged_or_a_bomb_is_refused(marketplace, session, body, status, kind):
    headers = {"Content-Encoding": "gzip"}
    answer = marketplace("PUT", "/feed/freelancers", data=body, content_type=NDJSON, headers=headers)

    assert (answer.status_code, answer.json["type"]) == (status, f"http://laurel.test/api/docs#{kind}")


def test_the_packed_bomb_is_never_held_whole(monkeypatch):
    monkeypatch.setattr(bodies, "UNPACKED_MAX_BYTES", 1_000)
    with pytest.raises(bodies.TooMuch):
        bodies._unpacked(gzip.compress(b" " * 5_000_000) * 10)


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("application/json", {}),
        ("text/csv", {}),
        ("", {}),
        ("application/x-ndjson; charset=utf-16", {}),
        (NDJSON, {"Content-Encoding": "br"}),
    ],
)
def test_another_kind_of_body_is_not_taken(marketplace, session, kind, headers):
    answer = marketplace("PUT", "/feed/freelancers", data=b"{}", content_type=kind, headers=headers)

    assert answer.status_code == 415
    assert {"Accept", "Accept-Encoding"} & set(answer.headers.keys())


def test_too_many_rows_are_too_much(marketplace, session, monkeypatch):
    monkeypatch.setattr(feed, "ROWS_MAX", 3)
    rows = [{"marketplace_id": f"m{number}"} for number in range(4)]

    assert marketplace.put_rows(*rows).status_code == 413
    assert marketplace.put_rows(*rows[:3], "", "").json["created"] == 3


def test_a_repeat_with_its_key_gets_the_very_same_answer(marketplace, session):
    first = marketplace.put_rows(ADA, key="nightly-1")
    clock.use(lambda: AT + timedelta(hours=23))
    again = marketplace.put_rows(ADA, key="nightly-1")

    assert again.data == first.data
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert session.scalar(sa.select(sa.func.count()).select_from(FeedImport)) == 1


def test_a_packed_repeat_is_the_same_batch(marketplace, session):
    first = marketplace.put_rows(ADA, key="nightly-1")
    body = gzip.compress(json.dumps(ADA).encode() + b"\n")
    headers = {"Content-Encoding": "gzip", "Idempotency-Key": "nightly-1"}

    again = marketplace("PUT", "/feed/freelancers", data=body, content_type=NDJSON, headers=headers)
    assert again.data == first.data


def test_a_key_is_bound_to_its_body_its_token_and_its_day(client, marketplace, session):
    marketplace.put_rows(ADA, key="nightly")
    other = marketplace.put_rows(ADA | {"jss_pct": 70}, key="nightly")
    assert (other.status_code, other.json["type"]) == (422, "http://laurel.test/api/docs#key-used-otherwise")
    assert person(session, "ada").jss_pct == 92

    assert told(Caller(client, make_token()).put_rows(ADA | {"jss_pct": 70}, key="nightly")) == [(1, "ada", "updated")]
    clock.use(lambda: AT + timedelta(hours=24))
    assert told(marketplace.put_rows(ADA | {"jss_pct": 60}, key="nightly")) == [(1, "ada", "updated")]


def test_a_refused_batch_leaves_its_key_free(marketplace, session):
    assert marketplace.put_rows("{", key="nightly").status_code == 422
    assert marketplace.put_rows(ADA, key="nightly").status_code == 200


@pytest.mark.parametrize("key", ["", " ", "with space", "x" * 201, "schlüssel"])
def test_a_key_that_is_none_is_refused(marketplace, session, key):
    answer = marketplace.put_rows(ADA, headers={"Idempotency-Key": key})

    assert (answer.status_code, answer.json["type"]) == (400, "http://laurel.test/api/docs#unreadable")


def test_two_at_once_with_one_key_do_the_work_once(app, session, at):
    """Both begin at the same moment; one waits for the other, and both get the very same answer."""
    token, together = make_token([Scope.FEED]), threading.Barrier(6)

    def send(_):
        together.wait()
        with app.app_context():
            answer = Caller(app.test_client(), token).put_rows(ADA, key="nightly")
            database.session.remove()
            return answer.status_code, answer.data

    with ThreadPoolExecutor(6) as threads:
        answers = set(threads.map(send, range(6)))

    assert {status for status, _ in answers} == {200}
    assert len(answers) == 1
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(FeedImport)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(ApiAnswer)) == 1
    imported = sa.select(sa.func.count()).select_from(AuditEvent).where(AuditEvent.action == "feed.imported")
    assert session.scalar(imported) == 1


def test_whoever_changed_is_evaluated_again_at_once(marketplace, session):
    award, other = make_expert(), make_expert()
    other.freelancer.jss_pct = 10  # not named by the batch: left to the worker's own sweep
    session.commit()
    key = award.freelancer.marketplace_id
    marketplace.put_rows({"marketplace_id": key, "jss_pct": 60})

    session.expire_all()
    assert session.get_one(Award, award.id).grace_began_at == AT
    assert session.get_one(Award, other.id).grace_began_at is None


def test_the_log_says_by_which_token(marketplace, session):
    marketplace.put_rows(ADA)

    assert session.scalars(sa.select(FeedImport.file_name)).one().startswith("api-program-")
