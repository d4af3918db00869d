"""Reads what a request carries before anything else looks at it, so that what cannot be read is told calmly."""

from __future__ import annotations

import time
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from flask import Flask, Request, current_app, request
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]  # gunicorn ships no types
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from core.sizes import is_in_memory, taken_by

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: How much of a body that is too large is read and dropped, and for how long, before it is refused.
DROP_MAX_BYTES = 100_000_000
DROP_MAX_S = 10.0
_PIECE_BYTES = 65_536
#: The server hands the body on piece by piece, and says so when it is cut short or not framed as it should be.
_BROKEN = (OSError, ParseException)


#: Without one of these nothing is carried.
_BODY = ("CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")


class Carrying(Request):
    """A request that came whole, or is refused when it is read.

    Its files stay in memory where the view says so: larger ones would lie on disk while it lasts.
    """

    def __init__(self, environ: WSGIEnvironment, **how: Any) -> None:
        super().__init__(environ, **how)
        # The server ends a body that broke off like one that is complete. Held against its length it is a bad request.
        if environ.get("CONTENT_LENGTH"):
            environ.pop("wsgi.input_terminated", None)

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:  # fmt: skip
        if is_in_memory(current_app.view_functions.get(self.endpoint or "")):
            return BytesIO()
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)


def register_bodies(app: Flask) -> None:
    """Read every form at once. Register it before all that asks for a form: the check for forged ones, and access."""
    app.request_class = Carrying
    app.before_request(_read)


def _read() -> None:
    if not any(request.environ.get(name) for name in _BODY):
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and (more := taken_by(view)) is not None:
        request.max_content_length = request.max_form_memory_size = more
    try:
        _ = request.form
    except RequestEntityTooLarge:
        _drop_the_rest()
        raise
    except _BROKEN:
        raise BadRequest() from None


def _drop_the_rest() -> None:
    """Take in what is still being sent: a browser that cannot send all never shows the page that says why."""
    rest, left, until_s = request.environ["wsgi.input"], DROP_MAX_BYTES, time.monotonic() + DROP_MAX_S
    try:
        while left > 0 and time.monotonic() < until_s and (piece := rest.read(_PIECE_BYTES)):
            left -= len(piece)
    except _BROKEN:
        return
