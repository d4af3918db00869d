"""Mails to the holder of a badge. Every sentence on requirements comes from the findings. Rules E-10, E-11, E-12, H-1.

The words are those of the moment: a mail tells of one change, whatever happened since. Its key names that change, so it
is stored once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import User
from badges.eligibility import asking
from badges.eligibility.findings import Finding
from badges.eligibility.meeting import day_of
from badges.eligibility.policy import Policy
from badges.eligibility.rules import unmet
from badges.models import Award
from badges.upkeep import Change
from core import wording
from core.database import session
from core.outbox import enqueue


def tell_awarded(award: Award, at: datetime) -> None:
    """Tell somebody that they hold the badge now. Rule B-1."""
    until = None if award.expires_at is None else _day(award.expires_at)
    _send("award_awarded", award, at, key=f"award.awarded:{award.id}", until=until)


def tell_change(award: Award, change: Change, findings: Sequence[Finding], at: datetime) -> None:
    """Tell somebody that their badge is in grace, suspended or reinstated, why, and what to do. Rule E-11."""
    still_open = [_point(finding) for finding in unmet(findings)]
    until = None if award.grace_ends_at is None else _day(award.grace_ends_at)
    if change in (Change.GRACE_BEGAN, Change.GRACE_SHORTENED):
        key = f"award.grace:{award.id}:{award.grace_ends_at:%Y-%m-%dT%H:%M:%S}"
        shortened = change is Change.GRACE_SHORTENED
        _send("award_grace", award, at, key=key, open=still_open, until=until, shortened=shortened)
    elif change is Change.SUSPENDED:
        key = f"award.suspended:{award.id}:{award.suspended_at:%Y-%m-%dT%H:%M:%S}"
        _send("award_suspended", award, at, key=key, open=still_open)
    elif change in (Change.REINSTATED, Change.GRACE_CLEARED):
        key = f"award.reinstated:{award.id}:{at:%Y-%m-%dT%H:%M:%S}"
        was_suspended = change is Change.REINSTATED
        _send("award_reinstated", award, at, key=key, open=still_open, until=until, was_suspended=was_suspended)


def tell_revoked(award: Award, at: datetime) -> None:
    """Tell somebody that their badge was taken back, why, and how to answer. Rule E-12."""
    _send("award_revoked", award, at, key=f"award.revoked:{award.id}", revoke_reason=award.revoke_reason)


def tell_expired(award: Award, at: datetime) -> None:
    """Tell somebody that the time of their badge is over."""
    expired_on = _day(award.expires_at or at)
    _send("award_expired", award, at, key=f"award.expired:{award.id}", expired_on=expired_on)


def tell_scheduled(
    award: Award, version_id: UUID, policy: Policy, findings: Sequence[Finding], begins_at: datetime, at: datetime
) -> None:
    """Tell somebody that more will be asked for, from when, what of it is open for them, and what follows. E-13."""
    still_open = unmet(findings)
    days = [finding.grace_days for finding in still_open]
    until = _day(begins_at + timedelta(days=min(days))) if days and min(days) else None
    _send(
        "policy_scheduled",
        award,
        at,
        key=f"policy.scheduled:{version_id}:{award.id}",
        begins="today" if begins_at <= at else _day(begins_at),
        at_once=begins_at <= at,
        asked=[wording.capital(asking.phrase(each)) for each in policy.rules.requirements],
        open=[_point(finding) for finding in still_open],
        until=until,
    )


def tell_called_off(award: Award, version_id: UUID, begins_at: datetime, at: datetime) -> None:
    """Tell somebody who was told of a change that it does not come. Rule E-13."""
    _send(
        "policy_called_off", award, at, key=f"policy.called_off:{version_id}:{award.id}", would_begin=_day(begins_at)
    )


def _point(finding: Finding) -> dict[str, str | None]:
    return {"title": finding.title, "sentence": finding.sentence, "next_step": finding.next_step}


def _send(template: str, award: Award, at: datetime, *, key: str, **words: Any) -> None:
    address = _address(award)
    if address is None:
        return
    context = {
        "name": award.freelancer.name,
        "badge": award.achievement.name,
        "issuer": award.achievement.issuer.name,
        "badge_path": f"/badges/{award.id}",
        "mine_path": "/me/badges",
        "awarded_on": _day(award.awarded_at),
    }
    enqueue(template, address, context | words, key=key, at=at)


def _address(award: Award) -> str | None:
    """Return the address that the person signs in with, or else the one the marketplace knows."""
    person = award.freelancer
    user = None if person.user_id is None else session.get(User, person.user_id)
    return person.email if user is None else user.email


def _day(moment: datetime) -> str:
    return wording.day(day_of(moment))
