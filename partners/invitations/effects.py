"""What inviting many addresses does, worked out in the database for all of them at once. Rules I-5, I-6.

The same is said for one in `partners.rules.outcome`; a test proves that both agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from freelancers.departures import has_left
from partners.invitation_queries import expert_addresses, has_withdrawn, invitation_state, stopped_addresses
from partners.models import Invitation, Programme
from partners.rules import RENEWABLE, Outcome
from partners.states import InvitationState


@dataclass(frozen=True)
class Judged:
    """Addresses with what inviting each does; `rows` is to be selected from, `invitation_id` that of one there is."""

    rows: sa.FromClause
    outcome: sa.ColumnElement[str]
    invitation_id: sa.ColumnElement[UUID]


def judged(source: Any, programme: Programme, at: datetime) -> Judged:
    """Join what is known of the addresses in `source.c.email`, of which each stands there once."""
    state = invitation_state(at)
    invited = (
        sa.select(Invitation.id, Invitation.email, state.label("state"), has_withdrawn().label("withdrew"))
        .where(Invitation.programme_id == programme.id)
        .subquery("invited")
    )
    experts = expert_addresses(programme.achievement_id).distinct().subquery("experts")
    stopped = stopped_addresses(programme.partner_id).distinct().subquery("stopped")
    email = source.c.email
    rows = (
        source.outerjoin(invited, invited.c.email == email)
        .outerjoin(experts, experts.c.email == email)
        .outerjoin(stopped, stopped.c.email == email)
    )
    outcome = sa.case(
        (experts.c.email.is_not(None), Outcome.ALREADY_EXPERT.value),
        (sa.or_(stopped.c.email.is_not(None), has_left(email)), Outcome.OPTED_OUT.value),
        (invited.c.id.is_(None), Outcome.NEW.value),
        (invited.c.state.in_([each.value for each in RENEWABLE]), Outcome.RENEWED.value),
        (invited.c.state == InvitationState.DECLINED.value, Outcome.DECLINED.value),
        (invited.c.state != InvitationState.ACCEPTED.value, Outcome.ALREADY_INVITED.value),
        (invited.c.withdrew, Outcome.RENEWED.value),
        else_=Outcome.ALREADY_ACCEPTED.value,
    )
    return Judged(rows, outcome, invited.c.id)
