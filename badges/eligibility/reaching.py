"""One thing to reach on the way to a badge: how much work it is, and what is known of the person once it is done. Pure.

A goal is about one fact. Whatever names the same `key` is one step for the person: two numbers of jobs, or all skills.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from badges.eligibility.base_rules import ACTIVE
from badges.eligibility.conditions import FACTS, Condition, countries
from badges.eligibility.facts import Certificate, Facts, Language, folded
from badges.eligibility.meeting import ENGLISH, certificates_named, is_met
from badges.eligibility.policy import BasePolicy
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
NAMED = frozenset({"visibility", "english_level", "country", "timezone", "talent_badge", "availability"})
_GROWING = frozenset({"jobs_count", "hours_worked", "earnings_cents", "years_experience"})
#: More work than anything that can be done.
OUT_OF_REACH = 1_000_000


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
    if condition.fact == "certificate":
        return Goal(f"certificate:{folded(condition.text)}", condition)
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


def effort(goal: Goal, now: Situation) -> int:
    """Return how much work a goal is, against others: 1 is a click, 10 an hour or two."""
    facts, asked = now.facts, goal.condition
    if is_reached(goal, now):
        return 0
    if not is_possible(goal, facts):
        return OUT_OF_REACH
    if asked is None:
        return {"account": 200, "restriction": 200, "block": 300}.get(goal.key, 20)
    return _effort(asked, facts)


def _effort(asked: Condition, facts: Facts) -> int:
    if asked.fact == "certificate":
        return 50 if any(certificates_named(asked.text, facts)) else 100
    if asked.fact == "skills":
        return 2 * (len(_lacking(asked, facts)) if asked.operator == "has_all" else 1)
    if asked.fact == "country":
        return 1 if facts.country is None else 5_000
    if asked.fact in _EFFORT_EACH and asked.operator == "at_least":
        return 1 + _EFFORT_EACH[asked.fact] * max(1, asked.number - (getattr(facts, asked.fact) or 0))
    if asked.fact == "earnings_cents":
        same = facts.currency == asked.money.currency
        return 10 + max(0, asked.money.cents - (facts.earnings_cents or 0)) // 500 if same else 5_000
    return _EFFORT_OTHERWISE.get(asked.fact, 5)


_EFFORT_EACH: Mapping[str, int] = MappingProxyType(
    {"portfolio_items": 6, "jobs_count": 30, "hours_worked": 2, "years_experience": 2_000, "jss_pct": 30}
)
_EFFORT_OTHERWISE: Mapping[str, int] = MappingProxyType(
    {"visibility": 1, "availability": 1, "days_since_active": 1, "timezone": 20, "language": 30, "talent_badge": 500}
)


def reached(goals: tuple[Goal, ...], now: Situation, base: BasePolicy) -> Situation:
    """Return the situation once goals of one key are reached."""
    conditions = tuple(goal.condition for goal in goals if goal.condition is not None)
    if not conditions:
        return replace(now, facts=_without_trouble(goals[0].key, now.facts))
    if conditions[0].fact in NAMED:
        return _seen(now, **{conditions[0].fact: _common_name(conditions)})
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


def _common_name(conditions: tuple[Condition, ...]) -> str:
    """Return a name that meets all of the conditions; the first one asked for where there is none."""
    named = [text for condition in conditions if condition.operator == "in" for text in condition.texts]
    candidates = named or sorted(countries())
    fits = (
        name
        for name in candidates
        if all((folded(name) in map(folded, each.texts)) is (each.operator == "in") for each in conditions)
    )
    return next(fits, candidates[0])


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


def _lacking(asked: Condition, facts: Facts) -> tuple[str, ...]:
    shown = {folded(skill) for skill in facts.skills}
    return tuple(skill for skill in asked.texts if folded(skill) not in shown)


def _skills(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    lacking = _lacking(asked, now.facts)
    if asked.operator == "has_any":
        lacking = lacking[:1] if len(lacking) == len(asked.texts) else ()
    then = replace(now, facts=replace(now.facts, skills=(*now.facts.skills, *lacking)))
    return with_parts(then, skills=now.parts.skills + len(lacking))


def _certificate(asked: Condition, now: Situation, base: BasePolicy) -> Situation:
    is_new = not any(certificates_named(asked.text, now.facts))
    certificates = (*now.facts.certificates, Certificate(asked.text, issued_on=now.day))
    then = replace(now, facts=replace(now.facts, certificates=certificates))
    return with_parts(then, certificates=now.parts.certificates + is_new)


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
