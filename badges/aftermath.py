"""What follows when many awards change at once, written in sets: their state, audit events, receipts and mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from badges import mails, receipts
from badges.eligibility.findings import Finding
from badges.eligibility.rules import unmet
from badges.holders import Holder
from badges.models import Award
from badges.receipts import Cause, Decision
from badges.rulebook import Rulebook
from badges.upkeep import Change, Upkeep
from core.audit import record_many
from core.bulk import given
from core.database import session
from core.outbox import Mail, enqueue_many

AS_NEW = Upkeep()
_NO_SYNC = {"synchronize_session": False}


@dataclass(frozen=True)
class Outcome:
    """What became of one award: `what`, by the verb of its audit event. Without a change, its time is over."""

    holder: Holder
    what: str
    change: Change | None = None
    after: Upkeep = AS_NEW
    findings: tuple[Finding, ...] = ()


def write(outcomes: Sequence[Outcome], book: Rulebook, at: datetime) -> None:
    """Write what became of awards whose rows are locked, in the current transaction. Rules E-10, E-11, X-1, X-2."""
    if not outcomes:
        return
    changed = [outcome for outcome in outcomes if outcome.change is not None]
    _close([outcome.holder for outcome in outcomes if outcome.change is None])
    _store(changed)
    record_many([_event(outcome, book) for outcome in outcomes], by=None, at=at)
    receipts.keep_many([_decision(outcome, book) for outcome in changed], Cause.SWEEP, at=at)
    enqueue_many([mail for mail in (_mail(outcome, at) for outcome in outcomes) if mail is not None], at=at)


def _store(changed: Sequence[Outcome]) -> None:
    if changed:
        rows = given(Award, [{"id": outcome.holder.award_id, **vars(outcome.after)} for outcome in changed])
        values = {name: rows.c[name] for name in vars(AS_NEW)}
        session.execute(sa.update(Award).where(Award.id == rows.c.id).values(values), execution_options=_NO_SYNC)


def _close(expired: Sequence[Holder]) -> None:
    if expired:
        ids = [holder.award_id for holder in expired]
        session.execute(
            sa.update(Award).where(Award.id.in_(ids)).values(closed_at=Award.expires_at), execution_options=_NO_SYNC
        )


def _event(outcome: Outcome, book: Rulebook) -> dict[str, Any]:
    holder = outcome.holder
    event: dict[str, Any] = {
        "action": f"award.{outcome.what}",
        "subject_type": "award",
        "subject_id": holder.award_id,
        "partner_id": book.badges[holder.achievement_id].issuer_id,
    }
    if outcome.change is None:
        assert holder.expires_at is not None
        return event | {"before": {}, "after": {"expires_at": holder.expires_at.isoformat()}, "reason": None}
    reason = " ".join(finding.sentence for finding in unmet(outcome.findings)) or None
    return event | {"before": _plain(holder.stands), "after": _plain(outcome.after), "reason": reason}


def _decision(outcome: Outcome, book: Rulebook) -> Decision:
    holder = outcome.holder
    _, digest = book.policy(holder.achievement_id)
    return Decision(holder.freelancer_id, holder.achievement_id, digest, holder.facts, outcome.findings)


def _mail(outcome: Outcome, at: datetime) -> Mail | None:
    holder = outcome.holder
    if outcome.change is None:
        return mails.expiry_mail(holder.addressee, holder.expires_at or at)
    return mails.change_mail(holder.addressee, outcome.change, outcome.after, outcome.findings, at)


def _plain(state: Upkeep) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in vars(state).items()}
