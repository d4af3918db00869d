"""What every badge asks for at one moment, read once for a whole sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from badges.eligibility.partner_rules import NO_RULES, PartnerRules
from badges.eligibility.policy import BasePolicy, Policy
from badges.models import Achievement, Issuer, PartnerRulesVersion
from badges.queries import base_policy, read_rules, with_partner_rules
from core.database import session


@dataclass(frozen=True)
class Badge:
    """What an issuer awards, by the words of its mails, and what is asked for it on top of the base policy.

    `label` and `effective_at` are those of the partner's rules, None while there are none.
    """

    issuer_id: UUID
    name: str
    issuer: str
    label: str | None = None
    effective_at: datetime | None = None
    rules: PartnerRules = NO_RULES


@dataclass
class Rulebook:
    """The base policy and every badge, by its achievement. Policies are put together when they are first asked for."""

    base: BasePolicy
    badges: Mapping[UUID, Badge]
    _policies: dict[UUID, tuple[Policy, str]] = field(default_factory=dict)

    def policy(self, achievement_id: UUID) -> tuple[Policy, str]:
        """Return everything that is asked of whoever holds this badge, and the digest of that."""
        found = self._policies.get(achievement_id)
        if found is None:
            policy = self._put_together(self.badges[achievement_id])
            found = self._policies[achievement_id] = policy, policy.digest()
        return found

    def _put_together(self, badge: Badge) -> Policy:
        if badge.label is None or badge.effective_at is None:
            return Policy(self.base, self.base.label, self.base.effective_at)
        return with_partner_rules(self.base, badge.label, badge.effective_at, badge.rules)


def rulebook(at: datetime) -> Rulebook:
    """Return what is asked for each badge at `at`, in two queries whatever their number."""
    versions = (
        sa.select(PartnerRulesVersion)
        .where(PartnerRulesVersion.effective_at <= at)
        .ext(distinct_on(PartnerRulesVersion.achievement_id))
        .order_by(PartnerRulesVersion.achievement_id, PartnerRulesVersion.effective_at.desc())
        .subquery()
    )
    rows = session.execute(
        sa.select(
            Achievement.id,
            Achievement.issuer_id,
            Achievement.name,
            Issuer.name.label("issuer"),
            versions.c.label,
            versions.c.effective_at,
            sa.cast(versions.c.content, sa.Text()).label("content"),
        )
        .join(Issuer, Issuer.id == Achievement.issuer_id)
        .outerjoin(versions, versions.c.achievement_id == Achievement.id)
        .order_by(Achievement.id)
    )
    badges = {
        row.id: Badge(
            row.issuer_id,
            row.name,
            row.issuer,
            row.label,
            row.effective_at,
            NO_RULES if row.content is None else read_rules(row.content),
        )
        for row in rows
    }
    return Rulebook(base_policy(at), badges)
