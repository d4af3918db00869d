"""Decision receipts: what was seen and what followed, kept so that any decision can be replayed. Rule E-10."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from badges.eligibility.facts import Facts
from badges.eligibility.findings import Finding
from badges.eligibility.policy import Policy
from badges.eligibility.rules import evaluate, is_eligible
from badges.models import PolicySnapshot, Receipt
from badges.queries import achievement, facts_of, latest_receipt, policy_for, policy_of_receipt
from core.database import new_id, session, transaction


class Cause(StrEnum):
    """What led to an evaluation."""

    APPLICATION = "application"
    SELECTION = "selection"
    SWEEP = "sweep"
    REVOCATION = "revocation"


@transaction()
def record_receipt(freelancer_id: UUID, achievement_id: UUID, cause: Cause | str, *, at: datetime) -> Receipt:
    """Work out at `at` how the person stands with the badge, and return the receipt for it. Rule E-10.

    Stored is a new one only when findings or policy differ from the last; else that one is returned.
    """
    policy = policy_for(achievement_id, at)
    facts = facts_of(freelancer_id, achievement(achievement_id).issuer_id)
    return keep(freelancer_id, achievement_id, cause, policy, facts, evaluate(policy, facts, at), at=at)


def keep(
    freelancer_id: UUID,
    achievement_id: UUID,
    cause: Cause | str,
    policy: Policy,
    facts: Facts,
    findings: Iterable[Finding],
    *,
    at: datetime,
) -> Receipt:
    """Store the receipt of an evaluation in the current transaction, unless the last one says the same."""
    findings = tuple(findings)
    said, digest = [finding.to_json() for finding in findings], policy.digest()
    last = latest_receipt(freelancer_id, achievement_id)
    if last is not None and last.policy_digest == digest and last.findings == said:
        return last
    session.execute(insert(PolicySnapshot).values(digest=digest, content=policy.to_json()).on_conflict_do_nothing())
    receipt = Receipt(
        id=new_id(),
        freelancer_id=freelancer_id,
        achievement_id=achievement_id,
        policy_digest=digest,
        evaluated_at=at,
        cause=str(cause),
        eligible=is_eligible(findings),
        facts=facts.to_json(),
        findings=said,
    )
    session.add(receipt)
    session.flush()
    return receipt


def findings_of(receipt: Receipt) -> tuple[Finding, ...]:
    """Return what the receipt says."""
    return tuple(Finding.from_json(finding) for finding in receipt.findings)


def replay(receipt: Receipt) -> tuple[Finding, ...]:
    """Decide again from the facts and under the policy of then; this equals `findings_of(receipt)`. Rule E-10."""
    return evaluate(policy_of_receipt(receipt), Facts.from_json(receipt.facts), receipt.evaluated_at)
