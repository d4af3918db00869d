"""A console's invitations: invite with a preview, send again, withdraw, confirm, answer interest. Rules I-1..I-6."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, request
from flask_login import current_user
from werkzeug.wrappers import Response

from core import clock
from core.answers import pager
from core.errors import InvalidInput
from core.permissions import Access, Duty, allow
from partners import interest, invitation_queries, inviting
from partners.console.blueprint import back_to, blueprint, own_programme, page
from partners.console.forms import InviteForm
from partners.inviting import InviteReport, Row, addresses_in
from partners.rules import ANSWERABLE, RENEWABLE, Outcome
from partners.states import InvitationState

#: What a row of a list does, in a few words.
OUTCOME_WORDS = {
    Outcome.NEW: "Gets an invitation",
    Outcome.RENEWED: "Gets a new link; the earlier one has lapsed",
    Outcome.ALREADY_INVITED: "Has an open invitation",
    Outcome.ALREADY_ACCEPTED: "Has accepted",
    Outcome.ALREADY_EXPERT: "Holds your badge",
    Outcome.DECLINED: "Has declined",
    Outcome.OPTED_OUT: "Wants no more invitations",
    Outcome.BAD_ADDRESS: "Is no address",
    Outcome.DUPLICATE: "Stands here twice",
}


@blueprint.get("/invitations")
@allow(Access.MEMBER)
def invitations(partner: str) -> Response:
    """Show the form, what waits for an answer, and all invitations."""
    return _list_page(InviteForm(), 200)


@blueprint.post("/invitations/preview")
@allow(Access.MEMBER, Duty.MANAGER)
def preview_invitations(partner: str) -> Response:
    """Show what each line of a pasted list will do. Nothing is sent. Rule I-5."""
    form = InviteForm()
    if not form.validate():
        return _list_page(form, 422)
    try:
        rows = inviting.preview(own_programme(), form.addresses.data, clock.now())
    except InvalidInput as refused:
        form.addresses.errors = [f"{refused.detail} {refused.next_step}"]
        return _list_page(form, refused.status)
    if not rows:
        form.addresses.errors = ["There is no address in this."]
        return _list_page(form, 422)
    return page(
        "partners/invitations_preview.html",
        form=form,
        sending=[row for row in rows if row.outcome.sends],
        left_out=[row for row in rows if not row.outcome.sends],
        words=OUTCOME_WORDS,
    )


@blueprint.post("/invitations")
@allow(Access.MEMBER, Duty.MANAGER)
def send_invitations(partner: str) -> Response:
    """Send what the preview showed, or go back to the list to change it."""
    form = InviteForm()
    if request.form.get("action") == "change":
        return _list_page(form, 200)
    if not form.validate():
        return _list_page(form, 422)
    at, programme = clock.now(), own_programme()
    rows: list[Row] = inviting.preview(programme, form.addresses.data, at)
    report = inviting.invite(programme, addresses_in(rows), form.message.data, by=current_user.id, at=at)
    flash(_summary(report, len(rows)), "success" if report.sent else "warning")
    return back_to("invitations")


@blueprint.post("/invitations/<uuid:invitation_id>/resend")
@allow(Access.MEMBER, Duty.MANAGER)
def resend_invitation(partner: str, invitation_id: UUID) -> Response:
    """Send an invitation again under a new link."""
    found = invitation_queries.invitation_of(own_programme().id, invitation_id)
    inviting.resend(found.id, by=current_user.id, at=clock.now())
    flash(f"A new link is on its way to {found.email}. The earlier one no longer works.", "success")
    return back_to("invitations")


@blueprint.post("/invitations/<uuid:invitation_id>/withdraw")
@allow(Access.MEMBER, Duty.MANAGER)
def withdraw_invitation(partner: str, invitation_id: UUID) -> Response:
    """Take an invitation back."""
    found = invitation_queries.invitation_of(own_programme().id, invitation_id)
    inviting.withdraw(found.id, by=current_user.id, at=clock.now())
    flash(f"The invitation to {found.email} is withdrawn: its link no longer works.", "success")
    return back_to("invitations")


@blueprint.post("/invitations/<uuid:invitation_id>/confirm")
@allow(Access.MEMBER, Duty.MANAGER)
def confirm_person(partner: str, invitation_id: UUID) -> Response:
    """Confirm that the account which asks is the invited person. Rule I-4."""
    found = invitation_queries.invitation_of(own_programme().id, invitation_id)
    inviting.confirm_person(found.id, by=current_user.id, at=clock.now(), user_id=_asked_by())
    flash("Confirmed. They get a mail, and can accept now.", "success")
    return back_to("invitations")


@blueprint.post("/interests/<uuid:interest_id>/invite")
@allow(Access.MEMBER, Duty.MANAGER)
def invite_interested(partner: str, interest_id: UUID) -> Response:
    """Answer somebody's interest with an invitation. Rule I-2."""
    found = invitation_queries.interest_of(g.partner.id, interest_id)
    report = interest.answer_with_invitation(found, None, by=current_user.id, at=clock.now())
    flash(_summary(report, 1), "success" if report.sent else "warning")
    return back_to("invitations")


def _list_page(form: InviteForm, status: int) -> Response:
    at, programme, state = clock.now(), own_programme(), _state(request.args.get("state"))
    found = invitation_queries.invitations(programme.id, at, state, request.args.get("cursor"))
    return page(
        "partners/invitations.html",
        status,
        form=form,
        at=at,
        found=found.items,
        pages=pager(found, "partners_console.invitations", partner=g.partner.slug, state=state and state.value),
        counts=invitation_queries.invitation_counts(programme.id, at),
        chosen=state,
        asking=invitation_queries.asking_to_be_confirmed(programme.id, at),
        interested=invitation_queries.waiting_interests(programme),
        resendable=ANSWERABLE | RENEWABLE,
        withdrawable=ANSWERABLE,
    )


def _state(text: str | None) -> InvitationState | None:
    return InvitationState(text) if text in set(InvitationState) else None


def _asked_by() -> UUID | None:
    try:
        return UUID(request.form["user_id"])
    except (KeyError, ValueError):
        raise InvalidInput("It is not said who is confirmed.", "Go back and press the button again.") from None


def _summary(report: InviteReport, entries: int) -> str:
    """Return what was sent and why the rest was not, as a sentence or two."""
    sent = "1 invitation is on the way." if report.sent == 1 else f"{report.sent:,} invitations are on the way."
    if entries == report.sent:
        return sent
    reasons = sorted({OUTCOME_WORDS[row.outcome].lower() for row in report.rows if not row.outcome.sends})
    why = f" ({'; '.join(reasons)})" if reasons else ""
    left = entries - report.sent
    return f"{sent if report.sent else 'Nothing was sent.'} {left:,} {'was' if left == 1 else 'were'} left out{why}."
