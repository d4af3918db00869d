"""Decision receipts: what was seen and what followed, kept so that any decision can be replayed. Rule E-10."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import insert

from badges.eligibility.facts import Facts
from badges.eligibility.findings import Finding
from badges.eligibility.policy import Policy
from badges.eligibility.rules import describe, evaluate, is_eligible
from badges.models import PolicySnapshot, Receipt
from badges.queries import achievement, facts_of, latest_receipt, policy_for, policy_of_receipt
from core.bulk import insert_rows
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


@dataclass(frozen=True)
class Decision:
    """An evaluation whose receipt is to be kept, under the policy of this digest."""

    freelancer_id: UUID
    achievement_id: UUID
    policy_digest: str
    facts: Facts
    findings: tuple[Finding, ...]


def keep_policies(policies: Mapping[str, Policy]) -> None:
    """Store policies by their digests in the current transaction, so that receipts can be kept under them."""
    stored = session.scalars(sa.select(PolicySnapshot.digest).where(PolicySnapshot.digest.in_(policies)))
    missing = sorted(policies.keys() - set(stored))
    if missing:
        rows = [{"digest": digest, "content": policies[digest].to_json()} for digest in missing]
        session.execute(insert_rows(PolicySnapshot, rows).on_conflict_do_nothing())


def keep_many(decisions: Sequence[Decision], cause: Cause, *, at: datetime) -> None:
    """Store the receipts of many evaluations in the current transaction, but those that say the same as the last.

    Their policies are stored already.
    """
    if not decisions:
        return
    rows = [
        {
            "id": new_id(),
            "freelancer_id": decision.freelancer_id,
            "achievement_id": decision.achievement_id,
            "policy_digest": decision.policy_digest,
            "evaluated_at": at,
            "cause": str(cause),
            "eligible": is_eligible(decision.findings),
            "facts": decision.facts.to_json(),
            "findings": [finding.to_json() for finding in decision.findings],
        }
        for decision in decisions
    ]
    session.execute(insert_rows(Receipt, rows, unless=_says_the_same))


def _says_the_same(new: Any) -> ColumnElement[bool]:
    """Return whether the last receipt has the policy and the findings of a new one."""
    last = (
        sa.select(Receipt.policy_digest, Receipt.findings)
        .where(Receipt.freelancer_id == new.freelancer_id, Receipt.achievement_id == new.achievement_id)
        .order_by(Receipt.evaluated_at.desc(), Receipt.id.desc())
        .limit(1)
        .subquery("last")
    )
    same = sa.and_(last.c.policy_digest == new.policy_digest, last.c.findings == new.findings)
    return sa.exists().select_from(last).where(same)


def findings_of(receipt: Receipt) -> tuple[Finding, ...]:
    """Return what the receipt says."""
    return tuple(Finding.from_json(finding) for finding in receipt.findings)


def replay(receipt: Receipt) -> tuple[Finding, ...]:
    """Decide again from the facts and under the policy of then; this equals `findings_of(receipt)`. Rule E-10."""
    return evaluate(policy_of_receipt(receipt), Facts.from_json(receipt.facts), receipt.evaluated_at)


def exported(receipt: Receipt) -> dict[str, Any]:
    """Return everything about a receipt as plain JSON values, with what deciding again gives today. Rule E-10."""
    about = achievement(receipt.achievement_id)
    again = [finding.to_json() for finding in replay(receipt)]
    return {
        "id": str(receipt.id),
        "badge": about.name,
        "issuer": about.issuer.name,
        "evaluated_at": receipt.evaluated_at.isoformat(),
        "cause": receipt.cause,
        "eligible": receipt.eligible,
        "policy": {"digest": receipt.policy_digest, **policy_of_receipt(receipt).to_json()},
        "facts": receipt.facts,
        "findings": receipt.findings,
        "replayed": {"same": again == receipt.findings, "findings": again},
    }


def told(receipt: Receipt) -> dict[str, Any]:
    """Return what a page about a receipt shows: itself, its badge, findings, what was asked then, and the replay."""
    about, policy, findings = achievement(receipt.achievement_id), policy_of_receipt(receipt), findings_of(receipt)
    return {
        "receipt": receipt,
        "badge": about.name,
        "issuer": about.issuer.name,
        "policy": policy,
        "asked": describe(policy),
        "findings": findings,
        "same": replay(receipt) == findings,
    }
