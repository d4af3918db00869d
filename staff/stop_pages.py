"""Addresses that nobody is to invite, whichever the partner. Rule I-6."""

from __future__ import annotations

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from core import clock
from core.answers import page, pager
from core.errors import InvalidInput
from core.permissions import Access, allow
from core.wording import plural
from partners.console.invitation_forms import StopForm
from partners.invitations import stops
from staff.blueprint import blueprint, done, me


@blueprint.get("/not-to-invite")
@allow(Access.STAFF)
def not_to_invite() -> Response:
    """Show whom nobody invites."""
    return _page(StopForm())


@blueprint.post("/not-to-invite")
@allow(Access.STAFF)
def add_not_to_invite() -> Response:
    """Put addresses on the list of all partners."""
    form = StopForm()
    if not form.validate():
        return _page(form, 422)
    try:
        added = stops.add(form.emails(), None, form.note.data or None, by=me(), at=clock.now())
    except InvalidInput as refused:
        return _page(form, form.refuse(refused))
    return done(f"{plural(added, 'address', 'addresses')} added.", "staff.not_to_invite")


@blueprint.post("/not-to-invite/<uuid:stop_id>/remove")
@allow(Access.STAFF)
def remove_not_to_invite(stop_id: UUID) -> Response:
    """Take an address off the list that staff put there."""
    stops.take_off(stop_id, None, by=me(), at=clock.now())
    return done("The address can be invited again.", "staff.not_to_invite")


def _page(form: StopForm, status: int = 200) -> Response:
    found = stops.stopped(None, request.args.get("cursor"))
    pages = pager(found, "staff.not_to_invite")
    return page("staff/not_to_invite.html", status, form=form, found=found.items, pages=pages)
