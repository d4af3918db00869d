"""The public board of open and full skills. Rule A-3."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from core.answers import pager, public
from core.errors import NotFound
from core.languages import gettext as _
from core.languages import in_every_language
from core.permissions import Access, allow
from freelancers.approval import supply_queries
from freelancers.approval.supply_rules import policy_on

blueprint = Blueprint("skills", __name__)

_SEARCH_MAX = 80


@blueprint.get("/skills")
@allow(Access.PUBLIC)
@in_every_language
def board() -> Response:
    """Show how many jobs and freelancers there are per skill."""
    q = " ".join(request.args.get("q", "").replace("\0", "").split())[:_SEARCH_MAX]
    day = supply_queries.latest_day()
    if day is None:
        return public(render_template("freelancers/skills.html", day=None))
    found = supply_queries.board(day, q=q, cursor=request.args.get("cursor"))
    words = {"day": day, "q": q, "skills": found.items, "policy": policy_on(day)}
    return public(render_template("freelancers/skills.html", pages=pager(found, "skills.board", q=q), **words))


@blueprint.get("/skills/<skill>")
@allow(Access.PUBLIC)
@in_every_language
def skill(skill: str) -> Response:
    """Show one skill: how it stands, how it stood, and related ones that are open."""
    found = supply_queries.skill_in_full(skill) if "\0" not in skill else None
    if found is None:
        raise NotFound(_("No figures are known for this skill."), _("The board lists all skills that are known."))
    return public(render_template("freelancers/skill.html", skill=found, policy=policy_on(found.observed_on)))
