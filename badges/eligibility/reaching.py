"""One thing to reach on the way to a badge: how much work it is, and what is known of the person once it is done. Pure.

A goal is about one fact. Whatever names the same `key` is one step for the person: two numbers of jobs, or all skills.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from badges.eligibility.askable import FACTS, countries
from badges.eligibility.base_rules import ACTIVE
from badges.eligibility.conditions import Condition, SkillMoney
from badges.eligibility.facts import Certificate, Facts, Language, Passed, SkillExperience, folded
from badges.eligibility.meeting import (
    ENGLISH,
    SKILL_FIGURES,
    certificates_named,
    done_with,
    is_met,
    is_valid,
    passed_named,
)
from badges.eligibility.policy import BasePolicy
from badges.eligibility.zones import sharing
from freelancers.holds import HoldKind
from freelancers.rules import ProfileParts, completeness

VERIFICATION = "verification"
#: Which holds a step of this key ends.
ENDS: Mapping[str, frozenset[HoldKind]] = MappingProxyType(
    {
        VERIFICATION: frozenset({HoldKind.AWAITING_VERIFICATION, HoldKind.VERIFICATION_FAILED}),
        "restriction": frozenset({HoldKind.POLICY_RESTRICTION}),
        "block": frozenset({HoldKind.BLOCK}),
    }
)
#: Facts with one value of a list of names.
NAMED = frozenset(
    {"visibility", "english_level", "country", "timezone", "timezone_overlap", "talent_badge", "availability"}
)
_GROWING = frozenset({"jobs_count", "hours_worked", "earnings_cents", "years_experience"})


@dataclass(frozen=True)
class Goal:
    """One thing to reach; `condition` is None for what is not a figure: an account, or a hold that is to end."""

    key: str
    condition: Condition | None = None


@dataclass(frozen=True)
class Situation:
    """What is known of a person at a moment, with the parts of their profile."""

    facts: Facts
    parts: ProfileParts
    day: date


def goal_of(condition: Condition) -> Goal:
    """Return the goal of meeting `condition`."""
    if condition.fact in ("certificate", "training", "review"):
        return Goal(f"{condition.fact}:{folded(condition.text)}", condition)
    if condition.fact in SKILL_FIGURES:
        return Goal(f"{condition.fact}:{folded(condition.with_skill.skill)}", condition)
    if condition.fact == "timezone_overlap":
        return Goal("timezone", condition)
    if condition.fact == "language":
        return Goal(f"language:{condition.language.code}", condition)
    if condition.fact == "identity_verified":
        return Goal(VERIFICATION)
    return Goal(condition.fact, condition)


def held_to_base(goal: Goal, base: BasePolicy) -> Goal:
    """Return the goal with no less than the base policy asks: whoever has a score at all is held to E-2 as well."""
    asked = goal.condition
    if asked is None or asked.fact != "jss_pct":
        return goal
    return Goal(goal.key, replace(asked, value=max(asked.number, base.min_jss_pct)))


def base_goals(base: BasePolicy, facts: Facts, open_rules: Iterable[str]) -> tuple[Goal, ...]:
    """Return what ends the open rules of the base policy, but E-3, which follows from all the rest. Rules E-1..E-5."""
    asked = {
        "E-2": Condition("jss_pct", "at_least", base.min_jss_pct),
        "E-4": Condition("visibility", "in", base.passing_visibilities),
        "E-5": Condition("english_level", "in", base.passing_english_levels),
    }
    found = [Goal(asked[rule].fact, asked[rule]) for rule in open_rules if rule in asked]
    if "E-1" in open_rules:
        found += [Goal("account")] if facts.account_state != ACTIVE else []
        found += [Goal(key) for key, kinds in ENDS.items() if any(hold.kind in kinds for hold in facts.holds)]
    return tuple(found)


def is_possible(goal: Goal, facts: Facts) -> bool:
    """Say whether anything can be done at all: what only grows never comes down to "at most"."""
    asked = goal.condition
    if asked is None or asked.operator != "at_most" or asked.fact not in _GROWING:
        return True
    seen = getattr(facts, asked.fact)
    in_another_currency = asked.fact == "earnings_cents" and facts.currency != asked.money.currency
    return seen is None or in_another_currency


def is_reached(goal: Goal, now: Situation) -> bool:
    """Say whether a goal that names a condition of the partner is reached already; those of the base policy are not."""
    asked = goal.condition
    return asked is not None and asked.fact in FACTS and is_met(asked, now.facts, now.day)


def reached(goals: tuple[Goal, ...], now: Situation, base: BasePolicy) -> Situation:
    """Return the situation once goals of one key are reached."""
    conditions = tuple(goal.condition for goal in goals if goal.condition is not None)
    if not conditions:
        return replace(now, facts=_without_trouble(goals[0].key, now.facts))
    if conditions[0].fact in NAMED:
        return _seen(now, **{goals[0].key: _common_name(conditions, now.day)})
    for condition in conditions:
        now = _REACH[condition.fact](condition, now, base)
    return now


def with_parts(now: Situation, **values: Any) -> Situation:
    """Return the situation with other parts in the profile. A figure that is stated does not follow. Rule C."""
    parts = replace(now.parts, **values)
    if now.facts.completeness_stated_pct is not None:
        return replace(now, parts=parts)
    gained = completeness(parts).pct - completeness(now.parts).pct
    pct = max(0, min(100, now.facts.completeness_pct + gained))
    return replace(now, parts=parts, facts=replace(now.facts, completeness_pct=pct))


def _seen(now: Situation, **values: Any) -> Situation:
    return replace(now, facts=replace(now.facts, **values))


def _without_trouble(key: str, facts: Facts) -> Facts:
    if key == "account":
        return replace(facts, account_state=ACTIVE)
    holds = tuple(hold for hold in facts.holds if hold.kind not in ENDS[key])
    return replace(facts, holds=holds, identity_verified=facts.identity_verified or key == VERIFICATION)


def _common_name(conditions: tuple[Condition, ...], day: date) -> str:
    """Return a name that meets all of the conditions; the first one asked for where there is none."""
    named = [text for condition in conditions for text in _names_that_meet(condition, day)]
    candidates = named or sorted(countries())
    fits = (name for name in candidates if all(_name_meets(each, name, day) for each in conditions))
    return next(fits, candidates[0])


def _names_that_meet(condition: Condition, day: date) -> tuple[str, ...]:
    """Return the names that meet a condition by itself, where they are not nearly all there are."""
    if condition.fact == "timezone_overlap":
        wanted = condition.overlap
        return wanted.zone, *sharing(wanted.zone, wanted.hours, day)
    return condition.texts if condition.operator == "in" else ()


def _name_meets(condition: Condition, name: str, day: date) -> bool:
    if condition.fact == "timezone_overlap":
        return name in sharing(condition.overlap.zone, condition.overlap.hours, day)
    return (folded(name) in map(folded, condition.texts)) is (condition.operator == "in")


def _number(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    seen = getattr(now.facts, asked.fact)
    value = asked.number if seen is None else (max if asked.operator == "at_least" else min)(seen, asked.number)
    return _seen(now, **{asked.fact: value})


def _score(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    return _seen(now, jss_pct=max(asked.number, now.facts.jss_pct or 0))


def _portfolio(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    then = _number(asked, now, base)
    more = then.facts.portfolio_items - now.facts.portfolio_items
    return with_parts(then, portfolio=max(0, now.parts.portfolio + more))


def _money(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    seen = getattr(now.facts, asked.fact) if now.facts.currency == asked.money.currency else None
    bound = asked.money.cents
    cents = bound if seen is None else (max if asked.operator == "at_least" else min)(seen, bound)
    return _seen(now, currency=asked.money.currency, **{asked.fact: cents})


def lacking(asked: Condition, facts: Facts) -> tuple[str, ...]:
    """Return the skills asked for that the profile does not show."""
    shown = {folded(skill) for skill in facts.skills}
    return tuple(skill for skill in asked.texts if folded(skill) not in shown)


def _skills(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    missing = lacking(asked, now.facts)
    if asked.operator == "has_any":
        missing = missing[:1] if len(missing) == len(asked.texts) else ()
    then = replace(now, facts=replace(now.facts, skills=(*now.facts.skills, *missing)))
    return with_parts(then, skills=now.parts.skills + len(missing))


def _certificate(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    is_new = not any(certificates_named(asked.text, now.facts))
    certificates = (*now.facts.certificates, Certificate(asked.text, issued_on=now.day))
    then = replace(now, facts=replace(now.facts, certificates=certificates))
    return with_parts(then, certificates=now.parts.certificates + is_new)


def _passed(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    if any(is_valid(each, now.day) for each in passed_named(asked.fact, asked.text, now.facts)):
        return now
    return _seen(now, passed=(*now.facts.passed, Passed(asked.fact, asked.text, now.day)))


def _with_skill(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    wanted, figure = asked.with_skill, SKILL_FIGURES[asked.fact]
    bound = wanted.cents if isinstance(wanted, SkillMoney) else wanted.count
    known = next(done_with(wanted.skill, now.facts), SkillExperience(wanted.skill))
    reached_now: dict[str, Any] = {figure: max(bound, getattr(known, figure) or 0)}
    then = replace(known, **reached_now)
    others = tuple(each for each in now.facts.skill_experience if each != known)
    currency = wanted.currency if isinstance(wanted, SkillMoney) else now.facts.currency
    return _seen(now, skill_experience=(*others, then), currency=currency)


def _language(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    code, level = asked.language.code, asked.levels[0]
    facts = replace(now.facts, languages=(*now.facts.languages, Language(code, level)))
    passing = [level for level in asked.levels if level in base.passing_english_levels]
    if code == ENGLISH and passing and facts.english_level not in passing:
        facts = replace(facts, english_level=passing[0])
    return replace(now, facts=facts)


def _active(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    return _seen(now, last_active_on=now.day)


_REACH: Mapping[str, Callable[[Condition, Situation, BasePolicy], Situation]] = MappingProxyType(
    {
        "certificate": _certificate,
        "training": _passed,
        "review": _passed,
        "skill_jobs": _with_skill,
        "skill_hours": _with_skill,
        "skill_earnings": _with_skill,
        "jobs_count": _number,
        "hours_worked": _number,
        "years_experience": _number,
        "portfolio_items": _portfolio,
        "earnings_cents": _money,
        "hourly_rate_cents": _money,
        "skills": _skills,
        "language": _language,
        "jss_pct": _score,
        "days_since_active": _active,
    }
)
