"""A freelancer's applications: the list, and each one to fill in, send, change and withdraw. Rules R-1, R-2, R-4."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from badges.queries import checklist
from core import clock
from core.answers import done, page
from core.permissions import Access, allow
from me.blueprint import blueprint, own_freelancer
from me.standing import own_applications
from partners import applying
from partners.application_queries import own_application
from partners.forms import ApplicationForm, application_form
from partners.models import Application
from partners.rules import shown_to_applicant


@blueprint.get("/applications")
@allow(Access.FREELANCER)
def applications() -> Response:
    """All of somebody's applications."""
    return page("me/applications.html", applications=own_applications(own_freelancer(), clock.now()))


@blueprint.get("/applications/<uuid:application_id>")
@allow(Access.FREELANCER)
def application(application_id: UUID) -> Response:
    """One application, with the live checklist beside it. It shows no more than `shown_to_applicant` says. Rule R-2."""
    found = own_application(own_freelancer().id, application_id)
    return _shown(found, application_form(found.programme.steps, found.answers))


@blueprint.post("/applications/<uuid:application_id>")
@allow(Access.FREELANCER)
def save_application(application_id: UUID) -> Response:
    """Save a draft as far as it goes, or send it; once it was sent, bring it up to date. Rules R-1, R-4."""
    found = own_application(own_freelancer().id, application_id)
    form = application_form(found.programme.steps, found.answers)
    to_send = found.submitted_at is not None or request.form.get("action") != "save"
    answers = form.read(to_send=to_send)
    if answers is None:
        return _shown(found, form, 422)
    was_sent = found.submitted_at is not None
    if to_send:
        applying.submit(found.id, answers, clock.now())
    else:
        applying.save_draft(found.id, answers, clock.now())
    said = _SAID[to_send, was_sent].format(partner=found.programme.partner.name)
    return done(said, url_for("me.application", application_id=found.id))


@blueprint.post("/applications/<uuid:application_id>/withdraw")
@allow(Access.FREELANCER)
def withdraw_application(application_id: UUID) -> Response:
    """Withdraw an application; its answers go with it. Rule R-4."""
    found = own_application(own_freelancer().id, application_id)
    applying.withdraw_application(found.id, clock.now())
    return done(f"Your application to {found.programme.partner.name} is withdrawn.", url_for("me.applications"))


_SAID = {
    (False, False): "Your draft is saved.",
    (True, False): "Your application is with {partner}. If you are selected, you get an e-mail.",
    (True, True): "{partner} sees your changes.",
}


def _shown(found: Application, form: ApplicationForm, status: int = 200) -> Response:
    programme = found.programme
    return page(
        "me/application.html",
        status,
        application=found,
        state=shown_to_applicant(found.state),
        partner=programme.partner,
        form=form,
        findings=checklist(found.freelancer_id, programme.achievement_id, clock.now()),
    )
