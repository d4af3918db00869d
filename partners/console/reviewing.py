"""What a team writes while it reviews: scores, comments, conflicts of interest, and views of the queue. Rule R-5."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, request
from werkzeug.wrappers import Response

from core import clock
from core.errors import InvalidInput, NotFound
from core.permissions import Access, Duty, allow
from partners.console.applications import application_page, asked_view, one_of, queue_page
from partners.console.blueprint import acting, back_to, blueprint
from partners.review import services


@blueprint.post("/applications/<uuid:application_id>/review")
@allow(Access.MEMBER, Duty.REVIEWER)
def review(partner: str, application_id: UUID) -> Response:
    """Score an application by the rubric."""
    found, remark = one_of(application_id), request.form.get("remark", "")
    scores = {name.removeprefix("score-"): text for name, text in request.form.items() if name.startswith("score-")}
    try:
        services.give_review(found.id, scores, remark, **acting())
    except InvalidInput as refused:
        kept = {key: int(text) for key, text in scores.items() if text in {"1", "2", "3", "4", "5"}}
        return application_page(found, 422, problem=("review", refused.advice), scores=kept, remark=remark)
    flash("Your review is in.", "success")
    return _back(application_id)


@blueprint.post("/applications/<uuid:application_id>/notes")
@allow(Access.MEMBER, Duty.REVIEWER)
def note(partner: str, application_id: UUID) -> Response:
    """Write a comment that the team alone reads."""
    found, text = one_of(application_id), request.form.get("text", "")
    try:
        services.add_note(found.id, text, **acting())
    except InvalidInput as refused:
        return application_page(found, 422, problem=("note", refused.advice), note_text=text)
    flash("Your comment stands for the team.", "success")
    return _back(application_id)


@blueprint.post("/applications/<uuid:application_id>/conflict")
@allow(Access.MEMBER, Duty.REVIEWER)
def conflict(partner: str, application_id: UUID) -> Response:
    """Step back from an application for a conflict of interest."""
    services.declare_conflict(one_of(application_id).id, **acting())
    flash("You are off this application. The others of your team go on with it.", "success")
    return _back(application_id)


@blueprint.post("/applications/<uuid:application_id>/conflict/lift")
@allow(Access.MEMBER, Duty.MANAGER)
def lift_conflict(partner: str, application_id: UUID) -> Response:
    """Put somebody back on an application, who stepped back by mistake."""
    services.lift_conflict(one_of(application_id).id, _uuid("user_id"), **acting())
    flash("They are back on this application.", "success")
    return _back(application_id)


@blueprint.post("/applications/views")
@allow(Access.MEMBER, Duty.REVIEWER)
def save_view(partner: str) -> Response:
    """Keep the filters of the queue under a name, for oneself."""
    asked = asked_view()
    try:
        kept = services.save_view(g.member.id, request.form.get("name", ""), asked.query(), clock.now())
    except InvalidInput as refused:
        return queue_page(422, problem=refused.advice)
    flash(f"“{kept.name}” stands with your views.", "success")
    return back_to("applications", **asked.query())


@blueprint.post("/applications/views/forget")
@allow(Access.MEMBER, Duty.REVIEWER)
def forget_view(partner: str) -> Response:
    """Remove one of one's own views."""
    services.remove_view(g.member.id, _uuid("view"))
    flash("The view is removed.", "success")
    return back_to("applications", **asked_view().query())


def _back(application_id: UUID) -> Response:
    return back_to("application", application_id=application_id, **asked_view().query())


def _uuid(name: str) -> UUID:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        raise NotFound() from None
