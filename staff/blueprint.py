"""Where the staff's pages hang, and how they are returned."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core.errors import DomainError
from core.paging import Page

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


def page(template: str, status: int = 200, **words: Any) -> Response:
    """Return a page as an answer."""
    return Response(render_template(template, **words), status, mimetype="text/html")


def done(message: str, endpoint: str, **values: Any) -> Response:
    """Say what was done, on the page that it leads to."""
    flash(message, "success")
    return redirect(url_for(endpoint, **values), 303)


def refused(form: FlaskForm, error: DomainError) -> int:
    """Put an error above the form it came from; return the status to answer with."""
    form.form_errors.append(f"{error.detail} {error.next_step}".strip())
    return error.status


def asked(name: str) -> str:
    """Return one value of the address's query, trimmed; NUL, which no text of ours has, is left out."""
    return request.args.get(name, "").replace("\0", "").strip()


def links(found: Page[Any], endpoint: str, **values: Any) -> dict[str, str | None]:
    """Return where the next page is, and the first one, as `ui.pager` takes them."""
    kept = {name: value for name, value in values.items() if value}
    return {
        "next_url": url_for(endpoint, **kept, cursor=found.next_cursor) if found.next_cursor else None,
        "previous_url": None,
        "first_url": url_for(endpoint, **kept) if asked("cursor") else None,
    }


def me() -> Any:
    """Return the id of whoever is signed in, as services take it."""
    return current_user.id
