"""What is asked about reviews, notes and conflicts of interest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.database import session
from partners.models import Application
from partners.review.models import ConflictOfInterest, KeptReason, Note, Review, ReviewSettings, SavedView
from partners.review.rules import Standing, Way, criteria_of, may_change, scored_of, sees_reviews, standing


@dataclass(frozen=True)
class Reviewed:
    """The reviews of an application as one person of the team may see them. Rule R-5.

    `seen` are those they may see, `own` is theirs; `hidden` is how many others there are that they may not see yet.
    """

    standing: Standing
    seen: Sequence[Review]
    own: Review | None
    hidden: int
    may_give: bool
    #: Whoever is off this application for a conflict of interest.
    off: Sequence[ConflictOfInterest]
    is_off: bool

    @property
    def own_scores(self) -> dict[str, int]:
        """Return what they gave, by the criterion's key."""
        return {each.key: each.score for each in scored_of(self.own.scores)} if self.own else {}


def way_of(programme_id: UUID) -> Way:
    """Return how a programme reviews; until it says otherwise, without a rubric."""
    stored = session.get(ReviewSettings, programme_id)
    if stored is None:
        return Way()
    return Way(
        criteria_of(stored.criteria),
        stored.is_double,
        stored.third_from_hundredths,
        stored.sends_reasons,
        stored.version,
    )


def reviews_of(application_id: UUID) -> Sequence[Review]:
    """Return an application's reviews, the first first."""
    return session.scalars(
        sa.select(Review).where(Review.application_id == application_id).order_by(Review.at, Review.id)
    ).all()


def conflicts_of(application_id: UUID) -> Sequence[ConflictOfInterest]:
    """Return who is off an application, the first to say so first."""
    return session.scalars(
        sa.select(ConflictOfInterest)
        .where(ConflictOfInterest.application_id == application_id)
        .order_by(ConflictOfInterest.at, ConflictOfInterest.user_id)
    ).all()


def reviewed(way: Way, application_id: UUID, user_id: UUID) -> Reviewed:
    """Return the reviews of an application as the user may see them. Rule R-5."""
    every, off = reviews_of(application_id), conflicts_of(application_id)
    stands = standing(way, [each.total_hundredths for each in every])
    own = next((each for each in every if each.reviewer_id == user_id), None)
    is_off = any(each.user_id == user_id for each in off)
    seen = every if sees_reviews(way, stands, has_own=own is not None) else [own] if own else []
    return Reviewed(
        stands,
        seen,
        own,
        len(every) - len(seen),
        bool(way.criteria) and not is_off and may_change(way, stands, has_own=own is not None),
        off,
        is_off,
    )


def notes_of(application_id: UUID) -> Sequence[Note]:
    """Return what the team wrote about an application, the oldest first."""
    return session.scalars(
        sa.select(Note).where(Note.application_id == application_id).order_by(Note.at, Note.id)
    ).all()


def kept_reason(application_id: UUID) -> str | None:
    """Return what the partner wrote to the applicant when it kept the application on file, or None. Rule R-2."""
    return session.scalar(sa.select(KeptReason.reason).where(KeptReason.application_id == application_id))


def views_of(member_id: UUID) -> Sequence[SavedView]:
    """Return somebody's saved views, by name."""
    return session.scalars(
        sa.select(SavedView)
        .where(SavedView.member_id == member_id)
        .order_by(sa.func.lower(SavedView.name), SavedView.id)
    ).all()


def is_off(user_id: UUID) -> sa.ColumnElement[bool]:
    """Return whether a conflict of interest takes the user off a row of `applications`."""
    return (
        sa.exists()
        .where(ConflictOfInterest.application_id == Application.id, ConflictOfInterest.user_id == user_id)
        .correlate(Application)
    )
