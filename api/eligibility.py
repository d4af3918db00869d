"""How people stand: the findings as page, mail and receipt say them, and the receipts themselves. Rule E-10."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from api import examples
from api.blueprint import gives, partner, program, route
from api.schemas import EligibilitySchema, ReceiptSchema, ReplayedSchema
from badges.eligibility.findings import Finding, with_grace
from badges.eligibility.policy import Policy
from badges.eligibility.rules import describe, is_eligible
from badges.models import Achievement
from badges.queries import base_checklist, base_policy, checklist, latest_receipt, policy_for
from badges.receipts import exported, findings_of
from badges.standing import awards_and_status
from core import clock
from core.permissions import Access, Scope, allow
from freelancers.models import Freelancer
from partners.people import person_called, receipt_by_id

TAG = "How people stand"


@route("GET", "/freelancers/<path:marketplace_id>/eligibility", TAG)
@allow(Access.PROGRAM, Scope.FINDINGS)
@gives(EligibilitySchema, example=examples.BASE)
def base_eligibility(marketplace_id: str) -> dict[str, Any]:
    """Read how somebody stands with what is asked of everybody

    The marketplace's base policy, whatever the partner. A partner's token finds its own people: who applied, accepted
    an invitation, or holds or held its badge.
    """
    at, person = clock.now(), person_called(marketplace_id, program().partner_id)
    return _told(person, Policy.of_base(base_policy(at)), base_checklist(person.id, at), at)


@route("GET", "/partners/<partner>/freelancers/<path:marketplace_id>/eligibility", TAG)
@allow(Access.PROGRAM, Scope.FINDINGS)
@gives(EligibilitySchema, example=examples.BADGE)
def eligibility(partner: str, marketplace_id: str) -> dict[str, Any]:
    """Read how somebody stands with a partner's badge

    Everything that is asked for the badge, in the order and the words of every page, mail and receipt; whether the
    person holds it; and the last decision about it.
    """
    at, person = clock.now(), person_called(marketplace_id, program().partner_id)
    badge = _badge()
    findings = checklist(person.id, badge.id, at)
    told = _told(person, policy_for(badge.id, at), findings, at)
    return told | {"badge": _held(person, badge, partner, at), "receipt": _receipt(person, badge, findings)}


@route("GET", "/receipts/<uuid:receipt_id>", TAG)
@allow(Access.PROGRAM, Scope.FINDINGS)
@gives(ReceiptSchema)
def receipt(receipt_id: UUID) -> dict[str, Any]:
    """Read a decision receipt

    What was seen, under which policy, what followed, and what deciding again gives today. A partner's token finds those
    about its own badge.
    """
    return exported(receipt_by_id(receipt_id, program().partner_id))


@route("GET", "/receipts/<uuid:receipt_id>/replay", TAG)
@allow(Access.PROGRAM, Scope.FINDINGS)
@gives(ReplayedSchema)
def replayed(receipt_id: UUID) -> dict[str, Any]:
    """Decide a receipt again

    From the facts and under the policy of then: whatever changed since, the same follows.
    """
    found = exported(receipt_by_id(receipt_id, program().partner_id))
    return {"receipt_id": receipt_id, **found["replayed"]}


def _badge() -> Achievement:
    badge: Achievement = partner().programme.achievement
    return badge


def _told(person: Freelancer, policy: Policy, findings: tuple[Finding, ...], at: datetime) -> dict[str, Any]:
    return {
        "marketplace_id": person.marketplace_id,
        "evaluated_at": at.isoformat(),
        "eligible": is_eligible(findings),
        "badge": None,
        "policy": {
            "label": policy.label,
            "effective_at": policy.effective_at.isoformat(),
            "digest": policy.digest(),
            "asks": describe(policy),
        },
        "findings": [finding.to_json() for finding in findings],
        "receipt": None,
    }


def _held(person: Freelancer, badge: Achievement, slug: str, at: datetime) -> dict[str, Any]:
    """Return the badge, and the award that the person has of it: the last one."""
    awards = (each for each in awards_and_status(person.id, at) if each[0].achievement_id == badge.id)
    award = next(({"id": award.id, "status": status.value} for award, status in awards), None)
    return {"partner": slug, "name": badge.name, "award": award}


def _receipt(person: Freelancer, badge: Achievement, findings: tuple[Finding, ...]) -> dict[str, Any] | None:
    """Return the last receipt; when a grace ends stands beside the findings, and in none."""
    last = latest_receipt(person.id, badge.id)
    if last is None:
        return None
    is_current = findings_of(last) == tuple(with_grace(findings, None))
    return {"id": last.id, "evaluated_at": last.evaluated_at.isoformat(), "is_current": is_current}
