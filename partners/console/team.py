"""A console's team: who is in it, what they may do, who joins and leaves."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core import wording
from core.errors import Conflict, InvalidInput
from core.permissions import Access, Duty, allow
from partners import queries
from partners import team as services
from partners.console.blueprint import acting, back_to, blueprint, page
from partners.console.forms import DutyForm, MemberForm
from partners.duties import DEEDS, DUTIES


@blueprint.get("/team")
@allow(Access.MEMBER)
def team(partner: str) -> Response:
    """Show who is in the team, and what each duty may do."""
    return _team_page(MemberForm(), 200)


@blueprint.post("/team")
@allow(Access.MEMBER, Duty.ADMIN)
def add_member(partner: str) -> Response:
    """Invite a coworker by their address."""
    form = MemberForm()
    if not form.validate():
        return _team_page(form, 422)
    words = {"message": form.message.data, **acting()}
    try:
        member = services.add_member(g.partner, form.email.data, form.name.data, Duty(form.duty.data), **words)
    except (Conflict, InvalidInput) as refused:
        form.email.errors = [refused.advice]
        return _team_page(form, refused.status)
    after = "is in as soon as they have chosen a password" if member.is_pending else "is in your team"
    flash(f"{member.user.name} gets a mail, and {after}.", "success")
    return back_to("team")


@blueprint.post("/team/<uuid:member_id>/duty")
@allow(Access.MEMBER, Duty.ADMIN)
def change_duty(partner: str, member_id: UUID) -> Response:
    """Give somebody another duty."""
    member, form = queries.team_member(g.partner.id, member_id), DutyForm()
    if not form.validate():
        raise InvalidInput("This duty is not known.", "Choose one of the list.")
    services.change_duty(member.id, Duty(form.duty.data), **acting())
    flash(f"The duty of {member.user.name} is now: {form.duty.data}.", "success")
    return back_to("team")


@blueprint.post("/team/<uuid:member_id>/link")
@allow(Access.MEMBER, Duty.ADMIN)
def send_member_link(partner: str, member_id: UUID) -> Response:
    """Send a coworker who has not come in yet their link again."""
    member = services.send_link_again(queries.team_member(g.partner.id, member_id).id, **acting())
    flash(f"A new link is on its way to {member.user.email}.", "success")
    return back_to("team")


@blueprint.post("/team/<uuid:member_id>/remove")
@allow(Access.MEMBER, Duty.ADMIN)
def remove_member(partner: str, member_id: UUID) -> Response:
    """End somebody's place in the team."""
    member = queries.team_member(g.partner.id, member_id)
    if member.user_id == current_user.id:
        return _leave()
    name = member.user.name
    withdrawn = services.remove_member(member.id, **acting())
    flash(f"{name} is no longer in your team.{_no_longer_invited(withdrawn)}", "success")
    return back_to("team")


@blueprint.post("/team/leave")
@allow(Access.MEMBER)
def leave_team(partner: str) -> Response:
    """End one's own place in the team."""
    return _leave()


def _leave() -> Response:
    services.remove_member(g.member.id, **acting())
    flash(f"You have left the team of {g.partner.name}.", "success")
    return redirect("/start", 303)


def _no_longer_invited(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    return f" {wording.listed(names)} had been invited by them and not come in: {_IS[len(names) > 1]} withdrawn."


_IS = ("that invitation is", "those invitations are")


def _team_page(form: MemberForm, status: int) -> Response:
    members = queries.team(g.partner.id)
    return page(
        "partners/team.html",
        status,
        form=form,
        members=members,
        names=queries.names_of(member.invited_by for member in members),
        duties={duty.value: words for duty, words in DUTIES},
        deeds=DEEDS,
        own=g.member,
    )
