"""What a partner's requirement asks for, in words: a short title, and a phrase that follows "you need". Rule E-6."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from badges.eligibility.conditions import Condition, Group, Requirement, SkillCount, SkillMoney
from core import wording
from core.languages import gettext as _
from core.languages import ngettext
from freelancers.feed.names import language_codes

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "certificate": "Certificate",
        "training": "Training passed",
        "review": "Review passed",
        "jobs_count": "Finished jobs",
        "hours_worked": "Hours worked",
        "earnings_cents": "Earnings",
        "skill_jobs": "Jobs with a skill",
        "skill_hours": "Hours with a skill",
        "skill_earnings": "Earnings with a skill",
        "hourly_rate_cents": "Hourly rate",
        "years_experience": "Years of experience",
        "skills": "Skills",
        "portfolio_items": "Portfolio items",
        "country": "Country",
        "language": "Language",
        "timezone": "Time zone",
        "timezone_overlap": "Shared working hours",
        "talent_badge": "Talent badge",
        "identity_verified": "Verified identity",
        "jss_pct": "Job Success Score",
        "days_since_active": "Recent activity",
        "availability": "Availability",
    }
)
#: Titles that begin with a capital letter wherever they stand.
_NAMES = frozenset({TITLES["jss_pct"], *map(wording.language, language_codes().values())})
#: How one and several of what a fact counts are called.
NOUNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "jobs_count": ("finished job", "finished jobs"),
        "hours_worked": ("hour worked", "hours worked"),
        "years_experience": ("year of experience", "years of experience"),
        "portfolio_items": ("portfolio item", "portfolio items"),
        "skill_jobs": ("finished job", "finished jobs"),
        "skill_hours": ("hour worked", "hours worked"),
    }
)


def title(requirement: Requirement) -> str:
    """Return what a requirement is about, in a few words: a heading."""
    if isinstance(requirement, Group):
        first, *others = dict.fromkeys(title(member) for member in requirement.members)
        listed = (first, *(each if each in _NAMES else each[0].lower() + each[1:] for each in others))
        return wording.listed(listed, "or" if requirement.kind == "any" else "and")
    if requirement.fact in ("certificate", "training", "review"):
        return f"{requirement.fact.capitalize()} “{requirement.text}”"
    if isinstance(requirement.value, SkillCount | SkillMoney):
        return TITLES[requirement.fact].replace("a skill", requirement.with_skill.skill)
    if requirement.fact == "language":
        return wording.language(requirement.language.code)
    return TITLES[requirement.fact]


def phrase(requirement: Requirement) -> str:
    """Return what a requirement asks for, as it follows "you need": "at least 10 finished jobs".

    It is said in the language that is spoken now: a badge's page says it in several.
    """
    if isinstance(requirement, Condition):
        return _PHRASES[requirement.fact](requirement)
    if len(requirement.members) == 1:
        return phrase(requirement.members[0])
    inner = "; ".join(f"({phrase(each)})" if _is_several(each) else phrase(each) for each in requirement.members)
    if requirement.kind == "all":
        return _("all of these: %(phrases)s", phrases=inner)
    return _("at least one of these: %(phrases)s", phrases=inner)


def _is_several(requirement: Requirement) -> bool:
    return isinstance(requirement, Group) and len(requirement.members) > 1


def limit(operator: str, bound: str) -> str:
    """Return "at least 10" or "at most 10"."""
    return _("at least %(bound)s", bound=bound) if operator == "at_least" else _("at most %(bound)s", bound=bound)


def score(min_pct: int) -> str:
    """Return the phrase for a Job Success Score."""
    return _("a Job Success Score of at least %(pct)s", pct=wording.percent(min_pct))


def quoted(texts: tuple[str, ...]) -> str:
    """Return “A” or “B”."""
    return wording.either(_("“%(text)s”", text=text) for text in texts)


def badges(codes: tuple[str, ...]) -> str:
    """Return "Top Rated or Rising Talent"."""
    return wording.either(wording.plain(code).title() for code in codes)


def countries(codes: tuple[str, ...]) -> str:
    """Return "Austria or the Netherlands"."""
    return wording.either(map(wording.the_country, codes))


def skills(texts: tuple[str, ...]) -> str:
    """Return "the skill A" or "the skills A and B"."""
    names = wording.listed(texts)
    return _("the skills %(names)s", names=names) if len(texts) > 1 else _("the skill %(name)s", name=names)


def recently(days: int) -> str:
    """Return "today" or "within the last 30 days"."""
    if days == 0:
        return _("today")
    return ngettext("within the last day", "within the last %(num)s days", days)


def _counted(fact: str, number: int) -> str:
    if fact in ("jobs_count", "skill_jobs"):
        return ngettext("%(num)s finished job", "%(num)s finished jobs", number)
    if fact in ("hours_worked", "skill_hours"):
        return ngettext("%(num)s hour worked", "%(num)s hours worked", number)
    if fact == "years_experience":
        return ngettext("%(num)s year of experience", "%(num)s years of experience", number)
    return ngettext("%(num)s portfolio item", "%(num)s portfolio items", number)


def _number(condition: Condition) -> str:
    return limit(condition.operator, _counted(condition.fact, condition.number))


def _money(condition: Condition) -> str:
    bound = limit(condition.operator, wording.amount(condition.money.cents, condition.money.currency))
    if condition.fact == "earnings_cents":
        return _("earnings of %(bound)s", bound=bound)
    return _("an hourly rate of %(bound)s", bound=bound)


def _country(condition: Condition) -> str:
    names = countries(condition.texts)
    if condition.operator == "not_in":
        return _("a profile whose country is not %(countries)s", countries=names)
    return _("a profile whose country is %(countries)s", countries=names)


def _skills(condition: Condition) -> str:
    if condition.operator == "has_any" and len(condition.texts) > 1:
        return _("at least one of the skills %(names)s", names=wording.listed(condition.texts))
    return skills(condition.texts)


def _language(condition: Condition) -> str:
    lowest, *higher = condition.levels
    asked = _LEVELS[lowest](wording.language(condition.language.code))
    return _("%(level)s or better", level=asked) if higher else asked


def _with_skill(condition: Condition) -> str:
    asked = condition.with_skill
    if isinstance(asked, SkillMoney):
        what = _("earnings of %(bound)s", bound=limit("at_least", wording.amount(asked.cents, asked.currency)))
    else:
        what = limit("at_least", _counted(condition.fact, asked.count))
    return _("%(what)s with the skill %(skill)s", what=what, skill=asked.skill)


def _overlap(condition: Condition) -> str:
    hours = ngettext("%(num)s hour", "%(num)s hours", condition.overlap.hours)
    zone = condition.overlap.zone
    return _(
        "at least %(hours)s of the working day, 9 to 17, shared with the time zone %(zone)s", hours=hours, zone=zone
    )


#: How well somebody speaks a language.
_LEVELS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "basic": lambda name: _("basic %(language)s", language=name),
        "conversational": lambda name: _("conversational %(language)s", language=name),
        "fluent": lambda name: _("fluent %(language)s", language=name),
        "native": lambda name: _("native %(language)s", language=name),
    }
)
_PHRASES: Mapping[str, Callable[[Condition], str]] = MappingProxyType(
    {
        "certificate": lambda asked: _("an active certificate “%(name)s”", name=asked.text),
        "training": lambda asked: _("the training “%(name)s”, passed and not lapsed", name=asked.text),
        "review": lambda asked: _("the review “%(name)s”, passed and not lapsed", name=asked.text),
        "skill_jobs": _with_skill,
        "skill_hours": _with_skill,
        "skill_earnings": _with_skill,
        "jobs_count": _number,
        "hours_worked": _number,
        "earnings_cents": _money,
        "hourly_rate_cents": _money,
        "years_experience": _number,
        "skills": _skills,
        "portfolio_items": _number,
        "country": _country,
        "language": _language,
        "timezone": lambda asked: _("the time zone %(zones)s", zones=wording.either(asked.texts)),
        "timezone_overlap": _overlap,
        "talent_badge": lambda asked: _("the talent badge %(names)s", names=badges(asked.texts)),
        "identity_verified": lambda asked: _("a verified identity"),
        "jss_pct": lambda asked: score(asked.number),
        "days_since_active": lambda asked: _("activity on the marketplace %(when)s", when=recently(asked.number)),
        "availability": lambda asked: _("the availability %(names)s", names=quoted(asked.texts)),
    }
)
