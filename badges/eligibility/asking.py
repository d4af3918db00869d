"""What a partner's requirement asks for, in words: a short title, and a phrase that follows "you need". Rule E-6."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from badges.eligibility.conditions import Condition, Group, Requirement, SkillCount, SkillMoney
from core import wording
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
    """Return what a requirement asks for, as it follows "you need": "at least 10 finished jobs"."""
    if isinstance(requirement, Condition):
        return _PHRASES[requirement.fact](requirement)
    if len(requirement.members) == 1:
        return phrase(requirement.members[0])
    inner = (f"({phrase(each)})" if _is_several(each) else phrase(each) for each in requirement.members)
    return f"{'all' if requirement.kind == 'all' else 'at least one'} of these: {'; '.join(inner)}"


def _is_several(requirement: Requirement) -> bool:
    return isinstance(requirement, Group) and len(requirement.members) > 1


def limit(operator: str, bound: str) -> str:
    """Return "at least 10" or "at most 10"."""
    return f"{operator.replace('_', ' ')} {bound}"


def score(min_pct: int) -> str:
    """Return the phrase for a Job Success Score."""
    return f"a Job Success Score of at least {wording.percent(min_pct)}"


def quoted(texts: tuple[str, ...]) -> str:
    """Return “A” or “B”."""
    return wording.listed((f"“{text}”" for text in texts), "or")


def badges(codes: tuple[str, ...]) -> str:
    """Return "Top Rated or Rising Talent"."""
    return wording.listed((wording.plain(code).title() for code in codes), "or")


def countries(codes: tuple[str, ...]) -> str:
    """Return "Austria or the Netherlands"."""
    return wording.listed(map(wording.the_country, codes), "or")


def skills(texts: tuple[str, ...]) -> str:
    """Return "the skill A" or "the skills A and B"."""
    return f"the skill{'s' if len(texts) > 1 else ''} {wording.listed(texts)}"


def recently(days: int) -> str:
    """Return "today" or "within the last 30 days"."""
    if days == 0:
        return "today"
    return f"within the last {'day' if days == 1 else f'{days:,} days'}"


def _number(condition: Condition) -> str:
    one, many = NOUNS[condition.fact]
    noun = one if condition.number == 1 else many
    return f"{limit(condition.operator, f'{condition.number:,}')} {noun}"


def _money(condition: Condition) -> str:
    what = "earnings" if condition.fact == "earnings_cents" else "an hourly rate"
    return f"{what} of {limit(condition.operator, wording.amount(condition.money.cents, condition.money.currency))}"


def _country(condition: Condition) -> str:
    return f"a profile whose country is {'not ' * (condition.operator == 'not_in')}{countries(condition.texts)}"


def _skills(condition: Condition) -> str:
    several = condition.operator == "has_any" and len(condition.texts) > 1
    return f"{'at least one of ' * several}{skills(condition.texts)}"


def _language(condition: Condition) -> str:
    name, [lowest, *higher] = wording.language(condition.language.code), condition.levels
    return f"{lowest} {name}{' or better' * bool(higher)}"


def _with_skill(condition: Condition) -> str:
    asked = condition.with_skill
    if isinstance(asked, SkillMoney):
        what = f"earnings of at least {wording.amount(asked.cents, asked.currency)}"
    else:
        what = f"at least {wording.counted(asked.count, *NOUNS[condition.fact])}"
    return f"{what} with {skills((asked.skill,))}"


def _overlap(condition: Condition) -> str:
    hours = wording.counted(condition.overlap.hours, "hour", "hours")
    return f"at least {hours} of the working day, 9 to 17, shared with the time zone {condition.overlap.zone}"


_PHRASES: Mapping[str, Callable[[Condition], str]] = MappingProxyType(
    {
        "certificate": lambda asked: f"an active certificate “{asked.text}”",
        "training": lambda asked: f"the training “{asked.text}”, passed and not lapsed",
        "review": lambda asked: f"the review “{asked.text}”, passed and not lapsed",
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
        "timezone": lambda asked: f"the time zone {wording.listed(asked.texts, 'or')}",
        "timezone_overlap": _overlap,
        "talent_badge": lambda asked: f"the talent badge {badges(asked.texts)}",
        "identity_verified": lambda asked: "a verified identity",
        "jss_pct": lambda asked: score(asked.number),
        "days_since_active": lambda asked: f"activity on the marketplace {recently(asked.number)}",
        "availability": lambda asked: f"the availability {quoted(asked.texts)}",
    }
)
