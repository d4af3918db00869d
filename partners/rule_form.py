"""A partner's condition as a form: what can be asked for, what was typed, and what is wrong with it. Pure. Rule E-6.

Everything that `badges/eligibility/conditions.py` knows can be typed; a condition shown in the form and read again is
the same. What the form cannot read never becomes a condition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from badges.eligibility.askable import FACTS
from badges.eligibility.conditions import Condition, Money, Overlap, SkillCount, SkillMoney, Value
from badges.eligibility.facts import LANGUAGE_LEVELS, Language
from badges.eligibility.refusals import Defect
from badges.eligibility.zones import timezones
from core import wording
from core.errors import InvalidInput
from freelancers.feed import names
from partners.rule_names import country_names, items, line_of, looked_up, quote, zone


class Shape(StrEnum):
    """What a fact's value is typed into."""

    NUMBER = "number"
    MONEY = "money"
    NAME = "name"
    NAMES = "names"
    PLACES = "places"
    ZONES = "zones"
    LANGUAGE = "language"
    SKILL_NUMBER = "skill_number"
    SKILL_MONEY = "skill_money"
    OVERLAP = "overlap"
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
            "skill_jobs": Asked(
                Shape.SKILL_NUMBER, "How many jobs they have finished with one skill.", "Number of jobs", "jobs"
            ),
            "skill_hours": Asked(
                Shape.SKILL_NUMBER, "How many hours they have worked with one skill.", "Number of hours", "hours"
            ),
            "skill_earnings": Asked(Shape.SKILL_MONEY, "What they have earned with one skill.", "Amount"),
            "years_experience": Asked(Shape.NUMBER, "How long they have done this work.", "Number of years", "years"),
        },
        "Proof of skill": {
            "certificate": Asked(Shape.NAME, "A certificate by its name, not expired.", "Name of the certificate"),
            "training": Asked(
                Shape.NAME, "A training of yours that you note they have passed.", "Name of the training"
            ),
            "review": Asked(Shape.NAME, "A review of yours that you note they have passed.", "Name of the review"),
            "skills": Asked(Shape.NAMES, "Skills that their profile shows: all of them, or any.", "Skills"),
            "portfolio_items": Asked(Shape.NUMBER, "How much work they show.", "Number of items", "portfolio items"),
            "jss_pct": Asked(Shape.NUMBER, "How well their clients rate them.", "Score in percent", "percent"),
            "talent_badge": Asked(Shape.BADGES, "A distinction that the marketplace gives.", "Talent badges"),
            "identity_verified": Asked(Shape.NOTHING, "The marketplace has checked who they are.", ""),
        },
        "Where and how they work": {
            "country": Asked(Shape.PLACES, "Where they are: only some countries, or all but some.", "Countries"),
            "timezone": Asked(Shape.ZONES, "Where their clock is set.", "Time zones"),
            "timezone_overlap": Asked(
                Shape.OVERLAP,
                "How much of the working day, 9 to 17, they share with you. Daylight saving counts.",
                "Number of hours",
                "hours",
            ),
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
    skill: str = ""
    zone: str = ""
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
        case Money() | SkillMoney():
            skill = value.skill if isinstance(value, SkillMoney) else ""
            return Typed(operator, _amount_text(value.cents), value.currency, skill=skill)
        case SkillCount():
            return Typed(operator, str(value.count), skill=value.skill)
        case Overlap():
            return Typed(operator, str(value.hours), zone=value.zone)
        case Language():
            return Typed(operator, code=value.code, level=str(value.level))
        case tuple():
            if ASKED[condition.fact].shape is Shape.BADGES:
                return Typed(operator, choices=value)
            return Typed(operator, "\n".join(map(line_of(condition.fact), value)))
        case _:
            return Typed(operator, "" if value is True else str(value))


def _amount_text(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}".removesuffix(".00")


def condition_of(fact: str, typed: Typed, *, min_jss_pct: int = 0) -> Condition:
    """Return the condition that was typed. Raises NotUnderstood with everything that is wrong, at its place."""
    if fact not in ASKED:
        raise NotUnderstood({"fact": (f"{quote(fact)} is nothing that can be asked for.",)})
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
    elif not isinstance(value, (int, str)):
        raw = vars(value)
    defects: list[Defect] = []
    read = FACTS[fact].read(raw, "", defects)
    for defect in defects:
        place = defect.where.strip(".")
        place = place if place in ("code", "level", "currency", "skill", "zone") else "value"
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
        said = f"Write the number alone, such as 10: it is counted in {unit}. {quote(text)} says something else."
    problems["value"] = [said]
    return None


def _amount(fact: str, typed: Typed, problems: dict[str, list[str]]) -> Money | None:
    text = typed.value.strip()
    if found := re.fullmatch(r"(\d{1,15}|\d{1,3}(?:[, ]\d{3}){1,4})(?:\.(\d{1,2}))?", text, re.ASCII):
        cents = int(re.sub(r"[, ]", "", found[1])) * 100 + int((found[2] or "").ljust(2, "0"))
        return Money(cents, typed.currency)
    said = "Write the amount alone, such as 5,000 or 40.50, and choose the currency beside it."
    problems["value"] = [f"{said} {quote(text)} says something else." if text else said]
    return None


def _name(fact: str, typed: Typed, problems: dict[str, list[str]]) -> str | None:
    if typed.value.strip():
        return typed.value
    problems["value"] = ["Write its name, as it stands on profiles."]
    return None


def _names(fact: str, typed: Typed, problems: dict[str, list[str]]) -> tuple[str, ...] | None:
    found = tuple(items(typed.value))
    if not found:
        problems["value"] = ["Write at least one."]
    return found or None


def _places(fact: str, typed: Typed, problems: dict[str, list[str]]) -> tuple[str, ...] | None:
    return looked_up(typed.value, names.country, country_names(), "a country", problems)


def _zones(fact: str, typed: Typed, problems: dict[str, list[str]]) -> tuple[str, ...] | None:
    return looked_up(typed.value, zone, dict.fromkeys(timezones()), "a time zone", problems)


def _language(fact: str, typed: Typed, problems: dict[str, list[str]]) -> Language | None:
    if not typed.code:
        problems["code"] = ["Choose a language."]
    if typed.level not in LANGUAGE_LEVELS:
        problems["level"] = ["Choose how well they speak it."]
    return None if problems else Language(typed.code, typed.level)


def _with_skill(fact: str, typed: Typed, problems: dict[str, list[str]]) -> SkillCount | None:
    count = _number(fact, typed, problems)
    if not _has_skill(typed, problems) or count is None:
        return None
    return SkillCount(typed.skill, count)


def _earned_with(fact: str, typed: Typed, problems: dict[str, list[str]]) -> SkillMoney | None:
    money = _amount(fact, typed, problems)
    if not _has_skill(typed, problems) or money is None:
        return None
    return SkillMoney(typed.skill, money.cents, money.currency)


def _has_skill(typed: Typed, problems: dict[str, list[str]]) -> bool:
    if not typed.skill.strip():
        problems["skill"] = ["Write the skill, as it stands on profiles."]
    return bool(typed.skill.strip())


def _overlap(fact: str, typed: Typed, problems: dict[str, list[str]]) -> Overlap | None:
    hours, found = _number(fact, typed, problems), None
    told: dict[str, list[str]] = {}
    if typed.zone.strip():
        found = looked_up(typed.zone, zone, dict.fromkeys(timezones()), "a time zone", told)
    if told or not found or len(found) > 1:
        problems["zone"] = told.get("value") or ["Write one time zone, such as Europe/Berlin."]
        return None
    return None if hours is None else Overlap(hours, found[0])


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
        Shape.SKILL_NUMBER: _with_skill,
        Shape.SKILL_MONEY: _earned_with,
        Shape.OVERLAP: _overlap,
        Shape.BADGES: _badges,
        Shape.NOTHING: lambda fact, typed, problems: True,
    }
)
