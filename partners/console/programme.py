"""A console's programme: its words, the steps of its application, and its own requirements. Rules E-6, R-1."""

from __future__ import annotations

from flask import flash, request
from flask_login import current_user
from werkzeug.wrappers import Response

from badges.eligibility.rules import describe, describe_newcomers
from badges.queries import policy_for
from core import clock
from core.errors import InvalidInput
from core.permissions import Access, Duty, allow
from partners import services
from partners.application_queries import meeting_everything
from partners.console.blueprint import back_to, blueprint, own_programme, page
from partners.console.forms import ProgrammeForm, StepForm
from partners.states import StepKind
from partners.steps import KIND_NAMES


@blueprint.get("/programme")
@allow(Access.MEMBER)
def programme(partner: str) -> Response:
    """Show what the programme says, asks and needs."""
    return _programme_page()


@blueprint.post("/programme")
@allow(Access.MEMBER, Duty.MANAGER)
def save_programme(partner: str) -> Response:
    """Change the programme's words."""
    form = ProgrammeForm()
    if not form.validate():
        return _programme_page(422, words_form=form)
    try:
        benefits = form.benefits.data.splitlines()
        services.update_programme(
            own_programme().id, summary=form.summary.data, benefits=benefits, by=current_user.id, at=clock.now()
        )
    except InvalidInput as error:
        return _programme_page(form.refuse(error), words_form=form)
    flash("Saved. Whoever opens an invitation reads the new words.", "success")
    return back_to("programme")


@blueprint.post("/programme/steps")
@allow(Access.MEMBER, Duty.MANAGER)
def add_step(partner: str) -> Response:
    """Add a step to the application."""
    form = StepForm()
    if not form.validate():
        return _programme_page(422, step_form=form)
    try:
        services.add_step(
            own_programme().id,
            StepKind(form.kind.data),
            form.prompt.data,
            hint=form.hint.data,
            required=form.required.data,
            by=current_user.id,
            at=clock.now(),
        )
    except InvalidInput as error:
        return _programme_page(form.refuse(error), step_form=form)
    flash("The application asks for it from now on.", "success")
    return back_to("programme", _anchor="steps")


@blueprint.post("/programme/steps/<key>")
@allow(Access.MEMBER, Duty.MANAGER)
def change_step(partner: str, key: str) -> Response:
    """Move a step up or down, or remove it."""
    at, by, action = clock.now(), current_user.id, request.form.get("action")
    if action == "remove":
        services.remove_step(own_programme().id, key, by=by, at=at)
        flash("The application no longer asks for it.", "success")
    elif action in ("up", "down"):
        services.move_step(own_programme().id, key, -1 if action == "up" else 1, by=by, at=at)
    else:
        raise InvalidInput("This is not something to do with a step.", "Go back and press one of the buttons.")
    return back_to("programme", _anchor="steps")


def _programme_page(
    status: int = 200,
    *,
    words_form: ProgrammeForm | None = None,
    step_form: StepForm | None = None,
) -> Response:
    own, at = own_programme(), clock.now()
    policy = policy_for(own.achievement_id, at)
    lines = "\n".join(own.benefits)
    return page(
        "partners/programme.html",
        status,
        words_form=words_form or ProgrammeForm(formdata=None, summary=own.summary, benefits=lines),
        step_form=step_form or StepForm(formdata=None),
        failed=next((form for form in (words_form, step_form) if form and form.errors), None),
        asked=describe(policy),
        newcomers=describe_newcomers(policy),
        eligible_now=meeting_everything(own, at),
        kinds={kind.value: name for kind, name in KIND_NAMES.items()},
    )
