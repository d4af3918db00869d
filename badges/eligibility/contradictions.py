"""Finds what no person can ever meet: conditions that leave no value for a fact. Rule E-6.

Every fact begins with all the values it can take; what must be met narrows them. Of the branches of an "any" the values
are put together again, so nothing is called impossible that is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from badges.eligibility.askable import countries
from badges.eligibility.asking import TITLES
from badges.eligibility.conditions import Condition, Group, Money, Requirement
from badges.eligibility.facts import folded
from badges.eligibility.refusals import Defect
from badges.eligibility.zones import MONTHS, sharing_by_month


@dataclass(frozen=True)
class _Span:
    """The whole numbers from `low` to `high`; `high` is None where there is no end."""

    low: int
    high: int | None

    def __and__(self, other: _Span) -> _Span:
        ends = [high for high in (self.high, other.high) if high is not None]
        return _Span(max(self.low, other.low), min(ends, default=None))

    def __or__(self, other: _Span) -> _Span:
        endless = self.high is None or other.high is None
        return _Span(min(self.low, other.low), None if endless else max(self.high or 0, other.high or 0))

    def __bool__(self) -> bool:
        return self.high is None or self.low <= self.high


#: The values left for each fact: a _Span, or a frozenset of texts or of months with time zones. All narrow by `&`,
#: widen by `|`, and can be empty.
_Left = Mapping[str, Any]


def contradictions(requirements: tuple[Requirement, ...], where: str) -> list[Defect]:
    """Return a defect for everything that cannot be met together with the rest of `requirements`, all asked for."""
    defects: list[Defect] = []
    _narrowed(((f"{where}[{number}]", each) for number, each in enumerate(requirements)), {}, defects)
    return defects


def _narrowed(placed: Iterable[tuple[str, Requirement]], left: _Left, defects: list[Defect]) -> _Left:
    """Return what the requirements, all asked for, leave of `left`; one that leaves nothing is a defect."""
    # What is certain comes first, so that every branch of an "any" is held against all of it.
    for where, part in sorted(_flat(placed), key=lambda each: isinstance(each[1], Group)):
        if isinstance(part, Condition):
            left = _narrowed_by(part, where, left, defects)
            continue
        branches = [_narrowed([branch], left, defects) for branch in _members(where, part)]
        left = {fact: _put_together(fact, branches) for fact in set(branches[0]).intersection(*branches[1:])}
    return left


def _flat(placed: Iterable[tuple[str, Requirement]]) -> Iterator[tuple[str, Requirement]]:
    """Yield conditions and "any" groups with their places: what is asked for together, however deep."""
    for where, part in placed:
        if isinstance(part, Group) and part.kind == "all":
            yield from _flat(_members(where, part))
        else:
            yield where, part


def _members(where: str, group: Group) -> list[tuple[str, Requirement]]:
    return [(f"{where}.{group.kind}[{number}]", member) for number, member in enumerate(group.members)]


def _narrowed_by(condition: Condition, where: str, left: _Left, defects: list[Defect]) -> _Left:
    narrowed = dict(left)
    for fact, values in _possible(condition).items():
        narrowed[fact] = narrowed[fact] & values if fact in narrowed else values
        if not narrowed[fact]:
            defects.append(Defect(where, f"can never be met: together with the rest, {_nothing(fact, narrowed[fact])}"))
            return left
    return narrowed


def _put_together(fact: str, branches: list[_Left]) -> Any:
    whole = branches[0][fact]
    for branch in branches[1:]:
        whole = whole | branch[fact]
    return whole


def _possible(condition: Condition) -> _Left:
    """Return the values that meet `condition`, by fact; nothing for facts of which a person can have several."""
    fact, value = condition.fact, condition.value
    if isinstance(value, Money):
        return {"currency": frozenset((value.currency,)), fact: _span(condition.operator, value.cents)}
    if condition.operator in ("at_least", "at_most") and isinstance(value, int):
        return {fact: _span(condition.operator, value)}
    if fact == "timezone_overlap":
        shared = condition.overlap
        return {"timezone": sharing_by_month(shared.zone, shared.hours)}
    if fact == "timezone":
        return {"timezone": frozenset((month, zone) for month in MONTHS for zone in condition.texts)}
    if condition.operator == "in" and isinstance(value, tuple):
        return {fact: frozenset(map(folded, value))}
    if condition.operator == "not_in" and isinstance(value, tuple):
        return {fact: frozenset(map(folded, countries().difference(value)))}
    return {}


def _span(operator: str, bound: int) -> _Span:
    return _Span(bound, None) if operator == "at_least" else _Span(0, bound)


def _nothing(fact: str, left: Any) -> str:
    if fact == "currency":
        return "amounts in two currencies are asked of one person"
    name = TITLES[fact].lower()
    if not isinstance(left, _Span):
        return f"no {name} is left"
    low, high = (_figure(fact, bound) for bound in (left.low, left.high or 0))
    return f"{name} would be at least {low} and at most {high}"


def _figure(fact: str, bound: int) -> str:
    return f"{bound / 100:,.2f}" if fact.endswith("_cents") else f"{bound:,}"
