"""Where the pages of a partner's console hang, and what all of them are given."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core.paging import Page
from core.permissions import Duty
from partners.models import Programme

blueprint = Blueprint("partners_console", __name__, url_prefix="/console/<partner>")


def own_programme() -> Programme:
    """Return the programme of the partner in whose team the signed-in person is. Rule X-4."""
    programme: Programme = g.partner.programme
    return programme


def may(duty: Duty | str) -> bool:
    """Say whether the signed-in person's duty in the team covers `duty`."""
    return Duty(g.member.duty).covers(Duty(duty))


def page(template: str, status: int = 200, **words: Any) -> Response:
    """Return a page of the console as an answer; its template knows `partner`, `programme` and `may`."""
    known = {"partner": g.partner, "programme": own_programme(), "may": may}
    return Response(render_template(template, **known, **words), status, mimetype="text/html")


def back_to(endpoint: str, **values: Any) -> Response:
    """Lead to a page of the console after something was done."""
    return redirect(url_for(f"partners_console.{endpoint}", partner=g.partner.slug, **values), 303)


def pager(found: Page[Any], endpoint: str, cursor: str | None, **values: Any) -> dict[str, str | None]:
    """Return the addresses of the first and the next page of a list."""
    address = f"partners_console.{endpoint}"
    first = url_for(address, partner=g.partner.slug, **values)
    later = {"cursor": found.next_cursor, **values}
    return {
        "previous_url": None,
        "first_url": first if cursor else None,
        "next_url": url_for(address, partner=g.partner.slug, **later) if found.next_cursor else None,
    }
