"""The requirements of a policy, asked of many people at once: SQL over rows of `freelancers`. Rules E-1..E-9.

Each expression says what `rules.py` beside it says of one person, and is true or false, never NULL: what is not known
meets nothing. A property test proves that the two agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import JSONB

from badges.eligibility.base_rules import ACTIVE, BASE_RULES
from badges.eligibility.conditions import Condition, Group, Requirement
from badges.eligibility.facts import LANGUAGE_LEVELS, folded
from badges.eligibility.meeting import ENGLISH, day_of
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.rules import PARTNER_RULE
from freelancers.models import Freelancer, Hold

Asked = ColumnElement[bool]
_ASKED_OF_NEWCOMERS = frozenset(rule.rule for rule in BASE_RULES if rule.asked_of_newcomers)


def met_expressions(policy: Policy, at: datetime, *, joined_through_issuer: Asked) -> tuple[tuple[str, Asked], ...]:
    """Return, for every finding of `evaluate`, its key and whether it is met, in the same order.

    `joined_through_issuer` says of a row whether the person joined by the issuer's invitation. Rule E-7.
    """
    newcomer = is_newcomer(joined_through_issuer)
    return tuple(
        (key, met if key in _ASKED_OF_NEWCOMERS else sa.or_(newcomer, met))
        for key, met in _as_if_asked(policy, at, newcomer)
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


def _as_if_asked(policy: Policy, at: datetime, newcomer: Asked) -> tuple[tuple[str, Asked], ...]:
    """Return every key with whether it is met, as if it were asked of newcomers too; E-3 knows their number."""
    return (*_base(policy.base, newcomer), *_partners(policy, day_of(at)))


def _base(base: BasePolicy, newcomer: Asked) -> tuple[tuple[str, Asked], ...]:
    needed_pct = sa.case(
        (newcomer, base.newcomer_completeness_pct),
        (Freelancer.from_elance, base.min_completeness_elance_pct),
        else_=base.min_completeness_pct,
    )
    return (
        ("E-1", sa.and_(Freelancer.account_state == ACTIVE, sa.not_(has_open_hold()))),
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
        joined = sa.and_ if requirement.kind == "all" else sa.or_
        return joined(*(_requirement(member, day) for member in requirement.members))
    return _known(_MET[requirement.fact](requirement, day))


def _known(expression: Asked) -> Asked:
    return sa.func.coalesce(expression, sa.false())


def _within(asked: Condition, seen: ColumnElement[Any], bound: int) -> Asked:
    return seen >= bound if asked.operator == "at_least" else seen <= bound


def _column(asked: Condition) -> ColumnElement[Any]:
    return sa.inspect(Freelancer).columns[asked.fact]


def _number(asked: Condition, day: date) -> Asked:
    return _within(asked, _column(asked), asked.number)


def _money(asked: Condition, day: date) -> Asked:
    same_currency = Freelancer.currency == asked.money.currency
    return sa.and_(same_currency, _within(asked, _column(asked), asked.money.cents))


def _code(asked: Condition, day: date) -> Asked:
    named = _column(asked).in_(asked.texts)
    return named if asked.operator == "in" else sa.not_(named)


def _availability(asked: Condition, day: date) -> Asked:
    return sa.func.lower(Freelancer.availability).in_(map(folded, asked.texts))


def _inactive(asked: Condition, day: date) -> Asked:
    return Freelancer.last_active_on >= day - timedelta(days=asked.number)


def _portfolio(asked: Condition, day: date) -> Asked:
    return _within(asked, sa.func.jsonb_array_length(_listed("portfolio")), asked.number)


def _skills(asked: Condition, day: date) -> Asked:
    joined = sa.and_ if asked.operator == "has_all" else sa.or_
    return joined(*(_has_skill(skill) for skill in asked.texts))


def _has_skill(name: str) -> Asked:
    skill = sa.func.unnest(Freelancer.skills, type_=sa.Text()).column_valued("skill")
    return sa.exists().where(sa.func.lower(skill) == folded(name))


def _certificate(asked: Condition, day: date) -> Asked:
    held = sa.func.jsonb_array_elements(_listed("certificates"), type_=JSONB()).column_valued("certificate")
    # Days are kept in ISO form, so they sort as texts; "" and null mean no end.
    ends = sa.func.nullif(held["expires_on"].astext, "").collate("C")
    valid = sa.or_(ends.is_(None), ends >= day.isoformat())
    return sa.exists().where(sa.func.lower(held["name"].astext) == folded(asked.text), valid)


def _language(asked: Condition, day: date) -> Asked:
    code = asked.language.code
    # A language listed without a level is spoken at least a little.
    sought = [{"code": code}] if asked.levels == LANGUAGE_LEVELS else [{"code": code, "level": x} for x in asked.levels]
    listed = sa.or_(*(Freelancer.languages.contains([spoken]) for spoken in sought))
    return sa.or_(listed, _known(Freelancer.english_level.in_(asked.levels))) if code == ENGLISH else listed


def _identity(asked: Condition, day: date) -> Asked:
    return sa.type_coerce(Freelancer.identity_verified, sa.Boolean())


def _listed(part: str) -> ColumnElement[Any]:
    """Return a list in the profile, empty where there is none."""
    found = Freelancer.profile[part]
    return sa.case((sa.func.jsonb_typeof(found) == "array", found), else_=sa.literal_column("'[]'::jsonb"))


_MET: Mapping[str, Callable[[Condition, date], Asked]] = MappingProxyType(
    {
        "certificate": _certificate,
        "jobs_count": _number,
        "hours_worked": _number,
        "earnings_cents": _money,
        "hourly_rate_cents": _money,
        "years_experience": _number,
        "skills": _skills,
        "portfolio_items": _portfolio,
        "country": _code,
        "language": _language,
        "timezone": _code,
        "talent_badge": _code,
        "identity_verified": _identity,
        "jss_pct": _number,
        "days_since_active": _inactive,
        "availability": _availability,
    }
)
