"""How a person stands with a partner's requirement, in words: what was seen, and what to do next. Rules E-6, E-10."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from badges.eligibility import asking
from badges.eligibility.base_rules import score_seen
from badges.eligibility.conditions import Condition, Group, Requirement
from badges.eligibility.facts import LANGUAGE_LEVELS, Facts, folded
from badges.eligibility.findings import Seen
from badges.eligibility.meeting import certificates_named, inactive_days, is_met, levels_of
from badges.eligibility.policy import BasePolicy
from badges.eligibility.telling_of_work import WORDS as _WORDS_OF_WORK
from badges.eligibility.telling_of_work import Words, noted_at
from core import wording
from freelancers.holds import HOLDS, HoldKind

UNKNOWN = "not known"
NOT_STATED = "not stated"
_ONLY_GROWS = "This does not go down again, so it cannot be met any more; other programmes ask for other things."


def told(requirement: Requirement, facts: Facts, day: date, base: BasePolicy) -> Seen:
    """Return how the person stands with `requirement` on `day`."""
    if isinstance(requirement, Group):
        return _group(requirement, facts, day, base)
    if requirement.fact == "jss_pct":
        return score_seen(requirement.number, base, facts)
    value, sentence, step = _WORDS[requirement.fact](requirement, facts, day)
    partner_says = requirement.fact in ("training", "review")
    seen_at = noted_at(requirement, facts) if partner_says else facts.profile_seen_at
    return Seen(is_met(requirement, facts, day), value, sentence, step, seen_at)


def _group(group: Group, facts: Facts, day: date, base: BasePolicy) -> Seen:
    members = [(member, told(member, facts, day, base)) for member in group.members]
    if len(members) == 1:
        return members[0][1]
    still_open = [seen for _, seen in members if not seen.met]
    enough = not still_open if group.kind == "all" else len(still_open) < len(members)
    if enough:
        has = next(asking.phrase(member) for member, seen in members if seen.met)
        one_of_several = f"One of several is enough, and you have {has}."
        sentence = "You meet everything that is needed here." if group.kind == "all" else one_of_several
    else:
        sentence = " ".join([f"You need {asking.phrase(group)}.", *(seen.sentence for seen in still_open)])
    steps = (" " if group.kind == "all" else " Or: ").join(seen.next_step for seen in still_open)
    return Seen(
        enough, f"{len(members) - len(still_open)} of {len(members)} met", sentence, steps, facts.profile_seen_at
    )


def _certificate(asked: Condition, facts: Facts, day: date) -> Words:
    name = f"certificate “{asked.text}”"
    held = list(certificates_named(asked.text, facts))
    if not held:
        return (
            "none",
            f"Your profile shows no {name}, and an active one is needed.",
            f"Earn the {name} and add it to your profile.",
        )
    # The one that lasts longest counts; one without an end outlasts all.
    ends = None if any(each.expires_on is None for each in held) else max(each.expires_on or day for each in held)
    if ends is None:
        return "does not expire", f"Your {name} does not expire.", ""
    if ends >= day:
        return f"valid until {wording.day(ends)}", f"Your {name} is valid until {wording.day(ends)}.", ""
    step = f"Renew the {name} and add the new date to your profile."
    expired = f"expired on {wording.day(ends)}"
    return expired, f"Your {name} {expired}, and an active one is needed.", step


def _number(asked: Condition, facts: Facts, day: date) -> Words:
    one, many = asking.NOUNS[asked.fact]
    seen = getattr(facts, asked.fact)
    needed = _needed(asked.operator, f"{asked.number:,}", several=asked.number != 1)
    if seen is None:
        return UNKNOWN, f"Your profile does not state your {many}, and {needed}.", _until_stated(many)
    step = _count_step(asked, seen)
    return f"{seen:,}", f"Your profile shows {wording.counted(seen, one, many)}, and {needed}.", step


def _count_step(asked: Condition, seen: int) -> str:
    missing = asked.number - seen
    if missing < 0:
        return f"Take {-missing:,} out of your portfolio." if asked.fact == "portfolio_items" else _ONLY_GROWS
    return {
        "jobs_count": f"Finish {wording.counted(missing, 'more job', 'more jobs')} on the marketplace.",
        "hours_worked": f"Work {wording.counted(missing, 'more hour', 'more hours')} on the marketplace.",
        "portfolio_items": f"Add {wording.counted(missing, 'more item', 'more items')} to your portfolio.",
    }.get(asked.fact, "If your profile no longer states all your experience, correct it.")


def _money(asked: Condition, facts: Facts, day: date) -> Words:
    is_rate = asked.fact == "hourly_rate_cents"
    name, verb, cents = (
        ("hourly rate", "is", facts.hourly_rate_cents) if is_rate else ("earnings", "are", facts.earnings_cents)
    )
    needed = _needed(asked.operator, wording.amount(asked.money.cents, asked.money.currency), several=not is_rate)
    if cents is None:
        step = "State your hourly rate on your profile." if is_rate else _until_stated(name)
        return UNKNOWN, f"Your profile does not state your {name}, and {needed}.", step
    seen = wording.amount(cents, facts.currency)
    sentence = f"Your {name} {verb} {seen}, and {needed}"
    if facts.currency != asked.money.currency:
        step = f"Ask the partner to name an amount in {facts.currency} as well."
        return seen, f"{sentence}; amounts in two currencies are not compared.", step
    return seen, f"{sentence}.", _money_step(asked, cents)


def _money_step(asked: Condition, cents: int) -> str:
    if asked.fact == "hourly_rate_cents":
        rate = wording.amount(asked.money.cents, asked.money.currency)
        return f"Set your hourly rate to {asking.limit(asked.operator, rate)}."
    if asked.operator == "at_most":
        return _ONLY_GROWS
    return f"Earn {wording.amount(asked.money.cents - cents, asked.money.currency)} more on the marketplace."


def _skills(asked: Condition, facts: Facts, day: date) -> Words:
    shown = {folded(skill) for skill in facts.skills}
    has = tuple(skill for skill in asked.texts if folded(skill) in shown)
    lacks = tuple(skill for skill in asked.texts if folded(skill) not in shown)
    if not lacks or (has and asked.operator == "has_any"):
        return wording.listed(has), f"Your profile shows {asking.skills(has)}.", ""
    value = wording.listed(has) if has else "none of them"
    one_of = "one of " if asked.operator == "has_any" and len(lacks) > 1 else ""
    it = "it" if one_of or len(lacks) == 1 else "them"
    needed = f"{one_of or 'all of '}them {'is' if one_of else 'are'}" if len(asked.texts) > 1 else "it is"
    shows = f"shows {asking.skills(has)}, but" if has else "does"
    sentence = f"Your profile {shows} not {'' if has else 'show '}{asking.skills(lacks)}, and {needed} needed."
    return value, sentence, f"If you have {one_of}{asking.skills(lacks)}, add {it} to your profile."


def _country(asked: Condition, facts: Facts, day: date) -> Words:
    names = asking.countries(asked.texts)
    needed = f"and {names} is needed" if asked.operator == "in" else f"and this programme is not open to {names}"
    if facts.country is None:
        return NOT_STATED, f"Your profile names no country, {needed}.", "Add your country to your profile."
    seen = wording.the_country(facts.country)
    step = "If your profile's country is out of date, correct it; otherwise look for a programme that is open to it."
    return wording.country(facts.country), f"Your profile's country is {seen}, {needed}.", step


def _language(asked: Condition, facts: Facts, day: date) -> Words:
    name = wording.language(asked.language.code)
    passing = wording.either(asked.levels)
    levels = levels_of(asked.language.code, facts)
    if not levels:
        step = f"If you speak {name}, add it to your profile with its level; {passing} passes."
        return "not listed", f"Your profile does not list {name}, and {asking.phrase(asked)} is needed.", step
    known = [level for level in levels if level in LANGUAGE_LEVELS]
    best = max(known, key=LANGUAGE_LEVELS.index, default=None)
    state = f"Your level of {name} is {best}" if best else f"Your profile states no level for {name}"
    step = f"If your {name} is better than your profile says, set its level there; {passing} passes."
    return best or NOT_STATED, f"{state}, and {asking.phrase(asked)} is needed.", step


def _timezone(asked: Condition, facts: Facts, day: date) -> Words:
    needed = f"and {wording.listed(asked.texts, 'or')} is needed"
    state = f"Your time zone is {facts.timezone}" if facts.timezone else "Your profile states no time zone"
    step = "If you work in one of these time zones, set it on your profile."
    return facts.timezone or NOT_STATED, f"{state}, {needed}.", step


def _talent_badge(asked: Condition, facts: Facts, day: date) -> Words:
    seen = asking.badges((facts.talent_badge,)) if facts.talent_badge else None
    state = f"Your talent badge is {seen}" if seen else "You hold no talent badge"
    step = "The marketplace gives talent badges for lasting good work; this is met as soon as you hold one that counts."
    return seen or "none", f"{state}, and {asking.badges(asked.texts)} is needed.", step


def _identity(asked: Condition, facts: Facts, day: date) -> Words:
    if facts.identity_verified:
        return "verified", "Your identity is verified.", ""
    step = HOLDS[HoldKind.AWAITING_VERIFICATION].lifted_when
    return "not verified", "Your identity is not verified, and a verified identity is needed.", step


def _activity(asked: Condition, facts: Facts, day: date) -> Words:
    needed = f"activity {asking.recently(asked.number)} is needed"
    days = inactive_days(facts, day)
    step = "Sign in to the marketplace and be active there; the day follows with its next update."
    if facts.last_active_on is None or days is None:
        return UNKNOWN, f"It is not known when you were last active, and {needed}.", step
    seen = wording.day(facts.last_active_on)
    ago = f", {wording.counted(days, 'day', 'days')} ago" if days > 0 else ""
    return seen, f"You were last active on {seen}{ago}, and {needed}.", step


def _availability(asked: Condition, facts: Facts, day: date) -> Words:
    seen = facts.availability
    state = f"Your availability is “{seen}”" if seen else "Your profile states no availability"
    step = "If that has changed, set your availability on your profile."
    return seen or NOT_STATED, f"{state}, and {asking.quoted(asked.texts)} is needed.", step


def _needed(operator: str, bound: str, *, several: bool) -> str:
    return f"{asking.limit(operator, bound)} {'are' if several else 'is'} {_BOUND_WORDS[operator]}"


def _until_stated(what: str) -> str:
    return f"This is decided as soon as the marketplace states your {what}."


_BOUND_WORDS: Mapping[str, str] = MappingProxyType({"at_least": "needed", "at_most": "allowed"})
_WORDS: Mapping[str, Callable[[Condition, Facts, date], Words]] = MappingProxyType(
    {
        **_WORDS_OF_WORK,
        "certificate": _certificate,
        "jobs_count": _number,
        "hours_worked": _number,
        "earnings_cents": _money,
        "hourly_rate_cents": _money,
        "years_experience": _number,
        "skills": _skills,
        "portfolio_items": _number,
        "country": _country,
        "language": _language,
        "timezone": _timezone,
        "talent_badge": _talent_badge,
        "identity_verified": _identity,
        "days_since_active": _activity,
        "availability": _availability,
    }
)
