"""A console's list of addresses that are not to be invited. Rule I-6."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, request
from werkzeug.wrappers import Response

from core.answers import pager
from core.errors import InvalidInput
from core.permissions import Access, Duty, allow
from core.wording import plural
from partners.console.blueprint import acting, back_to, blueprint, page
from partners.console.invitation_forms import StopForm
from partners.invitations import stops


@blueprint.get("/invitations/not-to-invite")
@allow(Access.MEMBER)
def not_to_invite(partner: str) -> Response:
    """Show whom this partner does not invite: by their own word, or by the team's."""
    return _stops_page(StopForm(), 200)


@blueprint.post("/invitations/not-to-invite")
@allow(Access.MEMBER, Duty.MANAGER)
def add_not_to_invite(partner: str) -> Response:
    """Put addresses on the list."""
    form = StopForm()
    if not form.validate():
        return _stops_page(form, 422)
    try:
        added = stops.add(form.emails(), g.partner.id, form.note.data or None, **acting())
    except InvalidInput as refused:
        return _stops_page(form, form.refuse(refused))
    flash(f"{plural(added, 'address', 'addresses')} added.", "success")
    return back_to("not_to_invite")


@blueprint.post("/invitations/not-to-invite/<uuid:stop_id>/remove")
@allow(Access.MEMBER, Duty.MANAGER)
def remove_not_to_invite(partner: str, stop_id: UUID) -> Response:
    """Take an address off the list that the team put there."""
    stops.take_off(stop_id, g.partner.id, **acting())
    flash("The address can be invited again.", "success")
    return back_to("not_to_invite")


def _stops_page(form: StopForm, status: int) -> Response:
    found = stops.stopped(g.partner.id, request.args.get("cursor"))
    return page(
        "partners/invitation_stops.html",
        status,
        form=form,
        found=found.items,
        pages=pager(found, "partners_console.not_to_invite", partner=g.partner.slug),
    )
