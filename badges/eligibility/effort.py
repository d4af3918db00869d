"""How much work it is to reach something on the way to a badge, against other things. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from badges.eligibility.conditions import Condition, SkillMoney
from badges.eligibility.facts import Facts
from badges.eligibility.meeting import SKILL_FIGURES, certificates_named, done_with
from badges.eligibility.reaching import Goal, Situation, is_possible, is_reached, lacking

#: More work than anything that can be done.
OUT_OF_REACH = 1_000_000


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
    if asked.fact in SKILL_FIGURES:
        return _effort_with_skill(asked, facts)
    if asked.fact == "skills":
        return 2 * (len(lacking(asked, facts)) if asked.operator == "has_all" else 1)
    if asked.fact == "country":
        return 1 if facts.country is None else 5_000
    if asked.fact in _EFFORT_EACH and asked.operator == "at_least":
        return 1 + _EFFORT_EACH[asked.fact] * max(1, asked.number - (getattr(facts, asked.fact) or 0))
    if asked.fact == "earnings_cents":
        same = facts.currency == asked.money.currency
        return 10 + max(0, asked.money.cents - (facts.earnings_cents or 0)) // 500 if same else 5_000
    return _EFFORT_OTHERWISE.get(asked.fact, 5)


def _effort_with_skill(asked: Condition, facts: Facts) -> int:
    wanted = asked.with_skill
    seen = max((getattr(each, SKILL_FIGURES[asked.fact]) or 0 for each in done_with(wanted.skill, facts)), default=0)
    if isinstance(wanted, SkillMoney):
        return 10 + max(0, wanted.cents - seen) // 500 if facts.currency == wanted.currency else 5_000
    return 1 + (30 if asked.fact == "skill_jobs" else 2) * max(1, wanted.count - seen)


_EFFORT_EACH: Mapping[str, int] = MappingProxyType(
    {"portfolio_items": 6, "jobs_count": 30, "hours_worked": 2, "years_experience": 2_000, "jss_pct": 30}
)
_EFFORT_OTHERWISE: Mapping[str, int] = MappingProxyType(
    {
        "visibility": 1,
        "availability": 1,
        "days_since_active": 1,
        "timezone": 20,
        "timezone_overlap": 20,
        "language": 30,
        "review": 60,
        "training": 80,
        "talent_badge": 500,
    }
)
