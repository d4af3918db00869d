"""What clients see: programmes, branded pages, use cases and experts; and where an expert answers a decision."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, render_template, request, url_for
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from badges.vouched import vouched
from core import clock
from core.answers import base_url, done, page, public
from core.clock import day_of
from core.errors import NotFound
from core.forms import whole
from core.languages import in_every_language
from core.permissions import Access, allow
from directory import comparing, embed, profile, queries, services, use_case_pool
from directory.case_rules import rule_of
from directory.clicks import count_click, is_a_click
from directory.colours import stylesheet
from directory.filters import TEXT_MAX
from directory.forms import AnswerForm
from directory.machines import data
from directory.markdown import html_of
from directory.models import LandingPage
from directory.partner_page import showing
from directory.proof import latest_periods, published_draws
from directory.roster import decisions_about
from directory.seen.exposure import exposure
from directory.seen.why import why
from partners.queries import partner_by_slug

blueprint = Blueprint("directory", __name__)

#: How many days of exposure an expert is shown.
DAYS = 28


@blueprint.get("/")
@allow(Access.PUBLIC)
@in_every_language
def home() -> Response:
    """Show every programme whose page is published."""
    partners = queries.home_partners(clock.now())
    return public(render_template("directory/home.html", partners=partners, data=data.of_home(base_url(), partners)))


@blueprint.get("/experts/<partner>")
@allow(Access.PUBLIC)
@in_every_language
def partner(partner: str) -> Response:
    """Show a partner's page: the featured, and the list with its filters. Rules D-1, D-2, D-6."""
    landing = queries.published_page(partner)
    shown = showing(landing, request.args.to_dict(), clock.now())
    said = (base_url(), landing.partner, "", landing.headline, landing.intro)
    words = {"html_of": html_of, "preview": None, "data": data.of_list(*said, shown.experts) if shown.indexed else None}
    return public(render_template("directory/partner.html", shown=shown, **words))


@blueprint.get("/experts/<partner>/<use_case>")
@allow(Access.PUBLIC)
@in_every_language
def use_case(partner: str, use_case: str) -> Response:
    """Show a use case with the experts chosen for it. Rule D-1."""
    landing = queries.published_page(partner)
    found = queries.use_case(landing.partner_id, use_case)
    if found is None:
        raise NotFound()
    shown = use_case_pool.experts_of(found, clock.now())
    listed = data.of_list(base_url(), landing.partner, found.slug, found.name, found.summary, shown.experts)
    words = {"shown": shown, "rule": rule_of(found.rule).words, "data": listed, "html_of": html_of}
    return public(render_template("directory/use_case.html", page=landing, use_case=found, **words))


@blueprint.get("/experts/<partner>/people/<uuid:freelancer>")
@allow(Access.PUBLIC)
@in_every_language
def person(partner: str, freelancer: UUID) -> Response:
    """Show an expert, or say calmly that they are not listed at present. Rules B-4, D-2."""
    landing, at = queries.published_page(partner), clock.now()
    award = queries.expert(partner, freelancer, at)
    if award is None:
        return _not_listed(landing, freelancer)
    cases = use_case_pool.cases_of(award)
    return public(
        render_template(
            "directory/person.html",
            page=landing,
            award=award,
            cases=cases,
            profile=profile,
            verified=vouched(award.freelancer, day_of(at), landing.partner_id),
            today=day_of(at),
            alike=comparing.alike(landing.partner_id, award, at),
            data=data.of_person(base_url(), landing.partner, award),
        )
    )


@blueprint.get("/experts/<partner>/people/<uuid:freelancer>/hire")
@blueprint.get("/experts/<partner>/people/<uuid:freelancer>/contact", endpoint="contact")
@allow(Access.PUBLIC)
def hire(partner: str, freelancer: UUID) -> Response:
    """Lead to the marketplace, where an expert is written to and hired, and count that somebody went. Rule D-5."""
    landing, at = queries.published_page(partner), clock.now()
    award = queries.expert(partner, freelancer, at)
    address = profile.web_address(award.freelancer.profile_url) if award else None
    if award is None or address is None:
        return _not_listed(landing, freelancer)
    if is_a_click(dict(request.headers)):
        count_click(award.id, at)
    return redirect(address, 303)


@blueprint.get("/experts/<partner>/compare")
@allow(Access.PUBLIC)
@in_every_language
def compare(partner: str) -> Response:
    """Show up to four experts side by side; the address names them, and can be shared. Rule D-6."""
    landing, at = queries.published_page(partner), clock.now()
    asked = comparing.read_ids(request.args.getlist("id"))
    found = comparing.side_by_side(landing.partner_id, asked, at)
    words = {"page": landing, "awards": found, "gone": len(asked) - len(found), "profile": profile, "today": day_of(at)}
    return public(render_template("directory/compare.html", **words))


@blueprint.get("/experts/<partner>/suggest")
@allow(Access.PUBLIC)
def suggest(partner: str) -> Response:
    """Name skills that begin with what was typed so far, for the search's field. Rule D-6."""
    landing = queries.published_page(partner)
    found = comparing.suggested(landing.partner_id, request.args.get("q", "")[:TEXT_MAX], clock.now())
    return public(current_app.json.dumps(found), "application/json")


@blueprint.get("/experts/<partner>/rotation")
@allow(Access.PUBLIC)
def rotation(partner: str) -> Response:
    """Publish all that is needed to draw the page's rotation again, for programs. Rule D-4."""
    landing = queries.published_page(partner)
    after = whole(request.args.get("after")) or 0
    return public(current_app.json.dumps(published_draws(landing.partner_id, after, clock.now())), "application/json")


@blueprint.get("/experts/<partner>/turns")
@allow(Access.PUBLIC)
@in_every_language
def turns(partner: str) -> Response:
    """Say how the featured are drawn, who was, and how to check it. Rules D-3, D-4."""
    landing = queries.published_page(partner)
    periods = latest_periods(landing.partner_id, clock.now())
    return public(render_template("directory/turns.html", page=landing, periods=periods))


@blueprint.get("/experts/<partner>/embed", endpoint="embed")
@allow(Access.PUBLIC)
@in_every_language
def framed(partner: str) -> Response:
    """Show who is featured in a frame on the partner's own site. Rules B-2, D-7."""
    landing = queries.published_page(partner)
    featured = queries.featured_now(landing.partner_id, clock.now())
    words = {"page": landing, "featured": featured, "base_url": base_url()}
    answer = public(render_template("directory/embed.html", **words))
    answer.headers["Content-Security-Policy"] = embed.POLICY
    return answer


@blueprint.get("/experts/<partner>/embed.json")
@allow(Access.PUBLIC)
def embed_json(partner: str) -> Response:
    """Name who is featured, for the programs of the partner's own site. Rules B-2, D-7."""
    landing = queries.published_page(partner)
    found = embed.as_json(landing, queries.featured_now(landing.partner_id, clock.now()), base_url())
    answer = public(current_app.json.dumps(found), "application/json")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@blueprint.get("/experts/<partner>/brand.css")
@allow(Access.PUBLIC)
def brand(partner: str) -> Response:
    """Give a partner's colours as CSS variables. Invitations wear them too, before a page is published."""
    found = partner_by_slug(partner)
    if found is None:
        raise NotFound()
    return public(stylesheet(found.colour), "text/css")


@blueprint.route("/me/listings/<uuid:award>", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def listing(award: UUID) -> Response:
    """Show an expert why they are featured or not, what was seen of them, and what was decided. Rules D-5, E-12."""
    found = queries.award_of_user(award, current_user.id)
    if found is None:
        raise NotFound()
    form = AnswerForm()
    if form.validate_on_submit():
        services.answer_decision(
            award, form.kind.data, form.decision.data, form.answer.data, by=current_user.id, at=clock.now()
        )
        return done(f"Your answer was sent to {found.achievement.issuer.name}.", url_for(".listing", award=award))
    status = 422 if form.errors else 200
    words = {"why": why(found, clock.now()), "days": exposure([award], clock.now(), DAYS)[award]}
    return page("directory/listing.html", status, award=found, decisions=decisions_about(award), form=form, **words)


def _not_listed(landing: LandingPage, freelancer_id: UUID) -> Response:
    if not queries.ever_held(landing.partner_id, freelancer_id):
        raise NotFound()
    return public(render_template("directory/not_listed.html", page=landing), status=404)
