"""Photos and pictures of work as everybody may see them: only of whoever is to be seen at all. Rules D-7, E-4, H."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response

from core.answers import public
from core.errors import NotFound
from core.permissions import Access, allow
from freelancers.profile.photos import public_picture

blueprint = Blueprint("photos", __name__)


@blueprint.get("/photos/<uuid:picture_id>/<int:side>.jpg")
@allow(Access.PUBLIC)
def photo(picture_id: UUID, side: int) -> Response:
    """Return somebody's photo, or a picture of their work, unless they are not to be seen."""
    jpeg = public_picture(picture_id, side)
    if jpeg is None:
        raise NotFound()
    return public(jpeg, "image/jpeg")
