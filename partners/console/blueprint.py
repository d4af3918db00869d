"""Where the pages of a partner's console hang, and what all of them are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, g, url_for
from flask.sansio.app import App
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core import answers, clock
from core.permissions import Duty
from partners.models import Partner, Programme
from partners.today import Draft

blueprint = Blueprint("partners_console", __name__, url_prefix="/console/<partner>")

#: Returns what of a partner is prepared, and shown to nobody yet.
Drafts = Callable[[Partner], tuple[Draft, ...]]

_DRAFTS = "laurel_partner_drafts"


def register_drafts(app: App, source: Drafts) -> None:
    """Ask `source` for drafts on the console's home. Partners know nothing of their pages; the directory does."""
    app.extensions.setdefault(_DRAFTS, []).append(source)


def drafts(partner: Partner) -> tuple[Draft, ...]:
    """Return everything of the partner that is prepared and shown to nobody yet."""
    sources: list[Drafts] = current_app.extensions.get(_DRAFTS, [])
    return tuple(draft for source in sources for draft in source(partner))


def own_programme() -> Programme:
    """Return the programme of the partner in whose team the signed-in person is. Rule X-4."""
    programme: Programme = g.partner.programme
    return programme


def may(duty: Duty | str) -> bool:
    """Say whether the signed-in person's duty in the team covers `duty`."""
    return Duty(g.member.duty).covers(Duty(duty))


def acting() -> dict[str, Any]:
    """Return who acts and when, by the names that services give them."""
    return {"by": current_user.id, "at": clock.now()}


def page(template: str, status: int = 200, **words: Any) -> Response:
    """Return a page of the console as an answer; its template knows `partner`, `programme` and `may`."""
    return answers.page(template, status, partner=g.partner, programme=own_programme(), may=may, **words)


def back_to(endpoint: str, **values: Any) -> Response:
    """Lead to a page of the console after something was done."""
    return redirect(url_for(f"partners_console.{endpoint}", partner=g.partner.slug, **values), 303)
