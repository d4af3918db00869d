"""What a partner can ask for: every fact, with its operators, and how the value beside them is read. Pure. Rule E-6."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from reprlib import Repr
from types import MappingProxyType
from typing import Any

from badges.eligibility.conditions import Money, Overlap, SkillCount, SkillMoney, Value
from badges.eligibility.facts import LANGUAGE_LEVELS, Language, folded
from badges.eligibility.refusals import Defect
from badges.eligibility.zones import WORKING_HOURS, timezones
from freelancers.feed import names, values
from freelancers.feed.errors import BadValue
from freelancers.feed.money import currencies

TALENT_BADGES = ("top_rated", "top_rated_plus", "rising_talent", "expert_vetted")
COUNT_MAX = 2_000_000_000
EARNINGS_MAX_CENTS = 10**15
RATE_MAX_CENTS = 100_000_000
YEARS_MAX = 100
INACTIVE_MAX_DAYS = 3650
TEXTS_MAX = 50
CODES_MAX = 1000
#: What can only be meant for a database: a quotation mark that ends a text, and a statement after it. No value ever
#: becomes part of a statement, so this protects nothing; it tells whoever pasted it that this is no name.
_COMMAND = re.compile(
    r"""(?ix) ['"] [\s)]* ; \s* (?:alter|create|delete|drop|grant|insert|select|truncate|update) \b
    | ' \s* (?:and|or) \s+ \S+ \s* = | ['"] [\s)]* union \s+ (?:all\s+)? select \b"""
)


#: Reads a value as JSON has it, and its place. What is wrong goes into the list, and None comes back.
Reader = Callable[[Any, str, list[Defect]], Value | None]


@dataclass(frozen=True)
class FactKind:
    """The operators a fact can be asked with, and how the value beside them is read."""

    operators: tuple[str, ...]
    read: Reader


def _whole(raw: Any, where: str, defects: list[Defect], *, low: int = 0, high: int = COUNT_MAX) -> int | None:
    if isinstance(raw, int) and not isinstance(raw, bool) and low <= raw <= high:
        return raw
    defects.append(Defect(where, f"is a whole number from {low:,} to {high:,}, not {shown(raw)}"))
    return None


def _text(raw: Any, where: str, defects: list[Defect]) -> str | None:
    try:
        if isinstance(raw, str) and (said := values.line(raw)):
            if not _COMMAND.search(said):
                return said
            defects.append(Defect(where, f"looks like a command to a database, not like a name: {shown(said)}"))
            return None
        defects.append(Defect(where, f"is a short text, not {shown(raw)}"))
    except BadValue as bad:
        defects.append(Defect(where, bad.reason))
    return None


def _one_of(raw: Any, where: str, defects: list[Defect], *, known: Collection[str], what: str) -> str | None:
    if isinstance(raw, str) and raw in known:
        return raw
    defects.append(Defect(where, f"is {what}, not {shown(raw)}"))
    return None


def _listed(
    raw: Any, where: str, defects: list[Defect], *, read: Callable[[Any, str, list[Defect]], str | None], most: int
) -> tuple[str, ...] | None:
    """Return the items of a list, each once (case aside), in order."""
    if not isinstance(raw, list) or not 1 <= len(raw) <= most:
        defects.append(Defect(where, f"is a list of 1 to {most} items"))
        return None
    kept: dict[str, str] = {}
    for place, item in enumerate(raw):
        if (said := read(item, f"{where}[{place}]", defects)) is not None:
            kept.setdefault(folded(said), said)
    return tuple(kept.values())


def _parts(raw: Any, where: str, defects: list[Defect], names_: tuple[str, ...]) -> tuple[Any, ...] | None:
    """Return the named parts of a JSON object that has exactly these."""
    if isinstance(raw, dict) and set(raw) == set(names_):
        return tuple(raw[name] for name in names_)
    defects.append(Defect(where, f"has the parts {', '.join(names_[:-1])} and {names_[-1]}, and nothing else"))
    return None


def _money(raw: Any, where: str, defects: list[Defect], *, most: int) -> Money | None:
    if (parts := _parts(raw, where, defects, ("cents", "currency"))) is None:
        return None
    cents = _whole(parts[0], f"{where}.cents", defects, high=most)
    currency = _one_of(parts[1], f"{where}.currency", defects, known=currencies(), what="an ISO 4217 code, such as USD")
    return None if cents is None or currency is None else Money(cents, currency)


def _skill_count(raw: Any, where: str, defects: list[Defect]) -> SkillCount | None:
    if (parts := _parts(raw, where, defects, ("skill", "count"))) is None:
        return None
    skill = _text(parts[0], f"{where}.skill", defects)
    count = _whole(parts[1], f"{where}.count", defects, low=1)
    return None if skill is None or count is None else SkillCount(skill, count)


def _skill_money(raw: Any, where: str, defects: list[Defect]) -> SkillMoney | None:
    if (parts := _parts(raw, where, defects, ("skill", "cents", "currency"))) is None:
        return None
    skill = _text(parts[0], f"{where}.skill", defects)
    money = _money({"cents": parts[1], "currency": parts[2]}, where, defects, most=EARNINGS_MAX_CENTS)
    return None if skill is None or money is None else SkillMoney(skill, money.cents, money.currency)


def _overlap(raw: Any, where: str, defects: list[Defect]) -> Overlap | None:
    if (parts := _parts(raw, where, defects, ("hours", "zone"))) is None:
        return None
    hours = _whole(parts[0], f"{where}.hours", defects, low=1, high=WORKING_HOURS)
    zone = _timezone(parts[1], f"{where}.zone", defects)
    return None if hours is None or zone is None else Overlap(hours, zone)


def _language(raw: Any, where: str, defects: list[Defect]) -> Language | None:
    if (parts := _parts(raw, where, defects, ("code", "level"))) is None:
        return None
    known = frozenset(names.language_codes().values())
    code = _one_of(parts[0], f"{where}.code", defects, known=known, what="an ISO 639-1 code, such as de")
    levels = f"one of {', '.join(LANGUAGE_LEVELS)}"
    level = _one_of(parts[1], f"{where}.level", defects, known=LANGUAGE_LEVELS, what=levels)
    return None if code is None or level is None else Language(code, level)


def _true(raw: Any, where: str, defects: list[Defect]) -> bool | None:
    if raw is True:
        return True
    defects.append(Defect(where, "is true: nobody can be asked to stay unverified"))
    return None


_short = Repr()
_short.maxlevel, _short.maxstring, _short.maxother = 2, 60, 60


def shown(raw: Any) -> str:
    """Return what somebody typed, in short, to be quoted to them."""
    return _short.repr(raw)


def countries() -> frozenset[str]:
    """Return every ISO 3166 code of a country that a profile can name."""
    return frozenset(names.country_codes().values())


def _country(raw: Any, where: str, defects: list[Defect]) -> str | None:
    return _one_of(raw, where, defects, known=countries(), what="an ISO 3166 code, such as DE")


def _timezone(raw: Any, where: str, defects: list[Defect]) -> str | None:
    return _one_of(raw, where, defects, known=timezones(), what="an IANA time zone, such as Europe/Berlin")


_talent_badge = partial(_one_of, known=TALENT_BADGES, what=f"one of {', '.join(TALENT_BADGES)}")
_texts = partial(_listed, read=_text, most=TEXTS_MAX)
_BOUNDS = ("at_least", "at_most")

#: Everything a partner can ask for. Amounts and counts are those of the marketplace's feed, see docs/feed.md.
FACTS: Mapping[str, FactKind] = MappingProxyType(
    {
        "certificate": FactKind(("held",), _text),
        "training": FactKind(("passed",), _text),
        "review": FactKind(("passed",), _text),
        "jobs_count": FactKind(_BOUNDS, _whole),
        "hours_worked": FactKind(_BOUNDS, _whole),
        "earnings_cents": FactKind(_BOUNDS, partial(_money, most=EARNINGS_MAX_CENTS)),
        "skill_jobs": FactKind(("at_least",), _skill_count),
        "skill_hours": FactKind(("at_least",), _skill_count),
        "skill_earnings": FactKind(("at_least",), _skill_money),
        "hourly_rate_cents": FactKind(_BOUNDS, partial(_money, most=RATE_MAX_CENTS)),
        "years_experience": FactKind(_BOUNDS, partial(_whole, high=YEARS_MAX)),
        "skills": FactKind(("has_any", "has_all"), _texts),
        "portfolio_items": FactKind(_BOUNDS, _whole),
        "country": FactKind(("in", "not_in"), partial(_listed, read=_country, most=CODES_MAX)),
        "language": FactKind(("at_least",), _language),
        "timezone": FactKind(("in",), partial(_listed, read=_timezone, most=CODES_MAX)),
        "timezone_overlap": FactKind(("at_least",), _overlap),
        "talent_badge": FactKind(("in",), partial(_listed, read=_talent_badge, most=CODES_MAX)),
        "identity_verified": FactKind(("is",), _true),
        "jss_pct": FactKind(("at_least",), partial(_whole, high=100)),
        "days_since_active": FactKind(("at_most",), partial(_whole, high=INACTIVE_MAX_DAYS)),
        "availability": FactKind(("in",), _texts),
    }
)
