"""The log: one JSON object a line on standard error, and one such line for every request."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO

import structlog
from flask import Flask, g, request, request_finished, request_started
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars
from structlog.types import Processor
from uuid_utils.compat import uuid7
from werkzeug.wrappers import Response

REQUEST_ID = "X-Request-ID"

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
#: What gunicorn says of a request it cannot read ends with what it read, and that may be an address with a secret.
_QUOTES_REQUEST = re.compile(r"(Invalid request from \S+ [A-Za-z ]*|Error handling request).*", re.DOTALL)
_UNMATCHED = "unmatched"  # an address that no route takes may be a mistyped secret
_SHARED: list[Processor] = [
    merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
]

log = structlog.get_logger(__name__)


def register_logs(app: Flask) -> None:
    """Log every request: method, route (never the address itself, which may hold a secret), status and duration.

    The request's id is the caller's X-Request-ID where that is sane, else a new one; the answer carries it.
    """
    configure_logging()
    # Flask's own words about an exception name the address itself.
    app.log_exception = _log_exception  # type: ignore[method-assign]  # Flask offers no other way
    request_started.connect(_begin, app)
    request_finished.connect(_finish, app)


def configure_logging() -> None:
    """Send what the code, the libraries and gunicorn say to standard error: JSON, or readable on a terminal."""
    if not structlog.is_configured():
        structlog.configure(
            processors=[*_SHARED, *_written(for_people=sys.stderr.isatty())],
            logger_factory=_Lines,
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            cache_logger_on_first_use=True,
        )
    root = logging.getLogger()
    if not any(isinstance(handler, _StandardError) for handler in root.handlers):
        root.addHandler(_StandardError())
        root.setLevel(logging.INFO)
    gunicorn = logging.getLogger("gunicorn.error")
    gunicorn.handlers.clear()
    gunicorn.propagate = True
    gunicorn.addFilter(_without_quotes)


def _without_quotes(record: logging.LogRecord) -> bool:
    if (said := _QUOTES_REQUEST.match(record.getMessage())) is not None:
        record.msg, record.args = said[1], None
    return True


class _Lines:
    """Writes our own lines to what standard error is at the moment of writing; so tests may capture it.

    Without a way through `logging`, which every request would pay for. A line is written in one go, so other threads
    cannot come in between, and there is no lock that a copy of the process could inherit closed. A line that cannot be
    written is lost: nobody is refused a page for it.
    """

    def __init__(self, *_: Any) -> None:
        """Take what structlog tells of who logs; lines do not say it."""

    def msg(self, line: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    log = debug = info = warning = error = critical = exception = msg


class _StandardError(logging.StreamHandler[TextIO]):
    """The same for what libraries and gunicorn say."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        self.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=_SHARED,
                processors=[without_meta, *_written(for_people=sys.stderr.isatty())],
            )
        )

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # an attribute there, found anew here
        return sys.stderr


def _written(*, for_people: bool) -> list[Processor]:
    # Plain tracebacks: richer ones print local variables, and so secrets.
    if for_people:
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback, timestamp_key="at")]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_as_json)]


#: Made once: `json.dumps` with words of its own makes one for every line.
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _as_json(event: Any, **_: Any) -> str:
    return _encode(event)


def _begin(_app: Flask) -> None:
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if _SANE_ID.fullmatch(given) else uuid7().hex
    g.request_began_s = time.perf_counter()
    clear_contextvars()
    bind_contextvars(request_id=g.request_id)


def _finish(_app: Flask, response: Response) -> None:
    response.headers[REQUEST_ID] = g.request_id
    log.log(
        logging.ERROR if response.status_code >= 500 else logging.INFO,
        "request",
        method=request.method,
        path=request.url_rule.rule if request.url_rule else _UNMATCHED,
        status=response.status_code,
        duration_ms=round(elapsed_s() * 1000, 1),
    )
    clear_contextvars()  # what the server itself says next on this thread belongs to no request of ours


def elapsed_s() -> float:
    """Return how long the current request has taken so far, in seconds."""
    return time.perf_counter() - float(g.request_began_s)


def _log_exception(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
) -> None:
    path = request.url_rule.rule if request.url_rule else _UNMATCHED
    log.error("unexpected error", method=request.method, path=path, exc_info=exc_info)
