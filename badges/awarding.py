"""Awards given to many people at once, written in sets: `badges.services.award` of each of them. Rules B-1, R-3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from accounts.models import User
from badges import mails
from badges.credentials.places import give_places
from badges.eligibility.findings import Finding
from badges.eligibility.rules import evaluate, unmet
from badges.mails import Addressee
from badges.models import Achievement, Award
from badges.queries import achievement as achievement_by_id
from badges.queries import facts_of_many, policy_for
from badges.receipts import Cause, Decision, keep_many, keep_policies
from badges.services import close_expired
from core.audit import record_many
from core.bulk import insert_rows, uuids
from core.database import new_id, session, transaction
from core.outbox import enqueue_many
from freelancers.models import Freelancer


@dataclass(frozen=True)
class Given:
    """What awarding somebody does, or did: `award_id` is None where requirements are open, which `still_open` says.

    `is_held`: they hold the badge already, and keep that one. Mails reach them by `name` at `address`, if there is any.
    """

    name: str
    address: str | None
    award_id: UUID | None = None
    is_held: bool = False
    still_open: tuple[Finding, ...] = ()

    @property
    def is_eligible(self) -> bool:
        """Say whether they hold the badge, or meet all that is asked for it."""
        return self.is_held or not self.still_open


def foresee_awards(achievement_id: UUID, freelancer_ids: Sequence[UUID], at: datetime) -> dict[UUID, Given]:
    """Return what awarding each of these people would do at `at`, changing nothing."""
    return _look(achievement_id, freelancer_ids, at)[0]


@transaction()
def award_many(
    achievement_id: UUID, freelancer_ids: Sequence[UUID], *, by: UUID | None, at: datetime
) -> dict[UUID, Given]:
    """Award the badge to those of these people who are eligible at `at`, and tell them. Rules B-1, R-3, X-1, X-2.

    Each stands as after `badges.services.award`, and has its place in a status list, which a single one is given when
    it is first asked for. It takes so many statements whatever their number.
    """
    given, decisions = _look(achievement_id, freelancer_ids, at)
    policy = policy_for(achievement_id, at)
    if decisions:
        keep_policies({policy.digest(): policy})
        keep_many(decisions, Cause.SELECTION, at=at)
    about = achievement_by_id(achievement_id)
    eligible = [who for who, each in given.items() if each.is_eligible and not each.is_held]
    _close_expired(achievement_id, eligible, at)
    give_places(_insert(about, eligible, given, by, at), at)
    stored = _open_awards(achievement_id, eligible)
    return {who: replace(each, award_id=stored[who][0]) if who in stored else each for who, each in given.items()}


def _look(
    achievement_id: UUID, freelancer_ids: Sequence[UUID], at: datetime
) -> tuple[dict[UUID, Given], list[Decision]]:
    about, policy = achievement_by_id(achievement_id), policy_for(achievement_id, at)
    held = {
        who: award_id
        for who, (award_id, expires_at) in _open_awards(achievement_id, freelancer_ids).items()
        if expires_at is None or expires_at > at
    }
    people = _people(freelancer_ids)
    facts = facts_of_many([who for who in freelancer_ids if who not in held], about.issuer_id)
    digest = policy.digest()
    found, decisions = {}, []
    for who in freelancer_ids:
        if who in held:
            found[who] = replace(people[who], award_id=held[who], is_held=True)
            continue
        findings = evaluate(policy, facts[who], at)
        found[who] = replace(people[who], still_open=tuple(unmet(findings)))
        decisions.append(Decision(who, achievement_id, digest, facts[who], findings))
    return found, decisions


def _people(freelancer_ids: Sequence[UUID]) -> dict[UUID, Given]:
    """Return each of these people, to whom nothing is given yet; the address is as `address_of` has it."""
    rows = session.execute(
        sa.select(Freelancer.id, Freelancer.name, sa.func.coalesce(User.email, Freelancer.email))
        .outerjoin(User, User.id == Freelancer.user_id)
        .where(Freelancer.id == sa.any_(uuids(freelancer_ids)))
    )
    return {who: Given(name, address) for who, name, address in rows}


def _open_awards(achievement_id: UUID, freelancer_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, datetime | None]]:
    rows = session.execute(
        sa.select(Award.freelancer_id, Award.id, Award.expires_at).where(
            Award.achievement_id == achievement_id,
            Award.freelancer_id == sa.any_(uuids(freelancer_ids)),
            Award.closed_at.is_(None),
        )
    )
    return {who: (award_id, expires_at) for who, award_id, expires_at in rows}


def _close_expired(achievement_id: UUID, freelancer_ids: Sequence[UUID], at: datetime) -> None:
    """Close the awards of these people whose time is over; there are few, for a sweep closes them too."""
    over = sa.select(Award).where(
        Award.achievement_id == achievement_id,
        Award.freelancer_id == sa.any_(uuids(freelancer_ids)),
        Award.closed_at.is_(None),
        Award.expires_at <= at,
    )
    for each in session.scalars(over).all():
        close_expired(each, at)


def _insert(
    about: Achievement, eligible: Sequence[UUID], given: Mapping[UUID, Given], by: UUID | None, at: datetime
) -> list[UUID]:
    """Store awards for these people, but for whom somebody else was quicker, each with its audit event and mail.

    Returns the new awards.
    """
    if not eligible:
        return []
    expires_at = None if about.valid_days is None else at + timedelta(days=about.valid_days)
    each = {"achievement_id": about.id, "awarded_at": at, "awarded_by": by, "expires_at": expires_at}
    rows = [{"id": new_id(), "freelancer_id": who, "lifts_at_once": False, **each} for who in eligible]
    stored = insert_rows(Award, rows).on_conflict_do_nothing().returning(Award.freelancer_id, Award.id)
    awards = {row.freelancer_id: row.id for row in session.execute(stored)}
    until = None if expires_at is None else expires_at.isoformat()
    _record(awards, about.issuer_id, until, by, at)
    addressees = (
        Addressee(award_id, at, given[who].name, given[who].address, about.name, about.issuer.name)
        for who, award_id in awards.items()
    )
    enqueue_many([mail for to in addressees if (mail := mails.awarded_mail(to, expires_at))], at=at)
    return list(awards.values())


def _record(awards: Mapping[UUID, UUID], issuer_id: UUID, until: str | None, by: UUID | None, at: datetime) -> None:
    about = {"action": "award.awarded", "subject_type": "award", "partner_id": issuer_id, "before": {}, "reason": None}
    events = [
        about | {"subject_id": award_id, "after": {"freelancer_id": str(who), "expires_at": until}}
        for who, award_id in awards.items()
    ]
    record_many(events, by=by, at=at)
