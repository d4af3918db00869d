"""What reviews come to, as SQL: `partners.review.rules.standing` of many at once. A test proves that both agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from partners.models import Application
from partners.review.models import Review
from partners.review.rules import Stage, Way


@dataclass(frozen=True)
class Scoring:
    """The reviews of each application of a programme: join `table` from outside, by its `application_id`."""

    table: sa.Subquery
    way: Way

    def joined(self, chosen: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
        """Return the query with the reviews joined to its applications."""
        return chosen.outerjoin(self.table, self.table.c.application_id == Application.id)

    @property
    def count(self) -> ColumnElement[int]:
        """Return how many reviews are in."""
        return sa.func.coalesce(self.table.c.count, 0)

    @property
    def stage(self) -> ColumnElement[str]:
        """Return how far the reviews are."""
        apart = self.table.c.top - self.table.c.bottom
        is_tie = sa.and_(sa.literal(self.way.is_double), self.count == 2, apart >= self.way.third_from_hundredths)
        return sa.case(
            (self.count == 0, Stage.NONE.value),
            (self.count < self.way.needed, Stage.PARTLY.value),
            (is_tie, Stage.TIE.value),
            else_=Stage.DONE.value,
        )

    @property
    def score(self) -> ColumnElement[int | None]:
        """Return what the reviews come to, in hundredths; NULL until all are in."""
        return sa.case((self.stage == Stage.DONE.value, self.table.c.middle))


def scoring(programme_id: UUID, way: Way) -> Scoring:
    """Return the reviews of a programme's applications, added up."""
    total = Review.total_hundredths
    middle = sa.func.floor(sa.func.percentile_cont(0.5).within_group(total) + 0.5)
    table = (
        sa.select(
            Review.application_id,
            sa.func.count().label("count"),
            sa.func.max(total).label("top"),
            sa.func.min(total).label("bottom"),
            sa.cast(middle, sa.Integer()).label("middle"),
        )
        .join(Application, Application.id == Review.application_id)
        .where(Application.programme_id == programme_id)
        .group_by(Review.application_id)
        .subquery("reviewed")
    )
    return Scoring(table, way)
