"""The address that leads everybody to where their own pages begin: accounts, which sign them in, know no pages."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.rendering import home_url
from core.permissions import Access, allow

blueprint = Blueprint("start", __name__)


@blueprint.get("/start")
@allow(Access.SIGNED_IN)
def start() -> Response:
    """Lead the signed-in person home."""
    return redirect(home_url(), 303)
