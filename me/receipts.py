"""Decision receipts for the person they are about: the list, each one replayed, and as JSON. Rule E-10."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from flask.json import dumps
from werkzeug.wrappers import Response

from badges.receipt_queries import receipt_of_freelancer, receipts_of_freelancer
from badges.receipts import exported, told
from core.answers import page, pager
from core.errors import NotFound
from core.permissions import Access, allow
from me.blueprint import blueprint, own_freelancer


@blueprint.get("/receipts")
@allow(Access.FREELANCER)
def receipts() -> Response:
    """Every decision about somebody, the newest first."""
    found = receipts_of_freelancer(own_freelancer().id, request.args.get("cursor"))
    return page("me/receipts.html", receipts=found.items, pages=pager(found, "me.receipts"))


@blueprint.get("/receipts/<uuid:receipt_id>")
@allow(Access.FREELANCER)
def receipt(receipt_id: UUID) -> Response:
    """One decision: what was seen, under which policy, what followed, and that it is decided the same today."""
    return page("me/receipt.html", **_told(receipt_id))


@blueprint.get("/receipts/<uuid:receipt_id>.json")
@allow(Access.FREELANCER)
def receipt_json(receipt_id: UUID) -> Response:
    """The same for programs."""
    found = receipt_of_freelancer(receipt_id, own_freelancer().id)
    if found is None:
        raise NotFound()
    return Response(dumps(exported(found), indent=2), mimetype="application/json")


def _told(receipt_id: UUID) -> dict[str, Any]:
    found = receipt_of_freelancer(receipt_id, own_freelancer().id)
    if found is None:
        raise NotFound()
    return told(found)
