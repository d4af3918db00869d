"""Whom the marketplace could invite: those who meet a partner's rules by their activity, the most active first. I-1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from badges.eligibility.sql import eligible_expression
from badges.models import Award
from badges.queries import joined_through, policy_for
from core.database import session, transaction
from core.wording import percent, plural
from freelancers.models import Freelancer
from partners.addresses import Address
from partners.invitation_queries import stopped_addresses
from partners.inviting import InviteReport, invite
from partners.models import Application, Invitation, Programme

MOST = 50


@dataclass(frozen=True)
class Suggestion:
    """Somebody who meets everything that the programme asks for, and why they stand where they do."""

    freelancer: Freelancer
    reasons: tuple[str, ...]


def suggestions(programme: Programme, at: datetime) -> list[Suggestion]:
    """Return whom to invite to a programme, ranked: who worked most, then who is rated best.

    They meet every rule of the marketplace and of the partner at `at`; nobody is among them who was ever invited,
    applied or holds the badge, who wants no invitations, or whose address is not known.
    """
    ranked = sa.select(Freelancer).where(*_can_be_invited(programme, at)).order_by(*_by_activity()).limit(MOST)
    return [Suggestion(each, tuple(_reasons(each))) for each in session.scalars(ranked)]


@transaction()
def invite_suggested(
    programme: Programme, freelancer_ids: Sequence[UUID], *, by: UUID | None, at: datetime
) -> InviteReport:
    """Invite those of the people chosen who are suggested still. Rules I-1, I-5."""
    chosen = sa.select(Freelancer).where(Freelancer.id.in_(freelancer_ids), *_can_be_invited(programme, at))
    people = session.scalars(chosen.order_by(Freelancer.id)).all()
    addresses = [Address(each.email.lower(), each.name) for each in people if each.email]
    return invite(programme, addresses, None, by=by, at=at)


def _can_be_invited(programme: Programme, at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    issuer_id, email = programme.partner_id, sa.func.lower(Freelancer.email)
    policy = policy_for(programme.achievement_id, at)
    eligible = eligible_expression(policy, at, issuer_id=issuer_id, joined_through_issuer=joined_through(issuer_id))
    ours = Invitation.programme_id == programme.id
    invited = sa.exists().where(ours, sa.or_(Invitation.email == email, Invitation.freelancer_id == Freelancer.id))
    applied = sa.exists().where(Application.programme_id == programme.id, Application.freelancer_id == Freelancer.id)
    holds = sa.exists().where(
        Award.achievement_id == programme.achievement_id,
        Award.freelancer_id == Freelancer.id,
        Award.closed_at.is_(None),
    )
    stopped = email.in_(stopped_addresses(programme.partner_id))
    return Freelancer.email.is_not(None), eligible, ~invited, ~applied, ~holds, ~stopped


def _by_activity() -> list[sa.ColumnElement[Any]]:
    figures = (Freelancer.jobs_count, Freelancer.hours_worked, Freelancer.jss_pct, Freelancer.rating)
    by_figures: list[sa.ColumnElement[Any]] = [figure.desc().nulls_last() for figure in figures]
    return [*by_figures, Freelancer.id.asc()]


def _reasons(person: Freelancer) -> Iterator[str]:
    """Yield what somebody is ranked by, in words, the weightiest first."""
    yield "Meets every rule today"
    if person.jobs_count:
        yield plural(person.jobs_count, "finished job")
    if person.hours_worked:
        yield plural(person.hours_worked, "hour") + " of work"
    if person.jss_pct is not None:
        yield f"Job Success Score {percent(person.jss_pct)}"
    if person.rating:
        yield f"rated {person.rating:.1f} of 5"
