"""A console's form of one requirement: a new one, or another value for one that is there. Rule E-6."""

from __future__ import annotations

from flask import request
from flask_login import current_user
from werkzeug.wrappers import Response

from badges.eligibility.asking import TITLES
from badges.eligibility.conditions import Condition
from badges.queries import base_policy
from core import clock
from core.errors import InvalidInput
from core.permissions import Access, Duty, allow
from partners import requirements as service
from partners import rule_draft
from partners.console.blueprint import back_to, blueprint, own_programme, page
from partners.console.requirements import draft_version
from partners.console.rule_fields import RequirementForm, form_for, mark, typed_in
from partners.often import often
from partners.rule_draft import Gone, Place, place_of
from partners.rule_form import ASKED, OFFERED, NotUnderstood, condition_of, operators, typed_of


@blueprint.get("/requirements/new")
@allow(Access.MEMBER, Duty.MANAGER)
def new_requirement(partner: str) -> Response:
    """Choose what to ask for, and then how much of it."""
    draft, place = service.draft_of(own_programme(), clock.now()), place_of(request.args.get("in", ""))
    rule_draft.part(draft.requirements, place)
    fact = request.args.get("fact")
    if fact is not None and fact in ASKED:
        return _fact_page(fact, form_for(fact, often=often(fact)), draft.version, inside=place)
    return _choose_page(place, fact)


@blueprint.post("/requirements/new")
@allow(Access.MEMBER, Duty.MANAGER)
def add_requirement(partner: str) -> Response:
    """Put a new requirement into the draft, or say what is wrong with it."""
    fact, place = request.args.get("fact", ""), place_of(request.args.get("in", ""))
    if fact not in ASKED:
        return _choose_page(place, fact)
    return _store(fact, place, is_new=True)


@blueprint.get("/requirements/edit")
@allow(Access.MEMBER, Duty.MANAGER)
def edit_requirement(partner: str) -> Response:
    """Show the value of a requirement of the draft, to be changed."""
    draft, place = service.draft_of(own_programme(), clock.now()), place_of(request.args.get("at", ""))
    condition = _condition(draft.requirements, place)
    form = form_for(condition.fact, typed_of(condition), often(condition.fact))
    return _fact_page(condition.fact, form, draft.version, at_place=place)


@blueprint.post("/requirements/edit")
@allow(Access.MEMBER, Duty.MANAGER)
def save_requirement(partner: str) -> Response:
    """Give a requirement of the draft another value, or say what is wrong with it."""
    draft, place = service.draft_of(own_programme(), clock.now()), place_of(request.args.get("at", ""))
    return _store(_condition(draft.requirements, place).fact, place, is_new=False)


def _store(fact: str, place: Place, *, is_new: bool) -> Response:
    own, at, form, version = own_programme(), clock.now(), form_for(fact, often=often(fact)), draft_version()
    put = rule_draft.added if is_new else rule_draft.replaced
    try:
        found = condition_of(fact, typed_in(form), min_jss_pct=base_policy(at).min_jss_pct)
        service.change_draft(own, version, lambda draft: put(draft, place, found), by=current_user.id, at=at)
    except NotUnderstood as refused:
        mark(form, refused)
    except InvalidInput as refused:
        form.refuse(refused)
    else:
        return back_to("requirements_draft", _anchor="asked")
    if is_new:
        return _fact_page(fact, form, version, 422, inside=place)
    return _fact_page(fact, form, version, 422, at_place=place)


def _condition(draft: rule_draft.Requirements, place: Place) -> Condition:
    found = rule_draft.part(draft, place)
    if not isinstance(found, Condition):
        raise Gone
    return found


def _choose_page(place: Place, unknown: str | None) -> Response:
    return page(
        "partners/requirements_facts.html",
        200 if unknown is None else 422,
        offered=OFFERED,
        titles=TITLES,
        inside=rule_draft.text_of(place) or None,
        unknown=unknown and unknown[:60],
    )


def _fact_page(
    fact: str,
    form: RequirementForm,
    version: int,
    status: int = 200,
    *,
    inside: Place = (),
    at_place: Place | None = None,
) -> Response:
    return page(
        "partners/requirements_fact.html",
        status,
        fact=fact,
        title=TITLES[fact],
        asked=ASKED[fact],
        says=operators(fact)[0][1] if len(operators(fact)) == 1 else "",
        form=form,
        version=version,
        inside=rule_draft.text_of(inside) or None,
        at_place=None if at_place is None else rule_draft.text_of(at_place),
    )
