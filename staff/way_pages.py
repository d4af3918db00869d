"""What people can do and what each step needs, and other rules to prove before they are written. Rule H-5."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from core.answers import page
from core.permissions import Access, allow
from freelancers.holds import ACTION_NAMES, HOLDS, Action, HoldKind
from freelancers.steps import STEPS, Fact
from freelancers.ways import OURS, CatchTwentyTwo, Ways, refuse_catch_22
from staff.blueprint import blueprint

E = TypeVar("E", bound=StrEnum)


@blueprint.get("/policy/ways")
@allow(Access.STAFF)
def ways() -> Response:
    """Show the table, and prove one with other needs: it is refused where somebody would be caught. Changes nothing."""
    if "tried" not in request.args:
        return _ways_page(OURS)
    tried = _tried(request.args)
    try:
        refuse_catch_22(tried)
    except CatchTwentyTwo as refused:
        return _ways_page(tried, refused.status, refused=refused)
    return _ways_page(tried, is_proved=True)


def _tried(chosen: MultiDict[str, str]) -> Ways:
    """Return our own table with the needs and stops that were ticked."""
    needs = [_ticked(Fact, chosen.getlist(f"needs-{number}")) for number in range(len(STEPS))]
    steps = tuple(replace(step, needs=needed) for step, needed in zip(STEPS, needs, strict=True))
    return Ways(steps, {kind: _ticked(Action, chosen.getlist(f"stops-{kind}")) for kind in HoldKind})


def _ticked(kind: type[E], names: Iterable[str]) -> frozenset[E]:
    return frozenset(member for member in kind if member.name.lower() in set(names))


def _ways_page(
    shown: Ways, status: int = 200, *, refused: CatchTwentyTwo | None = None, is_proved: bool = False
) -> Response:
    changed = [new.words for new, ours in zip(shown.steps, STEPS, strict=True) if new.needs != ours.needs]
    changed += [kind for kind in HoldKind if shown.stops[kind] != OURS.stops[kind]]
    words = {"ways": shown, "changed": changed, "refused": refused, "is_proved": is_proved}
    return page("staff/ways.html", status, facts=list(Fact), holds=HOLDS, action_names=ACTION_NAMES, **words)
