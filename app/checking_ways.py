"""The ways that people have, as a table, and other rules to try, from a file: `flask policy check`. Rule H-5."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, TypeVar

from rich import box
from rich.table import Table

from core.errors import FieldError, InvalidInput
from freelancers.holds import HOLDS, Action, HoldKind
from freelancers.steps import STEPS, STOPS, Fact, Step
from freelancers.ways import Ways

E = TypeVar("E", bound=StrEnum)

_PARTS = {"words", "by", "needs", "asks", "gives", "lifts"}


def shortest_ways(ways: Ways) -> Table:
    """Return the shortest way to each goal for somebody new, whatever holds are open, suspended and not."""
    table = Table("Account", *(goal.name.capitalize() for goal in ways.goals), box=box.SIMPLE_HEAD, show_lines=True)
    found = [ways.shortest(goal) for goal in ways.goals]
    for state in (state for state in ways.states() if state.facts <= {Fact.ACTIVE}):
        account = [] if Fact.ACTIVE in state.facts else ["suspended"]
        held = [HOLDS[kind].name for kind in HoldKind if kind in state.holds]
        table.add_row("\n".join([*account, *held]) or "not held", *(_numbered(each[state]) for each in found))
    count = sum(1 for _ in ways.states())
    table.title = f"From each of {count:,} states there is a way; these are the shortest for somebody new"
    return table


def _numbered(way: tuple[Step, ...]) -> str:
    return "\n".join(f"{number}. {step.words}" for number, step in enumerate(way, 1))


def ways_in(content: bytes) -> Ways:
    """Return the rules in a file: `{"steps": […], "stops": {hold: [action]}}`; what it leaves out is as it is now.

    Raises InvalidInput with everything that is wrong.
    """
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as wrong:
        raise InvalidInput(f"The file is no JSON: {wrong}.", "See docs/decisions/no-catch-22.md for one.") from None
    if not isinstance(data, dict) or data.keys() - {"steps", "stops"}:
        raise InvalidInput(
            "The file is no object with steps, stops or both.", "See docs/decisions/no-catch-22.md for one."
        )
    defects: list[FieldError] = []
    steps = tuple(_steps(data["steps"], defects)) if "steps" in data else STEPS
    stops = dict(STOPS) | (dict(_stops(data["stops"], defects)) if "stops" in data else {})
    if defects:
        said = " ".join(f"{defect.field}: {defect.detail}" for defect in defects)
        raise InvalidInput(f"The file cannot be read as rules. {said}", "Correct what is named.")
    return Ways(steps, stops)


def _steps(listed: Any, defects: list[FieldError]) -> Iterator[Step]:
    for number, each in enumerate(listed if isinstance(listed, list) else [listed]):
        where = f"steps[{number}]"
        if not isinstance(each, dict) or not isinstance(each.get("words"), str):
            defects.append(FieldError(where, "A step is an object with words that say what is done."))
            continue
        for unknown in sorted(each.keys() - _PARTS):
            defects.append(FieldError(f"{where}.{unknown}", "A step has no such part."))
        yield Step(
            each["words"],
            str(each.get("by", "you")),
            _named(Fact, each.get("needs", []), f"{where}.needs", defects),
            _named(Action, each.get("asks", ["log_in"]), f"{where}.asks", defects),
            _named(Fact, each.get("gives", []), f"{where}.gives", defects),
            _named(HoldKind, each.get("lifts", []), f"{where}.lifts", defects),
        )


def _stops(stops: Any, defects: list[FieldError]) -> Iterator[tuple[HoldKind, frozenset[Action]]]:
    for name, actions in stops.items() if isinstance(stops, dict) else [(stops, [])]:
        for kind in _named(HoldKind, [name], "stops", defects):
            yield kind, _named(Action, actions, f"stops.{name}", defects)


def _named(kind: type[E], names: Any, where: str, defects: list[FieldError]) -> frozenset[E]:
    """Return the members of `kind` that are called `names`, as they are written in code but in small letters."""
    members = {member.name.lower(): member for member in kind}
    listed = names if isinstance(names, list) else [names]
    unknown = [name for name in listed if not isinstance(name, str) or name not in members]
    if unknown:
        known = ", ".join(members)
        defects.append(FieldError(where, f"{unknown[0]!r} is not known here; known are {known}."))
    return frozenset(members[name] for name in listed if isinstance(name, str) and name in members)
