"""A person decides about a submitted profile, once, with every reason in one letter. Rules A-2..A-4."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core.database import changed, session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.reasons import REASON_MAX, checked_reason
from freelancers.approval.findings import Check, Kind, Weight, unmet
from freelancers.approval.models import Submission
from freelancers.approval.submitting import record_decision


class AlreadyDecided(Conflict):
    """Somebody decided first, or the person submitted again."""

    title = "This is decided already"


@dataclass(frozen=True)
class Decision:
    """What a reviewer says: the findings that are reasons to decline, and own words, which the letter shows."""

    approves: bool
    reasons: frozenset[Kind] = frozenset()
    words: str = ""


def choosable(checks: Collection[Check]) -> tuple[Check, ...]:
    """Return the findings that a reviewer can make reasons of; advice is none. Rule A-2."""
    return unmet(checks, Weight.REASON, Weight.LOOK)


@transaction()
def decide(submission_id: UUID, decision: Decision, *, by: UUID, at: datetime) -> Submission:
    """Approve or decline a submission that waits, and send the letter. Rules A-3, A-4.

    Of two who decide at once one does. Raises NotFound, InvalidInput for a decline without a reason, and
    AlreadyDecided.
    """
    submission = session.get(Submission, submission_id)
    if submission is None:
        raise NotFound()
    reasons = [] if decision.approves else _reasons(submission, decision)
    words = _words(decision)
    values = {"decided_at": at, "decided_by": by, "is_by_person": True, "is_approved": decision.approves}
    values |= {"reasons": [each.to_json() for each in reasons], "words": words}
    waits = (Submission.id == submission_id, Submission.decided_at.is_(None), Submission.replaced_at.is_(None))
    if not changed(sa.update(Submission).where(*waits).values(values)):
        session.refresh(submission)
        raise _overtaken(submission)
    session.refresh(submission)
    record_decision(submission, by=by, at=at)
    return submission


def _reasons(submission: Submission, decision: Decision) -> list[Check]:
    """Return the findings chosen. Raises InvalidInput where nothing would tell the person why."""
    chosen = [each for each in choosable(submission.found) if each.kind in decision.reasons]
    if {each.kind for each in chosen} <= {Kind.EARLIER_ACCOUNT} and not decision.words:
        raise InvalidInput(
            "A decline needs a reason that says enough by itself.",
            "Choose the findings that are reasons, or write the reason in your own words.",
        )
    return chosen


def _words(decision: Decision) -> str | None:
    if len(decision.words) > REASON_MAX:
        checked_reason(decision.words, "")
    return decision.words.replace("\x00", "").strip() or None


def _overtaken(submission: Submission) -> AlreadyDecided:
    if submission.replaced_at is not None:
        return AlreadyDecided("They submitted again meanwhile, so this one is replaced.", "Look at the newer one.")
    outcome = "approved" if submission.is_approved else "declined"
    return AlreadyDecided(f"It was {outcome} a moment ago, and the letter went out.", "Look at the page again.")
