"""What a change of requirements does to a page: to the experts of each use case. Rules D-1, E-13."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from badges.models import Award
from badges.simulation import Change, Outcome, Tally, holder_outcome, holds
from core.database import session
from directory.models import UseCase
from directory.use_case_pool import in_use_case
from freelancers.models import Freelancer


def by_use_case(partner_id: UUID, change: Change) -> Sequence[tuple[str, Tally]]:
    """Return each use case's name with what the change does to its experts, in the order of the page."""
    cases = session.scalars(
        sa.select(UseCase)
        .where(UseCase.partner_id == partner_id, UseCase.published)
        .order_by(UseCase.position, UseCase.name)
    )
    return [(case.name, _tally(case, change)) for case in cases]


def _tally(case: UseCase, change: Change) -> Tally:
    """Count what becomes of those who stand in a use case, by hand or by rule."""
    outcomes = (
        sa.select(holder_outcome(change).label("outcome"))
        .select_from(Award)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(holds(change.achievement_id, change.at), in_use_case(case))
        .offset(0)
        .subquery()
    )
    counts = [sa.func.count().filter(outcomes.c.outcome == which.value).label(which.value) for which in Outcome]
    row = session.execute(sa.select(*counts)).one()
    return Tally(row.loses, row.grace, row.gains, row.unaffected)
