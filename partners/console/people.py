"""A console's people: applicants side by side, and all that somebody has had to do with it. Rules R-4, R-5."""

from __future__ import annotations

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from badges.queries import checklist
from core import wording
from core.errors import InvalidInput, NotFound
from core.permissions import Access, Duty, allow
from partners.application_queries import files_of
from partners.console.applications import OPEN, TABS, asked_view, languages_of, looking
from partners.console.blueprint import blueprint, may, own_programme, page
from partners.review import queries, queue
from partners.review.person import person_with
from partners.review.queue import Looking, Queued
from partners.review.rules import in_points
from partners.steps import answered

SIDE_BY_SIDE = 4
#: So many others of the queue are offered to be added.
OFFERED = 50


@blueprint.get("/applications/compare")
@allow(Access.MEMBER)
def compare(partner: str) -> Response:
    """Show up to four applications side by side."""
    look, asked = looking(), asked_view()
    ids = list(dict.fromkeys(_uuid(text) for text in request.args.getlist("id")))
    if len(ids) > SIDE_BY_SIDE:
        raise InvalidInput(f"Up to {SIDE_BY_SIDE} stand side by side.", "Go back and tick fewer.")
    rows = queue.queued(look, queue.own_ids(look.programme, ids))
    others = [each for each in queue.queue(look, asked, size=OFFERED).items if each.application.id not in ids]
    return page(
        "partners/applications_compare.html",
        columns=[_column(look, row) for row in rows],
        prompts=[step["prompt"] for step in look.programme.steps],
        others=others if len(ids) < SIDE_BY_SIDE else [],
        view=asked,
        query=asked.query(),
        tab_label=TABS[asked.tab],
        way=look.way,
        in_points=in_points,
        may_decide=may(Duty.REVIEWER),
    )


def _column(look: Looking, row: Queued) -> dict[str, object]:
    """Return what one column of the comparison shows."""
    found = row.application
    person = found.freelancer
    findings = checklist(person.id, look.programme.achievement_id, look.at)
    return {
        "row": row,
        "person": person,
        "country": person.country and wording.country(person.country),
        "languages": languages_of(found),
        "still_open": [each for each in findings if not each.met],
        "answers": answered(look.programme.steps, found.answers, files_of(found.id)),
        "reviews": queries.reviewed(look.way, found.id, look.user_id),
        "is_open": found.state in OPEN and not row.is_off,
    }


@blueprint.get("/people/<uuid:freelancer_id>")
@allow(Access.MEMBER)
def person(partner: str, freelancer_id: UUID) -> Response:
    """Show the whole history of somebody with this partner on one page."""
    look = looking()
    found = person_with(own_programme(), freelancer_id)
    reviews = found.application and queries.reviewed(look.way, found.application.id, look.user_id)
    return page(
        "partners/person.html",
        found=found,
        person=found.freelancer,
        reviews=reviews,
        in_points=in_points,
        notes=queries.notes_of(found.application.id) if found.application else (),
        country=found.freelancer.country and wording.country(found.freelancer.country),
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None
