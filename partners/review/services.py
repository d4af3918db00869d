"""What a team does while it reviews: score, step back, comment, and say how it reviews. Rules R-2, R-5, X-2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from partners.models import Application, Programme
from partners.review.models import ConflictOfInterest, KeptReason, Note, Review, ReviewSettings, SavedView
from partners.review.queries import conflicts_of, reviews_of, way_of
from partners.review.rules import Way, may_change, read_scores, standing, total_hundredths

NOTE_MAX = 4_000  # characters
VIEW_NAME_MAX, VIEWS_MAX = 60, 20


class OffThisOne(NotAllowed):
    """A conflict of interest takes them off the application."""

    title = "You are off this application"

    def __init__(self) -> None:
        super().__init__(
            "You declared a conflict of interest, so you neither score nor decide on it.",
            "A manager can put you back on it if that was a mistake.",
        )


class ReviewsClosed(Conflict):
    """No more reviews are taken, or this one stands."""

    title = "The reviews are in"


@transaction()
def set_way(programme: Programme, way: Way, *, by: UUID | None, at: datetime) -> None:
    """Say how the programme reviews from now on; reviews that were given keep the weights of then. Rule R-5.

    `way.version` is the one that whoever changes it has seen. Raises Conflict when somebody changed it meanwhile.
    """
    before = way_of(programme.id)
    values = asdict(way) | {"version": way.version + 1, "updated_at": at, "updated_by": by}
    stored = insert(ReviewSettings).values(programme_id=programme.id, **values)
    if way.version == 0:
        stored = stored.on_conflict_do_nothing()
    else:
        same = ReviewSettings.version == way.version
        stored = stored.on_conflict_do_update(index_elements=["programme_id"], set_=values, where=same)
    if session.scalar(stored.returning(ReviewSettings.version)) is None:
        raise Conflict("Somebody changed how you review a moment ago.", "Look at it again, then make your change.")
    session.expire_all()
    about, partner_id = "review.settings_changed", programme.partner_id
    said = _plain(before), _plain(way)
    record(about, "programme", programme.id, by=by, at=at, partner_id=partner_id, before=said[0], after=said[1])


def _plain(way: Way) -> dict[str, Any]:
    return {name: value for name, value in asdict(way).items() if name != "version"}


@transaction()
def give_review(
    application_id: UUID, given: Mapping[str, str], remark: str | None, *, by: UUID, at: datetime
) -> Review:
    """Score an application by the rubric, or score it anew while that is possible. Rule R-5.

    `given` are the scores by the criteria's keys. Raises InvalidInput, OffThisOne, ReviewsClosed and NotFound.
    """
    application = _locked(application_id)
    way = way_of(application.programme_id)
    if not way.criteria:
        raise Conflict("There are no criteria to score by yet.", "A manager can write them under “How you review”.")
    scores, remark = read_scores(way.criteria, given), _text(remark or "")
    refuse_conflicted(application_id, by)
    every = reviews_of(application_id)
    own = next((each for each in every if each.reviewer_id == by), None)
    stands = standing(way, [each.total_hundredths for each in every])
    if not may_change(way, stands, has_own=own is not None):
        raise ReviewsClosed(*_closed(own is not None))
    values = {"scores": [asdict(each) for each in scores], "total_hundredths": total_hundredths(scores)}
    before = {} if own is None else {"scores": own.scores, "total_hundredths": own.total_hundredths}
    fresh = insert(Review).values(
        id=new_id(), application_id=application_id, reviewer_id=by, remark=remark or None, at=at, **values
    )
    key = ["application_id", "reviewer_id"]
    fresh = fresh.on_conflict_do_update(index_elements=key, set_={**values, "remark": remark or None, "at": at})
    review = session.scalars(fresh.returning(Review), execution_options={"populate_existing": True}).one()
    _record("application.reviewed", application, by, at, before=before, after=values)
    return review


def _closed(has_own: bool) -> tuple[str, str]:
    if has_own:
        return "You have seen what others gave, so yours stands as it is.", "Write a comment if you see it otherwise."
    return "As many reviews as are asked for are in.", "Write a comment if you see it otherwise."


@transaction()
def declare_conflict(application_id: UUID, *, by: UUID, at: datetime) -> None:
    """Take whoever says so off the application; a review of theirs no longer counts. Twice is fine. Rule R-5."""
    application = _locked(application_id)
    stored = insert(ConflictOfInterest).values(application_id=application_id, user_id=by, at=at)
    if session.scalar(stored.on_conflict_do_nothing().returning(ConflictOfInterest.user_id)) is None:
        return
    own = sa.delete(Review).where(Review.application_id == application_id, Review.reviewer_id == by)
    dropped = changed(own)
    after = {"review_dropped": bool(dropped)}
    _record("application.conflict_declared", application, by, at, after=after)


@transaction()
def lift_conflict(application_id: UUID, user_id: UUID, *, by: UUID, at: datetime) -> None:
    """Put somebody back on an application. Raises NotFound when they are not off it. Rule R-5."""
    application = _locked(application_id)
    gone = sa.delete(ConflictOfInterest).where(
        ConflictOfInterest.application_id == application_id, ConflictOfInterest.user_id == user_id
    )
    if not changed(gone):
        raise NotFound("They are not off this application.")
    _record("application.conflict_lifted", application, by, at, after={"user_id": str(user_id)})


@transaction()
def add_note(application_id: UUID, text: str, *, by: UUID, at: datetime) -> Note:
    """Write a comment that the team alone reads. Its words stay out of the log: they go with the application. R-4.

    Raises InvalidInput when it is empty or too long, and NotFound.
    """
    application, text = _locked(application_id), _text(text)
    if not text:
        raise InvalidInput("There are no words in it.", "Write what the team should know.")
    note = Note(id=new_id(), application_id=application_id, author_id=by, text=text, at=at)
    session.add(note)
    session.flush()
    _record("application.noted", application, by, at)
    return note


@transaction()
def save_view(member_id: UUID, name: str, query: Mapping[str, str], at: datetime) -> SavedView:
    """Keep filters under a name; the same name again keeps the new ones. Raises InvalidInput."""
    name = name.replace("\x00", "").strip()
    if not name or len(name) > VIEW_NAME_MAX:
        raise InvalidInput(
            f"The name of a view has from 1 to {VIEW_NAME_MAX} characters.", "Write one that tells it from the others."
        )
    values = {"id": new_id(), "member_id": member_id, "name": name, "query": dict(query), "created_at": at}
    stored = insert(SavedView).values(values)
    stored = stored.on_conflict_do_update(index_elements=["member_id", "name"], set_={"query": dict(query)})
    view = session.scalars(stored.returning(SavedView), execution_options={"populate_existing": True}).one()
    count = session.scalar(sa.select(sa.func.count()).where(SavedView.member_id == member_id)) or 0
    if count > VIEWS_MAX:
        raise InvalidInput(f"You have {VIEWS_MAX} views, and more would be hard to tell apart.", "Remove one first.")
    return view


@transaction()
def remove_view(member_id: UUID, view_id: UUID) -> None:
    """Forget a view of somebody's own. Raises NotFound for any other."""
    if not changed(sa.delete(SavedView).where(SavedView.id == view_id, SavedView.member_id == member_id)):
        raise NotFound()


@transaction()
def forget(application_id: UUID) -> None:
    """Delete all that a team wrote about an application, when its applicant withdraws it. Rule R-4."""
    for model in (Review, ConflictOfInterest, Note, KeptReason):
        changed(sa.delete(model).where(model.application_id == application_id))


def refuse_conflicted(application_id: UUID, user_id: UUID | None) -> None:
    """Raise OffThisOne for whoever a conflict of interest takes off the application. Rule R-5."""
    if any(each.user_id == user_id for each in conflicts_of(application_id)):
        raise OffThisOne()


def _locked(application_id: UUID) -> Application:
    """Return an application that was sent and not withdrawn, locked: reviews at once are counted one by one."""
    application = session.scalar(
        sa.select(Application)
        .where(
            Application.id == application_id,
            Application.submitted_at.is_not(None),
            Application.withdrawn_at.is_(None),
        )
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    )
    if application is None:
        raise NotFound("The applicant withdrew it, or never sent it.")
    return application


def _text(text: str) -> str:
    text = text.replace("\x00", "").strip()
    if len(text) > NOTE_MAX:
        raise InvalidInput(f"That is {len(text):,} characters long, and {NOTE_MAX:,} fit.", "Shorten it.")
    return text


def _record(
    action: str,
    application: Application,
    by: UUID,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    partner_id = application.programme.partner_id
    record(action, "application", application.id, by=by, at=at, partner_id=partner_id, before=before, after=after)
