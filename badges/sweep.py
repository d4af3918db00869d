"""The sweep: awards follow what their holders meet, by themselves. Rules E-11, H-1; it never revokes (E-12).

For each badge one query finds the awards whose state must change, with the requirements as SQL; only those are looked
at one by one, for their findings, receipt and mail. They are taken in small batches, each a transaction of its own,
with their rows locked and those that another sweep holds passed by. So a sweep killed anywhere is finished by the
next, and two at once do the work once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from badges import mails, receipts
from badges.due import is_due
from badges.eligibility.facts import Facts
from badges.eligibility.policy import Policy
from badges.eligibility.rules import evaluate, unmet
from badges.models import Achievement, Award
from badges.queries import facts_of_many, policy_for
from badges.receipts import Cause
from badges.services import close_expired
from badges.upkeep import Upkeep, change_between, next_state
from core.audit import record
from core.database import session, transaction
from freelancers.models import Freelancer

BATCH = 200
_EXPIRED = "expired"


@dataclass(frozen=True)
class SweepReport:
    """How many awards a sweep changed, by what happened to them."""

    grace_began: int = 0
    grace_shortened: int = 0
    grace_cleared: int = 0
    suspended: int = 0
    suspended_otherwise: int = 0
    reinstated: int = 0
    expired: int = 0

    @property
    def changed(self) -> int:
        """Return how many awards were changed in all."""
        return sum(astuple(self))

    def figures(self) -> dict[str, int]:
        """Return the counts by name, for the log."""
        return asdict(self)


def sweep(
    at: datetime, *, freelancer_id: UUID | None = None, stopped: Callable[[], bool] = lambda: False
) -> SweepReport:
    """Bring every open award to where it belongs at `at`, with audit event, receipt and mail for each change.

    With `freelancer_id`, only that person's: so a page that places or lifts a hold can have the mails follow at once.
    Ends early, with nothing half done, once `stopped()`.
    """
    counts: Counter[str] = Counter()
    for achievement_id in _achievements(freelancer_id):
        last: UUID | None = None
        while not stopped():
            looked_at, happened = _sweep_batch(achievement_id, freelancer_id, last, at)
            counts.update(happened)
            if len(looked_at) < BATCH:
                break
            last = looked_at[-1]
    return SweepReport(**counts)


def _achievements(freelancer_id: UUID | None) -> list[UUID]:
    open_awards = sa.select(Award.achievement_id).where(Award.closed_at.is_(None)).distinct()
    if freelancer_id is not None:
        open_awards = open_awards.where(Award.freelancer_id == freelancer_id)
    return sorted(session.scalars(open_awards))


@transaction()
def _sweep_batch(
    achievement_id: UUID, freelancer_id: UUID | None, last: UUID | None, at: datetime
) -> tuple[list[UUID], list[str]]:
    """Change the next awards that need it; return which were looked at, in order, and what happened."""
    issuer_id = session.get_one(Achievement, achievement_id).issuer_id
    policy = policy_for(achievement_id, at)
    due = (
        sa.select(Award.id)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(Award.achievement_id == achievement_id, is_due(policy, issuer_id, at))
        .order_by(Award.id)
        .limit(BATCH)
        .with_for_update(of=Award, skip_locked=True)
    )
    if freelancer_id is not None:
        due = due.where(Award.freelancer_id == freelancer_id)
    if last is not None:
        due = due.where(Award.id > last)
    looked_at = list(session.scalars(due))
    # Read again now that the rows are ours: somebody may have changed one, or its holder, since the query looked.
    locked = sa.select(Award).where(Award.id.in_(looked_at)).execution_options(populate_existing=True)
    awards = list(session.scalars(locked))
    facts = facts_of_many([award.freelancer_id for award in awards], issuer_id)
    changes = (_bring_up_to_date(award, policy, facts[award.freelancer_id], at) for award in awards)
    return looked_at, [change for change in changes if change is not None]


def _bring_up_to_date(award: Award, policy: Policy, facts: Facts, at: datetime) -> str | None:
    """Change one award of which the row is locked, and tell of it; return what happened, None when nothing had to."""
    if award.closed_at is not None:
        return None
    if award.expires_at is not None and award.expires_at <= at:
        return _EXPIRED if close_expired(award, at) else None
    findings = evaluate(policy, facts, at)
    before = Upkeep(award.grace_began_at, award.grace_ends_at, award.suspended_at, award.lifts_at_once)
    after = next_state(before, findings, at)
    change = change_between(before, after)
    if change is None:
        return None
    for name, value in asdict(after).items():
        setattr(award, name, value)
    reason = " ".join(finding.sentence for finding in unmet(findings)) or None
    record(
        f"award.{change}",
        "award",
        award.id,
        by=None,
        at=at,
        partner_id=award.achievement.issuer_id,
        before=_plain(before),
        after=_plain(after),
        reason=reason,
    )
    receipts.keep(award.freelancer_id, award.achievement_id, Cause.SWEEP, policy, facts, findings, at=at)
    mails.tell_change(award, change, findings, at)
    return str(change)


def _plain(state: Upkeep) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(state).items()}
