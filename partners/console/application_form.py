"""A console's application form: built from steps, ordered, and seen as applicants see it. Rule R-1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask import flash, request
from werkzeug.wrappers import Response

from core.errors import InvalidInput, NotFound
from core.permissions import Access, Duty, allow
from core.uploads import ACCEPTED, FILE_MAX_BYTES, RULE
from partners import form_building
from partners.console.blueprint import acting, back_to, blueprint, own_programme, page
from partners.console.forms import StepForm, StepWords
from partners.form_queries import answered_counts
from partners.forms import application_form as form_of
from partners.states import StepKind
from partners.step_kinds import ASKS, EXAMPLES, KIND_NAMES


@blueprint.get("/programme/form")
@allow(Access.MEMBER)
def application_form(partner: str) -> Response:
    """Show the steps of the application, with what can be done to each."""
    own = own_programme()
    counts = answered_counts(own.id)
    return page(
        "partners/form.html",
        counts=counts,
        former=[step for step in own.former_steps if counts.get(step["key"])],
        **_kinds(),
    )


@blueprint.get("/programme/form/new")
@allow(Access.MEMBER, Duty.MANAGER)
def new_step(partner: str) -> Response:
    """Show the form for a new step of the kind in the address."""
    return _step_page(StepForm(formdata=None, kind=_kind(request.args.get("kind"))))


@blueprint.get("/programme/preview")
@allow(Access.MEMBER)
def preview_form(partner: str) -> Response:
    """Show the application's form as an applicant sees it; nothing can be sent from here."""
    upload = {"accept": ACCEPTED, "max": FILE_MAX_BYTES, "rule": RULE}
    return page("partners/form_preview.html", form=form_of(own_programme().steps, {}), upload=upload)


@blueprint.post("/programme/steps")
@allow(Access.MEMBER, Duty.MANAGER)
def add_step(partner: str) -> Response:
    """Add a step to the application."""
    form = StepForm()
    if not form.validate():
        return _step_page(form, 422)
    words = {"hint": form.hint.data, "required": form.required.data, **acting()}
    try:
        key = form_building.add_step(own_programme().id, StepKind(form.kind.data), form.prompt.data, **words)
    except InvalidInput as error:
        return _step_page(form, form.refuse(error))
    flash("The application asks for it from now on.", "success")
    return back_to("application_form", _anchor=f"step-{key}")


@blueprint.get("/programme/steps/<key>")
@allow(Access.MEMBER, Duty.MANAGER)
def edit_step(partner: str, key: str) -> Response:
    """Show the form for the words of a step."""
    step = _step(key)
    return _step_page(StepWords(formdata=None, data=step), step=step)


@blueprint.post("/programme/steps/<key>")
@allow(Access.MEMBER, Duty.MANAGER)
def change_step(partner: str, key: str) -> Response:
    """Change, move, require, remove or put back a step."""
    action = request.form.get("action", "")
    if action == "edit":
        return _edit(key)
    if action not in _ACTIONS:
        raise InvalidInput("This is not something to do with a step.", "Go back and press one of the buttons.")
    do, said = _ACTIONS[action]
    do(own_programme().id, key, **acting())
    flash(said, "success")
    return back_to("application_form", _anchor="former" if action == "remove" else f"step-{key}")


_ACTIONS: Mapping[str, tuple[Callable[..., None], str]] = MappingProxyType(
    {
        "up": (lambda own, key, **acts: form_building.move_step(own, key, -1, **acts), "Moved up."),
        "down": (lambda own, key, **acts: form_building.move_step(own, key, 1, **acts), "Moved down."),
        "require": (
            lambda own, key, **acts: form_building.require_step(own, key, True, **acts),
            "From now on no application is sent without it.",
        ),
        "optional": (
            lambda own, key, **acts: form_building.require_step(own, key, False, **acts),
            "Applicants may leave it out from now on.",
        ),
        "remove": (form_building.remove_step, "The application no longer asks for it. What was answered is kept."),
        "restore": (form_building.restore_step, "The application asks for it again, with all that was answered."),
    }
)


def _edit(key: str) -> Response:
    step, form = _step(key), StepWords()
    if not form.validate():
        return _step_page(form, 422, step=step)
    words = {"hint": form.hint.data, "required": form.required.data, **acting()}
    try:
        form_building.edit_step(own_programme().id, key, form.prompt.data, **words)
    except InvalidInput as error:
        return _step_page(form, form.refuse(error), step=step)
    flash("Changed. Applicants read the new words from now on.", "success")
    return back_to("application_form", _anchor=f"step-{key}")


def _step(key: str) -> dict[str, Any]:
    step: dict[str, Any] | None = next((step for step in own_programme().steps if step["key"] == key), None)
    if step is None:
        raise NotFound("This step was removed meanwhile, or never was.")
    return step


def _kind(text: str | None) -> StepKind:
    return StepKind(text) if text in set(StepKind) else StepKind.QUESTION


def _kinds() -> dict[str, Any]:
    return {"kinds": {kind.value: (KIND_NAMES[kind], ASKS[kind]) for kind in StepKind}}


def _step_page(form: StepWords, status: int = 200, *, step: dict[str, Any] | None = None) -> Response:
    answered = answered_counts(own_programme().id).get(step["key"], 0) if step else 0
    kind = _kind(step["kind"] if step else form["kind"].data)
    words = {"kind": kind, "example": EXAMPLES[kind], **_kinds()}
    return page("partners/form_step.html", status, form=form, step=step, answered=answered, **words)
