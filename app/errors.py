"""Turns what went wrong into an answer: a page for people, problem+json (RFC 9457) for programs. In one place."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict

import structlog
from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from psycopg.errors import (
    DeadlockDetected,
    ForeignKeyViolation,
    LockNotAvailable,
    QueryCanceled,
    SerializationFailure,
    UniqueViolation,
)
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from core.answers import base_url
from core.database import session
from core.errors import DomainError, FieldError, WayOn
from core.languages import gettext as _
from core.languages import later, said
from core.permissions import Access, declared

log = structlog.get_logger()

_WORDS = {
    400: (
        later("This request cannot be read"),
        later("Something in it is damaged or missing."),
        later("Go back and try again."),
    ),
    403: (
        later("This is not yours to do"),
        later("Your account may not do this."),
        later("Use another account, or ask for access."),
    ),
    404: (
        later("There is nothing here"),
        later("The address may be mistyped, or what was here is gone."),
        later("Begin at the first page."),
    ),
    405: (
        later("This cannot be done here"),
        later("The address does not take this kind of request."),
        later("Go back and try again."),
    ),
    413: (
        later("That is too much at once"),
        later("More was sent than we take in one go."),
        later("Send it in parts, and files one by one."),
    ),
    415: (
        later("This cannot be read here"),
        later("What was sent is of a kind that we do not take."),
        later("Use the form of the page."),
    ),
    429: (
        later("Too many tries"),
        later("There were too many in a short time."),
        later("Wait a few minutes and try again."),
    ),
    500: (
        later("Something went wrong on our side"),
        later("Nothing of what you did last was stored."),
        later("Try again in a moment."),
    ),
    503: (
        later("We cannot answer just now"),
        later("The database does not answer."),
        later("Try again in a moment; nothing is lost."),
    ),
}

#: What a program does next, where a person would go back or use a form.
_FOR_PROGRAMS = {
    400: "Mend the request and send it again.",
    404: "Check the address: the API's page lists all that there are.",
    405: "Use a method that the header Allow names.",
    415: "Send what the API's page says for this address.",
}

#: Two transactions were in each other's way, and PostgreSQL ended this one.
_IN_EACH_OTHERS_WAY = (DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure)
_COLLIDED = (
    later("Two changes met"),
    later("Somebody changed the same at this moment, and theirs went first. Nothing of what you sent was stored."),
    later("Go back and send it once more."),
)
_OVERTAKEN = (
    later("This has changed meanwhile"),
    later("Somebody changed or removed what this was about. Nothing of what you sent was stored."),
    later("Go back, load the page again, and look how it stands now."),
)
#: When to ask again, in seconds, while the database does not answer.
RETRY_AFTER_S = 5


def register_errors(app: Flask) -> None:
    """Answer every error with what happened, why, and what to do next."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(IntegrityError, _overtaken)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(Exception, _unexpected)


def _domain(error: DomainError) -> Response:
    session.rollback()
    words = (said(error.title), said(error.detail), said(error.next_step))
    response = answer(error.status, *words, kind=kind_of(type(error)), errors=error.errors, way_on=error.way_on)
    response.headers.update(error.headers)
    return response


def _forged(error: CSRFError) -> Response:
    return answer(
        400,
        _("This form is too old"),
        _("You signed in or out after it was opened, or cookies are switched off."),
        _("Go back, load the page again and send it once more."),
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=error.get_headers())
    title, detail, next_step = map(said, _WORDS.get(status, (error.name, error.description or "", "")))
    if status == 413 and (most := request.max_content_length):
        detail = _("More was sent than we take in one go: at most %(most)s MB here.", most=most // 1_000_000)
    if wants_json():
        next_step = _FOR_PROGRAMS.get(status, next_step)
    response = answer(status, title, detail, next_step, kind=kind_of(type(error)))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _no_database(error: OperationalError) -> Response:
    if isinstance(error.orig, _IN_EACH_OTHERS_WAY):
        session.rollback()
        log.warning("transaction given up", why=type(error.orig).__name__)
        response = answer(503, *map(said, _COLLIDED))
    else:
        log.error("database does not answer", error=str(error.orig))
        response = answer(503, *map(said, _WORDS[503]))
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _overtaken(error: IntegrityError | StaleDataError) -> Response:
    """Answer whoever was overtaken where no service foresaw it; the log names the constraint, never the values."""
    session.rollback()
    broken = None
    if isinstance(error, IntegrityError):
        if not isinstance(error.orig, (ForeignKeyViolation, UniqueViolation)):
            return _unexpected(error)
        broken = error.orig.diag.constraint_name
    log.error("overtaken by another change", error=type(error).__name__, constraint=broken)
    return answer(409, *map(said, _OVERTAKEN))


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected error")
    session.rollback()
    return answer(500, *map(said, _WORDS[500]))


def answer(
    status: int,
    title: str,
    detail: str,
    next_step: str,
    *,
    kind: str | None = None,
    errors: Sequence[FieldError] = (),
    way_on: WayOn | None = None,
) -> Response:
    """Return the error in the form that the request can read; `kind` is where the API's page describes it."""
    request_id = g.get("request_id")
    if wants_json():
        problem = {
            "type": f"{base_url()}/api/docs#{kind}" if kind else "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
            "next_step": next_step or _FOR_PROGRAMS.get(status, ""),
            **({"errors": [asdict(each) for each in errors]} if errors else {}),
            **({"request_id": request_id} if request_id else {}),
        }
        return Response(json.dumps(problem, ensure_ascii=False), status, mimetype="application/problem+json")
    words = {"title": title, "detail": detail, "next_step": next_step}
    page = render_template("error.html", status=status, request_id=request_id, action=way_on or _way_on(), **words)
    return Response(page, status, mimetype="text/html")


def kind_of(error: type[Exception]) -> str:
    """Return what an error is called in problem+json: `PolicyRefused` is "policy-refused"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", error.__name__).lower()


def _way_on() -> WayOn | None:
    """Return where to go from an error: home for whoever is signed in, as the route tells without a session."""
    permission = declared(current_app.view_functions[request.endpoint]) if request.endpoint else None
    if permission is None or permission.access in (Access.PUBLIC, Access.ANYONE):
        return None
    return WayOn(_("Go to your pages"), "/start")


def wants_json() -> bool:
    """Say whether the request is a program's."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return request.path.startswith("/api/v") or best == "application/json"
