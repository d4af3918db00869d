"""How a person stands with trainings, reviews, work with a skill and shared hours, in words. Rules E-6, E-10."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from badges.eligibility import asking
from badges.eligibility.conditions import Condition, SkillMoney
from badges.eligibility.facts import Facts
from badges.eligibility.meeting import SKILL_FIGURES, done_with, is_valid, passed_named
from badges.eligibility.zones import shared_minutes, timezones
from core import wording

#: The value seen, the sentence about it, and what to do when that is not enough.
Words = tuple[str, str, str]

_STEPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "training": ("Pass", "It counts as soon as the partner notes that you passed it."),
        "review": ("Ask the partner for", "It counts as soon as the partner notes that you passed it."),
    }
)


def _passed(asked: Condition, facts: Facts, day: date) -> Words:
    name = f"{asked.fact} “{asked.text}”"
    verb, counts = _STEPS[asked.fact]
    noted = sorted(passed_named(asked.fact, asked.text, facts), key=lambda each: each.expires_on or date.max)
    if not noted:
        sentence = f"The partner has not noted that you passed the {name}, and it is needed."
        return "not passed", sentence, f"{verb} the {name}. {counts}"
    last = noted[-1]
    if is_valid(last, day):
        until = f" It counts until {wording.day(last.expires_on)}." if last.expires_on else ""
        value = f"passed on {wording.day(last.passed_on)}"
        return value, f"You {value.replace('passed', f'passed the {name}', 1)}.{until}", ""
    assert last.expires_on is not None
    lapsed = f"lapsed on {wording.day(last.expires_on)}"
    return lapsed, f"Your {name} {lapsed}, and one that counts is needed.", f"{verb} the {name} again. {counts}"


def _with_skill(asked: Condition, facts: Facts, day: date) -> Words:
    wanted = asked.with_skill
    figures = [getattr(each, SKILL_FIGURES[asked.fact]) for each in done_with(wanted.skill, facts)]
    seen = max((figure for figure in figures if figure is not None), default=None)
    return (_earned if isinstance(wanted, SkillMoney) else _counted)(asked, seen, facts)


def _counted(asked: Condition, seen: int | None, facts: Facts) -> Words:
    one, many = asking.NOUNS[asked.fact]
    wanted = asked.with_skill
    assert not isinstance(wanted, SkillMoney)
    needed = f"at least {wanted.count:,} {'is' if wanted.count == 1 else 'are'} needed"
    if seen is None:
        return _unknown(many, wanted.skill, needed)
    missing = wanted.count - seen
    step = {
        "skill_jobs": f"Finish {wording.counted(missing, 'more job', 'more jobs')} with it on the marketplace.",
        "skill_hours": f"Work {wording.counted(missing, 'more hour', 'more hours')} with it on the marketplace.",
    }[asked.fact]
    sentence = f"Your profile shows {wording.counted(seen, one, many)} with the skill {wanted.skill}, and {needed}."
    return f"{seen:,}", sentence, step if missing > 0 else ""


def _earned(asked: Condition, seen: int | None, facts: Facts) -> Words:
    wanted = asked.with_skill
    assert isinstance(wanted, SkillMoney)
    needed = f"at least {wording.amount(wanted.cents, wanted.currency)} are needed"
    if seen is None:
        return _unknown("earnings", wanted.skill, needed)
    value = wording.amount(seen, facts.currency)
    sentence = f"Your earnings with the skill {wanted.skill} are {value}, and {needed}"
    if facts.currency != wanted.currency:
        step = f"Ask the partner to name an amount in {facts.currency} as well."
        return value, f"{sentence}; amounts in two currencies are not compared.", step
    missing = wanted.cents - seen
    step = f"Earn {wording.amount(missing, wanted.currency)} more with it on the marketplace." if missing > 0 else ""
    return value, f"{sentence}.", step


def _unknown(what: str, skill: str, needed: str) -> Words:
    sentence = f"Your profile states no {what} with the skill {skill}, and {needed}."
    return "not known", sentence, f"This is decided as soon as the marketplace states your {what} with {skill}."


def _overlap(asked: Condition, facts: Facts, day: date) -> Words:
    wanted = asked.overlap
    needed = f"at least {wording.counted(wanted.hours, 'hour', 'hours')} {'is' if wanted.hours == 1 else 'are'} needed"
    with_whom = f"shared with people at work from 9 to 17 in {wanted.zone}"
    if facts.timezone is None or facts.timezone not in timezones():
        state = f"Your profile states no time zone{' that is known' if facts.timezone else ''}"
        return "not stated", f"{state}, and {needed}, {with_whom}.", "Set your time zone on your profile."
    minutes = shared_minutes(wanted.zone, facts.timezone, day) if wanted.zone in timezones() else 0
    seen = _hours(minutes)
    step = "If you live in another time zone by now, set it on your profile; otherwise look for another programme."
    sentence = f"In your time zone, {facts.timezone}, {seen} of your working day are {with_whom}, and {needed}."
    return seen, sentence, step if minutes < wanted.hours * 60 else ""


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{wording.counted(hours, 'hour', 'hours')}{f' and {rest} minutes' if rest else ''}"


WORDS: Mapping[str, Callable[[Condition, Facts, date], Words]] = MappingProxyType(
    {
        "training": _passed,
        "review": _passed,
        "skill_jobs": _with_skill,
        "skill_hours": _with_skill,
        "skill_earnings": _with_skill,
        "timezone_overlap": _overlap,
    }
)


def noted_at(asked: Condition, facts: Facts) -> datetime | None:
    """Return when the partner noted what counts for a training or review; None when nothing is noted."""
    return max((each.noted_at for each in passed_named(asked.fact, asked.text, facts) if each.noted_at), default=None)
