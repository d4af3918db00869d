"""Mails to the holder of a badge. Every sentence on requirements comes from the findings. Rules E-10, E-11, E-12, H-1.

The words are those of the moment: a mail tells of one change, whatever happened since. Its key names that change, so it
is stored once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from badges.eligibility import asking
from badges.eligibility.base_rules import BASE_RULES
from badges.eligibility.findings import Finding, points
from badges.eligibility.policy import Policy
from badges.eligibility.rules import unmet
from badges.models import Award
from badges.upkeep import Change, Upkeep
from core import wording
from core.outbox import Mail, enqueue_many
from freelancers.queries import address_of


@dataclass(frozen=True)
class Addressee:
    """The holder of a badge and the badge, as mails name them.

    `address` is the one that the person signs in with, or else the one the marketplace knows; None: there is none.
    """

    award_id: UUID
    awarded_at: datetime
    name: str
    address: str | None
    badge: str
    issuer: str


def tell_awarded(award: Award, at: datetime) -> None:
    """Tell somebody that they hold the badge now. Rule B-1."""
    mail = awarded_mail(_addressee(award), award.expires_at)
    enqueue_many([mail] if mail else [], at=at)


def awarded_mail(to: Addressee, expires_at: datetime | None) -> Mail | None:
    """Return what tells somebody that they hold the badge now. Rule B-1."""
    until = None if expires_at is None else wording.day(expires_at)
    return _mail("award_awarded", to, key=f"award.awarded:{to.award_id}", until=until)


def change_mail(to: Addressee, change: Change, state: Upkeep, findings: Iterable[Finding], at: datetime) -> Mail | None:
    """Return what tells somebody that their badge is in grace, suspended or reinstated, why, and what to do. E-11."""
    still_open = points(unmet(findings))
    until = None if state.grace_ends_at is None else wording.day(state.grace_ends_at)
    if change in (Change.GRACE_BEGAN, Change.GRACE_SHORTENED):
        key = f"award.grace:{to.award_id}:{state.grace_ends_at:%Y-%m-%dT%H:%M:%S}"
        shortened = change is Change.GRACE_SHORTENED
        return _mail("award_grace", to, key=key, open=still_open, until=until, shortened=shortened)
    if change is Change.SUSPENDED:
        key = f"award.suspended:{to.award_id}:{state.suspended_at:%Y-%m-%dT%H:%M:%S}"
        return _mail("award_suspended", to, key=key, open=still_open)
    if change in (Change.REINSTATED, Change.GRACE_CLEARED):
        key = f"award.reinstated:{to.award_id}:{at:%Y-%m-%dT%H:%M:%S}"
        was_suspended = change is Change.REINSTATED
        return _mail("award_reinstated", to, key=key, open=still_open, until=until, was_suspended=was_suspended)
    return None


def tell_ahead(
    award: Award, key: str, at: datetime, *, kind: str, sentence: str, next_step: str, grace_days: int
) -> None:
    """Warn somebody of what their badge will soon lack; `kind` is score or certificate. Section J."""
    words = {"kind": kind, "sentence": sentence, "next_step": next_step, "grace_days": grace_days}
    _send("award_warning", award, at, key=key, **words)


def tell_revoked(award: Award, at: datetime) -> None:
    """Tell somebody that their badge was taken back, why, and how to answer. Rule E-12."""
    _send("award_revoked", award, at, key=f"award.revoked:{award.id}", revoke_reason=award.revoke_reason)


def tell_expired(award: Award, at: datetime) -> None:
    """Tell somebody that the time of their badge is over."""
    mail = expiry_mail(_addressee(award), award.expires_at or at)
    enqueue_many([mail] if mail else [], at=at)


def expiry_mail(to: Addressee, expired_at: datetime) -> Mail | None:
    """Return what tells somebody that the time of their badge is over."""
    return _mail("award_expired", to, key=f"award.expired:{to.award_id}", expired_on=wording.day(expired_at))


def signed_anew_mail(award: Award, key_number: int, stopped_on: str) -> Mail | None:
    """Return what tells somebody that copies of their badge by a withdrawn key fail, and where good ones are."""
    key = f"award.signed_anew:{award.id}:{key_number}"
    return _mail("award_signed_anew", _addressee(award), key=key, stopped_on=stopped_on)


def tell_scheduled(
    award: Award,
    version_id: UUID,
    policy: Policy,
    findings: Sequence[Finding],
    begins_at: datetime,
    at: datetime,
    *,
    is_base: bool,
) -> None:
    """Tell somebody that more will be asked for, from when, what of it is open for them, and what follows. E-13.

    `is_base`: it is the marketplace's base policy that changes, and not the issuer's own requirements.
    """
    asked = (
        [rule.needs(policy.base) for rule in BASE_RULES] if is_base else map(asking.phrase, policy.rules.requirements)
    )
    still_open = unmet(findings)
    days = [finding.grace_days for finding in still_open]
    until = wording.day(begins_at + timedelta(days=min(days))) if min(days, default=0) else None
    _send(
        "policy_scheduled",
        award,
        at,
        key=f"policy.scheduled:{version_id}:{award.id}",
        begins=wording.day(begins_at),
        who="the marketplace" if is_base else award.achievement.issuer.name,
        is_base=is_base,
        asked=[wording.capital(each) for each in asked],
        open=points(still_open),
        until=until,
    )


def tell_called_off(award: Award, version_id: UUID, begins_at: datetime, at: datetime) -> None:
    """Tell somebody who was told of a change that it does not come. Rule E-13."""
    _send(
        "policy_called_off",
        award,
        at,
        key=f"policy.called_off:{version_id}:{award.id}",
        would_begin=wording.day(begins_at),
    )


def _send(template: str, award: Award, at: datetime, *, key: str, **words: Any) -> None:
    mail = _mail(template, _addressee(award), key=key, **words)
    enqueue_many([mail] if mail else [], at=at)


def _mail(template: str, to: Addressee, *, key: str, **words: Any) -> Mail | None:
    """Return a mail, or None for somebody without an address."""
    if to.address is None:
        return None
    context = {
        "name": to.name,
        "badge": to.badge,
        "issuer": to.issuer,
        "badge_path": f"/badges/{to.award_id}",
        "mine_path": "/me/badges",
        "awarded_on": wording.day(to.awarded_at),
    }
    return Mail(template, to.address, context | words, key)


def _addressee(award: Award) -> Addressee:
    person, badge = award.freelancer, award.achievement
    return Addressee(award.id, award.awarded_at, person.name, address_of(person), badge.name, badge.issuer.name)
