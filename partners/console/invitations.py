"""A console's invitations one by one: send again, withdraw, confirm, answer interest. Rules I-1..I-6."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, request
from werkzeug.wrappers import Response

from core import clock
from core.answers import pager
from core.errors import InvalidInput
from core.permissions import Access, Duty, allow
from partners import interest, invitation_queries, inviting
from partners.console.blueprint import acting, back_to, blueprint, own_programme, page
from partners.console.invitation_forms import OUTCOME_WORDS, InviteForm
from partners.invitations import lists
from partners.invitations.pacing import progress
from partners.inviting import InviteReport
from partners.rules import ANSWERABLE, RENEWABLE
from partners.states import InvitationState

#: So many lists are shown beside the invitations.
SHOWN = 5


@blueprint.get("/invitations")
@allow(Access.MEMBER)
def invitations(partner: str) -> Response:
    """Show the form, what waits for an answer, and all invitations."""
    return list_page(InviteForm(), 200)


@blueprint.post("/invitations/<uuid:invitation_id>/resend")
@allow(Access.MEMBER, Duty.MANAGER)
def resend_invitation(partner: str, invitation_id: UUID) -> Response:
    """Send an invitation again under a new link."""
    found = invitation_queries.invitation_of(own_programme().id, invitation_id)
    inviting.resend(found.id, **acting())
    flash(f"A new link is on its way to {found.email}. The earlier one no longer works.", "success")
    return back_to("invitations")


@blueprint.post("/invitations/<uuid:invitation_id>/withdraw")
@allow(Access.MEMBER, Duty.MANAGER)
def withdraw_invitation(partner: str, invitation_id: UUID) -> Response:
    """Take an invitation back."""
    found = invitation_queries.invitation_of(own_programme().id, invitation_id)
    inviting.withdraw(found.id, **acting())
    flash(f"The invitation to {found.email} is withdrawn: its link no longer works.", "success")
    return back_to("invitations")


@blueprint.post("/invitations/<uuid:invitation_id>/confirm")
@allow(Access.MEMBER, Duty.MANAGER)
def confirm_person(partner: str, invitation_id: UUID) -> Response:
    """Confirm that the account which asks is the invited person. Rule I-4."""
    found = invitation_queries.invitation_of(own_programme().id, invitation_id)
    inviting.confirm_person(found.id, user_id=_asked_by(), **acting())
    flash("Confirmed. They get a mail, and can accept now.", "success")
    return back_to("invitations")


@blueprint.post("/interests/<uuid:interest_id>/invite")
@allow(Access.MEMBER, Duty.MANAGER)
def invite_interested(partner: str, interest_id: UUID) -> Response:
    """Answer somebody's interest with an invitation. Rule I-2."""
    found = invitation_queries.interest_of(g.partner.id, interest_id)
    report = interest.answer_with_invitation(found, None, **acting())
    flash(_said(report), "success" if report.sent else "warning")
    return back_to("invitations")


def list_page(form: InviteForm, status: int) -> Response:
    """Return the page of all invitations, with the form to bring in a list."""
    at, programme, state = clock.now(), own_programme(), _state(request.args.get("state"))
    found = invitation_queries.invitations(programme.id, at, state, request.args.get("cursor"))
    return page(
        "partners/invitations.html",
        status,
        form=form,
        lists=[(each, progress(each, at)) for each in lists.lists_of(programme.id, SHOWN)],
        at=at,
        found=found.items,
        pages=pager(found, "partners_console.invitations", partner=g.partner.slug, state=state and state.value),
        counts=invitation_queries.invitation_counts(programme.id, at),
        chosen=state,
        asking=invitation_queries.asking_to_be_confirmed(programme.id, at),
        interested=invitation_queries.waiting_interests(programme),
        resendable=ANSWERABLE | RENEWABLE,
        withdrawable=ANSWERABLE | {InvitationState.DRAFT},
    )


def _state(text: str | None) -> InvitationState | None:
    return InvitationState(text) if text in set(InvitationState) else None


def _asked_by() -> UUID | None:
    try:
        return UUID(request.form["user_id"])
    except (KeyError, ValueError):
        raise InvalidInput("It is not said who is confirmed.", "Go back and press the button again.") from None


def _said(report: InviteReport) -> str:
    """Return whether the invitation went out, and if not, why."""
    if report.sent:
        return "1 invitation is on the way."
    return f"Nothing was sent. Their address: {OUTCOME_WORDS[report.rows[0].outcome].lower()}."
