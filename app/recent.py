"""Public answers, given again for less than a second instead of being worked out anew. Decision 5; rules B-2, D-7.

It stands in front of the whole service, so that a page that many ask for costs about as much as a greeting. Whoever
shows a cookie or a token is never given such an answer, and so sees at once what they changed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from random import SystemRandom
from typing import TYPE_CHECKING, NamedTuple

from cachetools import LRUCache
from flask import Flask, request
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from app.packing import PLAIN, gains, packed, way
from core import briefly
from core.answers import CONDITIONS, is_conditional

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Nobody is given an answer older than this: well under the second that rule D-7 allows.
OLDEST_S = 0.7
#: From an age between these on, the first to ask has it worked out anew behind the scenes; all are still given the old
#: one. It differs from answer to answer, or all processes would work the same page out at once, and nobody be quick.
WORN_S, WORN_AT_LAST_S = 0.4, 0.6
_chance = SystemRandom()  # processes that were forked alike would throw alike dice
#: How long somebody waits for an answer that another is having worked out.
PATIENCE_S = 2.0
#: Tells the service how old, in seconds, what it reads for an answer may be: with OLDEST_S still within D-7's second.
MAY_BE_S_OLD, READ_AT_MOST_S_AGO = "laurel.may_be_s_old", 0.2
KEPT_BYTES = 32_000_000
#: An answer to one of these is for whoever asked, or for a part of it.
_PERSONAL = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_RANGE")
#: What belongs to the connection that asked: it may be closed by the time that an answer is renewed.
_CONNECTION = ("gunicorn.socket", "werkzeug.socket", "CONTENT_LENGTH", "CONTENT_TYPE")
#: What holds for one answer alone. The server says the date itself.
_OF_ITS_MOMENT = ("X-Request-ID", "Date")
#: What somebody who has an answer already is told of it; all else they have.
_TOLD_AGAIN = ("Cache-Control", "ETag", "Vary")
#: How hard an answer is packed that lasts for less than a second: a page in a tenth of the time that 5 takes, for a
#: fifth more bytes.
EFFORT = 1


@dataclass(eq=False)
class Answer:
    """One answer as it is sent, and since when it is true, in seconds of the monotonic clock."""

    since_s: float
    headers: list[tuple[str, str]]
    body: bytes
    etag: str
    told_again: list[tuple[str, str]] = field(init=False)
    worn_s: float = field(default_factory=lambda: _chance.uniform(WORN_S, WORN_AT_LAST_S))
    being_renewed: threading.Lock = field(default_factory=threading.Lock)
    renewed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.told_again = [pair for pair in self.headers if pair[0] in _TOLD_AGAIN]

    def __len__(self) -> int:
        return len(self.body) + 2_000  # headers and all

    @property
    def age_s(self) -> float:
        """Return how long ago it began to be worked out."""
        return time.monotonic() - self.since_s


class Question(NamedTuple):
    """What one answer answers."""

    host: str
    path: str
    query: str
    packing: str


class RecentAnswers:
    """The service behind a memory of the public answers it has just given, as a WSGI application around another.

    `count` is told the method and status of each answer that is given from memory.
    """

    def __init__(self, service: WSGIApplication, count: Callable[[str, int], None]) -> None:
        self._service, self._count = service, count
        self._kept: LRUCache[Question, Answer] = LRUCache(KEPT_BYTES, getsizeof=len)
        self._turn = threading.Lock()
        self._behind = ThreadPoolExecutor(1, "renews")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in _PERSONAL):
            return self._service(environ, start_response)
        question = _question(environ)
        answer = self._recent(question, environ)
        if answer is None:
            return self._worked_out(question, environ)(environ, start_response)
        return self._given(answer, environ, start_response)

    def _recent(self, question: Question, environ: WSGIEnvironment) -> Answer | None:
        """Return an answer that may be given now, or None for the one who shall work it out anew."""
        answer = self._lookup(question)
        if answer is None or answer.age_s < answer.worn_s:
            return answer
        first = answer.being_renewed.acquire(blocking=False)
        if answer.age_s < OLDEST_S:
            if first:
                self._behind.submit(self._worked_out, question, _without_connection(environ))
            return answer
        if first:
            return None
        answer.renewed.wait(PATIENCE_S)  # somebody is at it: all at once would take each of them longer
        answer = self._lookup(question)
        return answer if answer is not None and answer.age_s < OLDEST_S else None

    def _lookup(self, question: Question) -> Answer | None:
        with self._turn:
            return self._kept.get(question)

    def _given(self, answer: Answer, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        if answer.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            self._count("GET", 304)
            start_response("304 Not Modified", answer.told_again)
            return []
        self._count("GET", 200)
        start_response("200 OK", answer.headers)
        return [answer.body]

    def _worked_out(self, question: Question, environ: WSGIEnvironment) -> Response:
        """Return the service's answer as whoever asks is told it, and remember it when it is for all."""
        began_s, former = time.monotonic(), self._lookup(question)
        try:
            plain = {name: value for name, value in environ.items() if name not in CONDITIONS}
            plain[MAY_BE_S_OLD] = READ_AT_MOST_S_AGO
            response = Response.from_app(self._service, plain, buffered=True)
            if is_for_all(response.status, response.headers):
                _pack(response, question.packing)
                self._keep(question, began_s, response)
        finally:
            if former is not None:
                former.renewed.set()
        return response.make_conditional(environ) if is_conditional(environ) else response

    def _keep(self, question: Question, began_s: float, response: Response) -> None:
        headers = [pair for pair in response.headers if pair[0] not in _OF_ITS_MOMENT]
        answer = Answer(began_s, headers, response.get_data(), response.headers["ETag"])
        if len(answer) <= KEPT_BYTES:
            with self._turn:
                self._kept[question] = answer


def register_recent(app: Flask) -> None:
    """Tell each request's reads how old they may be; only this file sets the word, no header becomes it."""

    def allow_what_is_recent() -> None:
        if seconds := request.environ.get(MAY_BE_S_OLD):
            briefly.allow(seconds)

    app.before_request(allow_what_is_recent)


def _question(environ: WSGIEnvironment) -> Question:
    packing = way(environ.get("HTTP_ACCEPT_ENCODING", ""))
    return Question(environ.get("HTTP_HOST", ""), environ["PATH_INFO"], environ.get("QUERY_STRING", ""), packing)


def _without_connection(environ: WSGIEnvironment) -> WSGIEnvironment:
    kept = {name: value for name, value in environ.items() if name not in _CONNECTION}
    return {**kept, "wsgi.input": BytesIO()}


def is_for_all(status: str, headers: Headers) -> bool:
    """Whether an answer says of itself that it is the same for everybody who asks for its address."""
    return (
        status.startswith("200")
        and "public" in headers.get("Cache-Control", "")
        and "ETag" in headers
        and "Set-Cookie" not in headers
        and headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    )


def _pack(response: Response, packing: str) -> None:
    """Make the body shorter as its reader allows, with an ETag of its own, for it is not the same byte for byte."""
    response.headers["Vary"] = "Accept-Encoding"
    body, etag = response.get_data(), response.headers["ETag"]
    if "Content-Encoding" in response.headers or not gains(body, response.mimetype) or packing == PLAIN:
        return
    response.set_data(packed(body, packing, EFFORT))
    response.headers["Content-Encoding"] = packing
    response.headers["ETag"] = f'{etag[:-1]}-{packing}"'
