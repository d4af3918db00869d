"""A partner's conditions as data, alone and in groups. What can be asked for: `askable.py` beside this. Rule E-6."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from badges.eligibility.facts import LANGUAGE_LEVELS, Language


@dataclass(frozen=True)
class Money:
    """An amount in hundredths of the unit of `currency`, an ISO 4217 code."""

    cents: int
    currency: str


@dataclass(frozen=True)
class SkillCount:
    """So many jobs or hours with one skill."""

    skill: str
    count: int


@dataclass(frozen=True)
class SkillMoney:
    """An amount earned with one skill, in hundredths of the unit of `currency`."""

    skill: str
    cents: int
    currency: str


@dataclass(frozen=True)
class Overlap:
    """So many hours of the working day shared with a time zone; see `zones.py`."""

    hours: int
    zone: str


Value = int | bool | str | tuple[str, ...] | Money | Language | SkillCount | SkillMoney | Overlap


@dataclass(frozen=True)
class Condition:
    """One fact, how it is asked for, and the value it is held against; `FACTS` lists what goes together."""

    fact: str
    operator: str
    value: Value

    @property
    def number(self) -> int:
        """The value of a count, a percentage or a number of days."""
        assert isinstance(self.value, int)
        return self.value

    @property
    def text(self) -> str:
        """The value of a condition about one name."""
        assert isinstance(self.value, str)
        return self.value

    @property
    def texts(self) -> tuple[str, ...]:
        """The value of a condition about several names or codes."""
        assert isinstance(self.value, tuple)
        return self.value

    @property
    def money(self) -> Money:
        """The value of a condition about an amount."""
        assert isinstance(self.value, Money)
        return self.value

    @property
    def language(self) -> Language:
        """The value of a condition about a language; its level is always stated."""
        assert isinstance(self.value, Language)
        return self.value

    @property
    def with_skill(self) -> SkillCount | SkillMoney:
        """The value of a condition about what was done with one skill."""
        assert isinstance(self.value, SkillCount | SkillMoney)
        return self.value

    @property
    def overlap(self) -> Overlap:
        """The value of a condition about shared working hours."""
        assert isinstance(self.value, Overlap)
        return self.value

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that pass, of a condition about a language."""
        return LANGUAGE_LEVELS[LANGUAGE_LEVELS.index(str(self.language.level)) :]


@dataclass(frozen=True)
class Group:
    """Requirements of which all, or any one, must be met."""

    kind: Literal["all", "any"]
    members: tuple[Requirement, ...]


Requirement = Condition | Group


def leaves(requirements: Iterable[Requirement]) -> Iterator[Condition]:
    """Yield all conditions, however deep in groups."""
    for each in requirements:
        if isinstance(each, Group):
            yield from leaves(each.members)
        else:
            yield each


def certain(requirements: Iterable[Requirement]) -> Iterator[Condition]:
    """Yield the conditions that are asked for in any case: those of which no other will do instead."""
    for each in requirements:
        if isinstance(each, Condition):
            yield each
        elif each.kind == "all" or len(each.members) == 1:
            yield from certain(each.members)


def includes(one: Condition, other: Requirement) -> bool:
    """Say whether `one` asks for more of the same than `other`: whoever meets it meets the other one as well."""
    if not isinstance(other, Condition) or (one.fact, one.operator) != (other.fact, other.operator) or one == other:
        return False
    if isinstance(one.value, Language) and isinstance(other.value, Language):
        return one.value.code == other.value.code and set(one.levels) < set(other.levels)
    more, less = (_amount_in(each.value) for each in (one, other))
    if more is None or less is None or more[1] != less[1]:
        return False
    return more[0] > less[0] if one.operator == "at_least" else more[0] < less[0]


def _amount_in(value: Value) -> tuple[int, str] | None:
    """Return the number in a value, and of what it is; None where there is none."""
    if isinstance(value, Money):
        return value.cents, value.currency
    return (value, "") if isinstance(value, int) and not isinstance(value, bool) else None


_WRITTEN: Mapping[frozenset[str], Any] = {
    frozenset(written): kind
    for kind, written in (
        (Money, ("cents", "currency")),
        (Language, ("code", "level")),
        (SkillCount, ("skill", "count")),
        (SkillMoney, ("skill", "cents", "currency")),
        (Overlap, ("hours", "zone")),
    )
}


def value_as_written(raw: Any) -> Value:
    """Return a value from the JSON that was written of it. Nothing is checked: that was done when it was typed."""
    if isinstance(raw, list):
        return tuple(raw)
    value: Value = _WRITTEN[frozenset(raw)](**raw) if isinstance(raw, dict) else raw
    return value
