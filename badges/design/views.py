"""Pictures of badges whoever holds them, the card of a badge, and logos. Rules B-2, B-3, design decision 7."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from werkzeug.wrappers import Response

from badges.credentials.views import open_to_all
from badges.design.logos import SIDES, in_webp
from badges.design.pictures import card_of, sample_of, size_asked
from badges.design.queries import achievement_of_issuer, logo_in_size
from badges.models import AwardStatus
from badges.public import shown_badge
from core import clock
from core.answers import FOR_GOOD, public
from core.errors import NotFound
from core.permissions import Access, allow

blueprint = Blueprint("designs", __name__)


@blueprint.get("/badges/<uuid:award>/card.png")
@allow(Access.PUBLIC)
def card(award: UUID) -> Response:
    """The picture for links to a badge, as other sites show them. Rules B-2, B-3."""
    return open_to_all(card_of(shown_badge(award, clock.now())), "image/png")


@blueprint.get("/issuers/<slug>/badge.svg")
@allow(Access.PUBLIC)
def sample(slug: str) -> Response:
    """An issuer's badge as it is worn now, for pages that speak of it. `?size=32|96|512`, `?state=suspended` …"""
    state = request.args.get("state", "")
    status = state if state in set(AwardStatus) - {AwardStatus.GRACE} else "active"
    drawing = sample_of(achievement_of_issuer(slug), size_asked(request.args.get("size")), status)
    return public(drawing, "image/svg+xml")


@blueprint.get("/logos/<uuid:logo>-<int:side>.<any(png, webp):ending>")
@allow(Access.PUBLIC)
def logo(logo: UUID, side: int, ending: str) -> Response:
    """A logo in one of the sizes kept."""
    found = logo_in_size(logo, side) if side in SIDES else None
    if found is None:
        raise NotFound()
    response = public(in_webp(found.png) if ending == "webp" else found.png, f"image/{ending}")
    response.headers["Cache-Control"] = FOR_GOOD  # its address names what it looks like
    return response
