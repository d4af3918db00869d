"""How an award stands at a moment: once for Python and once for SQL, side by side; a test proves that both agree.

Stored are facts (`Award.suspended_at`, `grace_ends_at`, …) that the sweep keeps up to date. What hides a badge at once
is not waited for but seen live, in every request: an account that is not active or has any open hold (E-1, H-1), and a
profile that is not public (E-4). So a hold shows at the very next request, and so does its lifting: a suspension for
nothing else (`Award.lifts_at_once`) stops to count the moment its cause ends, before the sweep writes that down and
sends the mail.

A held newcomer. E-9 says that the newcomer exception is no way round a hold: they stay *eligible*, because E-1 is not
asked of them yet (E-7), but are neither listed nor featured. H-1 suspends for a hold because it fails E-1. So a held
newcomer's award is **active, and not listed**: here and in the sweep alike, E-1 does not touch the award while its
holder is a newcomer, and the directory, which shows only people who may be shown, asks `may_be_shown_expression` as
well (D-2). The day the first Job Success Score appears, E-1 is asked, and an open hold suspends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import JSONB

from badges.eligibility.base_rules import ACTIVE as ACCOUNT_ACTIVE
from badges.eligibility.sql import has_open_hold, is_newcomer
from badges.models import Achievement, Award, AwardStatus, BasePolicyVersion, JoinedThrough
from badges.queries import base_policy
from core.database import session
from freelancers.models import Freelancer


@dataclass(frozen=True)
class SeenLive:
    """What is looked at in every request, because it hides at once. Rules E-1, E-4, E-9, H-1."""

    holds_open: bool = False
    account_active: bool = True
    visibility_passes: bool = True
    is_newcomer: bool = False

    @property
    def hides(self) -> bool:
        """Say whether this alone suspends an award."""
        account_fails = self.holds_open or not self.account_active
        return (account_fails and not self.is_newcomer) or not self.visibility_passes


LIVE = (AwardStatus.ACTIVE, AwardStatus.GRACE)


def derive(award: Award, seen: SeenLive, at: datetime) -> AwardStatus:
    """Return how the award stands at `at`: revoked before expired before suspended before grace before active."""
    if award.revoked_at is not None:
        return AwardStatus.REVOKED
    if award.expires_at is not None and award.expires_at <= at:
        return AwardStatus.EXPIRED
    grace_passed = award.grace_ends_at is not None and award.grace_ends_at <= at
    stored = award.suspended_at is not None and not award.lifts_at_once
    if stored or grace_passed or seen.hides:
        return AwardStatus.SUSPENDED
    return AwardStatus.ACTIVE if award.grace_ends_at is None else AwardStatus.GRACE


def status(award: Award, holds_open: bool, at: datetime) -> AwardStatus:
    """Return how the award stands at `at`, as its holder's profile is now. Reads the base policy of that date."""
    person = award.freelancer
    seen = SeenLive(
        holds_open=holds_open,
        account_active=person.account_state == ACCOUNT_ACTIVE,
        visibility_passes=person.visibility in base_policy(at).passing_visibilities,
        is_newcomer=person.first_scored_at is None and person.jss_pct is None and _joined_through_issuer(award),
    )
    return derive(award, seen, at)


def awards_and_status(freelancer_id: UUID, at: datetime) -> list[tuple[Award, AwardStatus]]:
    """Return everything the person holds or held, the newest first, with how it stands at `at`, in one query."""
    rows = session.execute(
        sa.select(Award, status_expression(at))
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(Award.freelancer_id == freelancer_id)
        .order_by(Award.awarded_at.desc(), Award.id.desc())
    )
    return [(award, AwardStatus(state)) for award, state in rows]


def _joined_through_issuer(award: Award) -> bool:
    joined = session.get(JoinedThrough, award.freelancer_id)
    return joined is not None and joined.issuer_id == award.achievement.issuer_id


def suspended_since(award: Award, holds_placed_at: Iterable[datetime], at: datetime) -> datetime | None:
    """Return since when a suspended award is; None while only a profile shows it that has no date for it."""
    moments = [award.suspended_at, *holds_placed_at]
    if award.grace_ends_at is not None and award.grace_ends_at <= at:
        moments.append(award.grace_ends_at)
    return min((moment for moment in moments if moment is not None), default=None)


# The same in SQL, over rows of `awards` joined with `freelancers`. True or false, never NULL.


def status_expression(at: datetime) -> ColumnElement[str]:
    """Return the AwardStatus of a row, as its text."""
    return sa.case(
        (Award.revoked_at.is_not(None), AwardStatus.REVOKED.value),
        (_expired(at), AwardStatus.EXPIRED.value),
        (_suspended(at), AwardStatus.SUSPENDED.value),
        (Award.grace_ends_at.is_not(None), AwardStatus.GRACE.value),
        else_=AwardStatus.ACTIVE.value,
    )


def is_live_expression(at: datetime) -> ColumnElement[bool]:
    """Return whether a row's status is active or grace. Listing asks `may_be_shown_expression` too. Rules D-2, E-9."""
    return sa.and_(Award.revoked_at.is_(None), sa.not_(_expired(at)), sa.not_(_suspended(at)))


def stands_by_itself_expression(at: datetime) -> ColumnElement[bool]:
    """Return whether nothing that is stored with a row ends or suspends it; what is seen live is asked elsewhere."""
    return sa.and_(Award.revoked_at.is_(None), sa.not_(_expired(at)), sa.not_(_suspended_by_itself(at)))


def may_be_shown_expression() -> ColumnElement[bool]:
    """Return whether a person's account is active and without an open hold, newcomer or not. Rules D-2, E-9, H-1."""
    return sa.and_(Freelancer.account_state == ACCOUNT_ACTIVE, sa.not_(has_open_hold()))


def _expired(at: datetime) -> ColumnElement[bool]:
    return sa.func.coalesce(Award.expires_at <= at, sa.false())


def _suspended(at: datetime) -> ColumnElement[bool]:
    return sa.or_(_suspended_by_itself(at), _hidden_live(at))


def _suspended_by_itself(at: datetime) -> ColumnElement[bool]:
    stored = sa.and_(Award.suspended_at.is_not(None), sa.not_(Award.lifts_at_once))
    return sa.or_(stored, sa.func.coalesce(Award.grace_ends_at <= at, sa.false()))


def _hidden_live(at: datetime) -> ColumnElement[bool]:
    joined = (
        sa.exists()
        .where(
            JoinedThrough.freelancer_id == Award.freelancer_id,
            JoinedThrough.issuer_id == Achievement.issuer_id,
            Achievement.id == Award.achievement_id,
        )
        .correlate(Award)
    )
    account_fails = sa.and_(sa.not_(may_be_shown_expression()), sa.not_(is_newcomer(joined)))
    return sa.or_(account_fails, sa.not_(visibility_passes(Freelancer.visibility, at)))


def visibility_passes(visibility: Any, at: datetime) -> ColumnElement[bool]:
    """E-4 by the base policy in force at `at`; PostgreSQL reads it once for a whole query."""
    passing = (
        sa.select(BasePolicyVersion.content["passing_visibilities"])
        .where(BasePolicyVersion.effective_at <= at)
        .order_by(BasePolicyVersion.effective_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    passes = sa.type_coerce(passing, JSONB).has_key(visibility)
    return sa.func.coalesce(passes, sa.false())
