"""A console's team: who is in it, what they may do, who joins and leaves."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core import clock
from core.errors import Conflict, InvalidInput
from core.permissions import Access, Duty, allow
from partners import queries
from partners import team as services
from partners.console.blueprint import back_to, blueprint, page
from partners.console.forms import DUTIES, DutyForm, MemberForm


@blueprint.get("/team")
@allow(Access.MEMBER)
def team(partner: str) -> Response:
    """Show who is in the team."""
    return _team_page(MemberForm(), 200)


@blueprint.post("/team")
@allow(Access.MEMBER, Duty.ADMIN)
def add_member(partner: str) -> Response:
    """Add a coworker by their address."""
    form = MemberForm()
    if not form.validate():
        return _team_page(form, 422)
    try:
        services.add_member(
            g.partner, form.email.data, form.name.data, Duty(form.duty.data), by=current_user.id, at=clock.now()
        )
    except (Conflict, InvalidInput) as refused:
        form.email.errors = [f"{refused.detail} {refused.next_step}"]
        return _team_page(form, refused.status)
    flash(f"{form.name.data} is in your team, and gets a mail about it.", "success")
    return back_to("team")


@blueprint.post("/team/<uuid:member_id>/duty")
@allow(Access.MEMBER, Duty.ADMIN)
def change_duty(partner: str, member_id: UUID) -> Response:
    """Give somebody another duty."""
    member, form = queries.team_member(g.partner.id, member_id), DutyForm()
    if not form.validate():
        raise InvalidInput("This duty is not known.", "Choose one of the list.")
    services.change_duty(member.id, Duty(form.duty.data), by=current_user.id, at=clock.now())
    flash(f"The duty of {member.user.name} is now: {form.duty.data}.", "success")
    return back_to("team")


@blueprint.post("/team/<uuid:member_id>/remove")
@allow(Access.MEMBER, Duty.ADMIN)
def remove_member(partner: str, member_id: UUID) -> Response:
    """End somebody's place in the team."""
    member = queries.team_member(g.partner.id, member_id)
    user_id, name = member.user_id, member.user.name
    services.remove_member(member.id, by=current_user.id, at=clock.now())
    if user_id == current_user.id:
        flash(f"You have left the team of {g.partner.name}.", "success")
        return redirect("/start", 303)
    flash(f"{name} is no longer in your team.", "success")
    return back_to("team")


def _team_page(form: MemberForm, status: int) -> Response:
    return page(
        "partners/team.html",
        status,
        form=form,
        members=queries.team(g.partner.id),
        duties={duty.value: words for duty, words in DUTIES},
    )
