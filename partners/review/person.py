"""All that somebody and a partner have had to do with each other, from the partner's own log. Rules R-5, X-2, X-4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from accounts.models import User
from badges.models import Award
from core.audit import AuditEvent
from core.database import session
from core.errors import NotFound
from freelancers.models import Freelancer
from partners.history import Step, told
from partners.models import Application, Interest, Invitation, Programme
from partners.queries import addresses_of, names_of

#: So many of the last things that happened are shown.
EVENTS_MAX = 200
_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Together:
    """Somebody and what they have with a partner: their application if it is the partner's to see, badges, history."""

    freelancer: Freelancer
    application: Application | None
    awards: Sequence[Award]
    history: Sequence[Step]


def person_with(programme: Programme, freelancer_id: UUID) -> Together:
    """Return all that somebody and the programme's partner have had to do with each other.

    Raises NotFound for whoever has neither an application before the partner, nor a badge of it, nor asked for an
    invitation: a withdrawn application is the partner's no more (rules R-4, X-4).
    """
    freelancer = session.get(Freelancer, freelancer_id)
    application = session.scalar(
        sa.select(Application).where(
            Application.programme_id == programme.id, Application.freelancer_id == freelancer_id
        )
    )
    shown = application if application and application.submitted_at and not application.withdrawn_at else None
    awards = session.scalars(
        sa.select(Award)
        .where(Award.achievement_id == programme.achievement_id, Award.freelancer_id == freelancer_id)
        .order_by(Award.awarded_at.desc(), Award.id)
    ).all()
    interest = session.scalar(
        sa.select(Interest).where(Interest.partner_id == programme.partner_id, Interest.freelancer_id == freelancer_id)
    )
    if freelancer is None or not (shown or awards or interest):
        raise NotFound()
    subjects = [each.id for each in awards] + _invitations(programme.id, freelancer)
    subjects += [each.id for each in (application, interest) if each]
    return Together(freelancer, shown, awards, _history(programme.partner_id, subjects))


def _invitations(programme_id: UUID, freelancer: Freelancer) -> list[UUID]:
    theirs = sa.or_(Invitation.freelancer_id == freelancer.id, Invitation.email.in_(addresses_of(freelancer)))
    return list(session.scalars(sa.select(Invitation.id).where(Invitation.programme_id == programme_id, theirs)))


def _history(partner_id: UUID, subjects: Sequence[UUID]) -> Sequence[Step]:
    """Return what the log tells of these subjects, the newest first."""
    events = session.scalars(
        sa.select(AuditEvent)
        .where(AuditEvent.partner_id == partner_id, AuditEvent.subject_id.in_(subjects))
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(EVENTS_MAX)
    ).all()
    team = session.scalars(
        sa.select(User.id).where(User.id.in_({each.actor_id for each in events}), User.role == "partner")
    )
    names = names_of(set(team))
    steps = (told(each.at, each.action, names.get(each.actor_id or _NOBODY), each.reason) for each in events)
    return [step for step in steps if step is not None]
