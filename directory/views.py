"""What clients see: programmes, branded pages, use cases and experts; and where an expert answers a decision."""

from __future__ import annotations

import hashlib
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from badges.eligibility.meeting import day_of
from core import clock
from core.errors import NotFound
from core.permissions import Access, allow
from directory import profile, queries, services
from directory.colours import stylesheet
from directory.forms import AnswerForm
from directory.models import LandingPage
from directory.prose import html_of
from directory.roster import decisions_about
from directory.showing import showing
from partners.queries import partner_by_slug

blueprint = Blueprint("directory", __name__)


@blueprint.get("/")
@allow(Access.PUBLIC)
def home() -> Response:
    """Show every programme whose page is published."""
    return _public(render_template("directory/home.html", partners=queries.home_partners(clock.now())))


@blueprint.get("/experts/<partner>")
@allow(Access.PUBLIC)
def partner(partner: str) -> Response:
    """Show a partner's page: the featured, and the list with its filters. Rules D-1, D-2, D-6."""
    page = _published(partner)
    shown = showing(page, request.args, clock.now())
    return _public(render_template("directory/partner.html", shown=shown, about=html_of(page.about), preview=False))


@blueprint.get("/experts/<partner>/<use_case>")
@allow(Access.PUBLIC)
def use_case(partner: str, use_case: str) -> Response:
    """Show a use case with the experts chosen for it. Rule D-1."""
    page = _published(partner)
    found = queries.use_case(page.partner_id, use_case)
    if found is None:
        raise NotFound()
    experts = queries.experts_of_use_case(found, clock.now())
    return _public(render_template("directory/use_case.html", page=page, use_case=found, experts=experts))


@blueprint.get("/experts/<partner>/people/<uuid:freelancer>")
@allow(Access.PUBLIC)
def person(partner: str, freelancer: UUID) -> Response:
    """Show an expert, or say calmly that they are not listed at present. Rules B-4, D-2."""
    page, at = _published(partner), clock.now()
    award = queries.expert(partner, freelancer, at)
    if award is None:
        return _not_listed(page, freelancer)
    cases = queries.use_cases_of_expert(award.id)
    return _public(
        render_template(
            "directory/person.html",
            page=page,
            award=award,
            cases=cases,
            profile=profile,
            today=day_of(at),
        )
    )


@blueprint.get("/experts/<partner>/brand.css")
@allow(Access.PUBLIC)
def brand(partner: str) -> Response:
    """Give a partner's colours as CSS variables. Invitations wear them too, before a page is published."""
    found = partner_by_slug(partner)
    if found is None:
        raise NotFound()
    return _public(stylesheet(found.colour), "text/css")


@blueprint.get("/robots.txt")
@allow(Access.PUBLIC)
def robots() -> Response:
    """Tell search engines where the public pages are."""
    return _public(render_template("directory/robots.txt", base_url=_base_url()), "text/plain")


@blueprint.get("/sitemap.xml")
@allow(Access.PUBLIC)
def sitemap() -> Response:
    """Name every public page with its last change."""
    pages = queries.published_addresses()
    return _public(render_template("directory/sitemap.xml", base_url=_base_url(), pages=pages), "application/xml")


@blueprint.route("/me/listings/<uuid:award>", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def listing(award: UUID) -> Response | str | tuple[str, int]:
    """Show an expert what was decided about their place in a directory, and take their answers. Rule E-12."""
    found = queries.award_of_user(award, current_user.id)
    if found is None:
        raise NotFound()
    form = AnswerForm()
    if form.validate_on_submit():
        services.answer_decision(
            award, form.kind.data, form.decision.data, form.answer.data, by=current_user.id, at=clock.now()
        )
        flash(f"Your answer was sent to {found.achievement.issuer.name}.", "success")
        return redirect(url_for(".listing", award=award), 303)
    page = render_template("directory/listing.html", award=found, decisions=decisions_about(award), form=form)
    return (page, 422) if form.errors else page


def _published(slug: str) -> LandingPage:
    page = queries.page_of_partner(slug)
    if page is None or page.published_at is None:
        raise NotFound("There is no page of experts under this address.", "Start from all programmes.")
    return page


def _not_listed(page: LandingPage, freelancer_id: UUID) -> Response:
    if not queries.ever_held(page.partner_id, freelancer_id):
        raise NotFound()
    return _public(render_template("directory/not_listed.html", page=page), status=404)


def _base_url() -> str:
    return str(current_app.extensions["laurel_settings"].base_url)


def _public(body: str, mimetype: str = "text/html", status: int = 200) -> Response:
    """Return `body` with a strong ETag of its content, or 304 to whoever has it already. Decision 5, rule D-7.

    A cache may keep it and must ask before it shows it, so that whatever is taken out is gone at the next request.
    """
    data = body.encode()
    response = Response(data, status, mimetype=mimetype)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.set_etag(hashlib.sha256(data).hexdigest()[:32])
    return response.make_conditional(request) if status == 200 else response
