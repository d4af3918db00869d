"""The partner console's use cases: what they say in the draft, and who stands on their lists. Rule D-1."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core import clock
from core.answers import done
from core.errors import NotFound
from core.permissions import Access, Duty, allow
from directory import drafting, editing, roster, search, use_case_pool, versions
from directory.case_rules import rule_of
from directory.console.page_forms import RuleForm, UseCaseForm
from directory.content import Case
from directory.filters import Filters
from directory.search import Options
from partners.console.blueprint import acting, page

blueprint = Blueprint("use_cases", __name__)


@blueprint.route("/page/use-cases/new", methods=["GET", "POST"])
@allow(Access.MEMBER, Duty.MANAGER)
def new_use_case(partner: str) -> Response:
    """Add a use case."""
    form = UseCaseForm(is_new=True)
    if form.validate_on_submit():
        said = (form.name.data, form.summary.data, form.words.data)
        added = drafting.add_use_case(g.partner.id, *said, **acting())
        return _done("Added to the draft. Now choose its experts.", added.slug)
    return page("partners/page_use_case.html", 422 if form.errors else 200, form=form, use_case=None)


@blueprint.get("/page/use-cases/<slug>")
@allow(Access.MEMBER, Duty.MANAGER)
def use_case(partner: str, slug: str) -> Response:
    """Show a use case's words and its experts."""
    found = _use_case(slug)
    return _use_case_page(found, UseCaseForm(formdata=None, obj=found))


@blueprint.post("/page/use-cases/<slug>")
@allow(Access.MEMBER, Duty.MANAGER)
def save_use_case(partner: str, slug: str) -> Response:
    """Store a use case's words in the draft."""
    found, form = _use_case(slug), UseCaseForm()
    if not form.validate():
        return _use_case_page(found, form, 422)
    drafting.update_use_case(found.id, form.name.data, form.summary.data, form.words.data, **acting())
    return _done("Saved in the draft.", slug)


@blueprint.post("/page/use-cases/<slug>/move")
@allow(Access.MEMBER, Duty.MANAGER)
def move_use_case(partner: str, slug: str) -> Response:
    """Move a use case up or down in the draft."""
    drafting.move_use_case(_use_case(slug).id, up=request.form.get("to") == "up", **acting())
    return redirect(_builder("use-cases"), 303)


@blueprint.post("/page/use-cases/<slug>/delete")
@allow(Access.MEMBER, Duty.MANAGER)
def delete_use_case(partner: str, slug: str) -> Response:
    """Take a use case out of the draft."""
    drafting.delete_use_case(_use_case(slug).id, **acting())
    return done("The use case is out of the draft; its experts stay in the directory.", _builder("use-cases"))


@blueprint.post("/page/use-cases/<slug>/experts")
@allow(Access.MEMBER, Duty.MANAGER)
def choose(partner: str, slug: str) -> Response:
    """Put an expert on a use case's list."""
    editing.choose_for_use_case(_use_case(slug).id, _award_chosen(), **acting())
    return _done("Added to the list.", slug)


@blueprint.post("/page/use-cases/<slug>/rule")
@allow(Access.MEMBER, Duty.MANAGER)
def save_rule(partner: str, slug: str) -> Response:
    """Say whom the use case takes by rule."""
    found = _use_case(slug)
    form = RuleForm(None, _options())
    if not form.validate():
        return _use_case_page(found, UseCaseForm(formdata=None, obj=found), 422, form)
    editing.set_rule(found.id, form.rule(), **acting())
    return redirect(url_for(".use_case", partner=partner, slug=slug, _anchor="rule"), 303)


@blueprint.post("/page/use-cases/<slug>/experts/<uuid:award>/<any(up,down,drop):verb>")
@allow(Access.MEMBER, Duty.MANAGER)
def arrange(partner: str, slug: str, award: UUID, verb: str) -> Response:
    """Move an expert on a use case's list, or take them off it."""
    found = _use_case(slug)
    if verb == "drop":
        editing.drop_from_use_case(found.id, award, **acting())
    else:
        editing.move_in_use_case(found.id, award, up=verb == "up", **acting())
    return redirect(url_for(".use_case", partner=partner, slug=slug, _anchor="experts"), 303)


def _options() -> Options:
    """Return what the listed experts have, to choose from."""
    everybody = Filters()
    return search.options(search.fitting(g.partner.id, clock.now(), everybody), everybody)


def _use_case_page(found: Case, form: UseCaseForm, status: int = 200, rule_form: RuleForm | None = None) -> Response:
    at, row = clock.now(), roster.use_case_row(found.id)
    rule, said = rule_of(row.rule), f"{found.name} {found.summary} {found.words}"
    return page(
        "partners/page_use_case.html",
        status,
        form=form,
        use_case=found,
        chosen=roster.chosen_for(row, at),
        others=roster.to_choose_for(row, at),
        rule=rule,
        rule_form=rule_form or RuleForm(rule, _options()),
        experts=use_case_pool.count(row, at),
        thin=use_case_pool.THIN,
        suggested=use_case_pool.suggestions(row, said, at),
    )


def _use_case(slug: str) -> Case:
    found = versions.draft(g.partner).case(slug)
    if found is None:
        raise NotFound()
    return found


def _award_chosen() -> UUID:
    try:
        return UUID(request.form.get("award", ""))
    except ValueError:
        raise NotFound("No expert was chosen.", "Choose one from the list.") from None


def _builder(anchor: str) -> str:
    return url_for("directory_console.page.page", partner=g.partner.slug, _anchor=anchor)


def _done(words: str, slug: str) -> Response:
    return done(words, url_for(".use_case", partner=g.partner.slug, slug=slug))
