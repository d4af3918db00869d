"""The page where staff bring in how many jobs are open per skill. Rule A-3."""

from __future__ import annotations

from werkzeug.wrappers import Response

from core import clock
from core.answers import page
from core.errors import DomainError
from core.permissions import Access, allow
from core.wording import plural
from freelancers.approval.supply_feed import read
from freelancers.approval.supply_queries import latest_day
from freelancers.approval.supply_services import take_in
from staff.blueprint import blueprint, done, me
from staff.forms import SkillsForm


@blueprint.get("/skills")
@allow(Access.STAFF)
def skills() -> Response:
    """The form for a day's figures, and which day the board shows."""
    return _page(SkillsForm())


@blueprint.post("/skills")
@allow(Access.STAFF)
def import_skills() -> Response:
    """Take in a day's figures, or say every line that cannot be used and take in none."""
    form, at = SkillsForm(), clock.now()
    if not form.validate():
        return _page(form, 422)
    day = form.on.data or clock.day_of(at)
    try:
        count = take_in(read(form.file.data.read()), on=day, source=form.source.data, by=me(), at=at)
    except DomainError as error:
        return _page(form, form.refuse(error))
    return done(
        f"Took in {plural(count, 'skill')} as of {day.isoformat()}. The board shows the latest day.", "staff.skills"
    )


def _page(form: SkillsForm, status: int = 200) -> Response:
    return page("staff/skills.html", status, form=form, day=latest_day())
