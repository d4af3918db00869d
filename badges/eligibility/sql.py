"""The requirements of a policy, asked of many people at once: SQL over rows of `freelancers`. Rules E-1..E-9.

Each expression says what `rules.py` beside it says of one person, and is true or false, never NULL: what is not known
meets nothing. A property test proves that the two agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH
from sqlalchemy.types import TypeEngine

from badges.eligibility.base_rules import ACTIVE, BASE_RULES
from badges.eligibility.conditions import Condition, Group, Requirement
from badges.eligibility.facts import LANGUAGE_LEVELS, folded
from badges.eligibility.meeting import ENGLISH
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.rules import PARTNER_RULE
from core.clock import day_of
from freelancers.models import Freelancer, Hold

Asked = ColumnElement[bool]
#: The types of what conditions are held against.
NUMBER, TEXT, TEXTS, DOCUMENT = sa.BigInteger(), sa.Text(), ARRAY(sa.Text()), JSONB()
Operands = tuple[tuple[TypeEngine[Any], Any], ...]
_VALID_CERTIFICATE = (
    "$[*] ? (@.name == $name"
    ' && (!exists(@.expires_on) || @.expires_on == null || @.expires_on == "" || @.expires_on >= $day))'
)
_ASKED_OF_NEWCOMERS = frozenset(rule.rule for rule in BASE_RULES if rule.asked_of_newcomers)


def met_expressions(
    policy: Policy, at: datetime, *, joined_through_issuer: Asked, held: Asked | None = None
) -> tuple[tuple[str, Asked], ...]:
    """Return, for every finding of `evaluate`, its key and whether it is met, in the same order.

    `joined_through_issuer` says of a row whether the person joined by the issuer's invitation (rule E-7), and `held`
    whether they have an open hold, for queries that join with holds; without it, each row is looked up.
    """
    newcomer = is_newcomer(joined_through_issuer)
    return tuple(
        (key, met if key in _ASKED_OF_NEWCOMERS else sa.or_(newcomer, met))
        for key, met in _as_if_asked(policy, at, newcomer, held)
    )


def eligible_expression(policy: Policy, at: datetime, *, joined_through_issuer: Asked) -> Asked:
    """Return whether a person meets everything that they are asked for."""
    newcomer = is_newcomer(joined_through_issuer)
    everything = _as_if_asked(policy, at, newcomer)
    always = (met for key, met in everything if key in _ASKED_OF_NEWCOMERS)
    later = (met for key, met in everything if key not in _ASKED_OF_NEWCOMERS)
    # The same as all of `met_expressions`, but it looks only once at how the person joined.
    return sa.and_(*always, sa.or_(newcomer, sa.and_(*later)))


def requirement_met(requirement: Requirement, at: datetime) -> Asked:
    """Return whether a person meets one requirement of a partner, newcomer or not."""
    return _requirement(requirement, day_of(at))


def is_newcomer(joined_through_issuer: Asked) -> Asked:
    """Return whether the person was brought by this issuer and never scored since. Rule E-7."""
    never_scored = sa.and_(Freelancer.first_scored_at.is_(None), Freelancer.jss_pct.is_(None))
    return sa.and_(never_scored, _known(joined_through_issuer))


def has_open_hold() -> Asked:
    """Return whether any hold on the account is not lifted. Rule H-1."""
    return sa.exists().where(Hold.freelancer_id == Freelancer.id, Hold.lifted_at.is_(None)).correlate(Freelancer)


def _as_if_asked(
    policy: Policy, at: datetime, newcomer: Asked, held: Asked | None = None
) -> tuple[tuple[str, Asked], ...]:
    """Return every key with whether it is met, as if it were asked of newcomers too; E-3 knows their number."""
    held = has_open_hold() if held is None else held
    return (*_base(policy.base, newcomer, held), *_partners(policy, day_of(at)))


def _base(base: BasePolicy, newcomer: Asked, held: Asked) -> tuple[tuple[str, Asked], ...]:
    needed_pct = sa.case(
        (newcomer, base.newcomer_completeness_pct),
        (Freelancer.from_elance, base.min_completeness_elance_pct),
        else_=base.min_completeness_pct,
    )
    return (
        ("E-1", sa.and_(Freelancer.account_state == ACTIVE, sa.not_(held))),
        ("E-2", sa.func.coalesce(Freelancer.jss_pct >= base.min_jss_pct, sa.literal(base.unscored_passes))),
        ("E-3", Freelancer.completeness_pct >= needed_pct),
        ("E-4", Freelancer.visibility.in_(base.passing_visibilities)),
        ("E-5", _known(Freelancer.english_level.in_(base.passing_english_levels))),
    )


def _partners(policy: Policy, day: date) -> tuple[tuple[str, Asked], ...]:
    return tuple(
        (f"{PARTNER_RULE}/{number}", _requirement(requirement, day))
        for number, requirement in enumerate(policy.rules.requirements, start=1)
    )


def _requirement(requirement: Requirement, day: date) -> Asked:
    if isinstance(requirement, Group):
        return joined(requirement.kind, (_requirement(member, day) for member in requirement.members))
    operands = [sa.literal(value, kind) for kind, value in held_against(requirement)]
    return condition_met(requirement.fact, requirement.operator, operands, day)


def joined(kind: str, members: Iterable[Asked]) -> Asked:
    """Return whether `all` or `any` of the members of a group are met."""
    return sa.and_(sa.true(), *members) if kind == "all" else sa.or_(sa.false(), *members)


def condition_met(fact: str, operator: str, operands: Sequence[ColumnElement[Any]], day: date) -> Asked:
    """Return whether a person meets a condition; `operands` stand for what `held_against` says of it, in its order."""
    return _known(_MET[fact].met(_Asking(fact, operator, operands, day)))


def held_against(condition: Condition) -> Operands:
    """Return the values that a condition is held against, with their types: these tell it from others of its shape."""
    return _MET[condition.fact].operands(condition)


def _known(expression: Asked) -> Asked:
    return sa.func.coalesce(expression, sa.false())


@dataclass(frozen=True)
class _Asking:
    """A condition on a fact, with what it is held against as SQL."""

    fact: str
    operator: str
    operands: Sequence[ColumnElement[Any]]
    day: date

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


def _language(asked: _Asking) -> Asked:
    code, levels, *entries = asked.operands
    english = sa.and_(code == ENGLISH, _known(Freelancer.english_level == sa.any_(levels)))
    return sa.or_(*(sa.type_coerce(Freelancer.languages, JSONB()).contains(entry) for entry in entries), english)


def _identity(asked: _Asking) -> Asked:
    return sa.type_coerce(Freelancer.identity_verified, sa.Boolean())


def profile_list(part: str) -> ColumnElement[Any]:
    """Return a list in the profile, empty where there is none."""
    found = Freelancer.profile[part]
    return sa.case((sa.func.jsonb_typeof(found) == "array", found), else_=sa.literal_column("'[]'::jsonb"))


# What conditions are held against, by the kind of their value.


def _of_number(condition: Condition) -> Operands:
    return ((NUMBER, condition.number),)


def _of_money(condition: Condition) -> Operands:
    return (NUMBER, condition.money.cents), (TEXT, condition.money.currency)


def _of_texts(condition: Condition) -> Operands:
    return ((TEXTS, list(condition.texts)),)


def _of_folded_texts(condition: Condition) -> Operands:
    return ((TEXTS, [folded(text) for text in condition.texts]),)


def _of_folded_text(condition: Condition) -> Operands:
    return ((TEXT, folded(condition.text)),)


def _of_language(condition: Condition) -> Operands:
    code, levels = condition.language.code, list(condition.levels)
    # A language listed without a level is spoken at least a little.
    entries = [{"code": code}] if condition.levels == LANGUAGE_LEVELS else [{"code": code, "level": x} for x in levels]
    # One entry for each level there is, whatever the level, so that all conditions on languages have one shape.
    padded = (entries * len(LANGUAGE_LEVELS))[: len(LANGUAGE_LEVELS)]
    return (TEXT, code), (TEXTS, levels), *((DOCUMENT, [entry]) for entry in padded)


def _of_nothing(condition: Condition) -> Operands:
    return ()


@dataclass(frozen=True)
class _Fact:
    """How a condition on a fact is asked of rows, and which values it is held against."""

    met: Callable[[_Asking], Asked]
    operands: Callable[[Condition], Operands]


_MET: Mapping[str, _Fact] = MappingProxyType(
    {
        "certificate": _Fact(_certificate, _of_folded_text),
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
        "talent_badge": _Fact(_code, _of_texts),
        "identity_verified": _Fact(_identity, _of_nothing),
        "jss_pct": _Fact(_number, _of_number),
        "days_since_active": _Fact(_inactive, _of_number),
        "availability": _Fact(_availability, _of_folded_texts),
    }
)
