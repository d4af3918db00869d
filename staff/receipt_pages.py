"""Decision receipts as staff read them: the same that the person reads. Rule E-10."""

from __future__ import annotations

from uuid import UUID

from flask.json import dumps
from werkzeug.wrappers import Response

from badges.models import Receipt
from badges.receipt_queries import receipt_of_freelancer, receipts_of_freelancer
from badges.receipts import exported, told
from core.answers import page, pager
from core.errors import NotFound
from core.permissions import Access, allow
from freelancers.queries import freelancer_by_id
from staff.blueprint import asked, blueprint


@blueprint.get("/freelancers/<uuid:freelancer_id>/receipts")
@allow(Access.STAFF)
def receipts(freelancer_id: UUID) -> Response:
    """Every decision about somebody, the newest first."""
    person = freelancer_by_id(freelancer_id)
    if person is None:
        raise NotFound()
    found = receipts_of_freelancer(person.id, asked("cursor") or None)
    pages = pager(found, "staff.receipts", freelancer_id=person.id)
    return page("staff/receipts.html", person=person, receipts=found.items, pages=pages)


@blueprint.get("/freelancers/<uuid:freelancer_id>/receipts/<uuid:receipt_id>")
@allow(Access.STAFF)
def receipt(freelancer_id: UUID, receipt_id: UUID) -> Response:
    """One decision, as its person reads it."""
    found = _receipt(freelancer_id, receipt_id)
    return page("staff/receipt.html", person=freelancer_by_id(freelancer_id), **told(found))


@blueprint.get("/freelancers/<uuid:freelancer_id>/receipts/<uuid:receipt_id>.json")
@allow(Access.STAFF)
def receipt_json(freelancer_id: UUID, receipt_id: UUID) -> Response:
    """The same for programs."""
    return Response(dumps(exported(_receipt(freelancer_id, receipt_id)), indent=2), mimetype="application/json")


def _receipt(freelancer_id: UUID, receipt_id: UUID) -> Receipt:
    found = receipt_of_freelancer(receipt_id, freelancer_id)
    if found is None:
        raise NotFound()
    return found
