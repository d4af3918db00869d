"""What each step of a path is called, what to do, and what only time or others can do. Pure. Rules E-10, H-6."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import IntEnum
from types import MappingProxyType

from badges.eligibility import asking
from badges.eligibility.base_rules import BASE_RULES, account_steps
from badges.eligibility.conditions import Condition, SkillCount, SkillMoney
from badges.eligibility.facts import Facts, folded
from badges.eligibility.meeting import SKILL_FIGURES, certificates_named, done_with, passed_named
from badges.eligibility.policy import BasePolicy
from badges.eligibility.reaching import ENDS, VERIFICATION, Goal, Situation, is_possible
from badges.eligibility.telling import told
from core import wording
from freelancers.holds import HOLDS, HoldKind
from freelancers.rules import Addition


class Kind(IntEnum):
    """What a step is about, in the order in which steps can be done."""

    ACCOUNT = 1
    VISIBILITY = 2
    PROFILE = 3
    TRAINING = 4
    EXPERIENCE = 5
    SCORE = 6


STATED_FIGURE = "The marketplace states the figure; it follows with its next update."
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "account": Kind.ACCOUNT,
        **dict.fromkeys(ENDS, Kind.ACCOUNT),
        "visibility": Kind.VISIBILITY,
        **dict.fromkeys(("certificate", "training", "review"), Kind.TRAINING),
        **dict.fromkeys(SKILL_FIGURES, Kind.EXPERIENCE),
        **dict.fromkeys(("jobs_count", "hours_worked", "earnings_cents", "talent_badge"), Kind.EXPERIENCE),
        "years_experience": Kind.EXPERIENCE,
        "jss_pct": Kind.SCORE,
    }
)
_TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        "account": "Have your account active again",
        VERIFICATION: "Verify your identity",
        "restriction": "Have the policy restriction lifted",
        "block": "Have the block lifted",
    }
)
_BASE_RULE_OF: Mapping[str, str] = MappingProxyType({"visibility": "E-4", "english_level": "E-5", "jss_pct": "E-2"})
_PARTNER_NOTES = "The partner gives it, and notes who has passed."
_STATES_IT = "It counts from the day on which the marketplace states it."


def kind(key: str) -> Kind:
    """Return what the steps of this key are about; most are entries of the profile."""
    return _KINDS.get(key.split(":")[0], Kind.PROFILE)


def title(goals: tuple[Goal, ...], now: Situation) -> str:
    """Return a step as an order in a few words: "Finish 3 more jobs"."""
    asked = [goal.condition for goal in goals if goal.condition is not None]
    if not asked:
        return _TROUBLES[goals[0].key]
    say = _TITLES.get(asked[0].fact)
    if say is None or not all(is_possible(goal, now.facts) for goal in goals):
        return wording.capital("; ".join(asking.phrase(each) for each in asked))
    return say(asked, now)


def text(goals: tuple[Goal, ...], now: Situation, base: BasePolicy) -> str:
    """Return what to do: the same sentences as in the checklist."""
    if goals[0].condition is None:
        return _trouble_text(goals[0].key, now)
    said = (_next_step(goal.condition, now, base) for goal in goals if goal.condition is not None)
    return " ".join(dict.fromkeys(filter(None, said)))


def waits_for(goals: tuple[Goal, ...], now: Situation) -> str | None:
    """Return what only time or others can do about a step, as a sentence; None for what is in one's own hands."""
    key, asked = goals[0].key, goals[0].condition
    if asked is None:
        return _decides(key, now)
    unknown = _is_unknown(asked, now.facts)
    return {
        "jss_pct": "It takes time: the score is updated every day.",
        "talent_badge": "The marketplace decides.",
        "certificate": "Whoever issues the certificate decides; it counts as soon as your profile shows it.",
        "training": _PARTNER_NOTES,
        "review": "The partner reviews your work, and notes it when you have passed.",
        "skill_jobs": _STATES_IT if unknown else "It counts when the jobs are finished.",
        "skill_hours": _STATES_IT if unknown else "It counts as you work.",
        "skill_earnings": _STATES_IT if unknown else "It counts as you earn.",
        "jobs_count": _STATES_IT if unknown else "It counts when the jobs are finished.",
        "hours_worked": _STATES_IT if unknown else "It counts as you work.",
        "earnings_cents": _STATES_IT if unknown else "It counts as you earn.",
        "years_experience": _STATES_IT if unknown else "It takes time.",
    }.get(asked.fact)


def _is_unknown(asked: Condition, facts: Facts) -> bool:
    if asked.fact in SKILL_FIGURES:
        figures = (getattr(each, SKILL_FIGURES[asked.fact]) for each in done_with(asked.with_skill.skill, facts))
        return all(figure is None for figure in figures)
    return getattr(facts, asked.fact, "") is None


def profile_text(additions: tuple[Addition, ...], *, stated: bool, has_pct: int) -> str:
    """Return what to do about a profile that is not complete. Rules C, E-3."""
    if not stated:
        return "This is the least that makes it complete; anything else that gives as many points does as well."
    figure = f"The marketplace states {wording.percent(has_pct)}."
    if not additions:
        return f"{figure} By its parts your profile would be complete: open it there, and save it again."
    return f"{figure} By the parts that Laurel knows of, this is the least that is missing."


def part(addition: Addition) -> str:
    """Return what to add to a profile: "two portfolio items"."""
    one, many = _PARTS[addition.part]
    return one if addition.count == 1 else f"{_COUNTS.get(addition.count, addition.count)} {many}"


_COUNTS = {2: "two", 3: "three", 4: "four"}
_PARTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "photo": ("a photo (or verify your identity, which stands in for one)", "photos"),
        "overview": ("an overview", "overviews"),
        "employment": ("a job you have had", "jobs you have had"),
        "skills": ("a skill", "skills"),
        "portfolio": ("a portfolio item", "portfolio items"),
        "further employment": ("one more job you have had", "more jobs you have had"),
        "further skills": ("one more skill", "more skills"),
        "education": ("a school or degree", "schools or degrees"),
        "video": ("a profile video", "profile videos"),
        "linked accounts": ("a linked account", "linked accounts"),
        "certificates": ("a certificate", "certificates"),
        "other experience": ("other experience", "other experiences"),
    }
)


def _trouble_text(key: str, now: Situation) -> str:
    if key == "account":
        return account_steps(_without_holds(now))
    kinds = [hold.kind for hold in now.facts.holds if hold.kind in ENDS[key]] or [HoldKind.AWAITING_VERIFICATION]
    return " ".join(dict.fromkeys(HOLDS[each].lifted_when for each in kinds))


def _without_holds(now: Situation) -> Facts:
    return replace(now.facts, holds=())


def _decides(key: str, now: Situation) -> str:
    if key == VERIFICATION:
        return "An agent decides, right after the call."
    return "The marketplace's staff decide."


def _next_step(asked: Condition, now: Situation, base: BasePolicy) -> str:
    if (rule := _BASE_RULE_OF.get(asked.fact)) and asked.fact != "jss_pct":
        return next(each for each in BASE_RULES if each.rule == rule).judge(base, now.facts).next_step
    return told(asked, now.facts, now.day, base).next_step


def _bound(asked: list[Condition]) -> Condition:
    """Return the highest of several lower limits, or else the first of what is asked."""
    return max(asked, key=lambda each: (each.operator == "at_least", each.number))


def _counted(verb: str, one: str, many: str) -> Callable[[list[Condition], Situation], str]:
    def say(asked: list[Condition], now: Situation) -> str:
        bound = _bound(asked)
        seen = getattr(now.facts, bound.fact)
        if seen is None:
            return wording.capital(asking.phrase(bound))
        missing = bound.number - seen
        if missing < 0:
            return f"Take {wording.counted(-missing, one.replace('more ', ''), many.replace('more ', ''))} out"
        return f"{verb} {wording.counted(missing, one, many)}"

    return say


def _score(asked: list[Condition], now: Situation) -> str:
    needed, seen = _bound(asked).number, now.facts.jss_pct
    if seen is None:
        return f"Have a Job Success Score of {wording.percent(needed)} or more"
    points = wording.counted(needed - seen, "point", "points")
    return f"Raise your Job Success Score by {points}, to {wording.percent(needed)}"


def _certificate(asked: list[Condition], now: Situation) -> str:
    verb = "Renew" if any(certificates_named(asked[0].text, now.facts)) else "Earn"
    return f"{verb} the certificate “{asked[0].text}”"


def _passed(verb: str) -> Callable[[list[Condition], Situation], str]:
    def say(asked: list[Condition], now: Situation) -> str:
        again = " again" if any(passed_named(asked[0].fact, asked[0].text, now.facts)) else ""
        return f"{verb} the {asked[0].fact} “{asked[0].text}”{again}"

    return say


def _with_skill(verb: str, one: str, many: str) -> Callable[[list[Condition], Situation], str]:
    def say(asked: list[Condition], now: Situation) -> str:
        bound = max((each.with_skill for each in asked if isinstance(each.with_skill, SkillCount)), key=_count)
        figure = SKILL_FIGURES[asked[0].fact]
        seen = [getattr(each, figure) or 0 for each in done_with(bound.skill, now.facts)]
        missing = bound.count - max(seen, default=0)
        return f"{verb} {wording.counted(missing, one, many)} with {bound.skill}"

    return say


def _count(asked: SkillCount) -> int:
    return asked.count


def _earned_with(asked: list[Condition], now: Situation) -> str:
    wanted = asked[0].with_skill
    assert isinstance(wanted, SkillMoney)
    return f"Earn at least {wording.amount(wanted.cents, wanted.currency)} with {wanted.skill}"


def _overlap(asked: list[Condition], now: Situation) -> str:
    wanted = asked[0].overlap
    hours = wording.counted(wanted.hours, "hour", "hours")
    return f"Work in a time zone that shares {hours} of the day with {wanted.zone}"


def _skills(asked: list[Condition], now: Situation) -> str:
    shown = {folded(skill) for skill in now.facts.skills}
    if len(asked) > 1:
        return "Add skills to your profile"
    lacking = tuple(skill for skill in asked[0].texts if folded(skill) not in shown)
    if asked[0].operator == "has_any" and len(lacking) > 1:
        return f"Add the skill {wording.listed(lacking, 'or')} to your profile"
    return f"Add {asking.skills(lacking)} to your profile"


def _money(verb: str) -> Callable[[list[Condition], Situation], str]:
    return lambda asked, now: f"{verb} {asking.limit(asked[0].operator, _amount(asked[0]))}"


def _amount(asked: Condition) -> str:
    return wording.amount(asked.money.cents, asked.money.currency)


_TITLES: Mapping[str, Callable[[list[Condition], Situation], str]] = MappingProxyType(
    {
        "visibility": lambda asked, now: f"Make your profile {wording.listed(asked[0].texts, 'or')}",
        "english_level": lambda asked, now: f"State {wording.listed(asked[0].texts, 'or')} English on your profile",
        "language": lambda asked, now: f"State {asking.phrase(asked[0])} on your profile",
        "jss_pct": _score,
        "certificate": _certificate,
        "training": _passed("Pass"),
        "review": _passed("Pass"),
        "skill_jobs": _with_skill("Finish", "more job", "more jobs"),
        "skill_hours": _with_skill("Work", "more hour", "more hours"),
        "skill_earnings": _earned_with,
        "timezone_overlap": _overlap,
        "skills": _skills,
        "jobs_count": _counted("Finish", "more job", "more jobs"),
        "hours_worked": _counted("Work", "more hour", "more hours"),
        "portfolio_items": _counted("Add", "more portfolio item", "more portfolio items"),
        "earnings_cents": _money("Earn"),
        "hourly_rate_cents": _money("Set your hourly rate to"),
        "talent_badge": lambda asked, now: f"Hold the talent badge {asking.badges(asked[0].texts)}",
        "days_since_active": lambda asked, now: "Be active on the marketplace",
        "availability": lambda asked, now: f"Set your availability to {asking.quoted(asked[0].texts)}",
    }
)
