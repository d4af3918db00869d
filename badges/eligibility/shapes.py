"""The rules of many partners, asked in one statement whatever their number. Rule E-6.

Rules of one shape, the same facts and operators in the same groups, differ in nothing but values. So the values become
rows of a table, one for each badge, and each shape one expression over its columns: a thousand partners need a dozen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, TableValuedAlias
from sqlalchemy.types import TypeEngine

from badges.eligibility.conditions import Group, Requirement
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.sql import joined
from badges.eligibility.sql_conditions import (
    DOCUMENT,
    NUMBER,
    TEXT,
    TEXTS,
    Asked,
    Operands,
    condition_met,
    held_against,
)
from core.clock import day_of

#: (fact, operator), or "all" or "any" with the shapes of its members.
Shape = tuple[Any, ...]
Badge = tuple[UUID, PartnerRules]

_NAMES: Mapping[TypeEngine[Any], str] = {NUMBER: "number", TEXT: "text", TEXTS: "texts", DOCUMENT: "document"}
_FIXED = (sa.column("achievement_id", sa.Uuid()), sa.column("issuer_id", sa.Uuid()), sa.column("shape", sa.Integer()))


@dataclass(frozen=True)
class _Shaped:
    """Rules taken apart: their shape, and the values in it from left to right, by the column that each goes into."""

    shape: Shape
    values: tuple[tuple[str, Any], ...]
    kinds: tuple[TypeEngine[Any], ...]


class PartnersRules:
    """The rules of many badges as a table to join with `awards`, and whether a person meets those in their row."""

    def __init__(self, badges: Mapping[UUID, Badge], at: datetime) -> None:
        """Take for each achievement its issuer and its rules."""
        self._day = day_of(at)
        self._shapes: dict[Shape, _Shaped] = {}
        numbers: dict[Shape, int] = {}
        rows = []
        for achievement_id, (issuer_id, rules) in badges.items():
            taken = _shaped(rules, self._day)
            self._shapes.setdefault(taken.shape, taken)
            number = numbers.setdefault(taken.shape, len(numbers))
            row = {"achievement_id": str(achievement_id), "issuer_id": str(issuer_id), "shape": number}
            rows.append(row | dict(taken.values))
        self.table = self._table(rows)

    def _table(self, rows: Sequence[Mapping[str, Any]]) -> TableValuedAlias:
        columns = {
            name: sa.column(name, kind)
            for taken in self._shapes.values()
            for (name, _), kind in zip(taken.values, taken.kinds, strict=True)
        }
        content = sa.cast(sa.literal(json.dumps(rows), sa.Text()), sa.dialects.postgresql.JSONB())
        listed = sa.func.jsonb_to_recordset(content).table_valued(*_FIXED, *columns.values())
        return listed.render_derived(name="own", with_types=True)

    def met(self) -> Asked:
        """Return whether a person meets all that the badge in this row asks for, newcomer or not."""
        expressions = [self._expression(taken) for taken in self._shapes.values()]
        return self._chosen(0, expressions) if expressions else sa.true()

    def _chosen(self, first: int, expressions: Sequence[Asked]) -> Asked:
        """Return the expression of the row's shape. Halving finds it in ten comparisons among a thousand."""
        if len(expressions) == 1:
            return expressions[0]
        half = len(expressions) // 2
        lower, upper = self._chosen(first, expressions[:half]), self._chosen(first + half, expressions[half:])
        return sa.case((self.table.c.shape < sa.literal_column(str(first + half)), lower), else_=upper)

    def _expression(self, taken: _Shaped) -> Asked:
        columns = iter([self.table.c[name] for name, _ in taken.values])
        return self._met(taken.shape, columns)

    def _met(self, shape: Shape, columns: Iterator[ColumnElement[Any]]) -> Asked:
        kind, *rest = shape
        if kind in ("all", "any"):
            return joined(kind, [self._met(member, columns) for member in rest])
        operator, count = rest
        return condition_met(kind, operator, [next(columns) for _ in range(count)], self._day, self.table.c.issuer_id)


@lru_cache(maxsize=10_000)
def _shaped(rules: PartnerRules, day: date) -> _Shaped:
    operands: list[tuple[TypeEngine[Any], Any]] = []
    shape = ("all", *(_take(requirement, operands, day) for requirement in rules.requirements))
    seen: Counter[str] = Counter()
    values = []
    for kind, value in operands:
        name = _NAMES[kind]
        seen[name] += 1
        values.append((f"{name}_{seen[name]}", value))
    return _Shaped(shape, tuple(values), tuple(kind for kind, _ in operands))


def _take(requirement: Requirement, operands: list[tuple[TypeEngine[Any], Any]], day: date) -> Shape:
    if isinstance(requirement, Group):
        return (requirement.kind, *(_take(member, operands, day) for member in requirement.members))
    held: Operands = held_against(requirement, day)
    operands += held
    return requirement.fact, requirement.operator, len(held)
