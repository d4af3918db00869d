"""A console's applications: the queue as somebody looks at it, and one with all about it. Rules R-2..R-5."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, request
from flask_login import current_user
from werkzeug.wrappers import Response

from badges.queries import checklist
from core import clock, wording
from core.answers import pager
from core.permissions import Access, Duty, allow
from partners import application_queries, deciding
from partners.application_queries import application_sent_to
from partners.console.blueprint import blueprint, may, own_programme, page
from partners.history import history
from partners.models import Application
from partners.queries import names_of
from partners.review import queries, queue, view
from partners.review.queue import Looking
from partners.review.rules import SCALE, in_points
from partners.review.view import View
from partners.states import ApplicationState, Queue
from partners.steps import answered

TABS = {
    Queue.TO_DECIDE: "To decide",
    Queue.KEPT: "Kept on file",
    Queue.WAITING: "Selected, waiting",
    Queue.SELECTED: "Experts",
}
DECIDABLE = frozenset({Queue.TO_DECIDE, Queue.KEPT})
OPEN = frozenset({ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.KEPT})


def looking() -> Looking:
    """Return who looks at the queue, when, and how the programme reviews."""
    programme = own_programme()
    return Looking(programme, queries.way_of(programme.id), current_user.id, clock.now())


def asked_view() -> View:
    """Return the view that the address, or the form, asks for."""
    return view.read(request.values)


def one_of(application_id: UUID) -> Application:
    """Return an application that was sent to this partner. Raises NotFound for any other. Rule X-4."""
    return application_sent_to(own_programme().id, application_id)


@blueprint.get("/applications")
@allow(Access.MEMBER)
def applications(partner: str) -> Response:
    """Show one of the queues as the address asks for it."""
    return queue_page()


@blueprint.get("/applications/<uuid:application_id>")
@allow(Access.MEMBER)
def application(partner: str, application_id: UUID) -> Response:
    """Show an application; a reviewer who opens it first puts it in review."""
    found = one_of(application_id)
    if may(Duty.REVIEWER) and request.method == "GET":
        deciding.open_for_review(found.id, by=current_user.id, at=clock.now())
    return application_page(found)


def queue_page(status: int = 200, **words: Any) -> Response:
    """Return the page of a queue."""
    asked, look = asked_view(), looking()
    found = queue.queue(look, asked, request.args.get("cursor"))
    query, programme = asked.query(), look.programme
    countries = sorted((wording.country(code), code) for code in queue.countries_in(programme.id, asked.tab))
    return page(
        "partners/applications.html",
        status,
        tabs=TABS,
        view=asked,
        query=query,
        choices=view,
        way=look.way,
        counts=application_queries.queue_counts(programme.id),
        found=queue.counted(look, asked),
        clock=queue.clock_of(programme.id, look.at),
        clock_days=queue.CLOCK_DAYS,
        countries=countries,
        can_decide=may(Duty.REVIEWER) and asked.tab in DECIDABLE,
        saved=queries.views_of(g.member.id),
        queued=found.items,
        in_points=in_points,
        pages=pager(found, "partners_console.applications", partner=g.partner.slug, **query),
        **words,
    )


def application_page(found: Application, status: int = 200, **words: Any) -> Response:
    """Return the page of an application; `words` are what a form that came back holds."""
    look, asked = looking(), asked_view()
    reviews = queries.reviewed(look.way, found.id, look.user_id)
    names, files = names_of([found.kept_by, found.selected_by]), application_queries.files_of(found.id)
    given: dict[str, Any] = {"problem": None, "note_text": "", "remark": None, "scores": reviews.own_scores, **words}
    return page(
        "partners/application_review.html",
        status,
        application=found,
        person=found.freelancer,
        state=found.state,
        query=asked.query(),
        place=queue.place_of(look, asked, found.id),
        tab_label=TABS[asked.tab],
        way=look.way,
        scale=SCALE,
        reviews=reviews,
        in_points=in_points,
        notes=queries.notes_of(found.id),
        is_open=found.state in OPEN,
        can_decide=may(Duty.REVIEWER) and found.state in OPEN and not reviews.is_off,
        kept_reason=queries.kept_reason(found.id),
        answers=answered(look.programme.steps, found.answers, files),
        former=[each for each in answered(look.programme.former_steps, found.answers, files) if each.is_answered],
        findings=checklist(found.freelancer_id, look.programme.achievement_id, look.at),
        history=history(found, application_queries.invitation_behind(found), names),
        country=found.freelancer.country and wording.country(found.freelancer.country),
        languages=languages_of(found),
        **given,
    )


def languages_of(found: Application) -> str:
    """Return what the applicant speaks, in words."""
    spoken = found.freelancer.languages or ()
    return ", ".join(f"{wording.language(each['code'])} ({each.get('level') or 'level not stated'})" for each in spoken)
