"""Whether a person meets a partner's condition. Rule E-6. `badges/eligibility/sql.py` says the same to the database.

What is not known meets nothing: neither "at most" nor "not in".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from badges.eligibility.conditions import Condition, Group, Requirement, SkillMoney
from badges.eligibility.facts import LANGUAGE_LEVELS, Certificate, Facts, Passed, SkillExperience, folded
from badges.eligibility.zones import sharing

ENGLISH = "en"


def is_met(requirement: Requirement, facts: Facts, day: date) -> bool:
    """Say whether `facts` meet `requirement` on `day`."""
    if isinstance(requirement, Group):
        enough = all if requirement.kind == "all" else any
        return enough(is_met(member, facts, day) for member in requirement.members)
    return _MET[requirement.fact](requirement, facts, day)


def inactive_days(facts: Facts, day: date) -> int | None:
    """Return for how many days the person has not been active, None when that is not known."""
    return None if facts.last_active_on is None else (day - facts.last_active_on).days


def certificates_named(name: str, facts: Facts) -> Iterator[Certificate]:
    """Yield the person's certificates of this name, in upper or lower case."""
    wanted = folded(name)
    return (certificate for certificate in facts.certificates if folded(certificate.name) == wanted)


def passed_named(kind: str, name: str, facts: Facts) -> Iterator[Passed]:
    """Yield what the person passed of this kind and name, in upper or lower case."""
    wanted = folded(name)
    return (each for each in facts.passed if each.kind == kind and folded(each.name) == wanted)


def done_with(skill: str, facts: Facts) -> Iterator[SkillExperience]:
    """Yield what is known of the person's work with a skill, in upper or lower case."""
    wanted = folded(skill)
    return (each for each in facts.skill_experience if folded(each.skill) == wanted)


def is_valid(certificate: Certificate | Passed, day: date) -> bool:
    """Say whether `certificate` is valid on `day`: its last day counts."""
    return certificate.expires_on is None or certificate.expires_on >= day


def levels_of(code: str, facts: Facts) -> tuple[str | None, ...]:
    """Return the levels at which the language is spoken; None for one listed without. English has a fact of its own."""
    listed = tuple(spoken.level for spoken in facts.languages if spoken.code == code)
    return (*listed, facts.english_level) if code == ENGLISH and facts.english_level else listed


def _within(bound: int, operator: str, seen: int | None) -> bool:
    if seen is None:
        return False
    return seen >= bound if operator == "at_least" else seen <= bound


def _number(condition: Condition, facts: Facts, day: date) -> bool:
    return _within(condition.number, condition.operator, getattr(facts, condition.fact))


def _inactive(condition: Condition, facts: Facts, day: date) -> bool:
    return _within(condition.number, condition.operator, inactive_days(facts, day))


def _money(condition: Condition, facts: Facts, day: date) -> bool:
    wanted, seen = condition.money, getattr(facts, condition.fact)
    return wanted.currency == facts.currency and _within(wanted.cents, condition.operator, seen)


def _code(condition: Condition, facts: Facts, day: date) -> bool:
    seen = getattr(facts, condition.fact)
    return seen is not None and (seen in condition.texts) is (condition.operator == "in")


def _availability(condition: Condition, facts: Facts, day: date) -> bool:
    return facts.availability is not None and folded(facts.availability) in map(folded, condition.texts)


def _skills(condition: Condition, facts: Facts, day: date) -> bool:
    shown = {folded(skill) for skill in facts.skills}
    enough = all if condition.operator == "has_all" else any
    return enough(folded(skill) in shown for skill in condition.texts)


def _language(condition: Condition, facts: Facts, day: date) -> bool:
    spoken = levels_of(condition.language.code, facts)
    # A language listed without a level is spoken at least a little.
    return any(level in condition.levels or condition.levels == LANGUAGE_LEVELS for level in spoken)


def _certificate(condition: Condition, facts: Facts, day: date) -> bool:
    return any(is_valid(certificate, day) for certificate in certificates_named(condition.text, facts))


def _passed(condition: Condition, facts: Facts, day: date) -> bool:
    return any(is_valid(each, day) for each in passed_named(condition.fact, condition.text, facts))


#: Which figure of what was done with a skill a fact is about.
SKILL_FIGURES: Mapping[str, str] = MappingProxyType(
    {"skill_jobs": "jobs", "skill_hours": "hours", "skill_earnings": "earnings_cents"}
)


def _with_skill(condition: Condition, facts: Facts, day: date) -> bool:
    asked, figure = condition.with_skill, SKILL_FIGURES[condition.fact]
    if isinstance(asked, SkillMoney):
        bound = asked.cents
        if asked.currency != facts.currency:
            return False
    else:
        bound = asked.count
    return any(_within(bound, "at_least", getattr(each, figure)) for each in done_with(asked.skill, facts))


def _overlap(condition: Condition, facts: Facts, day: date) -> bool:
    return facts.timezone in sharing(condition.overlap.zone, condition.overlap.hours, day)


def _identity(condition: Condition, facts: Facts, day: date) -> bool:
    return facts.identity_verified


_MET: Mapping[str, Callable[[Condition, Facts, date], bool]] = MappingProxyType(
    {
        "certificate": _certificate,
        "training": _passed,
        "review": _passed,
        "jobs_count": _number,
        "hours_worked": _number,
        "earnings_cents": _money,
        "skill_jobs": _with_skill,
        "skill_hours": _with_skill,
        "skill_earnings": _with_skill,
        "hourly_rate_cents": _money,
        "years_experience": _number,
        "skills": _skills,
        "portfolio_items": _number,
        "country": _code,
        "language": _language,
        "timezone": _code,
        "timezone_overlap": _overlap,
        "talent_badge": _code,
        "identity_verified": _identity,
        "jss_pct": _number,
        "days_since_active": _inactive,
        "availability": _availability,
    }
)
