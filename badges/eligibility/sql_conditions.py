"""One condition of a partner, asked of many people at once: SQL over rows of `freelancers`. Rule E-6.

What `meeting.py` beside it says of one person. What is not known meets nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH
from sqlalchemy.types import TypeEngine

from badges.eligibility.conditions import Condition, SkillMoney
from badges.eligibility.facts import LANGUAGE_LEVELS, folded
from badges.eligibility.meeting import ENGLISH, SKILL_FIGURES
from badges.eligibility.zones import sharing
from badges.models import Attestation
from freelancers.models import Freelancer

Asked = ColumnElement[bool]
#: The issuer of the badge, or a column that has it.
IssuerId = UUID | ColumnElement[Any] | None
#: The types of what conditions are held against.
NUMBER, TEXT, TEXTS, DOCUMENT = sa.BigInteger(), sa.Text(), ARRAY(sa.Text()), JSONB()
Operands = tuple[tuple[TypeEngine[Any], Any], ...]
_VALID_CERTIFICATE = (
    "$[*] ? (@.name == $name"
    ' && (!exists(@.expires_on) || @.expires_on == null || @.expires_on == "" || @.expires_on >= $day))'
)


def condition_met(
    fact: str, operator: str, operands: Sequence[ColumnElement[Any]], day: date, issuer_id: IssuerId
) -> Asked:
    """Return whether a person meets a condition; `operands` stand for what `held_against` says of it, in its order."""
    return known(_MET[fact].met(_Asking(fact, operator, operands, day, issuer_id)))


def held_against(condition: Condition, day: date) -> Operands:
    """Return the values that a condition is held against, with their types: these tell it from others of its shape."""
    return _MET[condition.fact].operands(condition, day)


def known(expression: Asked) -> Asked:
    """Return an expression that is false where it is not known."""
    return sa.func.coalesce(expression, sa.false())


@dataclass(frozen=True)
class _Asking:
    """A condition on a fact, with what it is held against as SQL."""

    fact: str
    operator: str
    operands: Sequence[ColumnElement[Any]]
    day: date
    issuer_id: IssuerId

    @property
    def column(self) -> ColumnElement[Any]:
        """Return the column that holds the fact."""
        return sa.inspect(Freelancer).columns[self.fact]

    def within(self, seen: ColumnElement[Any]) -> Asked:
        """Return whether what is seen keeps to the first operand, a bound."""
        bound = self.operands[0]
        return seen >= bound if self.operator == "at_least" else seen <= bound


def _number(asked: _Asking) -> Asked:
    return asked.within(asked.column)


def _money(asked: _Asking) -> Asked:
    return sa.and_(Freelancer.currency == asked.operands[1], asked.within(asked.column))


def _code(asked: _Asking) -> Asked:
    named = asked.column == sa.any_(asked.operands[0])
    return named if asked.operator == "in" else sa.not_(named)


def _availability(asked: _Asking) -> Asked:
    return sa.func.lower(Freelancer.availability) == sa.any_(asked.operands[0])


def _inactive(asked: _Asking) -> Asked:
    return Freelancer.last_active_on >= sa.literal(asked.day, sa.Date()) - sa.cast(asked.operands[0], sa.Integer())


def _portfolio(asked: _Asking) -> Asked:
    return asked.within(sa.func.jsonb_array_length(profile_list("portfolio")))


def _skills(asked: _Asking) -> Asked:
    # All in lower case at once, as text: several times quicker than one by one.
    lowered = sa.cast(sa.func.lower(sa.cast(Freelancer.skills, sa.Text())), ARRAY(sa.Text()))
    return lowered.contains(asked.operands[0]) if asked.operator == "has_all" else lowered.overlap(asked.operands[0])


def _certificate(asked: _Asking) -> Asked:
    # All in lower case at once, like skills. Days are kept in ISO form, so they sort as texts; "" and null mean no end.
    lowered = sa.cast(sa.func.lower(sa.cast(profile_list("certificates"), sa.Text())), JSONB())
    sought = sa.func.jsonb_build_object("name", asked.operands[0], "day", asked.day.isoformat())
    return sa.func.jsonb_path_exists(lowered, sa.cast(_VALID_CERTIFICATE, JSONPATH()), sought, type_=sa.Boolean())


def _attested(asked: _Asking) -> Asked:
    lasts = sa.func.coalesce(Attestation.expires_on >= sa.literal(asked.day, sa.Date()), sa.true())
    noted = sa.exists().where(
        Attestation.freelancer_id == Freelancer.id,
        Attestation.issuer_id == asked.issuer_id,
        Attestation.kind == asked.fact,
        sa.func.lower(Attestation.name) == asked.operands[0],
        Attestation.withdrawn_at.is_(None),
        lasts,
    )
    return noted.correlate_except(Attestation)


def _with_skill(asked: _Asking) -> Asked:
    # All in lower case at once, like certificates. A figure that is null compares with no number.
    skill, bound, *currency = asked.operands
    lowered = sa.cast(sa.func.lower(sa.cast(profile_list("skill_experience"), sa.Text())), JSONB())
    path = f"$[*] ? (@.skill == $skill && @.{SKILL_FIGURES[asked.fact]} >= $bound)"
    sought = sa.func.jsonb_build_object("skill", skill, "bound", bound)
    done = sa.func.jsonb_path_exists(lowered, sa.cast(path, JSONPATH()), sought, type_=sa.Boolean())
    return sa.and_(*(Freelancer.currency == each for each in currency), done)


def _shared_hours(asked: _Asking) -> Asked:
    return Freelancer.timezone == sa.any_(asked.operands[0])


def _language(asked: _Asking) -> Asked:
    code, levels, *entries = asked.operands
    english = sa.and_(code == ENGLISH, known(Freelancer.english_level == sa.any_(levels)))
    return sa.or_(*(sa.type_coerce(Freelancer.languages, JSONB()).contains(entry) for entry in entries), english)


def _identity(asked: _Asking) -> Asked:
    return sa.type_coerce(Freelancer.identity_verified, sa.Boolean())


def profile_list(part: str) -> ColumnElement[Any]:
    """Return a list in the profile, empty where there is none."""
    found = Freelancer.profile[part]
    return sa.case((sa.func.jsonb_typeof(found) == "array", found), else_=sa.literal_column("'[]'::jsonb"))


# What conditions are held against, by the kind of their value.


def _of_number(condition: Condition, day: date) -> Operands:
    return ((NUMBER, condition.number),)


def _of_money(condition: Condition, day: date) -> Operands:
    return (NUMBER, condition.money.cents), (TEXT, condition.money.currency)


def _of_texts(condition: Condition, day: date) -> Operands:
    return ((TEXTS, list(condition.texts)),)


def _of_folded_texts(condition: Condition, day: date) -> Operands:
    return ((TEXTS, [folded(text) for text in condition.texts]),)


def _of_folded_text(condition: Condition, day: date) -> Operands:
    return ((TEXT, folded(condition.text)),)


def _of_skill(condition: Condition, day: date) -> Operands:
    asked = condition.with_skill
    skill = (TEXT, folded(asked.skill))
    if isinstance(asked, SkillMoney):
        return skill, (NUMBER, asked.cents), (TEXT, asked.currency)
    return skill, (NUMBER, asked.count)


def _of_language(condition: Condition, day: date) -> Operands:
    code, levels = condition.language.code, list(condition.levels)
    # A language listed without a level is spoken at least a little.
    entries = [{"code": code}] if condition.levels == LANGUAGE_LEVELS else [{"code": code, "level": x} for x in levels]
    # One entry for each level there is, whatever the level, so that all conditions on languages have one shape.
    padded = (entries * len(LANGUAGE_LEVELS))[: len(LANGUAGE_LEVELS)]
    return (TEXT, code), (TEXTS, levels), *((DOCUMENT, [entry]) for entry in padded)


def _of_zones(condition: Condition, day: date) -> Operands:
    return ((TEXTS, list(sharing(condition.overlap.zone, condition.overlap.hours, day))),)


def _of_nothing(condition: Condition, day: date) -> Operands:
    return ()


@dataclass(frozen=True)
class _Fact:
    """How a condition on a fact is asked of rows, and which values it is held against."""

    met: Callable[[_Asking], Asked]
    operands: Callable[[Condition, date], Operands]


_MET: Mapping[str, _Fact] = MappingProxyType(
    {
        "certificate": _Fact(_certificate, _of_folded_text),
        "training": _Fact(_attested, _of_folded_text),
        "review": _Fact(_attested, _of_folded_text),
        "skill_jobs": _Fact(_with_skill, _of_skill),
        "skill_hours": _Fact(_with_skill, _of_skill),
        "skill_earnings": _Fact(_with_skill, _of_skill),
        "jobs_count": _Fact(_number, _of_number),
        "hours_worked": _Fact(_number, _of_number),
        "earnings_cents": _Fact(_money, _of_money),
        "hourly_rate_cents": _Fact(_money, _of_money),
        "years_experience": _Fact(_number, _of_number),
        "skills": _Fact(_skills, _of_folded_texts),
        "portfolio_items": _Fact(_portfolio, _of_number),
        "country": _Fact(_code, _of_texts),
        "language": _Fact(_language, _of_language),
        "timezone": _Fact(_code, _of_texts),
        "timezone_overlap": _Fact(_shared_hours, _of_zones),
        "talent_badge": _Fact(_code, _of_texts),
        "identity_verified": _Fact(_identity, _of_nothing),
        "jss_pct": _Fact(_number, _of_number),
        "days_since_active": _Fact(_inactive, _of_number),
        "availability": _Fact(_availability, _of_folded_texts),
    }
)
