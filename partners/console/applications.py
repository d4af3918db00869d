"""A console's applications: the queue, one application with its checklist, and the decision. Rules R-2..R-4."""

from __future__ import annotations

from uuid import UUID

from flask import flash, request
from flask_login import current_user
from werkzeug.wrappers import Response

from badges.queries import checklist
from core import clock, wording
from core.answers import pager
from core.errors import InvalidInput
from core.permissions import Access, Duty, allow
from partners import application_queries, deciding
from partners.application_queries import Queue, application_sent_to
from partners.console.blueprint import back_to, blueprint, may, own_programme, page
from partners.history import history
from partners.models import Application
from partners.queries import names_of
from partners.states import ApplicationState
from partners.steps import answered

TABS = {
    Queue.TO_DECIDE: "To decide",
    Queue.KEPT: "Kept on file",
    Queue.WAITING: "Selected, waiting",
    Queue.SELECTED: "Experts",
}


@blueprint.get("/applications")
@allow(Access.MEMBER)
def applications(partner: str) -> Response:
    """Show one of the queues, the longest waiting first."""
    programme, which = own_programme(), _queue(request.args.get("tab"))
    found = application_queries.queue(programme, which, clock.now(), request.args.get("cursor"))
    return page(
        "partners/applications.html",
        tabs=TABS,
        which=which,
        counts=application_queries.queue_counts(programme.id),
        queued=found.items,
        pages=pager(found, "partners_console.applications", partner=partner, tab=which.value),
    )


@blueprint.get("/applications/<uuid:application_id>")
@allow(Access.MEMBER)
def application(partner: str, application_id: UUID) -> Response:
    """Show an application; a reviewer who opens it first puts it in review."""
    at, programme = clock.now(), own_programme()
    found = application_sent_to(programme.id, application_id)
    if may(Duty.REVIEWER) and request.method == "GET":
        deciding.open_for_review(found.id, by=current_user.id, at=at)
    names = names_of([found.kept_by, found.selected_by])
    return page(
        "partners/application_review.html",
        application=found,
        person=found.freelancer,
        state=found.state,
        can_decide=may(Duty.REVIEWER) and found.state in _OPEN,
        answers=answered(programme.steps, found.answers),
        former=[each for each in answered(programme.former_steps, found.answers) if each.parts or each.link],
        findings=checklist(found.freelancer_id, programme.achievement_id, at),
        history=history(found, application_queries.invitation_behind(found), names),
        country=found.freelancer.country and wording.country(found.freelancer.country),
        languages=_languages(found),
    )


@blueprint.post("/applications/<uuid:application_id>/decision")
@allow(Access.MEMBER, Duty.REVIEWER)
def decide(partner: str, application_id: UUID) -> Response:
    """Select the applicant, or keep the application on file. Rules R-2, R-3."""
    found = application_sent_to(own_programme().id, application_id)
    decision, name = request.form.get("decision"), found.freelancer.name
    if decision == "select":
        was_kept = request.form.get("seen") == ApplicationState.KEPT
        award = deciding.select(found.id, by=current_user.id, at=clock.now(), was_kept=was_kept)
        flash(_selected(name, awarded=award is not None), "success")
    elif decision == "keep":
        deciding.keep_on_file(found.id, by=current_user.id, at=clock.now())
        flash(f"The application of {name} is kept on file. Nobody was told.", "success")
    else:
        raise InvalidInput("This decision is not known.", "Go back and press one of the buttons.")
    return back_to("applications")


_OPEN = frozenset({ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.KEPT})


def _queue(text: str | None) -> Queue:
    return Queue(text) if text in set(Queue) else Queue.TO_DECIDE


def _selected(name: str, *, awarded: bool) -> str:
    if awarded:
        return f"{name} is selected and holds your badge from now on."
    return f"{name} is selected. The badge follows by itself once the open requirements are met; they know which."


def _languages(found: Application) -> str:
    spoken = found.freelancer.languages or ()
    return ", ".join(f"{wording.language(each['code'])} ({each.get('level') or 'level not stated'})" for each in spoken)
