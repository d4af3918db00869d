"""The base policy: the numbers in force and scheduled, and a change with its effects and its day. E-1..E-5, E-13."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from badges.base_trial import everybody_shift
from badges.eligibility.base_rules import BASE_RULES
from badges.eligibility.policy import ENGLISH_LEVELS, BasePolicy
from badges.queries import base_policy, policy_for, scheduled_base_policies
from badges.scheduling import call_off_base_policy, schedule_base_policy
from badges.simulation import Change, Tally, holders
from core import clock, wording
from core.answers import page
from core.errors import DomainError
from core.permissions import Access, allow
from partners.queries import all_partners
from partners.requirements import moment_of
from staff.blueprint import blueprint, done, me
from staff.forms import BasePolicyForm

_GRACE = {"grace_e2": "E-2", "grace_e3": "E-3", "grace_e5": "E-5", "grace_e6": "E-6"}
_NUMBERS = (
    "min_jss_pct",
    "unscored_passes",
    "min_completeness_pct",
    "min_completeness_elance_pct",
    "newcomer_completeness_pct",
)


@blueprint.get("/policy")
@allow(Access.STAFF)
def policy() -> Response:
    """Show what is asked of everybody now, and from which day on something else."""
    at = clock.now()
    coming = [(each, BasePolicy.from_json(each.content)) for each in scheduled_base_policies(at)]
    return page(
        "staff/policy.html",
        now=base_policy(at),
        asked=_asked(base_policy(at)),
        coming=[(version, _asked(base), base) for version, base in coming],
    )


@blueprint.get("/policy/change")
@allow(Access.STAFF)
def change_policy() -> Response:
    """Write other numbers, and see what they would do; nothing is changed."""
    at = clock.now()
    if "min_jss_pct" not in request.args:
        return page("staff/policy_change.html", form=_form_of(base_policy(at)))
    form = BasePolicyForm(request.args)
    if not form.validate():
        return page("staff/policy_change.html", 422, form=form)
    try:
        then = _policy_in(form, at)
    except DomainError as error:
        return page("staff/policy_change.html", form.refuse(error), form=form)
    return page("staff/policy_change.html", form=form, then=then, asked=_asked(then), **_effects(then, at))


@blueprint.post("/policy/change")
@allow(Access.STAFF)
def schedule_policy() -> Response:
    """Ask everybody for other numbers from a day on, and tell whom it would affect."""
    form, at = BasePolicyForm(request.form), clock.now()
    if not form.validate():
        return page("staff/policy_change.html", 422, form=form)
    try:
        then = _policy_in(form, at)
        told = schedule_base_policy(then, by=me(), at=at)
    except DomainError as error:
        return page("staff/policy_change.html", form.refuse(error), form=form)
    mails = f"{wording.counted(told, 'expert is', 'experts are')} told." if told else "Nobody’s badge is affected."
    begins = "at once" if then.effective_at <= at else f"from {wording.day(form.begins_on.data)}"
    return done(f"The policy holds {begins}. {mails}", "staff.policy")


@blueprint.post("/policy/<uuid:version_id>/call-off")
@allow(Access.STAFF)
def call_off_policy(version_id: UUID) -> Response:
    """Call off a policy that has not begun."""
    told = call_off_base_policy(version_id, by=me(), at=clock.now())
    mails = f" {wording.counted(told, 'expert is', 'experts are')} told so." if told else ""
    return done(f"Called off: what was asked before goes on.{mails}", "staff.policy")


def _asked(base: BasePolicy) -> list[str]:
    return [wording.capital(rule.needs(base)) for rule in BASE_RULES]


def _form_of(base: BasePolicy) -> BasePolicyForm:
    numbers = {name: getattr(base, name) for name in _NUMBERS}
    grace = {name: base.grace_days[rule] for name, rule in _GRACE.items()}
    lowest = min(base.passing_english_levels, key=ENGLISH_LEVELS.index)
    return BasePolicyForm(formdata=None, data={**numbers, **grace, "english": lowest})


def _policy_in(form: BasePolicyForm, at: datetime) -> BasePolicy:
    """Return the policy that was typed; what the form does not show stays. Raises InvalidInput and PolicyRefused."""
    begins_at = moment_of(form.begins_on.data, at)
    before = base_policy(begins_at)
    return replace(
        before,
        **{name: form[name].data for name in _NUMBERS},
        label=f"base of {begins_at:%Y-%m-%d}",
        effective_at=begins_at,
        passing_english_levels=ENGLISH_LEVELS[ENGLISH_LEVELS.index(form.english.data) :],
        grace_days={**before.grace_days, **{rule: form[name].data for name, rule in _GRACE.items()}},
    )


def _effects(then: BasePolicy, at: datetime) -> dict[str, Any]:
    """Return what the policy would do to each partner's experts, and to everybody, as profiles are now."""
    base = base_policy(at)
    experts = {}
    for partner in all_partners():
        badge = partner.programme.achievement_id
        asked = policy_for(badge, at)
        experts[partner.name] = holders(Change(asked, replace(asked, base=then), partner.id, badge, at))
    return {
        "experts": experts,
        "all_experts": sum(experts.values(), Tally()),
        "everybody": everybody_shift(base, then, at),
    }
