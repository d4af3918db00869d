"""What happens to experts after they are chosen: holds, revocations, removals, pins, use cases. Rules D, E-12, H."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.demo.people import Person
from app.demo.stage import Stage
from badges.attesting import Said, attest
from badges.models import Award
from badges.services import answer_revocation, hide, revoke
from core.database import session
from directory.editing import choose_for_use_case
from directory.featured import showing_at
from directory.listing import listed_expression
from directory.models import Feature, UseCase
from directory.services import pin, remove_feature, remove_from_directory, restore_to_directory
from freelancers.holds import HoldKind
from freelancers.models import Freelancer, Hold
from freelancers.services import lift_hold, place_hold

USE_CASE_EXPERTS = 9
#: The trainings that partners give themselves, and note who passed.
TRAININGS = {"hedgeward": "Hedgeward Field Training"}

_HOLD_REASONS = {
    HoldKind.AWAITING_VERIFICATION: "A routine check: please show us that you are who your profile says.",
    HoldKind.VERIFICATION_FAILED: "Seven days have passed since we asked you to verify your identity.",
    HoldKind.POLICY_RESTRICTION: "Two clients report that they were asked to pay outside of the marketplace.",
    HoldKind.BLOCK: "The account was used from several places at once, and its owner has not answered us.",
}
_REVOKE_REASONS = (
    "Two clients told us that the work was passed on to somebody else without their knowledge.",
    "The project shown in the application turned out to be another person's.",
    "No work with our product for a year, and our letters stay unanswered.",
)
_REVOKE_ANSWERS = (
    "I hired a colleague for the last part and said so in the contract. I have sent you the page where it stands.",
    "I was ill for most of the year. I would be glad to show you what I have begun since.",
)

#: Something done with an expert's award at a moment.
Turn = Callable[[Stage, str, Person, datetime], None]


def held(kind: HoldKind) -> Turn:
    """Return a turn that places a hold of `kind`."""

    def turn(stage: Stage, _slug: str, person: Person, at: datetime) -> None:
        place_hold(stage.ids[person.key], kind, _HOLD_REASONS[kind], by=stage.staff_id, at=at)

    return turn


def released(stage: Stage, _slug: str, person: Person, at: datetime) -> None:
    """Lift every hold that is open on the expert."""
    still_open = sa.select(Hold.id).where(Hold.freelancer_id == stage.ids[person.key], Hold.lifted_at.is_(None))
    for hold_id in session.scalars(still_open).all():
        lift_hold(hold_id, "Verified in a short call. Thank you for your patience.", by=stage.staff_id, at=at)


def trained(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Note that the person passed the partner's training, for a year; of some it lapses soon."""
    first = at.date() - timedelta(days=stage.random.choice([9, 12, 340]))
    said = Said("training", TRAININGS[slug], first, first + timedelta(days=365))
    attest(stage.partners[slug].id, [(stage.ids[person.key], said)], by=stage.admin(slug), at=at)


def revoked(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Revoke the badge, for one of several reasons."""
    reason = stage.random.choice(_REVOKE_REASONS)
    revoke(stage.awards[slug, person.key], reason, by=stage.admin(slug), at=at)


def answered(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Have the expert answer to the revocation."""
    answer = stage.random.choice(_REVOKE_ANSWERS)
    answer_revocation(stage.awards[slug, person.key], answer, by=stage.user(person, at), at=at)


def hidden(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Have the expert hide the badge."""
    hide(stage.awards[slug, person.key], at, stage.user(person, at))


def taken_out(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Take the expert out of the directory."""
    reason = "Fully booked until summer, as you told us; we put you back whenever you say."
    remove_from_directory(stage.awards[slug, person.key], reason, by=stage.admin(slug), at=at)


def put_back(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Put the expert back into the directory."""
    restore_to_directory(stage.awards[slug, person.key], by=stage.admin(slug), at=at)


def pinned(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Feature the expert by hand for a month."""
    pin(stage.awards[slug, person.key], at + timedelta(days=30), by=stage.admin(slug), at=at)


def unfeature_one(stage: Stage, slug: str, at: datetime) -> None:
    """Take one of the featured experts out of their slot."""
    showing = sa.select(Feature.id).where(
        Feature.partner_id == stage.partners[slug].id,
        Feature.period_id.is_not(None),
        Feature.use_case_id.is_(None),
        *showing_at(at),
    )
    feature_id = session.scalar(showing.order_by(Feature.position.desc()).limit(1))
    if feature_id is not None:
        reason = "You asked us to wait until your new site is up."
        remove_feature(feature_id, reason, by=stage.admin(slug), at=at)


def curate(stage: Stage, slug: str, at: datetime) -> None:
    """Choose experts for each of the page's use cases, by the skill that it takes."""
    partner = stage.partners[slug]
    skills = {case["name"]: case["skill"] for case in stage.specs[slug]["page"]["use_cases"]}
    for case in session.scalars(sa.select(UseCase).where(UseCase.partner_id == partner.id)).all():
        for award_id in _listed_with(partner.programme.achievement_id, skills[case.name], at):
            choose_for_use_case(case.id, award_id, by=stage.admin(slug), at=at)


def _listed_with(achievement_id: UUID, skill: str, at: datetime) -> Sequence[UUID]:
    listed = (
        sa.select(Award.id)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(
            Award.achievement_id == achievement_id,
            sa.literal(skill) == sa.any_(Freelancer.skills),
            listed_expression(at),
        )
        .order_by(Freelancer.jss_pct.desc().nulls_last(), Award.id)
        .limit(USE_CASE_EXPERTS)
    )
    return session.scalars(listed).all()
