"""What is asked about policies, facts, receipts and awards."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import distinct_on

from badges.eligibility.facts import COLUMNS, Facts, OpenHold
from badges.eligibility.findings import Finding, with_grace
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.rules import evaluate
from badges.models import (
    Achievement,
    Award,
    BasePolicyVersion,
    Issuer,
    JoinedThrough,
    PartnerRulesVersion,
    PolicySnapshot,
    Receipt,
)
from badges.passed import passed_by
from core.database import session
from core.errors import NotFound
from freelancers.holds import HoldKind
from freelancers.models import Freelancer, Hold


def base_policy(at: datetime) -> BasePolicy:
    """Return the marketplace's base policy that is in force at `at`. Rules E-1..E-5, E-7, E-8."""
    content = session.scalar(
        sa.select(sa.cast(BasePolicyVersion.content, sa.Text()))
        .where(BasePolicyVersion.effective_at <= at)
        .order_by(BasePolicyVersion.effective_at.desc())
        .limit(1)
    )
    if content is None:
        raise NotFound("No base policy was in force at that time.", "Choose a later date.")
    return _read_base(content)


# Policies are immutable, and reading one checks all of it, which takes longer than anything else a page does with it:
# so each text is read once.


@lru_cache(maxsize=100)
def _read_base(content: str) -> BasePolicy:
    return BasePolicy.from_json(json.loads(content))


@lru_cache(maxsize=10_000)
def read_rules(content: str) -> PartnerRules:
    """Return a partner's own rules from their JSON."""
    return PartnerRules.as_written(json.loads(content))


def scheduled_base_policies(at: datetime) -> list[BasePolicyVersion]:
    """Return the base policies that are stored and begin after `at`, the next ones first. Rule E-13."""
    later = sa.select(BasePolicyVersion).where(BasePolicyVersion.effective_at > at)
    return list(session.scalars(later.order_by(BasePolicyVersion.effective_at)))


def partner_rules_version(achievement_id: UUID, at: datetime) -> PartnerRulesVersion | None:
    """Return the partner's own rules that are in force at `at`, or None while there were none. Rule E-6."""
    return session.scalar(
        sa.select(PartnerRulesVersion)
        .where(PartnerRulesVersion.achievement_id == achievement_id, PartnerRulesVersion.effective_at <= at)
        .order_by(PartnerRulesVersion.effective_at.desc())
        .limit(1)
    )


def policy_for(achievement_id: UUID, at: datetime) -> Policy:
    """Return everything that is asked at `at` of whoever wants this badge: the base policy and the partner's rules."""
    return policies_for([achievement_id], at)[achievement_id]


def policies_for(achievement_ids: Collection[UUID], at: datetime) -> dict[UUID, Policy]:
    """Return for each of these badges everything that is asked at `at`, in two queries whatever their number."""
    base = base_policy(at)
    version = PartnerRulesVersion
    rows = session.execute(
        sa.select(
            version.achievement_id,
            version.label,
            version.effective_at,
            sa.cast(version.content, sa.Text()).label("rules"),
        )
        .where(version.achievement_id.in_(achievement_ids), version.effective_at <= at)
        .ext(distinct_on(version.achievement_id))
        .order_by(version.achievement_id, version.effective_at.desc())
    )
    own = {
        row.achievement_id: with_partner_rules(base, row.label, row.effective_at, read_rules(row.rules)) for row in rows
    }
    return {each: own.get(each) or Policy.of_base(base) for each in achievement_ids}


def with_partner_rules(base: BasePolicy, label: str, effective_at: datetime, rules: PartnerRules) -> Policy:
    """Return the base policy with a partner's rules on top, which have a label and a date of their own."""
    # A base policy that asks for more came later, perhaps: then both are asked for, and neither is refused.
    return Policy(base, f"{base.label}, {label}", max(base.effective_at, effective_at), rules)


def policy_of_receipt(receipt: Receipt) -> Policy:
    """Return the policy that `receipt` was decided under, as it was then. Rule E-10."""
    snapshot = session.get_one(PolicySnapshot, receipt.policy_digest).content
    return Policy(
        base=BasePolicy.from_json(snapshot["base"]),
        label=snapshot["label"],
        effective_at=datetime.fromisoformat(snapshot["effective_at"]),
        rules=PartnerRules.as_written(snapshot),
    )


def scheduled_rules(achievement_id: UUID, at: datetime) -> list[PartnerRulesVersion]:
    """Return the partner's rules that are stored and begin after `at`, the next ones first. Rule E-13."""
    return list(
        session.scalars(
            sa.select(PartnerRulesVersion)
            .where(PartnerRulesVersion.achievement_id == achievement_id, PartnerRulesVersion.effective_at > at)
            .order_by(PartnerRulesVersion.effective_at)
        )
    )


def joined_through(issuer_id: UUID) -> ColumnElement[bool]:
    """Return whether a freelancer joined the marketplace by the issuer's invitation. Rule E-7."""
    return (
        sa.exists()
        .where(JoinedThrough.freelancer_id == Freelancer.id, JoinedThrough.issuer_id == issuer_id)
        .correlate(Freelancer)
    )


def facts_of(freelancer_id: UUID, issuer_id: UUID | None) -> Facts:
    """Return what is known about the person now, for one issuer of badges. Raises NotFound for nobody."""
    found = facts_of_many([freelancer_id], issuer_id)
    if not found:
        raise NotFound("There is no such freelancer.")
    return found[freelancer_id]


def facts_of_many(freelancer_ids: Collection[UUID], issuer_id: UUID | None) -> dict[UUID, Facts]:
    """Return what is known about each of these people now, in four queries whatever their number."""
    table = sa.inspect(Freelancer).local_table
    columns = [table.c[name] for name in ("id", *COLUMNS, "skills", "languages", "profile")]
    rows = map(dict, session.execute(sa.select(*columns).where(table.c.id.in_(freelancer_ids))).mappings())
    holds: dict[UUID, list[OpenHold]] = {}
    for hold in session.execute(
        sa.select(Hold.freelancer_id, Hold.kind, Hold.placed_at).where(
            Hold.freelancer_id.in_(freelancer_ids), Hold.lifted_at.is_(None)
        )
    ):
        holds.setdefault(hold.freelancer_id, []).append(OpenHold(HoldKind(hold.kind), hold.placed_at))
    joined = set(
        session.scalars(
            sa.select(JoinedThrough.freelancer_id).where(
                JoinedThrough.freelancer_id.in_(freelancer_ids), JoinedThrough.issuer_id == issuer_id
            )
        )
    )
    said = passed_by(freelancer_ids, issuer_id) if issuer_id else {}
    passed = {person: each for (person, _), each in said.items()}
    return {
        row["id"]: Facts.of_columns(row, holds.get(row["id"], ()), row["id"] in joined, passed.get(row["id"], ()))
        for row in rows
    }


def achievement(achievement_id: UUID) -> Achievement:
    """Return what an issuer awards. Raises NotFound."""
    found = session.get(Achievement, achievement_id)
    if found is None:
        raise NotFound("There is no such badge.")
    return found


def checklist(freelancer_id: UUID, achievement_id: UUID, at: datetime) -> tuple[Finding, ...]:
    """Return how the person stands with every requirement of the badge, now. Rules E-10, R-1.

    For the holder of an award in grace, what is open within it carries the day it must be met by. Rule E-11.
    """
    issuer_id = achievement(achievement_id).issuer_id
    findings = evaluate(policy_for(achievement_id, at), facts_of(freelancer_id, issuer_id), at)
    return as_held(findings, open_award(achievement_id, freelancer_id), at)


def as_held(findings: tuple[Finding, ...], award: Award | None, at: datetime) -> tuple[Finding, ...]:
    """Return the findings for whoever holds the open `award`, if anybody: with the end of its grace. Rule E-11."""
    if award is None or award.suspended_at is not None or award.grace_ends_at is None or award.grace_ends_at <= at:
        return findings
    return with_grace(findings, award.grace_ends_at)


def base_checklist(freelancer_id: UUID, at: datetime) -> tuple[Finding, ...]:
    """Return how the person stands with what the marketplace asks of everybody, whatever the partner. Rule E-10.

    A newcomer is not asked more than the partner asks whose invitation they joined through. Rule E-7.
    """
    return evaluate(Policy.of_base(base_policy(at)), facts_of(freelancer_id, joined_issuer(freelancer_id)), at)


def joined_issuer(freelancer_id: UUID) -> UUID | None:
    """Return the issuer by whose invitation the person joined the marketplace, or None. Rule E-7."""
    return session.scalar(sa.select(JoinedThrough.issuer_id).where(JoinedThrough.freelancer_id == freelancer_id))


def latest_receipt(freelancer_id: UUID, achievement_id: UUID) -> Receipt | None:
    """Return the last receipt of the person's standing with the badge, or None. Rule E-10."""
    return session.scalar(_receipts(freelancer_id, achievement_id).limit(1))


def receipts_of(freelancer_id: UUID, achievement_id: UUID, limit: int = 50) -> list[Receipt]:
    """Return the last receipts of the person's standing with the badge, the newest first. Rule E-10."""
    return list(session.scalars(_receipts(freelancer_id, achievement_id).limit(limit)))


def _receipts(freelancer_id: UUID, achievement_id: UUID) -> sa.Select[Receipt]:
    return (
        sa.select(Receipt)
        .where(Receipt.freelancer_id == freelancer_id, Receipt.achievement_id == achievement_id)
        .order_by(Receipt.evaluated_at.desc(), Receipt.id.desc())
    )


def issuer_by_slug(slug: str) -> Issuer:
    """Return an issuer by its name in addresses. Raises NotFound."""
    found = session.scalar(sa.select(Issuer).where(Issuer.slug == slug))
    if found is None:
        raise NotFound("Nobody issues badges under this name.")
    return found


def award_by_id(award_id: UUID) -> Award | None:
    """Return an award, or None."""
    return session.get(Award, award_id)


def award_of_issuer(award_id: UUID, issuer_id: UUID) -> Award | None:
    """Return an award if this issuer gave it, or None. Rule X-4."""
    return session.scalar(
        sa.select(Award)
        .join(Achievement, Achievement.id == Award.achievement_id)
        .where(Award.id == award_id, Achievement.issuer_id == issuer_id)
    )


def award_of_freelancer(award_id: UUID, freelancer_id: UUID) -> Award | None:
    """Return an award if this person holds or held it, or None. Rule X-4."""
    return session.scalar(sa.select(Award).where(Award.id == award_id, Award.freelancer_id == freelancer_id))


def awards_of(freelancer_id: UUID) -> list[Award]:
    """Return everything the person holds or held, the newest first."""
    return list(
        session.scalars(
            sa.select(Award)
            .where(Award.freelancer_id == freelancer_id)
            .order_by(Award.awarded_at.desc(), Award.id.desc())
        )
    )


def open_award(achievement_id: UUID, freelancer_id: UUID) -> Award | None:
    """Return the person's award of this badge that is neither revoked nor closed as expired, or None."""
    return session.scalar(
        sa.select(Award).where(
            Award.achievement_id == achievement_id, Award.freelancer_id == freelancer_id, Award.closed_at.is_(None)
        )
    )
