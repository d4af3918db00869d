"""Badges for systems that know only Open Badges 2.0: assertion, what is awarded, and issuer. Rules B-1, B-2, B-4.

Revoked, an assertion is gone (410); suspended, it is not, yet says `revoked`: docs/decisions/open-badges-2.md.
"""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from badges.credentials import issuing
from badges.credentials.views import LINKED_DATA, open_to_all, site
from badges.design.drawing import FULL
from badges.design.painting import painted
from badges.design.pictures import sample_of
from badges.hosted import documents
from badges.models import AwardStatus
from badges.public import shown_badge
from badges.queries import achievement, issuer_by_slug
from core import clock
from core.permissions import Access, allow

blueprint = Blueprint("hosted", __name__)

#: What is said of a badge that does not count, and the status of the answer.
_TAKEN_BACK = {
    AwardStatus.SUSPENDED: ("Suspended: it does not count now, and may count again.", 200),
    AwardStatus.REVOKED: ("Revoked, for good.", 410),
}


@blueprint.get("/badges/<uuid:award>/v2.json")
@allow(Access.PUBLIC)
def assertion(award: UUID) -> Response:
    """A badge as a hosted assertion of Open Badges 2.0."""
    at = clock.now()
    status = shown_badge(award, at).status
    if status in _TAKEN_BACK:
        why, code = _TAKEN_BACK[status]
        return _answer(documents.taken_back(award, site(), why), code)
    found = issuing.issued(award, at)
    return _answer(documents.assertion(found.issuing, found.held, site()))


@blueprint.get("/badges/v2/<uuid:achievement_id>.json")
@allow(Access.PUBLIC)
def badge_class(achievement_id: UUID) -> Response:
    """What is awarded, as Open Badges 2.0 has it: by whom, and for what."""
    return _answer(documents.badge_class(issuing.described(achievement_id, clock.now()), site()))


@blueprint.get("/badges/v2/<uuid:achievement_id>.png")
@allow(Access.PUBLIC)
def picture(achievement_id: UUID) -> Response:
    """The picture of what is awarded, whoever holds it."""
    return open_to_all(painted(sample_of(achievement(achievement_id), FULL), FULL, FULL), "image/png")


@blueprint.get("/issuers/<slug>/v2.json")
@allow(Access.PUBLIC)
def issuer(slug: str) -> Response:
    """An issuer, as Open Badges 2.0 has it; who writes to its address reaches us."""
    found = issuer_by_slug(slug)
    ours = parseaddr(current_app.extensions["laurel_settings"].mail_from)[1]
    return _answer(documents.profile(found.slug, found.name, found.url, ours, site()))


def _answer(document: dict[str, Any], status: int = 200) -> Response:
    response = open_to_all(document, LINKED_DATA)
    response.status_code = status if response.status_code == 200 else response.status_code
    return response
