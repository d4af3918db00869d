"""The most usual of a partner's own requirements, as a form of four fields shows them. Pure. Rule E-6.

Whatever else a partner asks for (groups, amounts, languages, …) is kept as it is when these four are changed.
"""

from __future__ import annotations

from dataclasses import dataclass

from badges.eligibility.conditions import COUNT_MAX, TEXTS_MAX, Condition, Requirement
from badges.eligibility.conditions import YEARS_MAX as YEARS_MAX
from badges.eligibility.partner_rules import PartnerRules

JOBS_MAX = COUNT_MAX
_KINDS = (
    ("certificate", "held"),
    ("skills", "has_any"),
    ("jobs_count", "at_least"),
    ("years_experience", "at_least"),
)


@dataclass(frozen=True)
class SimpleRules:
    """What is asked for; empty or None: not asked for."""

    certificate: str = ""
    skills: tuple[str, ...] = ()
    min_jobs: int | None = None
    min_years: int | None = None


def simple(rules: PartnerRules) -> SimpleRules:
    """Return the four usual requirements in `rules`, the first of each kind."""
    first = _first_of_each(rules)
    certificate, skills, jobs, years = (first.get(kind) for kind in _KINDS)
    return SimpleRules(
        certificate=certificate.text if certificate else "",
        skills=skills.texts if skills else (),
        min_jobs=jobs.number if jobs else None,
        min_years=years.number if years else None,
    )


def with_simple(rules: PartnerRules, wanted: SimpleRules) -> PartnerRules:
    """Return `rules` with the four usual requirements as `wanted`; everything else stays, in its place.

    Raises PolicyRefused with everything that is wrong.
    """
    values = dict(zip(_KINDS, _values(wanted), strict=True))
    first = _first_of_each(rules)
    kept: list[Requirement] = []
    for requirement in rules.requirements:
        kind = _kind(requirement)
        if kind is None or first[kind] is not requirement:
            kept.append(requirement)
        elif (value := values.pop(kind)) is not None:
            kept.append(Condition(*kind, value))
    added = [Condition(*kind, value) for kind, value in values.items() if kind not in first and value is not None]
    return PartnerRules.from_json(PartnerRules((*kept, *added)).to_json())


def skills_in(text: str) -> tuple[str, ...]:
    """Return the skills of a list with commas, at most as many as a rule takes."""
    return tuple(skill for part in text.split(",") if (skill := " ".join(part.split())))[:TEXTS_MAX]


def others(rules: PartnerRules) -> int:
    """Return how many requirements the form does not show."""
    return len(rules.requirements) - len(_first_of_each(rules))


def _values(wanted: SimpleRules) -> tuple[str | tuple[str, ...] | int | None, ...]:
    return (wanted.certificate or None, wanted.skills or None, wanted.min_jobs or None, wanted.min_years or None)


def _kind(requirement: Requirement) -> tuple[str, str] | None:
    if not isinstance(requirement, Condition):
        return None
    kind = (requirement.fact, requirement.operator)
    return kind if kind in _KINDS else None


def _first_of_each(rules: PartnerRules) -> dict[tuple[str, str], Condition]:
    first: dict[tuple[str, str], Condition] = {}
    for requirement in rules.requirements:
        kind = _kind(requirement)
        if kind and isinstance(requirement, Condition):
            first.setdefault(kind, requirement)
    return first
