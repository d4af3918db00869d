"""A partner's own rules, as data: what a programme asks for on top of the base policy. Rule E-6.

In JSON each of them is one condition, or a group of which all or any one must be met:

    {"rules": [
        {"fact": "certificate", "operator": "held", "value": "Northwind Data Associate"},
        {"any": [
            {"fact": "jobs_count", "operator": "at_least", "value": 10},
            {"fact": "earnings_cents", "operator": "at_least", "value": {"cents": 500000, "currency": "USD"}}]}]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from badges.eligibility.askable import FACTS, shown
from badges.eligibility.conditions import Condition, Group, Requirement, Value, leaves, value_as_written
from badges.eligibility.contradictions import contradictions
from badges.eligibility.refusals import Defect, PolicyRefused

MAX_DEPTH = 3
MAX_CONDITIONS = 50
_PLACE = "rules"
_PARTS = ("fact", "operator", "value")
#: Stands where something could not be read, so that what is beside it is still checked.
_UNREADABLE = Condition("", "", value=True)


@dataclass(frozen=True)
class PartnerRules:
    """Everything in `requirements` is asked for, in this order."""

    requirements: tuple[Requirement, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the rules as plain JSON values."""
        return {_PLACE: [_to_json(requirement) for requirement in self.requirements]}

    @classmethod
    def as_written(cls, content: Mapping[str, Any]) -> PartnerRules:
        """Return what `to_json` wrote of rules that were checked when they were set.

        They are not checked again: what was asked for once is replayed as it was, whatever is refused today. Rule E-10.
        """
        return cls(tuple(map(_as_written, content[_PLACE])))

    @classmethod
    def from_json(cls, data: Any, *, min_jss_pct: int = 0) -> PartnerRules:
        """Return the rules that somebody typed or sent.

        Raises PolicyRefused with everything that is wrong: what cannot be read, what nobody can ever meet, and a Job
        Success Score below `min_jss_pct`, the base policy's.
        """
        if not isinstance(data, dict) or set(data) != {_PLACE} or not isinstance(data[_PLACE], list):
            raise PolicyRefused((Defect(_PLACE, "is a list of conditions and groups, and all there is"),))
        defects: list[Defect] = []
        read = tuple(_read(entry, f"{_PLACE}[{number}]", 1, defects) for number, entry in enumerate(data[_PLACE]))
        if (count := sum(1 for _ in leaves(read))) > MAX_CONDITIONS:
            # What is wrong with each of thousands is of no use to anybody.
            what = f"has {count:,} conditions, at most {MAX_CONDITIONS} are possible"
            raise PolicyRefused((Defect(_PLACE, what),))
        defects += [*contradictions(read, _PLACE), *_weaker(read, _PLACE, min_jss_pct)]
        if defects:
            raise PolicyRefused(tuple(defects))
        return cls(read)


NO_RULES = PartnerRules()


def _read(entry: Any, where: str, depth: int, defects: list[Defect]) -> Requirement:
    if isinstance(entry, dict) and len(entry) == 1 and (kind := next(iter(entry))) in ("all", "any"):
        return _read_group(kind, entry[kind], where, depth, defects)
    if isinstance(entry, dict) and "fact" in entry:
        return _read_condition(entry, where, defects)
    defects.append(Defect(where, f"is a condition ({', '.join(_PARTS)}) or one group, all or any, not {shown(entry)}"))
    return _UNREADABLE


def _read_group(kind: Any, members: Any, where: str, depth: int, defects: list[Defect]) -> Requirement:
    inside = f"{where}.{kind}"
    if not isinstance(members, list) or not members:
        defects.append(Defect(inside, "is a list of at least one condition or group"))
        return _UNREADABLE
    if depth > MAX_DEPTH:
        defects.append(Defect(where, f"is nested too deeply, groups can stand {MAX_DEPTH} deep"))
        return _UNREADABLE
    read = (_read(member, f"{inside}[{number}]", depth + 1, defects) for number, member in enumerate(members))
    return Group(kind, tuple(read))


def _read_condition(entry: dict[Any, Any], where: str, defects: list[Defect]) -> Condition:
    before = len(defects)
    unknown = [part for part in entry if part not in _PARTS]
    defects += [Defect(f"{where}.{part}", "is not known here; is it spelled right?") for part in unknown]
    defects += [Defect(f"{where}.{part}", "is missing") for part in _PARTS if part not in entry]
    value = _read_value(entry, where, defects)
    if value is None or len(defects) > before:
        return _UNREADABLE
    return Condition(entry["fact"], entry["operator"], value)


def _read_value(entry: dict[Any, Any], where: str, defects: list[Defect]) -> Value | None:
    """Return the value of a condition, its fact and operator being checked as well; None when something is wrong."""
    fact = entry["fact"]
    if not isinstance(fact, str) or (kind := FACTS.get(fact)) is None:
        defects.append(Defect(f"{where}.fact", f"is one of {', '.join(FACTS)}, not {shown(fact)}"))
        return None
    if "operator" in entry and entry["operator"] not in kind.operators:
        possible = " or ".join(kind.operators)
        defects.append(Defect(f"{where}.operator", f"is {possible} for {fact}, not {shown(entry['operator'])}"))
    return kind.read(entry["value"], f"{where}.value", defects) if "value" in entry else None


def _weaker(read: tuple[Requirement, ...], place: str, min_jss_pct: int) -> Iterator[Defect]:
    for number, requirement in enumerate(read):
        where = f"{place}[{number}]"
        if isinstance(requirement, Group):
            yield from _weaker(requirement.members, f"{where}.{requirement.kind}", min_jss_pct)
        elif requirement.fact == "jss_pct" and isinstance(requirement.value, int) and requirement.value < min_jss_pct:
            what = f"is at least {min_jss_pct}, which the marketplace asks of everybody, not {requirement.value}"
            yield Defect(f"{where}.value", what)


def _as_written(entry: Mapping[str, Any]) -> Requirement:
    if "fact" in entry:
        return Condition(entry["fact"], entry["operator"], value_as_written(entry["value"]))
    kind: Literal["all", "any"] = "all" if "all" in entry else "any"
    return Group(kind, tuple(map(_as_written, entry[kind])))


def _to_json(requirement: Requirement) -> dict[str, Any]:
    if isinstance(requirement, Group):
        return {requirement.kind: [_to_json(member) for member in requirement.members]}
    value: Any = requirement.value
    if isinstance(value, tuple):
        value = list(value)
    elif not isinstance(value, (int, str)):
        value = asdict(value)
    return {"fact": requirement.fact, "operator": requirement.operator, "value": value}
