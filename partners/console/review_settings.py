"""How a programme reviews: the rubric, one reviewer or two blind ones, and whether reasons are sent. Rule R-5."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from werkzeug.wrappers import Response

from core.errors import InvalidInput
from core.forms import whole
from core.permissions import Access, Duty, allow
from partners.console.blueprint import acting, back_to, blueprint, may, own_programme, page
from partners.review import queries, services
from partners.review.rules import CRITERIA_MAX, THIRD_FROM_HUNDREDTHS, WEIGHT_MAX, Way, read_criteria

#: How many empty rows stand below the criteria that there are.
SPARE_ROWS = 2
#: From which distance a third reviewer may be asked for, in hundredths of a point.
THIRD_CHOICES = {50: "half a point", 100: "one point", 150: "one point and a half", 200: "two points"}


@blueprint.get("/applications/review")
@allow(Access.MEMBER)
def review_settings(partner: str) -> Response:
    """Show how the programme reviews."""
    return _page()


@blueprint.post("/applications/review")
@allow(Access.MEMBER, Duty.MANAGER)
def save_review_settings(partner: str) -> Response:
    """Say how the programme reviews from now on."""
    sent, third = request.form, whole(request.form.get("third_from"))
    rows = list(zip(*(sent.getlist(name) for name in ("key", "name", "hint", "weight")), strict=False))
    try:
        way = Way(
            read_criteria(rows),
            is_double=sent.get("reviewers") == "2",
            third_from_hundredths=third if third in THIRD_CHOICES else THIRD_FROM_HUNDREDTHS,
            sends_reasons=sent.get("sends_reasons") == "1",
            version=whole(sent.get("version")) or 0,
        )
        services.set_way(own_programme(), way, **acting())
    except InvalidInput as refused:
        return _page(422, problem=refused.advice, rows=rows)
    flash("This is how your team reviews from now on. Reviews that were given keep the weights of then.", "success")
    return back_to("review_settings")


def _page(status: int = 200, **words: Any) -> Response:
    way = queries.way_of(own_programme().id)
    stored = [(each.key, each.name, each.hint, str(each.weight)) for each in way.criteria]
    spare = min(SPARE_ROWS if stored else SPARE_ROWS + 2, CRITERIA_MAX - len(stored))
    given = {"rows": stored + [("", "", "", "1")] * spare, "problem": None, **words}
    return page(
        "partners/review_settings.html",
        status,
        way=way,
        third_choices=THIRD_CHOICES,
        weight_max=WEIGHT_MAX,
        criteria_max=CRITERIA_MAX,
        can_change=may(Duty.MANAGER),
        **given,
    )
