"""What an invitation's link leads to. Rules I-3, I-4, I-6, E-7."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from accounts.errors import BadPassword, EmailTaken
from accounts.models import Role
from accounts.queries import user_by_email
from accounts.sessions import sign_in_person
from core import clock
from core.answers import done, page
from core.errors import Conflict, InvalidInput
from core.permissions import Access, allow
from partners import accepting, answering, open_link
from partners.forms import OwnLinkForm, RegisterForm
from partners.invitations import stops
from partners.invitations.campaigns import campaign_of_token, works
from partners.invitations.models import Campaign
from partners.opened_link import OpenedLink, opened_link
from partners.rules import LinkGone, Stop

blueprint = Blueprint("partners", __name__)


@blueprint.get("/invitations/<token>")
@allow(Access.ANYONE)
def invitation(token: str) -> Response:
    """Show the programme, and the person's own checklist to whoever is signed in. Changes nothing but "opened"."""
    at = clock.now()
    if (campaign := campaign_of_token(token)) is not None:
        return _campaign_page(token, campaign, OwnLinkForm(), at)
    link = opened_link(token, _user_id(), at)
    if _is_looked_at():
        answering.mark_opened(token, at)
    return page("partners/invitation.html", token=token, **_words(link))


@blueprint.post("/invitations/<token>")
@allow(Access.ANYONE)
def answer(token: str) -> Response:
    """Take the answer: accept, decline, or ask the partner to confirm that the invitation is meant for this account."""
    verbs = {"accept": _accept, "decline": _decline, "ask": _ask}
    verb = verbs.get(request.form.get("answer", ""))
    if verb is None:
        raise InvalidInput("This answer is not known.", "Go back and press one of the buttons.")
    return verb(token)


@blueprint.get("/invitations/answered")
@allow(Access.ANYONE)
def answered() -> Response:
    """Thank whoever declined, or wants no more invitations."""
    return page("partners/invitation_answered.html")


@blueprint.post("/invitations/<token>/no-more")
@allow(Access.ANYONE)
def no_more(token: str) -> Response:
    """Stop further invitations, however the link stands; the answer is the same for every link. Rule I-6."""
    stop = _stop()
    answering.stop_invitations(token, Stop.PARTNER if stop is Stop.NONE else stop, clock.now())
    return done("Noted. Invitations to the address of this link end now.", url_for("partners.answered"))


@blueprint.post("/invitations/<token>/own-link")
@allow(Access.ANYONE)
def own_link(token: str) -> Response:
    """Mail a link of their own to whoever has a campaign's link and no account; the answer is always the same. I-4."""
    form, campaign, at = OwnLinkForm(), campaign_of_token(token), clock.now()
    if campaign is None:
        raise LinkGone()
    if not form.validate():
        return _campaign_page(token, campaign, form, at, 422)
    open_link.ask_for_own_link(token, form.email.data, at)
    said = "If that address has no link yet, one is on its way to it. Open it there."
    return done(said, url_for("partners.invitation", token=token))


@blueprint.route("/stop/<code>", methods=["GET", "POST"])
@allow(Access.ANYONE)
def stop(code: str) -> Response:
    """Ask whose invitations end, and end them; a mail program's one click posts here itself (RFC 8058). Rule I-6.

    The page and the answer are the same for every code, ours or not.
    """
    if request.method != "POST":
        return page("partners/stop.html", code=code)
    wanted = _stop()
    stops.stop_by_code(code, Stop.PARTNER if wanted is Stop.NONE else wanted, clock.now())
    return done("Noted. Invitations to the address of this mail end now.", url_for("partners.answered"))


@blueprint.route("/invitations/<token>/register", methods=["GET", "POST"])
@allow(Access.ANYONE)
def register(token: str) -> Response:
    """Let the invited person create an account for the invited address."""
    if current_user.is_authenticated:
        return redirect(url_for("partners.invitation", token=token), 303)
    link = opened_link(token, None, clock.now())
    form = RegisterForm(name=link.invitation.name)
    form.email = link.invitation.email
    taken = user_by_email(form.email) is not None
    if request.method != "POST" or taken:
        return _register_page(token, link, form, 409 if taken and request.method == "POST" else 200, taken=taken)
    if not form.validate():
        return _register_page(token, link, form, 422)
    return _register(token, link, form)


@blueprint.errorhandler(LinkGone)
def gone(error: LinkGone) -> Response:
    """Say the same of every link that does not work: expired, withdrawn, used or unknown. Rule I-3."""
    token = (request.view_args or {}).get("token", "")
    return page("partners/invitation_gone.html", error.status, error=error, token=token)


def _campaign_page(token: str, campaign: Campaign, form: OwnLinkForm, at: datetime, status: int = 200) -> Response:
    if not works(campaign, at):
        raise LinkGone()
    if _is_looked_at():
        open_link.mark_campaign_opened(campaign, at)
    programme = campaign.programme
    return page(
        "partners/campaign_link.html",
        status,
        token=token,
        campaign=campaign,
        programme=programme,
        partner=programme.partner,
        form=form,
        freelancer=current_user.is_authenticated and current_user.role == Role.FREELANCER,
    )


def _is_looked_at() -> bool:
    """Say whether a page may be seen: neither a HEAD opens a link, nor a browser that loads ahead of a click. I-3."""
    ahead = " ".join(request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return request.method == "GET" and "prefetch" not in ahead.lower()


def _accept(token: str) -> Response:
    if not current_user.is_authenticated:
        return _to_sign_in(token)
    accept = accepting.accept if campaign_of_token(token) is None else open_link.accept_openly
    application_id = accept(token, current_user.id, clock.now())
    said = "You accepted. Your application is open; nothing is sent until you send it."
    return done(said, f"/me/applications/{application_id}")


def _decline(token: str) -> Response:
    stop = _stop()
    answering.decline(token, _user_id(), clock.now(), stop)
    further = {
        Stop.NONE: "",
        Stop.PARTNER: " This partner will not invite you again.",
        Stop.ALL: " Nobody here will invite you again.",
    }
    return done(f"You declined.{further[stop]}", url_for("partners.answered"))


def _ask(token: str) -> Response:
    if not current_user.is_authenticated:
        return _to_sign_in(token)
    answering.ask_to_confirm(token, current_user.id, clock.now())
    said = "We asked. You get a mail as soon as it is confirmed."
    return done(said, url_for("partners.invitation", token=token))


def _register(token: str, link: OpenedLink, form: RegisterForm) -> Response:
    at = clock.now()
    try:
        user = answering.register_newcomer(token, form.name.data, form.password.data, at)
    except EmailTaken:
        return _register_page(token, link, form, 409, taken=True)
    except (BadPassword, Conflict) as error:
        return _register_page(token, link, form, form.refuse(error))
    sign_in_person(user, at)
    said = "Welcome. Your account is ready, and you are signed in."
    return done(said, url_for("partners.invitation", token=token))


def _register_page(token: str, link: OpenedLink, form: RegisterForm, status: int, *, taken: bool = False) -> Response:
    return page("partners/register.html", status, token=token, form=form, taken=taken, **_words(link))


def _words(link: OpenedLink) -> dict[str, Any]:
    programme = link.invitation.programme
    return {"link": link, "invitation": link.invitation, "programme": programme, "partner": programme.partner}


def _stop() -> Stop:
    given = request.form.get("stop", "")
    return Stop(given) if given in set(Stop) else Stop.NONE


def _to_sign_in(token: str) -> Response:
    return redirect(url_for("accounts.sign_in", next=url_for("partners.invitation", token=token)), 303)


def _user_id() -> UUID | None:
    return current_user.id if current_user.is_authenticated else None
