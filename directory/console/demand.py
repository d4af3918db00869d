"""The partner console's demand: what clients look for, who is there, and whom to invite. Rule D-6."""

from __future__ import annotations

from flask import Blueprint, g
from werkzeug.wrappers import Response

from core import clock
from core.permissions import Access, allow
from directory.seen.coverage import DAYS, FEW, KINDS, coverage
from partners.console.blueprint import page

blueprint = Blueprint("demand", __name__)


@blueprint.get("/demand")
@allow(Access.MEMBER)
def demand(partner: str) -> Response:
    """Show the map of demand against supply."""
    found = coverage(g.partner.programme, clock.now())
    return page("partners/demand.html", map=found, kinds=KINDS, days=DAYS, few=FEW)
