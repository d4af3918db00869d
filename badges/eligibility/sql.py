"""The requirements of a policy, asked of many people at once: SQL over rows of `freelancers`. Rules E-1..E-9.

Each expression says what `rules.py` beside it says of one person, and is true or false, never NULL: what is not known
meets nothing. A property test proves that the two agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa

from badges.eligibility.base_rules import ACTIVE, BASE_RULES
from badges.eligibility.conditions import Group, Requirement
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.rules import PARTNER_RULE
from badges.eligibility.sql_conditions import Asked, IssuerId, condition_met, held_against, known
from core.clock import day_of
from freelancers.models import Freelancer, Hold

_ASKED_OF_NEWCOMERS = frozenset(rule.rule for rule in BASE_RULES if rule.asked_of_newcomers)


def met_expressions(
    policy: Policy, at: datetime, *, issuer_id: IssuerId, joined_through_issuer: Asked, held: Asked | None = None
) -> tuple[tuple[str, Asked], ...]:
    """Return, for every finding of `evaluate`, its key and whether it is met, in the same order.

    `issuer_id` is whose word counts on trainings and reviews. `joined_through_issuer` says of a row whether the person
    joined by the issuer's invitation (rule E-7), and `held` whether they have an open hold, for queries that join with
    holds; without it, each row is looked up.
    """
    newcomer = is_newcomer(joined_through_issuer)
    return tuple(
        (key, met if key in _ASKED_OF_NEWCOMERS else sa.or_(newcomer, met))
        for key, met in _as_if_asked(policy, at, issuer_id, newcomer, held)
    )


def eligible_expression(policy: Policy, at: datetime, *, issuer_id: IssuerId, joined_through_issuer: Asked) -> Asked:
    """Return whether a person meets everything that they are asked for."""
    newcomer = is_newcomer(joined_through_issuer)
    everything = _as_if_asked(policy, at, issuer_id, newcomer)
    always = (met for key, met in everything if key in _ASKED_OF_NEWCOMERS)
    later = (met for key, met in everything if key not in _ASKED_OF_NEWCOMERS)
    # The same as all of `met_expressions`, but it looks only once at how the person joined.
    return sa.and_(*always, sa.or_(newcomer, sa.and_(*later)))


def requirement_met(requirement: Requirement, at: datetime, issuer_id: IssuerId) -> Asked:
    """Return whether a person meets one requirement of a partner, newcomer or not."""
    return _requirement(requirement, day_of(at), issuer_id)


def is_newcomer(joined_through_issuer: Asked) -> Asked:
    """Return whether the person was brought by this issuer and never scored since. Rule E-7."""
    never_scored = sa.and_(Freelancer.first_scored_at.is_(None), Freelancer.jss_pct.is_(None))
    return sa.and_(never_scored, known(joined_through_issuer))


def has_open_hold() -> Asked:
    """Return whether any hold on the account is not lifted. Rule H-1."""
    return sa.exists().where(Hold.freelancer_id == Freelancer.id, Hold.lifted_at.is_(None)).correlate(Freelancer)


def _as_if_asked(
    policy: Policy, at: datetime, issuer_id: IssuerId, newcomer: Asked, held: Asked | None = None
) -> tuple[tuple[str, Asked], ...]:
    """Return every key with whether it is met, as if it were asked of newcomers too; E-3 knows their number."""
    held = has_open_hold() if held is None else held
    return (*_base(policy.base, newcomer, held), *_partners(policy, day_of(at), issuer_id))


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
        ("E-5", known(Freelancer.english_level.in_(base.passing_english_levels))),
    )


def _partners(policy: Policy, day: date, issuer_id: IssuerId) -> tuple[tuple[str, Asked], ...]:
    return tuple(
        (f"{PARTNER_RULE}/{number}", _requirement(requirement, day, issuer_id))
        for number, requirement in enumerate(policy.rules.requirements, start=1)
    )


def _requirement(requirement: Requirement, day: date, issuer_id: IssuerId) -> Asked:
    if isinstance(requirement, Group):
        return joined(requirement.kind, (_requirement(member, day, issuer_id) for member in requirement.members))
    operands = [sa.literal(value, kind) for kind, value in held_against(requirement, day)]
    return condition_met(requirement.fact, requirement.operator, operands, day, issuer_id)


def joined(kind: str, members: Iterable[Asked]) -> Asked:
    """Return whether `all` or `any` of the members of a group are met."""
    return sa.and_(sa.true(), *members) if kind == "all" else sa.or_(sa.false(), *members)
