"""A console's programme: its words, what its application asks, and its own requirements. Rules E-6, R-1."""

from __future__ import annotations

from flask import flash
from werkzeug.wrappers import Response

from badges.eligibility.rules import describe, describe_newcomers
from badges.queries import policy_for
from core import clock
from core.errors import InvalidInput
from core.permissions import Access, Duty, allow
from partners import services
from partners.application_queries import meeting_everything
from partners.console.blueprint import acting, back_to, blueprint, own_programme, page
from partners.console.forms import ProgrammeForm
from partners.step_kinds import KIND_NAMES


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
        services.update_programme(own_programme().id, summary=form.summary.data, benefits=benefits, **acting())
    except InvalidInput as error:
        return _programme_page(form.refuse(error), words_form=form)
    flash("Saved. Whoever opens an invitation reads the new words.", "success")
    return back_to("programme")


def _programme_page(status: int = 200, *, words_form: ProgrammeForm | None = None) -> Response:
    own, at = own_programme(), clock.now()
    policy = policy_for(own.achievement_id, at)
    lines = "\n".join(own.benefits)
    return page(
        "partners/programme.html",
        status,
        words_form=words_form or ProgrammeForm(formdata=None, summary=own.summary, benefits=lines),
        asked=describe(policy),
        newcomers=describe_newcomers(policy),
        eligible_now=meeting_everything(own, at),
        kinds={kind.value: name for kind, name in KIND_NAMES.items()},
    )
