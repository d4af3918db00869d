"""What is asked about submissions: those of a person, and the staff's queue. Rules A-1, A-4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from core.database import session
from core.keyset import after
from core.paging import PAGE_SIZE, Page, page_of
from freelancers.approval.findings import ANSWER_TIME, SubmissionState
from freelancers.approval.models import Submission

_WAITS = (Submission.decided_at.is_(None), Submission.replaced_at.is_(None))


@dataclass(frozen=True)
class Declines:
    """How often somebody was declined, and whether a person did so."""

    count: int
    by_person: bool


@dataclass(frozen=True)
class Waiting:
    """How many submissions wait, and how many of them for longer than rule A-1 allows."""

    open: int
    late: int


def latest_submission(freelancer_id: UUID) -> Submission | None:
    """Return the last that somebody submitted, or None."""
    own = sa.select(Submission).where(Submission.freelancer_id == freelancer_id)
    return session.scalar(own.order_by(Submission.number.desc()).limit(1).execution_options(populate_existing=True))


def submissions_of(freelancer_id: UUID, limit: int = 20) -> Sequence[Submission]:
    """Return what somebody submitted, the latest first."""
    own = sa.select(Submission).where(Submission.freelancer_id == freelancer_id)
    return session.scalars(own.order_by(Submission.number.desc()).limit(limit)).all()


def submission_by_id(submission_id: UUID) -> Submission | None:
    """Return a submission, or None."""
    return session.get(Submission, submission_id, options=[joinedload(Submission.freelancer)])


def past_declines(freelancer_id: UUID) -> Declines:
    """Return how often somebody was declined so far. Rule A-4."""
    declined = (Submission.freelancer_id == freelancer_id, Submission.is_approved.is_(False))
    by_person = sa.func.coalesce(sa.func.bool_or(Submission.is_by_person), sa.false())
    row = session.execute(sa.select(sa.func.count(), by_person).where(*declined)).one()
    return Declines(row[0], row[1])


def looked_at_before(submission: Submission) -> Submission | None:
    """Return the last one before it that was decided, which a reviewer compares it with; or None. Rule A-4."""
    earlier = sa.select(Submission).where(
        Submission.freelancer_id == submission.freelancer_id,
        Submission.number < submission.number,
        Submission.decided_at.is_not(None),
    )
    return session.scalar(earlier.order_by(Submission.number.desc()).limit(1))


def queue(state: SubmissionState, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Submission]:
    """Return submissions in a state: those that wait, the longest waiting first; others, the last decided first."""
    is_waiting = state is SubmissionState.WAITING
    key = (Submission.waiting_since_at if is_waiting else Submission.decided_at, Submission.id)
    chosen = sa.select(Submission).where(*in_state(state)).options(joinedload(Submission.freelancer))
    if cursor:
        chosen = chosen.where(after(cursor, *key, descending=not is_waiting))
    rows = session.scalars(
        chosen.order_by(*(column if is_waiting else column.desc() for column in key)).limit(size + 1)
    ).all()
    return page_of(rows, lambda row: tuple(getattr(row, column.key) for column in key), size)


def in_state(state: SubmissionState) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the same as `Submission.state` says, for the database."""
    return {
        SubmissionState.WAITING: _WAITS,
        SubmissionState.APPROVED: (Submission.is_approved.is_(True),),
        SubmissionState.DECLINED: (Submission.is_approved.is_(False),),
        SubmissionState.REPLACED: (Submission.replaced_at.is_not(None),),
    }[state]


def waiting(at: datetime) -> Waiting:
    """Return how the queue stands at `at`. Rule A-1."""
    late = sa.func.count().filter(Submission.waiting_since_at < at - ANSWER_TIME)
    row = session.execute(sa.select(sa.func.count(), late).select_from(Submission).where(*_WAITS)).one()
    return Waiting(*row)
