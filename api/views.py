"""The API as a whole: its operations, its description, and the page that is made from it."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Flask, current_app, render_template
from werkzeug.wrappers import Response

from accounts.forms import SCOPES
from api import capabilities, docs_page, eligibility, feed, policies, tokens
from api.blueprint import VERSION, describe
from api.problems import PROBLEMS
from core.answers import base_url, public
from core.permissions import Access, allow

blueprint = Blueprint("api_docs", __name__, url_prefix="/api")

ABOUT = (
    "Programs reach Laurel with a token: the marketplace's to send profiles and read findings, a partner's to read how "
    "its own people stand and to check and schedule its requirements."
)
CHAPTERS = (tokens.TAG, feed.TAG, eligibility.TAG, capabilities.TAG, policies.TAG)


def register(app: Flask) -> None:
    """Serve the API, its description and its page."""
    app.extensions["laurel_api"] = describe(app, app.extensions["laurel_settings"].base_url, ABOUT, CHAPTERS)
    app.register_blueprint(blueprint)


@blueprint.get(f"/v{VERSION}/openapi.json")
@allow(Access.PUBLIC)
def openapi() -> Response:
    """The API's description, OpenAPI 3.1."""
    return public(json.dumps(_description(), ensure_ascii=False, indent=1), "application/json")


@blueprint.get("/docs")
@allow(Access.PUBLIC)
def docs() -> Response:
    """The same for people, with an example of each request."""
    spec = _description()
    words = {
        "chapters": docs_page.chapters(spec),
        "shapes": docs_page.shapes(spec),
        "problems": PROBLEMS,
        "scopes": SCOPES,
        "base_url": base_url(),
    }
    return public(render_template("api/docs.html", **words))


def _description() -> dict[str, Any]:
    found: dict[str, Any] = current_app.extensions["laurel_api"].spec.to_dict()
    return found
