"""Which scheduled runs were done: a tick is claimed before it runs, so it runs once. Design decision 3."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, changed, session, transaction


class JobRun(Model):
    """One run of a job for one period."""

    __tablename__ = "job_runs"

    job: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    figures: Mapped[str | None]


@transaction()
def claim(job: str, period: str, at: datetime) -> bool:
    """Claim `job` for `period`; say whether it is ours to run."""
    row = insert(JobRun).values(job=job, period=period, claimed_at=at).on_conflict_do_nothing().returning(JobRun.job)
    return session.scalar(row) is not None


@transaction()
def done(job: str, period: str, figures: str, at: datetime) -> None:
    """Keep that the run ended, and what it did in a few words."""
    session.execute(
        sa.update(JobRun).where(JobRun.job == job, JobRun.period == period).values(done_at=at, figures=figures[:2000])
    )


@transaction()
def forget_before(moment: datetime) -> int:
    """Delete the runs that were claimed before `moment`; return how many."""
    return changed(sa.delete(JobRun).where(JobRun.claimed_at < moment))
