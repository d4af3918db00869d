"""Badges for programs: each in every form, the lists of their states, and who we are. Rules B-1..B-4.

Like the pages, each answer carries a strong ETag and is asked for again each time, so a change shows at once.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from badges.credentials import issuing
from badges.credentials.documents import Purpose, Site, did_document
from badges.credentials.keyring import SealedOtherwise, Signers, published, signers
from badges.queries import issuer_by_slug
from core import clock
from core.answers import base_url, public
from core.permissions import Access, allow
from core.secrets import Sealer

blueprint = Blueprint("credentials", __name__)

LINKED_DATA = "application/ld+json"
JWT = "application/vc+jwt"


@blueprint.get("/badges/<uuid:award>.json")
@allow(Access.PUBLIC)
def as_json(award: UUID) -> Response:
    """A badge as Open Badges 3.0, with a Data Integrity proof. Rule B-1."""
    at = clock.now()
    return open_to_all(issuing.badge_json(issuing.issued(award, at), site(), keys()), LINKED_DATA)


@blueprint.get("/badges/<uuid:award>.jwt")
@allow(Access.PUBLIC)
def as_token(award: UUID) -> Response:
    """A badge as Open Badges 3.0, as a signed token. Rule B-1."""
    at = clock.now()
    return open_to_all(issuing.badge_token(issuing.issued(award, at), site(), keys()), JWT)


@blueprint.get("/badges/status/<uuid:place>-<any(suspension, revocation):purpose>")
@allow(Access.PUBLIC)
def states(place: UUID, purpose: str) -> Response:
    """A list of the states of many badges. Rule B-2."""
    return open_to_all(issuing.list_json(place, Purpose(purpose), site(), keys(), clock.now()), LINKED_DATA)


@blueprint.get("/badges/status/<uuid:place>-<any(suspension, revocation):purpose>.jwt")
@allow(Access.PUBLIC)
def states_as_token(place: UUID, purpose: str) -> Response:
    """The same list as a signed token. Rule B-2."""
    return open_to_all(issuing.list_token(place, Purpose(purpose), site(), keys(), clock.now()), JWT)


@blueprint.get("/.well-known/did.json")
@allow(Access.PUBLIC)
def service_did() -> Response:
    """Who this service is: its keys, as did:web wants them."""
    keys()  # makes the first ones
    return open_to_all(did_document(site().did, published(clock.now())))


@blueprint.get("/issuers/<slug>/did.json")
@allow(Access.PUBLIC)
def issuer_did(slug: str) -> Response:
    """Who an issuer of badges is: the keys that sign for it, as did:web wants them."""
    issuer = issuer_by_slug(slug)
    keys()
    return open_to_all(did_document(site().issuer_did(issuer.slug), published(clock.now())))


def baked(award: UUID) -> str | None:
    """Return the badge to be put into its picture; None while it cannot be signed, and the picture goes without."""
    try:
        return issuing.badge_json(issuing.issued(award, clock.now()), site(), keys())
    except SealedOtherwise:
        return None


def site() -> Site:
    """Return where we are."""
    return Site(base_url())


def keys() -> Signers:
    """Return the keys that sign now."""
    sealer: Sealer = current_app.extensions["laurel_key_sealer"]
    return signers(sealer, clock.now())


def open_to_all(body: str | bytes | dict[str, object], mimetype: str = "application/json") -> Response:
    """Return what programs of any site may read, with a strong ETag."""
    if isinstance(body, dict):
        body = current_app.json.dumps(body)
    response = public(body, mimetype)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
