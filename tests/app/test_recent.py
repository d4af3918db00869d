"""Public answers given from memory: never to whom they are not for, never older than a second. D-7, B-2, decision 5."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor

import brotli
import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from app import recent
from app.recent import RecentAnswers

PUBLIC = {"Cache-Control": "public, max-age=0, must-revalidate"}
WORDS = "experts " * 200


class Service:
    """Counts how often it is asked, and answers with its state."""

    def __init__(self):
        self.state, self.asked, self.headers, self.status = WORDS, 0, dict(PUBLIC), 200
        self.mimetype = "text/html"
        self.begun, self.in_turn = threading.Event(), threading.Event()
        self.in_turn.set()

    def __call__(self, environ, start_response):
        self.asked += 1
        if self.asked == 2:
            self.begun.set()
        assert self.in_turn.wait(10)
        assert environ["wsgi.input"].read() == b""  # as the real one does with every request
        response = Response(self.state, self.status, self.headers, mimetype=self.mimetype)
        response.set_etag(str(hash(self.state)))
        return response.make_conditional(Request(environ))(environ, start_response)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is told."""

    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(recent, "time", clock)
    return clock


@pytest.fixture
def service(clock):
    return Service()


@pytest.fixture
def counted():
    return []


@pytest.fixture
def client(service, counted):
    answers = RecentAnswers(service, lambda method, status: counted.append((method, status)))
    return Client(answers, use_cookies=False)


def test_the_same_question_within_a_moment_is_worked_out_once(client, service, counted):
    answers = [client.get("/experts/quernstone") for _ in range(5)]
    assert service.asked == 1
    assert [answer.text for answer in answers] == [WORDS] * 5
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert counted == [("GET", 200)] * 4


def test_no_answer_is_older_than_a_second(client, service, clock):
    assert client.get("/a").text == WORDS
    service.state = "gone"
    clock.now += recent.OLDEST_S + 0.01
    assert client.get("/a").text == "gone"
    assert recent.OLDEST_S < 1, "D-7"


def test_its_age_counts_from_before_it_was_worked_out(client, service, clock):
    def slow(environ, start_response):
        clock.now += recent.OLDEST_S + 0.01
        return service(environ, start_response)

    client = Client(RecentAnswers(slow, lambda method, status: None), use_cookies=False)
    client.get("/a")
    client.get("/a")
    assert service.asked == 2


def test_what_is_worn_is_renewed_behind_the_scenes_while_all_are_given_what_there_is(client, service, clock):
    client.get("/a")
    clock.now += recent.WORN_AT_LAST_S + 0.01
    service.state = "new " * 300
    service.in_turn.clear()
    assert [client.get("/a").text for _ in range(4)] == [WORDS] * 4
    assert service.begun.wait(10)
    service.in_turn.set()
    clock.now += recent.OLDEST_S - recent.WORN_AT_LAST_S  # so that whoever comes now waits for it
    assert client.get("/a").text == "new " * 300
    assert service.asked == 2


def test_answers_are_not_all_renewed_at_the_same_age(service, clock):
    ages = {recent.Answer(clock.now, [], b"", "").worn_s for _ in range(50)}
    assert len(ages) > 10
    assert recent.WORN_S <= min(ages) < max(ages) <= recent.WORN_AT_LAST_S < recent.OLDEST_S


def test_what_fails_behind_the_scenes_is_worked_out_for_the_next(client, service, clock):
    client.get("/a")
    clock.now += recent.WORN_AT_LAST_S + 0.01
    service.in_turn.clear()
    client.get("/a")
    assert service.begun.wait(10)
    service.status = 503
    service.in_turn.set()
    clock.now += recent.OLDEST_S
    assert client.get("/a").status_code == 503
    service.status = 200
    assert client.get("/a").text == WORDS


def test_who_comes_while_what_is_too_old_is_worked_out_waits_for_that(client, service, clock):
    client.get("/a")
    clock.now += recent.OLDEST_S + 0.01
    service.state = "new " * 300
    service.in_turn.clear()
    with ThreadPoolExecutor(4) as people:
        answers = [people.submit(lambda: client.get("/a").text)]
        assert service.begun.wait(10)
        answers += [people.submit(lambda: client.get("/a").text) for _ in range(3)]
        service.in_turn.set()
    assert [answer.result() for answer in answers] == ["new " * 300] * 4
    assert service.asked == 2


def test_nobody_waits_for_what_fails(client, service, clock, monkeypatch):
    monkeypatch.setattr(recent, "PATIENCE_S", 0.1)
    client.get("/a")
    clock.now += recent.OLDEST_S + 0.01
    service.status = 503
    assert [client.get("/a").status_code for _ in range(3)] == [503] * 3
    service.status, service.state = 200, "back"
    assert client.get("/a").text == "back"


@pytest.mark.parametrize(
    "headers", [{"Cookie": "laurel=abc"}, {"Authorization": "Bearer abc"}, {"Range": "bytes=0-9"}], ids=str
)
def test_whoever_shows_who_they_are_is_answered_anew(client, service, headers):
    client.get("/a")
    service.state = "changed by them"
    assert client.get("/a", headers=headers).status_code in (200, 206)
    assert service.asked == 2
    assert client.get("/a").text == WORDS, "and nobody else is given their answer"


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_other_methods_go_to_the_service(client, service, method):
    client.get("/a")
    client.open("/a", method=method)
    assert service.asked == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": "no-store"},
        {"Cache-Control": "private"},
        {},
        PUBLIC | {"Set-Cookie": "laurel=abc"},
        PUBLIC | {"Vary": "Cookie"},
    ],
    ids=str,
)
def test_what_is_not_for_all_is_not_remembered(client, service, headers):
    service.headers = headers
    answers = [client.get("/a") for _ in range(2)]
    assert service.asked == 2
    assert [answer.text for answer in answers] == [WORDS] * 2


@pytest.mark.parametrize("status", [404, 410, 500, 503])
def test_only_what_went_well_is_remembered(client, service, status):
    service.status = status
    assert [client.get("/a").status_code for _ in range(2)] == [status] * 2
    assert service.asked == 2


def test_addresses_questions_and_hosts_are_told_apart(client, service):
    for url, base in (("/a", "http://a"), ("/b", "http://a"), ("/a?q=1", "http://a"), ("/a", "http://b")):
        client.get(url, base_url=base)
    assert service.asked == 4


def test_who_has_it_already_is_told_so_in_a_line(client, service, counted):
    etag = client.get("/a").headers["ETag"]
    known = client.get("/a", headers={"If-None-Match": etag})
    weak = client.get("/a", headers={"If-None-Match": f'"other", W/{etag}'})
    assert [(answer.status_code, answer.data) for answer in (known, weak)] == [(304, b"")] * 2
    assert known.headers["ETag"] == etag
    assert known.headers["Cache-Control"] == PUBLIC["Cache-Control"]
    assert "Content-Length" not in known.headers
    assert service.asked == 1
    assert counted == [("GET", 304)] * 2


def test_who_asks_first_with_an_etag_is_told_so_too(client, service):
    etag = client.get("/a", headers={"Cookie": "x=1"}).headers["ETag"]
    assert client.get("/a", headers={"If-None-Match": etag}).status_code == 304
    assert client.get("/a").text == WORDS
    assert service.asked == 2


@pytest.mark.parametrize(
    ("accepted", "packing", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("", None, bytes),
        ("identity", None, bytes),
    ],
)
def test_a_body_is_packed_as_its_reader_allows(client, service, accepted, packing, unpack):
    first, second = (client.get("/a", headers={"Accept-Encoding": accepted}) for _ in range(2))
    for answer in (first, second):
        assert answer.headers.get("Content-Encoding") == packing
        assert unpack(answer.data).decode() == WORDS
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert service.asked == 1
    assert packing is None or len(first.data) < len(WORDS) / 10


def test_each_packing_has_an_etag_of_its_own(client):
    tags = {client.get("/a", headers={"Accept-Encoding": way}).headers["ETag"] for way in ("br", "gzip", "identity")}
    assert len(tags) == 3


@pytest.mark.parametrize(("state", "mimetype"), [("short", "text/html"), (WORDS, "image/png")])
def test_what_packing_does_not_shorten_stays(client, service, state, mimetype):
    service.state, service.mimetype = state, mimetype
    answer = client.get("/a", headers={"Accept-Encoding": "br"})
    assert (answer.text, answer.headers.get("Content-Encoding")) == (state, None)


def test_memory_stays_within_its_bound(client, service, monkeypatch):
    monkeypatch.setattr(recent, "KEPT_BYTES", 10_000)
    client = Client(RecentAnswers(service, lambda method, status: None), use_cookies=False)
    for number in range(20):
        client.get(f"/{number}")
    client.get("/0")
    assert service.asked == 21, "the oldest are forgotten first"
    service.state = "x" * 20_000
    assert len(client.get("/large").data) == 20_000
