"""How views answer: pages, redirects, the links between the pages of a list, and what a cache may keep."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, render_template, request, send_file, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core.languages import here
from core.paging import Page

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Nothing inline and nothing from elsewhere, but photos and logos, which live where people put them.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)


#: What a cache may keep, and must ask about before it shows it.
TO_BE_ASKED = "public, max-age=0, must-revalidate"
#: What an address names by its content, so that what a browser has of it holds for good.
FOR_GOOD = "public, max-age=31536000, immutable"
#: What makes a request conditional, as WSGI names it.
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")


def page(template: str, status: int = 200, **words: Any) -> Response:
    """Return a page of ours."""
    return Response(render_template(template, **words), status, mimetype="text/html")


def done(message: str, url: str) -> Response:
    """Lead to `url`, and say there what was done."""
    flash(message, "success")
    return redirect(url, 303)


def public(body: str | bytes, mimetype: str = "text/html", status: int = 200) -> Response:
    """Return `body` with a strong ETag of its content, or 304 to whoever has it already. Decision 5, rules B-2, D-7.

    A cache may keep it and must ask before it shows it, so that whatever changes shows with the next request.
    """
    data = body.encode() if isinstance(body, str) else body
    response = Response(data, status, mimetype=mimetype)
    response.headers["Cache-Control"] = TO_BE_ASKED
    response.set_etag(hashlib.blake2b(data, digest_size=16).hexdigest())
    return response.make_conditional(request) if status == 200 and is_conditional(request.environ) else response


def is_conditional(environ: WSGIEnvironment) -> bool:
    """Say whether somebody names what they have already, or what they want no other than."""
    return any(name in environ for name in CONDITIONS)


def download(content: bytes, name: str, mimetype: str) -> Response:
    """Return a file that somebody sent: to be saved, never to be shown or run as a page of ours."""
    response = send_file(BytesIO(content), mimetype, as_attachment=True, download_name=name, etag=False)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def base_url() -> str:
    """Return where people reach us, without a slash at the end."""
    return str(current_app.extensions["laurel_settings"].base_url)


def pager(found: Page[Any], endpoint: str, **values: Any) -> dict[str, str | None]:
    """Return where the next page of a list is, and where its first, as `ui.pager` takes them.

    `values` are those of the list's address; empty ones are left out. Whoever is on the first page is not led there.
    """
    kept = {name: value for name, value in values.items() if value}
    return {
        "next_url": here(url_for(endpoint, **kept, cursor=found.next_cursor)) if found.next_cursor else None,
        "first_url": here(url_for(endpoint, **kept)) if request.args.get("cursor") else None,
    }
