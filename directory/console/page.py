"""The partner console's page: its words and colour, its preview, publishing, and use cases. Rule D-1."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core import clock
from core.answers import base_url, done
from core.errors import NotFound
from core.permissions import Access, Duty, allow
from directory import editing, embed, queries, roster, services
from directory.forms import PageForm, UseCaseForm, contrast_note
from directory.markdown import html_of
from directory.models import LandingPage, UseCase
from directory.partner_page import showing
from directory.rules import open_points
from partners.console.blueprint import acting, page

blueprint = Blueprint("page", __name__)


@blueprint.get("/page", endpoint="page")
@allow(Access.MEMBER)
def page_settings(partner: str) -> Response:
    """Show the page's settings, whether it is published, and what it lacks."""
    stored = queries.page_of_partner(partner)
    form = PageForm(formdata=None, obj=stored, data={"colour": g.partner.colour, "slots": 6, "period_hours": 168})
    return _page_settings(stored, form)


@blueprint.post("/page")
@allow(Access.MEMBER, Duty.MANAGER)
def save_page(partner: str) -> Response:
    """Store the page's words, colour and rotation."""
    form = PageForm()
    if not form.validate():
        return _page_settings(queries.page_of_partner(partner), form, 422)
    words = {name: field for name, field in form.data.items() if name != "csrf_token"}
    services.update_page(g.partner.id, **words, **acting())
    return _done("Saved. " + contrast_note(form.colour.data))


@blueprint.post("/page/publish")
@allow(Access.MEMBER, Duty.MANAGER)
def publish(partner: str) -> Response:
    """Show the page to everybody."""
    services.publish(g.partner.id, **acting())
    return _done("The page is published.")


@blueprint.post("/page/unpublish")
@allow(Access.MEMBER, Duty.MANAGER)
def unpublish(partner: str) -> Response:
    """Take the page away from the public."""
    services.unpublish(g.partner.id, **acting())
    return _done("The page is a draft again; only your team sees it.")


@blueprint.get("/page/preview")
@allow(Access.MEMBER)
def preview(partner: str) -> Response:
    """Show the page as a visitor would see it."""
    stored = queries.page_of_partner(partner)
    if stored is None:
        raise NotFound("There is no page to look at yet.", "Write its headline first, and save.")
    shown = showing(stored, request.args, clock.now())
    return page("directory/partner.html", shown=shown, about=html_of(stored.about), preview=True)


@blueprint.route("/page/use-cases/new", methods=["GET", "POST"])
@allow(Access.MEMBER, Duty.MANAGER)
def new_use_case(partner: str) -> Response:
    """Add a use case."""
    form = UseCaseForm()
    if form.validate_on_submit():
        added = services.add_use_case(g.partner.id, form.name.data, form.summary.data, **acting())
        return _done("Added. Now choose its experts.", added)
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
    """Store a use case's words."""
    found, form = _use_case(slug), UseCaseForm()
    if not form.validate():
        return _use_case_page(found, form, 422)
    editing.update_use_case(found.id, form.name.data, form.summary.data, **acting())
    return _done("Saved.", found)


@blueprint.post("/page/use-cases/<slug>/move")
@allow(Access.MEMBER, Duty.MANAGER)
def move_use_case(partner: str, slug: str) -> Response:
    """Move a use case up or down on the page."""
    editing.move_use_case(_use_case(slug).id, up=_up(), **acting())
    return redirect(url_for(".page", partner=partner, _anchor="use-cases"), 303)


@blueprint.post("/page/use-cases/<slug>/delete")
@allow(Access.MEMBER, Duty.MANAGER)
def delete_use_case(partner: str, slug: str) -> Response:
    """Delete a use case."""
    editing.delete_use_case(_use_case(slug).id, **acting())
    return _done("The use case is deleted; its experts stay in the directory.")


@blueprint.post("/page/use-cases/<slug>/experts")
@allow(Access.MEMBER, Duty.MANAGER)
def choose(partner: str, slug: str) -> Response:
    """Put an expert on a use case's list."""
    found = _use_case(slug)
    editing.choose_for_use_case(found.id, _award_chosen(), **acting())
    return _done("Added to the list.", found)


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


def _page_settings(stored: LandingPage | None, form: PageForm, status: int = 200) -> Response:
    at, cases, partner = clock.now(), queries.use_cases(g.partner.id), g.partner.slug
    words = (stored.headline, stored.intro, stored.about) if stored else ("", "", "")
    return page(
        "partners/page.html",
        status,
        page=stored,
        form=form,
        use_cases=cases,
        missing=open_points(*words, len(cases), roster.listed_count(g.partner.id, at)),
        contrast=contrast_note(g.partner.colour),
        about=html_of(words[2]),
        snippet=embed.snippet(base_url(), partner, g.partner.name),
        json_url=f"{base_url()}/experts/{partner}/embed.json",
    )


def _use_case_page(found: UseCase, form: UseCaseForm, status: int = 200) -> Response:
    at = clock.now()
    return page(
        "partners/page_use_case.html",
        status,
        form=form,
        use_case=found,
        chosen=roster.chosen_for(found, at),
        others=roster.to_choose_for(found, at),
    )


def _use_case(slug: str) -> UseCase:
    found = queries.use_case(g.partner.id, slug)
    if found is None:
        raise NotFound()
    return found


def _award_chosen() -> UUID:
    try:
        return UUID(request.form.get("award", ""))
    except ValueError:
        raise NotFound("No expert was chosen.", "Choose one from the list.") from None


def _up() -> bool:
    return request.form.get("to") == "up"


def _done(words: str, found: UseCase | None = None) -> Response:
    slug = g.partner.slug
    return done(words, url_for(".use_case", partner=slug, slug=found.slug) if found else url_for(".page", partner=slug))
