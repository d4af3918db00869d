"""What a change of requirements does to a page: to the experts of each use case. Rules D-1, E-13."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from badges.models import Award
from badges.simulation import Change, Outcome, Tally, holder_outcome, holds
from core.database import session
from directory.models import UseCase, UseCaseExpert
from freelancers.models import Freelancer


def by_use_case(partner_id: UUID, change: Change) -> Sequence[tuple[str, Tally]]:
    """Return each use case's name with what the change does to the experts on its list, in the order of the page."""
    experts = (
        sa.select(UseCaseExpert.use_case_id, holder_outcome(change).label("outcome"))
        .join(Award, Award.id == UseCaseExpert.award_id)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(holds(change.achievement_id, change.at))
        .offset(0)
        .subquery()
    )
    counts = [sa.func.count().filter(experts.c.outcome == which.value).label(which.value) for which in Outcome]
    counted = (
        sa.select(UseCase.name, *counts)
        .outerjoin(experts, experts.c.use_case_id == UseCase.id)
        .where(UseCase.partner_id == partner_id, UseCase.published)
        .group_by(UseCase.id)
        .order_by(UseCase.position, UseCase.name)
    )
    return [(row.name, Tally(row.loses, row.grace, row.gains, row.unaffected)) for row in session.execute(counted)]
