"""Turns what went wrong into an answer: a page for people, problem+json (RFC 9457) for programs. In one place."""

from __future__ import annotations

import json

import structlog
from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from core.database import session
from core.errors import DomainError

log = structlog.get_logger()

_WORDS = {
    400: ("This request cannot be read", "Something in it is damaged or missing.", "Go back and try again."),
    403: ("This is not yours to do", "Your account may not do this.", "Use another account, or ask for access."),
    404: (
        "There is nothing here",
        "The address may be mistyped, or what was here is gone.",
        "Begin at the first page.",
    ),
    405: ("This cannot be done here", "The address does not take this kind of request.", "Go back and try again."),
    413: ("That is too much at once", "More was sent than we take in one go.", "Send less at a time."),
    429: ("Too many tries", "There were too many in a short time.", "Wait a few minutes and try again."),
    500: ("Something went wrong on our side", "Nothing of what you did last was stored.", "Try again in a moment."),
    503: ("We cannot answer just now", "The database does not answer.", "Try again in a moment; nothing is lost."),
}


def register_errors(app: Flask) -> None:
    """Answer every error with what happened, why, and what to do next."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(Exception, _unexpected)


def _domain(error: DomainError) -> Response:
    session.rollback()
    return answer(error.status, error.title, error.detail, error.next_step)


def _forged(error: CSRFError) -> Response:
    return answer(
        400,
        "This form is too old",
        "You signed in or out after it was opened, or cookies are switched off.",
        "Go back, load the page again and send it once more.",
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=error.get_headers())
    title, detail, next_step = _WORDS.get(status, (error.name, error.description or "", ""))
    response = answer(status, title, detail, next_step)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _no_database(error: OperationalError) -> Response:
    log.error("database does not answer", error=str(error.orig))
    return answer(503, *_WORDS[503])


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected error")
    session.rollback()
    return answer(500, *_WORDS[500])


def answer(status: int, title: str, detail: str, next_step: str) -> Response:
    """Return the error in the form that the request can read."""
    request_id = g.get("request_id")
    if wants_json():
        problem = {"type": "about:blank", "title": title, "status": status, "detail": f"{detail} {next_step}".strip()}
        body = json.dumps(problem | ({"request_id": request_id} if request_id else {}), ensure_ascii=False)
        return Response(body, status, mimetype="application/problem+json")
    page = render_template(
        "error.html", status=status, title=title, detail=detail, next_step=next_step, request_id=request_id
    )
    return Response(page, status, mimetype="text/html")


def wants_json() -> bool:
    """Say whether the request is a program's."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return request.path.startswith("/api/") or best == "application/json"
