"""What is done with badges: issuers and rules are set up, awards given, hidden, revoked and answered for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges import mails
from badges.eligibility.partner_rules import PartnerRules
from badges.models import Achievement, Award, Issuer, JoinedThrough, PartnerRulesVersion
from badges.queries import achievement as achievement_by_id
from badges.queries import award_by_id, base_policy, open_award, partner_rules_version
from badges.receipts import Cause
from badges.receipts import record_receipt as record_receipt  # part of what this package offers, from one place
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.reasons import checked_reason


class AwardClosed(Conflict):
    """The award is no longer open: somebody revoked it, or its time is over."""

    title = "This badge has ended already"


class AlreadyAnswered(Conflict):
    """A revocation is answered once."""

    title = "There is an answer already"


class NameTaken(Conflict):
    """Another issuer goes by this name in addresses."""

    title = "This short name is taken"


class RulesExist(Conflict):
    """Rules for this badge from this very moment on are stored already."""

    title = "There are rules from that moment on already"


@transaction()
def create_issuer(
    slug: str, name: str, *, url: str | None = None, by: UUID | None, at: datetime, issuer_id: UUID | None = None
) -> Issuer:
    """Create who stands behind badges. `slug` is how addresses name it. Raises NameTaken."""
    values = {"id": issuer_id or new_id(), "slug": slug, "name": name, "url": url}
    created: Issuer | None = session.scalar(
        insert(Issuer).values(values).on_conflict_do_nothing(index_elements=["slug"]).returning(Issuer)
    )
    if created is None:
        raise NameTaken(f"“{slug}” belongs to another issuer.", "Choose another short name.")
    after = {"slug": slug, "name": name}
    record("issuer.created", "issuer", created.id, by=by, at=at, partner_id=created.id, after=after)
    return created


@transaction()
def create_achievement(
    issuer_id: UUID, name: str, description: str, *, valid_days: int | None = None, by: UUID | None, at: datetime
) -> Achievement:
    """Create what an issuer awards. `valid_days`: how long an award lasts; None: as long as requirements are met."""
    if valid_days is not None and valid_days < 1:
        raise InvalidInput("A badge that ends lasts at least one day.", "Enter a number from 1, or leave it empty.")
    created = Achievement(
        id=new_id(), issuer_id=issuer_id, name=name, description=description, valid_days=valid_days, created_at=at
    )
    session.add(created)
    session.flush()
    after = {"name": name, "description": description, "valid_days": valid_days}
    record("achievement.created", "achievement", created.id, by=by, at=at, partner_id=issuer_id, after=after)
    return created


@transaction()
def set_partner_rules(
    achievement_id: UUID, rules: PartnerRules, *, effective_at: datetime, by: UUID | None, at: datetime
) -> PartnerRulesVersion:
    """Ask for `rules` from `effective_at` on, on top of the base policy; earlier decisions stay as they are. Rule E-6.

    Raises InvalidInput for a moment before `at`, PolicyRefused when the rules ask for less than the base policy, and
    RulesExist.
    """
    if effective_at < at:
        raise InvalidInput("Rules cannot change the past.", "Choose now or a later time.")
    content, before = rules.to_json(), partner_rules_version(achievement_id, effective_at)
    PartnerRules.from_json(content, min_jss_pct=base_policy(effective_at).min_jss_pct)
    values = {
        "id": new_id(),
        "achievement_id": achievement_id,
        "label": f"rules of {effective_at:%Y-%m-%d}",
        "effective_at": effective_at,
        "content": content,
        "created_at": at,
        "created_by": by,
    }
    stored: PartnerRulesVersion | None = session.scalar(
        insert(PartnerRulesVersion).values(values).on_conflict_do_nothing().returning(PartnerRulesVersion)
    )
    if stored is None:
        raise RulesExist("Somebody stored other rules for the same moment.", "Look at them, then choose another time.")
    _record_rules(achievement_id, _audited(before), _audited(stored), by, at)
    return stored


def _record_rules(
    achievement_id: UUID, before: dict[str, Any], after: dict[str, Any], by: UUID | None, at: datetime
) -> None:
    partner_id = achievement_by_id(achievement_id).issuer_id
    action = "partner_rules.set"
    record(action, "achievement", achievement_id, by=by, at=at, partner_id=partner_id, before=before, after=after)


def _audited(version: PartnerRulesVersion | None) -> dict[str, Any]:
    return {} if version is None else {"effective_at": version.effective_at.isoformat(), **version.content}


@transaction()
def note_joined_through(freelancer_id: UUID, issuer_id: UUID, at: datetime) -> None:
    """Keep that a newcomer joined because this issuer's partner invited them; the first note stays. Rules E-7, I-4."""
    values = {"freelancer_id": freelancer_id, "issuer_id": issuer_id, "joined_at": at}
    noted = session.scalar(
        insert(JoinedThrough).values(values).on_conflict_do_nothing().returning(JoinedThrough.freelancer_id)
    )
    if noted is not None:
        record("freelancer.joined_through", "freelancer", freelancer_id, by=None, at=at, partner_id=issuer_id)


@transaction()
def award(achievement_id: UUID, freelancer_id: UUID, *, by: UUID | None, at: datetime) -> Award | None:
    """Award the badge if the person is eligible at `at`, and tell them. Rules B-1, R-3.

    Returns the award, the one they hold already, or None when requirements are open: then the receipt says which.
    """
    held = open_award(achievement_id, freelancer_id)
    if held is not None and (held.expires_at is None or held.expires_at > at):
        return held
    if not record_receipt(freelancer_id, achievement_id, Cause.SELECTION, at=at).eligible:
        return None
    if held is not None:
        close_expired(held, at)
    given = _insert(achievement_id, freelancer_id, by, at)
    if given is None:  # somebody else was quicker
        return open_award(achievement_id, freelancer_id)
    after = {"freelancer_id": str(freelancer_id), "expires_at": _text(given.expires_at)}
    _record("awarded", given, by=by, at=at, after=after)
    mails.tell_awarded(given, at)
    return given


def _insert(achievement_id: UUID, freelancer_id: UUID, by: UUID | None, at: datetime) -> Award | None:
    valid_days = achievement_by_id(achievement_id).valid_days
    values = {
        "id": new_id(),
        "achievement_id": achievement_id,
        "freelancer_id": freelancer_id,
        "awarded_at": at,
        "awarded_by": by,
        "expires_at": None if valid_days is None else at + timedelta(days=valid_days),
        "lifts_at_once": False,
    }
    given: Award | None = session.scalar(insert(Award).values(values).on_conflict_do_nothing().returning(Award))
    return given


def close_expired(expired: Award, at: datetime) -> bool:
    """Close an award whose time is over and tell its holder, in the current transaction; say whether it was open."""
    still_open = (Award.id == expired.id, Award.closed_at.is_(None), Award.expires_at <= at)
    if not changed(sa.update(Award).where(*still_open).values(closed_at=Award.expires_at)):
        return False
    session.refresh(expired)
    _record("expired", expired, by=None, at=at, after={"expires_at": _text(expired.expires_at)})
    mails.tell_expired(expired, at)
    return True


@transaction()
def revoke(award_id: UUID, reason: str, *, by: UUID | None, at: datetime) -> Award:
    """Take a badge back, for a reason that its holder can read and answer. Only people do this, no sweep. Rule E-12.

    Raises InvalidInput without a reason, NotFound, and AwardClosed when it has ended already.
    """
    reason = checked_reason(reason, "A badge is only ever taken back for a reason, which its holder can read.")
    found = _existing(award_id)
    still_open = (Award.id == award_id, Award.closed_at.is_(None), sa.func.coalesce(Award.expires_at > at, sa.true()))
    values = {"revoked_at": at, "revoked_by": by, "revoke_reason": reason, "closed_at": at}
    if not changed(sa.update(Award).where(*still_open).values(values)):
        raise AwardClosed("It was revoked or has expired meanwhile; nothing was changed.", "Look at it again.")
    session.refresh(found)
    record_receipt(found.freelancer_id, found.achievement_id, Cause.REVOCATION, at=at)
    _record("revoked", found, by=by, at=at, reason=reason)
    mails.tell_revoked(found, at)
    return found


@transaction()
def answer_revocation(award_id: UUID, answer: str, *, by: UUID | None, at: datetime) -> None:
    """Keep what the holder answers to a revocation, once, for the partner and staff to read. Rule E-12.

    Raises InvalidInput when it is empty, NotFound, AlreadyAnswered, and Conflict when nothing was revoked.
    """
    answer = checked_reason(answer, "There is no answer in what was sent.")
    found = _existing(award_id)
    if found.revoked_at is None:
        raise Conflict("This badge was not revoked, so there is nothing to answer.")
    unanswered = (Award.id == award_id, Award.revoked_at.is_not(None), Award.revoke_answered_at.is_(None))
    if not changed(sa.update(Award).where(*unanswered).values(revoke_answer=answer, revoke_answered_at=at)):
        raise AlreadyAnswered("A revocation can be answered once, and yours is kept.")
    session.refresh(found)
    _record("revocation_answered", found, by=by, at=at, reason=answer)


@transaction()
def hide(award_id: UUID, at: datetime, by: UUID | None) -> None:
    """Hide the badge from the public, as its holder wishes; hidden already is fine. Raises NotFound. Rule B-4."""
    _set_hidden(award_id, "hidden", Award.hidden_at.is_(None), at, at=at, by=by)


@transaction()
def unhide(award_id: UUID, at: datetime, by: UUID | None) -> None:
    """Show the badge to the public again; shown already is fine. Raises NotFound. Rule B-4."""
    _set_hidden(award_id, "unhidden", Award.hidden_at.is_not(None), None, at=at, by=by)


def _set_hidden(
    award_id: UUID,
    verb: str,
    before: sa.ColumnElement[bool],
    hidden_at: datetime | None,
    *,
    at: datetime,
    by: UUID | None,
) -> None:
    found = _existing(award_id)
    if changed(sa.update(Award).where(Award.id == award_id, before).values(hidden_at=hidden_at)):
        session.refresh(found)
        _record(verb, found, by=by, at=at)


def _existing(award_id: UUID) -> Award:
    found = award_by_id(award_id)
    if found is None:
        raise NotFound()
    return found


def _record(verb: str, about: Award, *, by: UUID | None, at: datetime, **more: Any) -> None:
    partner_id = about.achievement.issuer_id
    record(f"award.{verb}", "award", about.id, by=by, at=at, partner_id=partner_id, **more)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
