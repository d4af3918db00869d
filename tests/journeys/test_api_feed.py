"""A program sends profiles to a real server, is cut off, and sends them again; the worker and the pages follow. X-1."""

import gzip
import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live import laurel

NDJSON = "application/x-ndjson"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with laurel(tmp_path_factory.mktemp("laurel"), worker=False) as running:
        yield running


@pytest.fixture(scope="module")
def token(service):
    return service.cli("tokens", "create", "Nightly feed", "--scope", "feed", "--scope", "findings").strip()


def batch(count, pct):
    rows = ({"marketplace_id": f"m{number}", "name": f"Person {number}", "jss_pct": pct} for number in range(count))
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def send(service, token, body, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=120)
    sent = {"Authorization": f"Bearer {token}", "Content-Type": NDJSON} | headers
    connection.request("PUT", "/api/v1/feed/freelancers", body, {n.replace("_", "-"): v for n, v in sent.items()})
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read()), answer.headers
    connection.close()
    return found


def count(service, table):
    [(rows,)] = service.sql(f"SELECT count(*) FROM {table}")
    return rows


def test_ten_thousand_rows_are_stored_and_told_one_by_one(service, token):
    status, found, headers = send(service, token, gzip.compress(batch(10_000, 80)), Content_Encoding="gzip")

    assert (status, found["created"], len(found["rows"])) == (200, 10_000, 10_000)
    assert headers["X-Request-ID"]
    assert [row["line"] for row in found["rows"]] == list(range(1, 10_001))
    assert count(service, "freelancers") == 10_000

    status, found, _ = send(service, token, batch(10_001, 80))
    assert (status, found["type"].rpartition("#")[2]) == (413, "too-much")


def test_several_at_once_with_one_key_do_the_work_once(service, token):
    before = count(service, "feed_imports")
    with ThreadPoolExecutor(6) as threads:
        answers = list(
            threads.map(lambda _: send(service, token, batch(2_000, 81), Idempotency_Key="night-2"), range(6))
        )

    assert {status for status, _, _ in answers} == {200}
    assert len({found["import_id"] for _, found, _ in answers}) == 1
    assert [headers["Idempotency-Replayed"] for _, _, headers in answers].count("true") == 5
    assert count(service, "feed_imports") == before + 1


def test_a_body_without_a_stated_length_is_read_piece_by_piece(service, token):
    pieces = (piece for piece in (batch(5, 82)[:40], batch(5, 82)[40:]))
    status, found, _ = send(service, token, pieces)

    assert (status, found["updated"]) == (200, 5)


def test_more_than_the_server_takes_is_refused_with_what_to_do(service, token):
    status, found, _ = send(service, token, b" " * 9_000_000)

    assert (status, found["status"]) == (413, 413)
    assert found["next_step"]


@pytest.mark.parametrize("where", ["within a row", "between two rows"])
def test_a_body_that_breaks_off_stores_nothing_and_its_key_is_free(service, token, where):
    pct = 83 if where == "within a row" else 84
    before, body = count(service, "feed_imports"), batch(2_000, pct)
    end = body.index(b"\n", len(body) // 2) + 1
    sent, key = body[: end - 9 if where == "within a row" else end], f"night-{pct}"
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    connection.putrequest("PUT", "/api/v1/feed/freelancers")
    for name, value in {
        "Authorization": f"Bearer {token}",
        "Content-Type": NDJSON,
        "Content-Length": str(len(body)),
        "Idempotency-Key": key,
    }.items():
        connection.putheader(name, value)
    connection.endheaders(sent)
    connection.sock.shutdown(socket.SHUT_WR)
    with connection.getresponse() as broken:
        assert (broken.status, json.loads(broken.read())["type"].rpartition("#")[2]) == (400, "client-disconnected")
    connection.close()

    status, found, headers = send(service, token, body, Idempotency_Key=key)
    assert (status, found["updated"], headers["Idempotency-Replayed"]) == (200, 2_000, None)
    assert count(service, "feed_imports") == before + 1


def test_the_log_names_no_token(service, token):
    assert "/api/v1/feed/freelancers" in service.log_text()
    assert token not in service.log_text()
    assert token[-20:] not in service.log_text()
