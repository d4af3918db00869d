"""Where the staff's pages hang, and how they are returned."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from core import answers

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


def done(message: str, endpoint: str, **values: Any) -> Response:
    """Lead to a page of the console, and say there what was done."""
    return answers.done(message, url_for(endpoint, **values))


def asked(name: str) -> str:
    """Return one value of the address's query, trimmed; NUL, which no text of ours has, is left out."""
    return request.args.get(name, "").replace("\0", "").strip()


def me() -> Any:
    """Return the id of whoever is signed in, as services take it."""
    return current_user.id
