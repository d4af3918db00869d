"""A change of policy gets a date, and those it would affect are told before it. Rules E-6, E-11, E-13."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges import mails
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.rules import evaluate
from badges.models import Achievement, Award, BasePolicyVersion, PartnerRulesVersion, PolicyNotice
from badges.queries import achievement, base_policy, facts_of_many, policy_for
from badges.services import set_partner_rules
from badges.simulation import Change, affected_holders
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotFound

BATCH = 500


class HasBegun(Conflict):
    """A change can be called off until its moment comes."""

    title = "This is in force already"


class SameMoment(Conflict):
    """Another base policy begins at this very moment."""

    title = "There is a policy from that day on already"


@transaction()
def schedule_rules(
    achievement_id: UUID, rules: PartnerRules, *, effective_at: datetime, by: UUID | None, at: datetime
) -> int:
    """Ask for `rules` from `effective_at` on, and tell the experts it would affect; return how many. Rule E-13.

    Whom it would affect is judged by profiles as they are at `at`. What begins at once needs no notice: the sweep that
    follows tells each of them what became of their badge. Raises what `set_partner_rules` raises.
    """
    before = policy_for(achievement_id, effective_at)
    version = set_partner_rules(achievement_id, rules, effective_at=effective_at, by=by, at=at)
    after = policy_for(achievement_id, effective_at)
    issuer_id = achievement(achievement_id).issuer_id
    change = Change(before, after, issuer_id, achievement_id, at)
    return _tell(version.id, after, issuer_id, affected_holders(change), effective_at, at)


@transaction()
def call_off_rules(achievement_id: UUID, version_id: UUID, *, by: UUID | None, at: datetime) -> int:
    """Call off rules that have not begun, and tell whoever was told of them; return how many. Rules E-13, X-2.

    Raises NotFound for what is not this badge's or is called off already, and HasBegun.
    """
    found = session.get(PartnerRulesVersion, version_id)
    if found is None or found.achievement_id != achievement_id:
        raise NotFound("These requirements are no longer scheduled.", "Look at the list again.")
    before, begins_at = found.content, found.effective_at
    still_to_come = (PartnerRulesVersion.id == version_id, PartnerRulesVersion.effective_at > at)
    if not changed(sa.delete(PartnerRulesVersion).where(*still_to_come)):
        raise HasBegun("What has begun cannot be called off.", "Schedule other requirements instead.")
    session.expunge(found)
    issuer_id = achievement(achievement_id).issuer_id
    before = {"effective_at": begins_at.isoformat(), **before}
    record("partner_rules.called_off", "achievement", achievement_id, by=by, at=at, partner_id=issuer_id, before=before)
    return _tell_called_off(version_id, begins_at, at)


@transaction()
def schedule_base_policy(policy: BasePolicy, *, by: UUID | None, at: datetime) -> int:
    """Ask everybody for `policy` from its date on, and tell the experts it would affect; return how many. Rule E-13.

    Raises InvalidInput for the past, and SameMoment.
    """
    begins_at = policy.effective_at
    if begins_at < at:
        raise InvalidInput("A policy cannot change the past.", "Choose today or a later day.")
    achievements = session.scalars(sa.select(Achievement).order_by(Achievement.id)).all()
    before, asked_before = base_policy(begins_at), {each.id: policy_for(each.id, begins_at) for each in achievements}
    version_id = _store_base_policy(policy, by, at)
    record("base_policy.set", "base_policy", version_id, by=by, at=at, before=before.to_json(), after=policy.to_json())
    told = 0
    for each in achievements:
        after = policy_for(each.id, begins_at)
        change = Change(asked_before[each.id], after, each.issuer_id, each.id, at)
        told += _tell(version_id, after, each.issuer_id, affected_holders(change), begins_at, at, is_base=True)
    return told


@transaction()
def call_off_base_policy(version_id: UUID, *, by: UUID | None, at: datetime) -> int:
    """Call off a base policy that has not begun, and tell whoever was told of it. Raises NotFound and HasBegun."""
    found = session.get(BasePolicyVersion, version_id)
    if found is None:
        raise NotFound("This policy is no longer scheduled.", "Look at the list again.")
    content, begins_at = found.content, found.effective_at
    still_to_come = (BasePolicyVersion.id == version_id, BasePolicyVersion.effective_at > at)
    if not changed(sa.delete(BasePolicyVersion).where(*still_to_come)):
        raise HasBegun("What has begun cannot be called off.", "Schedule another policy instead.")
    session.expunge(found)
    record("base_policy.called_off", "base_policy", version_id, by=by, at=at, before=content)
    return _tell_called_off(version_id, begins_at, at)


def _store_base_policy(policy: BasePolicy, by: UUID | None, at: datetime) -> UUID:
    values = {
        "id": new_id(),
        "effective_at": policy.effective_at,
        "content": policy.to_json(),
        "created_at": at,
        "created_by": by,
    }
    stored: UUID | None = session.scalar(
        insert(BasePolicyVersion).values(values).on_conflict_do_nothing().returning(BasePolicyVersion.id)
    )
    if stored is None:
        raise SameMoment("Another policy begins at the same moment.", "Call that one off, or choose another day.")
    return stored


def _tell(
    version_id: UUID,
    policy: Policy,
    issuer_id: UUID,
    award_ids: Sequence[UUID],
    effective_at: datetime,
    at: datetime,
    *,
    is_base: bool = False,
) -> int:
    if effective_at <= at:
        return len(award_ids)
    told = 0
    for start in range(0, len(award_ids), BATCH):
        some = award_ids[start : start + BATCH]
        values = [{"version_id": version_id, "award_id": award_id, "told_at": at} for award_id in some]
        fresh = session.scalars(
            insert(PolicyNotice).values(values).on_conflict_do_nothing().returning(PolicyNotice.award_id)
        ).all()
        awards = session.scalars(sa.select(Award).where(Award.id.in_(fresh)).order_by(Award.id)).all()
        facts = facts_of_many([award.freelancer_id for award in awards], issuer_id)
        for award in awards:
            findings = evaluate(policy, facts[award.freelancer_id], at)
            mails.tell_scheduled(award, version_id, policy, findings, effective_at, at, is_base=is_base)
        told += len(awards)
    return told


def _tell_called_off(version_id: UUID, begins_at: datetime, at: datetime) -> int:
    told = session.scalars(
        sa.select(Award)
        .join(PolicyNotice, PolicyNotice.award_id == Award.id)
        .where(PolicyNotice.version_id == version_id, Award.closed_at.is_(None))
        .order_by(Award.id)
    ).all()
    for award in told:
        mails.tell_called_off(award, version_id, begins_at, at)
    return len(told)
