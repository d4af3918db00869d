"""The partner console's trial of new requirements: whom they would affect, before anything is scheduled. Rule E-13.

It stands here and not beside the draft, in `partners`, because only the directory knows the use cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from flask import Blueprint, flash, g, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from badges.simulation import Outcome, Shift, Tally, everybody_by_country, holders_by
from core import clock, wording
from core.answers import pager
from core.permissions import Access, allow
from directory.effects import by_use_case
from freelancers.models import Freelancer
from partners import requirements, trial
from partners.application_queries import Queue
from partners.console.blueprint import page

blueprint = Blueprint("effects", __name__)

COUNTRIES = 10
T = TypeVar("T", Shift, Tally)
_AFFECTED = (Outcome.LOSES, Outcome.GRACE, Outcome.GAINS)
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        Queue.TO_DECIDE.value: "Applicants to decide on",
        Queue.WAITING.value: "Selected, waiting",
        Queue.KEPT.value: "Kept on file",
    }
)


@blueprint.get("/requirements/effects")
@allow(Access.MEMBER)
def effects(partner: str) -> Response:
    """Show what the draft would do to the experts, the applicants and everybody, as figures, pictures and a list."""
    at, programme = clock.now(), g.partner.programme
    draft = requirements.draft_of(programme, at)
    if not draft.differs or requirements.problems_of(draft, at):
        flash("There is nothing to try yet: the draft says what is missing.", "warning")
        return redirect(url_for("partners_console.requirements_draft", partner=partner), 303)
    change = requirements.change_to(programme, draft, at)
    experts_by = holders_by(change, Freelancer.country)
    everybody_by = everybody_by_country(change)
    chosen = _chosen(request.args.get("show"))
    concerned = trial.concerned(programme.id, change, [chosen] if chosen else _AFFECTED, request.args.get("cursor"))
    return page(
        "partners/requirements_effects.html",
        grace_days=change.then.base.grace_days["E-6"],
        experts=sum(experts_by.values(), Tally()),
        experts_by=_largest({_country(code): tally for code, tally in experts_by.items()}, Tally()),
        applicants=trial.applicants(programme.id, change),
        groups=GROUPS,
        everybody=sum(everybody_by.values(), Shift()),
        everybody_by=_largest({_country(code): shift for code, shift in everybody_by.items()}, Shift()),
        use_cases=by_use_case(g.partner.id, change),
        outcomes=_AFFECTED,
        chosen=chosen,
        people=concerned.items,
        pages=pager(concerned, ".effects", partner=partner, show=chosen, _anchor="people"),
    )


def _chosen(text: str | None) -> Outcome | None:
    return next((which for which in _AFFECTED if which.value == text), None)


def _country(code: str | None) -> str:
    return "Country not stated" if code is None else wording.country(code)


def _weight(counts: Tally | Shift) -> tuple[int, int]:
    """Return what brings the country to the front: how many it affects, then how many there are to see."""
    shown = max(counts.before, counts.after) if isinstance(counts, Shift) else counts.total
    return -counts.affected, -shown


def _largest(by: Mapping[str, T], nobody: T) -> list[tuple[str, T]]:
    """Return the countries with most to tell, and all others as one."""
    ordered: list[tuple[str, T]] = sorted(by.items(), key=lambda each: (*_weight(each[1]), each[0]))
    rest = [counts for _, counts in ordered[COUNTRIES:]]
    others = f"{len(rest)} other {'country' if len(rest) == 1 else 'countries'}"
    return ordered[:COUNTRIES] + ([(others, sum(rest, nobody))] if rest else [])
