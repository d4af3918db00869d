"""A partner's condition as a form: what can be asked for, what was typed, and what is wrong with it. Pure. Rule E-6.

Everything that `badges/eligibility/conditions.py` knows can be typed; a condition shown in the form and read again is
the same. What the form cannot read never becomes a condition.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from badges.eligibility.conditions import FACTS, Condition, Money, Value, timezones
from badges.eligibility.facts import LANGUAGE_LEVELS, Language
from badges.eligibility.refusals import Defect
from core import wording
from core.errors import InvalidInput
from freelancers.feed import names
from freelancers.feed.errors import BadValue

_QUOTED_MAX = 60


class Shape(StrEnum):
    """What a fact's value is typed into."""

    NUMBER = "number"
    MONEY = "money"
    NAME = "name"
    NAMES = "names"
    PLACES = "places"
    ZONES = "zones"
    LANGUAGE = "language"
    BADGES = "badges"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Asked:
    """How a fact is offered: what it means in a sentence, what its value is typed into, and what a number counts."""

    shape: Shape
    means: str
    label: str
    unit: str = ""


#: Everything a partner can ask for, by what it is about.
OFFERED: Mapping[str, Mapping[str, Asked]] = MappingProxyType(
    {
        "Experience": {
            "jobs_count": Asked(Shape.NUMBER, "How many jobs they have finished.", "Number of jobs", "jobs"),
            "hours_worked": Asked(Shape.NUMBER, "How many hours they have worked.", "Number of hours", "hours"),
            "earnings_cents": Asked(Shape.MONEY, "What they have earned on the marketplace.", "Amount"),
            "years_experience": Asked(Shape.NUMBER, "How long they have done this work.", "Number of years", "years"),
        },
        "Proof of skill": {
            "certificate": Asked(Shape.NAME, "A certificate by its name, not expired.", "Name of the certificate"),
            "skills": Asked(Shape.NAMES, "Skills that their profile shows: all of them, or any.", "Skills"),
            "portfolio_items": Asked(Shape.NUMBER, "How much work they show.", "Number of items", "portfolio items"),
            "jss_pct": Asked(Shape.NUMBER, "How well their clients rate them.", "Score in percent", "percent"),
            "talent_badge": Asked(Shape.BADGES, "A distinction that the marketplace gives.", "Talent badges"),
            "identity_verified": Asked(Shape.NOTHING, "The marketplace has checked who they are.", ""),
        },
        "Where and how they work": {
            "country": Asked(Shape.PLACES, "Where they are: only some countries, or all but some.", "Countries"),
            "timezone": Asked(Shape.ZONES, "When they are awake.", "Time zones"),
            "language": Asked(Shape.LANGUAGE, "A language, and how well they speak it.", "Language"),
            "hourly_rate_cents": Asked(Shape.MONEY, "What they charge for an hour.", "Amount for an hour"),
            "availability": Asked(Shape.NAMES, "How much time they say they have.", "Availability"),
            "days_since_active": Asked(Shape.NUMBER, "How lately they were active.", "Number of days", "days"),
        },
    }
)
ASKED: Mapping[str, Asked] = MappingProxyType({fact: how for group in OFFERED.values() for fact, how in group.items()})

_WORDS: Mapping[str, str] = MappingProxyType(
    {"at_least": "At least", "at_most": "At most", "has_all": "All of these", "has_any": "Any one of these"}
)
_OWN_WORDS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("country", "in"): "Only from these",
        ("country", "not_in"): "From anywhere but these",
        ("timezone", "in"): "One of these",
        ("availability", "in"): "One of these",
        ("days_since_active", "at_most"): "Active within the last",
    }
)


def operators(fact: str) -> tuple[tuple[str, str], ...]:
    """Return how a fact can be asked for, each with its words; those of one only need no choice."""
    return tuple((each, _OWN_WORDS.get((fact, each)) or _WORDS.get(each, "")) for each in FACTS[fact].operators)


@dataclass(frozen=True)
class Typed:
    """What stands in the form, as it was typed. `value` is a number, an amount, a name, or names by line or comma."""

    operator: str = ""
    value: str = ""
    currency: str = "USD"
    code: str = ""
    level: str = "fluent"
    choices: tuple[str, ...] = ()


class NotUnderstood(InvalidInput):
    """What was typed is no condition: `problems` are all, by the name of their field."""

    def __init__(self, problems: Mapping[str, tuple[str, ...]]) -> None:
        self.problems = problems
        super().__init__(" ".join(said for each in problems.values() for said in each))


def typed_of(condition: Condition) -> Typed:
    """Return what to show in the form for a condition: read again by `condition_of`, it is the same."""
    value, operator = condition.value, condition.operator
    match value:
        case Money():
            return Typed(operator, f"{value.cents // 100}.{value.cents % 100:02}".removesuffix(".00"), value.currency)
        case Language():
            return Typed(operator, code=value.code, level=str(value.level))
        case bool():
            return Typed(operator)
        case tuple():
            if ASKED[condition.fact].shape is Shape.BADGES:
                return Typed(operator, choices=value)
            return Typed(operator, "\n".join(map(_line_of(condition.fact), value)))
        case _:
            return Typed(operator, str(value))


def condition_of(fact: str, typed: Typed, *, min_jss_pct: int = 0) -> Condition:
    """Return the condition that was typed. Raises NotUnderstood with everything that is wrong, at its place."""
    if fact not in ASKED:
        raise NotUnderstood({"fact": (f"{_quote(fact)} is nothing that can be asked for.",)})
    problems: dict[str, list[str]] = {}
    possible = FACTS[fact].operators
    operator = possible[0] if len(possible) == 1 and not typed.operator else typed.operator
    if operator not in possible:
        problems["operator"] = ["Choose one of these."]
    value = _READERS[ASKED[fact].shape](fact, typed, problems)
    if value is not None and not problems:
        value = _checked(fact, value, problems)
    if fact == "jss_pct" and isinstance(value, int) and value < min_jss_pct:
        said = f"The marketplace asks everybody for {wording.percent(min_jss_pct)}. Write more than that, or leave it."
        problems.setdefault("value", []).append(said)
    if problems or value is None:
        raise NotUnderstood({name: tuple(said) for name, said in problems.items()})
    return Condition(fact, operator, value)


def _checked(fact: str, value: Any, problems: dict[str, list[str]]) -> Value | None:
    """Hold a value against what conditions may say; there is one truth about that, and it is not this form's."""
    raw: Any = value
    if isinstance(value, tuple):
        raw = list(value)
    elif isinstance(value, Money):
        raw = {"cents": value.cents, "currency": value.currency}
    elif isinstance(value, Language):
        raw = {"code": value.code, "level": value.level}
    defects: list[Defect] = []
    read = FACTS[fact].read(raw, "", defects)
    for defect in defects:
        place = {"code": "code", "level": "level", "currency": "currency"}.get(defect.where.strip("."), "value")
        problems.setdefault(place, []).append(f"It {defect.what}.")
    return read


def _number(fact: str, typed: Typed, problems: dict[str, list[str]]) -> int | None:
    text, unit = typed.value.strip(), ASKED[fact].unit
    if fact == "jss_pct":
        text = text.removesuffix("%").strip()
    if re.fullmatch(r"\d{1,15}|\d{1,3}([, ]\d{3}){1,4}", text, re.ASCII):
        return int(re.sub(r"[, ]", "", text))
    if not text:
        said = f"Write how many {unit}."
    elif re.fullmatch(r"\d+[.,]\d+", text, re.ASCII):
        said = "Write a whole number, without a decimal point."
    elif re.match(r"[-−]\s*\d", text):
        said = "Write a number from 0 up."
    else:
        said = f"Write the number alone, such as 10: it is counted in {unit}. {_quote(text)} says something else."
    problems["value"] = [said]
    return None


def _amount(fact: str, typed: Typed, problems: dict[str, list[str]]) -> Money | None:
    text = typed.value.strip()
    if found := re.fullmatch(r"(\d{1,15}|\d{1,3}(?:[, ]\d{3}){1,4})(?:\.(\d{1,2}))?", text, re.ASCII):
        cents = int(re.sub(r"[, ]", "", found[1])) * 100 + int((found[2] or "").ljust(2, "0"))
        return Money(cents, typed.currency)
    said = "Write the amount alone, such as 5,000 or 40.50, and choose the currency beside it."
    problems["value"] = [f"{said} {_quote(text)} says something else." if text else said]
    return None


def _name(fact: str, typed: Typed, problems: dict[str, list[str]]) -> str | None:
    if typed.value.strip():
        return typed.value
    problems["value"] = ["Write its name, as it stands on profiles."]
    return None


def _names(fact: str, typed: Typed, problems: dict[str, list[str]]) -> tuple[str, ...] | None:
    found = tuple(_items(typed.value))
    if not found:
        problems["value"] = ["Write at least one."]
    return found or None


def _places(fact: str, typed: Typed, problems: dict[str, list[str]]) -> tuple[str, ...] | None:
    return _looked_up(typed.value, names.country, _country_names(), "a country", problems)


def _zones(fact: str, typed: Typed, problems: dict[str, list[str]]) -> tuple[str, ...] | None:
    return _looked_up(typed.value, _zone, dict.fromkeys(timezones()), "a time zone", problems)


def _language(fact: str, typed: Typed, problems: dict[str, list[str]]) -> Language | None:
    if not typed.code:
        problems["code"] = ["Choose a language."]
    if typed.level not in LANGUAGE_LEVELS:
        problems["level"] = ["Choose how well they speak it."]
    return None if problems else Language(typed.code, typed.level)


def _badges(fact: str, typed: Typed, problems: dict[str, list[str]]) -> tuple[str, ...] | None:
    if not typed.choices:
        problems["choices"] = ["Choose at least one."]
    return typed.choices or None


_READERS: Mapping[Shape, Callable[[str, Typed, dict[str, list[str]]], Any]] = MappingProxyType(
    {
        Shape.NUMBER: _number,
        Shape.MONEY: _amount,
        Shape.NAME: _name,
        Shape.NAMES: _names,
        Shape.PLACES: _places,
        Shape.ZONES: _zones,
        Shape.LANGUAGE: _language,
        Shape.BADGES: _badges,
        Shape.NOTHING: lambda fact, typed, problems: True,
    }
)


def _looked_up(
    text: str, find: Callable[[str], str], known: Iterable[str], what: str, problems: dict[str, list[str]]
) -> tuple[str, ...] | None:
    """Return the codes of the names in `text`; every name that is not known is told, with the nearest that is."""
    found: list[str] = []
    said: list[str] = []
    for item in _items(text):
        try:
            found.append(find(item))
        except BadValue:
            near = difflib.get_close_matches(item, list(known), 1, 0.6)
            hint = f" Do you mean {near[0]}?" if near else ""
            said.append(f"{_quote(item)} is not the name of {what}.{hint}")
    if not found and not said:
        said.append("Write at least one.")
    if said:
        problems["value"] = said
        return None
    return tuple(found)


def _zone(text: str) -> str:
    """Return a time zone by its name, by its difference from UTC, or by the city in its name."""
    try:
        return names.timezone(text)
    except BadValue:
        city = "/" + text.strip().lower().replace(" ", "_")
        if len(ends := [zone for zone in sorted(timezones()) if zone.lower().endswith(city)]) >= 1 and len(city) > 3:
            return min(ends, key=len)
        raise


def _items(text: str) -> Iterable[str]:
    """Yield what stands between line ends and commas; quotation marks keep a comma within a name."""
    for line in text.splitlines():
        for row in csv.reader([line], skipinitialspace=True):
            yield from (" ".join(item.split()) for item in row if item.strip())


def _line_of(fact: str) -> Callable[[str], str]:
    if fact == "country":
        return _country_line
    return _quoted


def _country_line(code: str) -> str:
    name = wording.country(code)
    try:
        return _quoted(name) if names.country(name) == code else code
    except BadValue:
        return code


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def _country_names() -> Mapping[str, str]:
    return {wording.country(code): code for code in names.country_codes().values()}


def _quote(text: str) -> str:
    return f"“{text if len(text) <= _QUOTED_MAX else text[:_QUOTED_MAX] + '…'}”"
