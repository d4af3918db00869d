"""A console's requirements: what is asked now and later, the draft of a change, and its date. Rules E-6, E-13."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from flask import flash, request
from flask_login import current_user
from werkzeug.wrappers import Response

from badges.eligibility.base_rules import BASE_RULES
from badges.eligibility.conditions import Group
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.refusals import PolicyRefused
from badges.eligibility.rules import describe_newcomers
from badges.queries import policy_for, scheduled_rules
from badges.simulation import holders, meeting, meeting_base
from core import clock, wording
from core.errors import Conflict, InvalidInput
from core.permissions import Access, Duty, allow
from partners import requirements as service
from partners import rule_draft
from partners.console.blueprint import back_to, blueprint, own_programme, page
from partners.console.forms import ScheduleForm
from partners.rule_draft import Place, Requirements, place_of


def _with_group(kind: str) -> Callable[[Requirements, Place], Requirements]:
    return lambda draft, place: rule_draft.added(draft, place, Group("any" if kind == "any" else "all", ()))


#: What the buttons of the draft do.
_ACTIONS: Mapping[str, Callable[[Requirements, Place], Requirements]] = MappingProxyType(
    {
        "remove": rule_draft.removed,
        "up": lambda draft, place: rule_draft.moved(draft, place, -1),
        "down": lambda draft, place: rule_draft.moved(draft, place, 1),
        "in": rule_draft.moved_in,
        "out": rule_draft.moved_out,
        "switch": rule_draft.switched,
        "any": _with_group("any"),
        "all": _with_group("all"),
    }
)


@blueprint.get("/requirements")
@allow(Access.MEMBER)
def requirements(partner: str) -> Response:
    """Show what is asked now and from later on, with how many meet it, and whether a change is under way."""
    at, own = clock.now(), own_programme()
    policy = policy_for(own.achievement_id, at)
    by_rule = meeting_base(policy, own.partner_id, at)
    coming = scheduled_rules(own.achievement_id, at)
    return page(
        "partners/requirements.html",
        base=[(wording.capital(rule.needs(policy.base)), by_rule[rule.rule]) for rule in BASE_RULES],
        found=meeting(policy, policy.rules.requirements, own.partner_id, at),
        own=service.phrases(policy.rules.requirements),
        newcomers=describe_newcomers(policy),
        draft=service.draft_of(own, at),
        scheduled=[(each, service.phrases(PartnerRules.as_written(each.content).requirements)) for each in coming],
    )


@blueprint.get("/requirements/draft")
@allow(Access.MEMBER)
def requirements_draft(partner: str) -> Response:
    """Show the draft: what it asks, how many meet each part of it, and what is wrong with it."""
    at, own = clock.now(), own_programme()
    draft = service.draft_of(own, at)
    problems = service.problems_of(draft, at)
    found, met = service.count(own, draft, at)
    return page(
        "partners/requirements_draft.html",
        draft=draft,
        rows=rule_draft.rows(draft.requirements, problems, met),
        problems=problems,
        found=found,
        asks=service.phrases(rule_draft.filled(draft.requirements)),
        now=meeting(policy_for(own.achievement_id, at), (), own.partner_id, at).everything,
    )


@blueprint.post("/requirements/draft")
@allow(Access.MEMBER, Duty.MANAGER)
def change_draft(partner: str) -> Response:
    """Do something with the draft or with a part of it."""
    own, at, by, version = own_programme(), clock.now(), current_user.id, draft_version()
    action, place = request.form.get("action", ""), place_of(request.form.get("place", ""))
    if action == "discard":
        service.discard(own, version)
        flash("The draft is gone. What is asked now stays as it is.", "success")
        return back_to("requirements")
    if action == "undo":
        service.undo(own, version, by=by, at=at)
        return back_to("requirements_draft")
    if action not in _ACTIONS:
        raise InvalidInput("This is not something to do with a requirement.", "Go back and press one of the buttons.")
    service.change_draft(own, version, lambda draft: _ACTIONS[action](draft, place), by=by, at=at)
    return back_to("requirements_draft", _anchor="asked")


@blueprint.get("/requirements/schedule")
@allow(Access.MEMBER, Duty.MANAGER)
def schedule_requirements(partner: str) -> Response:
    """Choose from when on the draft is asked for; with a day chosen, say what happens and ask to confirm it."""
    if "when" not in request.args:
        return _schedule_page(ScheduleForm(formdata=None))
    form = ScheduleForm(request.args)
    if not form.validate():
        return _schedule_page(form, 422)
    try:
        begins_at = service.moment_of(form.day(clock.now()), clock.now())
    except InvalidInput as refused:
        form.begins_on.errors = [refused.advice]
        return _schedule_page(form, 422)
    return _schedule_page(form, begins_at=begins_at)


@blueprint.post("/requirements/schedule")
@allow(Access.MEMBER, Duty.MANAGER)
def confirm_requirements(partner: str) -> Response:
    """Ask for the draft from the day that was chosen on, and tell whom it would affect. Rule E-13."""
    at, begins_on = clock.now(), _day_confirmed()
    try:
        begins_at = service.moment_of(begins_on, at)
        told = service.schedule(own_programme(), draft_version(), begins_at, by=current_user.id, at=at)
    except PolicyRefused:
        flash("The draft cannot be asked for as it is: what is wrong stands beside it.", "warning")
        return back_to("requirements_draft")
    mails = "Nobody’s badge is affected." if not told else f"{wording.counted(told, 'expert is', 'experts are')} told."
    begins = "at once" if begins_at <= at else f"from {wording.day(begins_on)}"
    flash(f"Your requirements are asked for {begins}. {mails}", "success")
    return back_to("requirements")


@blueprint.post("/requirements/versions/<uuid:version_id>/call-off")
@allow(Access.MEMBER, Duty.MANAGER)
def call_off_requirements(partner: str, version_id: UUID) -> Response:
    """Call off requirements that have not begun, and tell whoever was told of them."""
    told = service.call_off(own_programme(), version_id, by=current_user.id, at=clock.now())
    mails = f" {wording.counted(told, 'expert is', 'experts are')} told so." if told else ""
    flash(f"Called off: what was asked before goes on.{mails}", "success")
    return back_to("requirements", _anchor="coming")


def draft_version() -> int:
    """Return the version of the draft that the person saw. Raises Conflict when it is not said."""
    try:
        return int(request.form.get("version", ""))
    except ValueError:
        raise Conflict("It is not said which draft was meant.", "Go back, and press the button again.") from None


def _day_confirmed() -> date:
    try:
        return date.fromisoformat(request.form.get("begins_on", ""))
    except ValueError:
        raise InvalidInput("It is not said from which day on.", "Go back, and choose the day again.") from None


def _schedule_page(form: ScheduleForm, status: int = 200, *, begins_at: datetime | None = None) -> Response:
    at, own = clock.now(), own_programme()
    draft = service.draft_of(own, at)
    if not draft.differs or service.problems_of(draft, at):
        flash("There is nothing to ask for yet: the draft says what is missing.", "warning")
        return back_to("requirements_draft")
    change = service.change_to(own, draft, at)
    return page(
        "partners/requirements_schedule.html",
        status,
        form=form,
        draft=draft,
        asks=service.phrases(draft.requirements),
        experts=holders(change),
        grace_days=change.then.base.grace_days["E-6"],
        begins_at=begins_at,
        at_once=begins_at is not None and begins_at <= at,
    )
