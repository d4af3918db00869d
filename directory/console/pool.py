"""The partner console's kept pool: who of those kept on file fits a use case that lacks experts. Rule R-4."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, g, request, url_for
from werkzeug.wrappers import Response

from core import wording
from core.errors import NotFound
from core.forms import whole
from core.paging import PAGE_SIZE
from core.permissions import Access, Duty, allow
from directory import pool
from partners.console.applications import looking
from partners.console.blueprint import may, page
from partners.review import queue, view
from partners.review.rules import in_points
from partners.states import Queue

blueprint = Blueprint("pool", __name__)


@blueprint.get("/pool")
@allow(Access.MEMBER)
def kept_pool(partner: str) -> Response:
    """Show those kept on file, ranked for the use case that the address names, or for the one with fewest experts."""
    look, asked = looking(), replace(view.read(request.args), tab=Queue.KEPT, reviews=None)
    cases = pool.use_cases_by_need(g.partner.id, look.at)
    slug = request.args.get("use_case")
    chosen = next((each for each in cases if slug in (each.use_case.slug, None, "")), None)
    if slug and chosen is None:
        raise NotFound("There is no such use case on your page.")
    found = pool.fitting(look, asked, chosen) if chosen else []
    shown = _page_of(found)
    rows = {row.application.id: row for row in queue.queued(look, [each.candidate.id for each in shown])}
    return page(
        "partners/pool.html",
        cases=cases,
        chosen=chosen,
        view=asked,
        query=asked.query(),
        choices=view,
        way=look.way,
        countries=sorted((wording.country(code), code) for code in queue.countries_in(look.programme.id, Queue.KEPT)),
        found=len(found),
        shown=[(each, rows[each.candidate.id]) for each in shown],
        pages=_pages(found, asked, chosen),
        in_points=in_points,
        can_decide=may(Duty.REVIEWER),
    )


def _from() -> int:
    return whole(request.args.get("from")) or 0


def _page_of(found: list[pool.Ranked]) -> list[pool.Ranked]:
    return found[_from() : _from() + PAGE_SIZE]


def _pages(found: list[pool.Ranked], asked: view.View, chosen: pool.Lacking | None) -> dict[str, str | None]:
    kept = {name: text for name, text in asked.query().items() if name != "tab"}
    here: dict[str, Any] = {"partner": g.partner.slug, "use_case": chosen and chosen.use_case.slug, **kept}
    after = _from() + PAGE_SIZE
    return {
        "next_url": url_for(".kept_pool", **here | {"from": after}) if after < len(found) else None,
        "first_url": url_for(".kept_pool", **here) if _from() else None,
    }
