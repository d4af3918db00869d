"""A freelancer's home and account. Applications, badges and the profile have modules of their own."""

from __future__ import annotations

from uuid import UUID

from flask import flash, request, url_for
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from accounts.views import own_password_page
from core import clock
from core.answers import done, page
from core.errors import NotFound
from core.permissions import Access, allow
from me import applications, approval, badges, identity, identity_call, leaving, path, receipts, support
from me.blueprint import blueprint as blueprint
from me.blueprint import own_freelancer
from me.building import views as building
from me.forms import InterestForm
from me.next_step import next_step
from me.standing import offer_of, standing
from partners.interest import show_interest
from partners.invitation_queries import open_invitations_to
from partners.inviting import JustSent, resend
from partners.queries import addresses_of, partner_by_slug

#: They add their pages to the same blueprint.
PAGES = (applications, approval, badges, building, identity, identity_call, leaving, path, receipts, support)


@blueprint.get("")
@allow(Access.FREELANCER)
def home() -> Response:
    """How somebody stands, with the one thing to do next on top."""
    stands = standing(own_freelancer(), clock.now())
    return page("me/home.html", stands=stands, step=next_step(stands))


@blueprint.route("/account", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def account() -> Response:
    """The address one signs in with, and a new password."""
    return own_password_page("me/account.html")


@blueprint.post("/invitations/<uuid:invitation_id>/send")
@allow(Access.FREELANCER)
def send_invitation(invitation_id: UUID) -> Response:
    """Mail an invitation of one's own again: its link is a secret that is nowhere but in the mail. Rule I-3."""
    own = open_invitations_to(addresses_of(own_freelancer()), clock.now())
    invitation = next((each for each in own if each.id == invitation_id), None)
    if invitation is None:
        raise NotFound()
    try:
        resend(invitation.id, by=current_user.id, at=clock.now())
    except JustSent:
        flash(f"It was sent to {invitation.email} a moment ago. Please look into your mail.", "info")
    else:
        flash(f"It is on its way to {invitation.email}, with a new link.", "success")
    return redirect(url_for("me.home"), 303)


@blueprint.route("/interest/<partner>", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def interest(partner: str) -> Response:
    """Ask a partner to be considered. Rule I-2."""
    freelancer = own_freelancer()
    offer = offer_of(freelancer, partner, clock.now())
    found = partner_by_slug(partner)
    if offer is None or found is None:
        raise NotFound("This programme is not open to requests, or you are in it already.")
    form = InterestForm()
    if request.method != "POST" or offer.asked_at:
        return page("me/interest.html", offer=offer, form=form)
    if not form.validate():
        return page("me/interest.html", 422, offer=offer, form=form)
    show_interest(freelancer.id, found.id, form.note.data, clock.now())
    said = f"{found.name} sees that you would like to be considered. If they invite you, you get an e-mail."
    return done(said, url_for("me.home"))
