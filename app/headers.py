"""Headers that every answer carries: what a browser may load, and what may be kept. Design decisions 5 and 7."""

from __future__ import annotations

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

from core.answers import POLICY
from core.permissions import Access, declared


def register_headers(app: Flask) -> None:
    """Add the security headers, and keep private pages out of every cache."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    # The address of an invitation is a secret: no other site, and no other page, learns where somebody came from.
    referrer = "no-referrer" if _is_private() else "strict-origin-when-cross-origin"
    response.headers.setdefault("Referrer-Policy", referrer)
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if _is_private():
        response.headers["Cache-Control"] = "no-store"
    # A cache may guess how long to keep what says nothing of it: a badge shown again would stay "not there". Rule B-2.
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _is_private() -> bool:
    if request.endpoint in (None, "static", "bootstrap.static"):
        return False
    permission = declared(current_app.view_functions[str(request.endpoint)])
    return permission is None or permission.access is not Access.PUBLIC
