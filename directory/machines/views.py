"""What machines ask for: robots.txt, the map of the pages, and the pictures beside links. Rules D-2, D-7."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from badges.design.painting import painted
from badges.design.queries import DRAWN_SIDE, logo_in_size
from core import clock
from core.answers import base_url, public
from core.errors import NotFound
from core.permissions import Access, allow
from directory import queries, use_case_pool
from directory.machines import site_map
from directory.machines.card import HEIGHT, WIDTH, Card, drawn
from directory.models import LandingPage
from partners.models import Partner

blueprint = Blueprint("machines", __name__)


@blueprint.get("/robots.txt")
@allow(Access.PUBLIC)
def robots() -> Response:
    """Tell search engines where the public pages are."""
    return public(render_template("directory/robots.txt", base_url=base_url()), "text/plain")


@blueprint.get("/sitemap.xml")
@allow(Access.PUBLIC)
def sitemap() -> Response:
    """Name every public page with its last change, or the files that do when there are many."""
    at = clock.now()
    files = site_map.parts(at)
    return _xml("directory/sitemap_index.xml", files) if files else _urls(site_map.whole(at))


@blueprint.get("/sitemap-pages.xml")
@allow(Access.PUBLIC)
def sitemap_pages() -> Response:
    """Name the pages of programmes and use cases."""
    return _urls(site_map.pages())


@blueprint.get("/sitemap-people.xml")
@allow(Access.PUBLIC)
def sitemap_people() -> Response:
    """Name the pages of experts, from one on; whoever is not listed any more is not in it. Rule D-7."""
    try:
        begin = UUID(request.args["from"]) if "from" in request.args else None
    except ValueError:
        raise NotFound() from None
    return _urls(site_map.people(clock.now(), begin))


@blueprint.get("/card.png")
@allow(Access.PUBLIC)
def card_of_home() -> Response:
    """The picture for links to the first page."""
    names = [each.name for each in queries.home_partners(clock.now())]
    return _picture(Card("Laurel", "Experts the makers themselves vouch for", names))


@blueprint.get("/experts/<partner>/card.png")
@allow(Access.PUBLIC)
def card_of_partner(partner: str) -> Response:
    """The picture for links to a partner's page: its brand, and who is featured now."""
    landing = queries.published_page(partner)
    featured = queries.featured_now(landing.partner_id, clock.now())
    return _picture(_card(landing, landing.headline, (each.name for each in featured.experts)))


@blueprint.get("/experts/<partner>/<use_case>/card.png")
@allow(Access.PUBLIC)
def card_of_use_case(partner: str, use_case: str) -> Response:
    """The picture for links to a use case: the brand, and who was chosen for it."""
    landing = queries.published_page(partner)
    found = queries.use_case(landing.partner_id, use_case)
    if found is None:
        raise NotFound()
    experts = use_case_pool.experts_of(found, clock.now()).experts
    return _picture(_card(landing, found.name, (each.name for each in experts)))


def _card(landing: LandingPage, title: str, names: Iterable[str]) -> Card:
    partner: Partner = landing.partner
    return Card(partner.name, title, tuple(names), partner.colour, logo_in_size(partner.logo_id, DRAWN_SIDE))


def _picture(card: Card) -> Response:
    return public(painted(drawn(card), WIDTH, HEIGHT), "image/png")


def _urls(entries: Iterable[site_map.Entry]) -> Response:
    return _xml("directory/sitemap.xml", entries)


def _xml(template: str, entries: Iterable[site_map.Entry]) -> Response:
    return public(render_template(template, base_url=base_url(), entries=entries), "application/xml")
