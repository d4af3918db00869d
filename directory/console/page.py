"""The partner console's page: what it says as a draft, its versions, publishing, and its turns. Rules D-1, D-3."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, render_template, request, url_for
from werkzeug.wrappers import Response

from core import clock
from core.answers import POLICY, base_url, done
from core.colours import ink_on, tidy_colour
from core.errors import DomainError, NotFound
from core.forms import whole
from core.permissions import Access, Duty, allow
from directory import drafting, editing, embed, queries, roster, use_case_pool, versions
from directory.colours import stylesheet
from directory.console.page_forms import PageForm, TurnsForm, contrast_note
from directory.content import TITLES, Content, changes, open_points
from directory.markdown import html_of
from directory.partner_page import showing
from partners.console.blueprint import acting, page

blueprint = Blueprint("page", __name__)


@blueprint.get("/page", endpoint="page")
@allow(Access.MEMBER)
def page_builder(partner: str) -> Response:
    """Show what the page says in its draft, what it lacks, and its versions."""
    return _builder(PageForm(versions.draft(g.partner)))


@blueprint.post("/page")
@allow(Access.MEMBER, Duty.MANAGER)
def save_page(partner: str) -> Response:
    """Keep the draft. Nobody outside the team sees it."""
    form, in_the_background = PageForm(), request.accept_mimetypes.best == "application/json"
    refused = _save(form)
    if in_the_background:
        return _told(form, refused)
    if refused:
        return _builder(form, refused)
    return _done("The draft is saved. " + contrast_note(form.colour.data))


@blueprint.post("/page/publish")
@allow(Access.MEMBER, Duty.MANAGER)
def publish(partner: str) -> Response:
    """Keep what was typed, and show the draft to everybody."""
    if "headline" in request.form:
        form = PageForm()
        if refused := _save(form):
            return _builder(form, refused)
    drafting.publish(g.partner.id, **acting())
    return _done("The page is published.")


@blueprint.post("/page/discard")
@allow(Access.MEMBER, Duty.MANAGER)
def discard_page(partner: str) -> Response:
    """Forget the draft."""
    drafting.discard_draft(g.partner.id)
    return _done("The draft is gone. The page is as everybody sees it.")


@blueprint.post("/page/unpublish")
@allow(Access.MEMBER, Duty.MANAGER)
def unpublish(partner: str) -> Response:
    """Take the page away from the public."""
    drafting.unpublish(g.partner.id, **acting())
    return _done("The page is taken down; only your team sees it.")


@blueprint.post("/page/turns")
@allow(Access.MEMBER, Duty.MANAGER)
def save_turns(partner: str) -> Response:
    """Store how many experts are featured at once, and for how long."""
    form = TurnsForm()
    if not form.validate():
        return _builder(PageForm(versions.draft(g.partner)), 422, form)
    editing.set_turns(g.partner.id, slots=form.slots.data, period_hours=form.period_hours.data, **acting())
    return _done("Saved. It holds from the next turn on.")


@blueprint.get("/page/preview")
@allow(Access.MEMBER)
def preview(partner: str) -> Response:
    """Show the draft as a visitor would see it once it is published."""
    content, stored = versions.draft(g.partner), versions.stored_draft(g.partner.id)
    seen = "This is what visitors see." if stored is None else "This is the draft; only your team sees it."
    return _as_visitors_see_it(content, seen)


@blueprint.get("/page/frame")
@allow(Access.MEMBER)
def framed(partner: str) -> Response:
    """Show the same for the frame beside the form: links open elsewhere, nothing runs, and only we may frame it."""
    answer = _as_visitors_see_it(versions.draft(g.partner), "This is the draft.", framed=True)
    answer.headers["Content-Security-Policy"] = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    return answer


@blueprint.get("/page/brand.css")
@allow(Access.MEMBER)
def brand(partner: str) -> Response:
    """Give the colours of the draft, or of `?version=`, as CSS variables."""
    number = whole(request.args.get("version"))
    content = versions.draft(g.partner) if number is None else versions.version(g.partner.id, number)
    return Response(stylesheet(content.colour), mimetype="text/css")


@blueprint.get("/page/versions/<int:number>")
@allow(Access.MEMBER)
def version(partner: str, number: int) -> Response:
    """Show what the page said in an earlier version, with today's experts."""
    return _as_visitors_see_it(
        versions.version(g.partner.id, number), f"This is version {number}, with today’s experts."
    )


@blueprint.post("/page/versions/<int:number>/return")
@allow(Access.MEMBER, Duty.MANAGER)
def return_to(partner: str, number: int) -> Response:
    """Show an earlier version to everybody again."""
    drafting.return_to(g.partner.id, number, **acting())
    return _done(f"The page says again what it said in version {number}.")


def _save(form: PageForm) -> int:
    """Keep what was sent; return the status to answer with where it is refused, and 0 where it is not."""
    if not form.validate():
        return 422
    try:
        drafting.draft_page(g.partner.id, form.content(), mark=form.mark.data or "", **acting())
    except DomainError as refused:
        return form.refuse(refused)
    return 0


def _told(form: PageForm, refused: int) -> Response:
    """Return what became of a draft that was saved while it was typed, for the script of the page."""
    colour = tidy_colour(form.colour.data or "")
    told: dict[str, str] = {"contrast": contrast_note(colour) if colour else "This is no colour yet."}
    if refused:
        told["detail"] = " ".join(str(each) for problems in form.errors.values() for each in problems)
    else:
        content = versions.draft(g.partner)
        told |= {"mark": content.mark, "colour": content.colour, "ink": ink_on(content.colour)}
        told["state"] = render_template("partners/_page_state.html", **_state(content))
    return Response(current_app.json.dumps(told), refused or 200, mimetype="application/json")


def _state(content: Content) -> dict[str, Any]:
    """Return how the page stands, as partners/_page_state.html says it."""
    at, partner = clock.now(), g.partner
    stored, drafted = queries.page_of_partner(partner.slug), versions.stored_draft(partner.id)
    now = versions.published(stored) if stored and stored.version else None
    empty = [case.name for case in content.use_cases if not use_case_pool.count(roster.use_case_row(case.id), at)]
    return {
        "page": stored,
        "drafted": drafted,
        "changed": changes(now, content) if now and drafted else [],
        "missing": open_points(content, listed=roster.listed_count(partner.id, at), empty=empty),
    }


def _builder(form: PageForm, status: int = 200, turns: TurnsForm | None = None) -> Response:
    partner, content = g.partner, versions.draft(g.partner)
    state = _state(content)
    form.mark.data = form.mark.data or content.mark
    answer = page(
        "partners/page.html",
        status,
        form=form,
        turns=turns or TurnsForm(formdata=None, obj=state["page"], data={"slots": 6, "period_hours": 168}),
        content=content,
        titles=TITLES,
        versions=versions.versions(partner.id),
        contrast=contrast_note(content.colour),
        html_of=html_of,
        snippet=embed.snippet(base_url(), partner.slug, partner.name),
        json_url=f"{base_url()}/experts/{partner.slug}/embed.json",
        **state,
    )
    answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return answer


def _as_visitors_see_it(content: Content, seen: str, *, framed: bool = False, number: int | None = None) -> Response:
    landing = queries.page_of_partner(g.partner.slug)
    if landing is None or not (content.headline or content.intro):
        raise NotFound("There is no page to look at yet.", "Write its headline first, and save.")
    shown = showing(landing, request.args, clock.now(), content)
    words: dict[str, Any] = {"shown": shown, "html_of": html_of, "preview": seen, "framed": framed, "version": number}
    return page("directory/partner.html", **words)


def _done(words: str) -> Response:
    return done(words, url_for(".page", partner=g.partner.slug))
