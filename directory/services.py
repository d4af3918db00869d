"""What is done about experts in a directory: taken out and put back, featured by hand, and what they answer.

Rules D-2, D-7, E-12. What a page says is in `directory/drafting.py`, use cases' lists are in `directory/editing.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges.models import Award
from badges.queries import award_by_id
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.reasons import checked_reason
from directory import mails
from directory.drafting import add_use_case as add_use_case
from directory.drafting import draft_page as draft_page
from directory.drafting import publish as publish
from directory.drafting import unpublish as unpublish
from directory.experts import among_listed
from directory.featured import showing_at
from directory.models import Feature, Removal
from directory.rotation import lock_page
from directory.rules import PIN_MAX_DAYS

_WHAT_FOR = "There are no words in what was sent, and the other side is to read some."


class AlreadyRemoved(Conflict):
    """Somebody took the expert out of the directory before."""

    title = "This expert is out of the directory already"


class NotRemoved(Conflict):
    """The expert is in the directory as far as the partner is concerned."""

    title = "This expert was not taken out"


class NotFeatured(Conflict):
    """The expert is not among the featured, or no longer."""

    title = "This expert is not featured now"


class AlreadyAnswered(Conflict):
    """A decision is answered once."""

    title = "There is an answer already"


@transaction()
def remove_from_directory(award_id: UUID, reason: str, *, by: UUID | None, at: datetime) -> Removal:
    """Take an expert out of the directory, for a reason that they can read. The badge stays. Rules D-7, E-12.

    Raises InvalidInput without a reason, NotFound, and AlreadyRemoved.
    """
    award, reason = _award(award_id), checked_reason(reason, _WHAT_FOR)
    values = {"id": new_id(), "award_id": award_id, "removed_at": at, "removed_by": by, "reason": reason}
    removal: Removal | None = session.scalar(insert(Removal).values(values).on_conflict_do_nothing().returning(Removal))
    if removal is None:
        raise AlreadyRemoved("Somebody did so a moment ago, or before.", "Read their reason on the expert's page.")
    _record("listing.removed", award, by=by, at=at, reason=reason)
    mails.tell_removed(award, removal, at)
    return removal


@transaction()
def restore_to_directory(award_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Put an expert back into the directory, with their place in the rotation. Raises NotFound and NotRemoved."""
    award = _award(award_id)
    taken_out = (Removal.award_id == award_id, Removal.restored_at.is_(None))
    removal_id = session.scalar(
        sa.update(Removal).where(*taken_out).values(restored_at=at, restored_by=by).returning(Removal.id)
    )
    if removal_id is None:
        raise NotRemoved("Somebody put them back a moment ago, or they were never taken out.")
    _record("listing.restored", award, by=by, at=at)
    mails.tell_restored(award, removal_id, at)


@transaction()
def remove_feature(feature_id: UUID, reason: str, *, by: UUID | None, at: datetime) -> None:
    """Take an expert out of the featured ones for now, for a reason that they can read and answer. Rules D-7, E-12.

    They stay in the directory and in the rotation. Whatever else features them at `at`, a slot besides a pin, ends too.
    Raises InvalidInput without a reason, NotFound, and NotFeatured when that has ended already.
    """
    reason = checked_reason(reason, _WHAT_FOR)
    feature = session.get(Feature, feature_id)
    if feature is None:
        raise NotFound()
    ended = sa.update(Feature).where(
        Feature.award_id == feature.award_id, Feature.partner_id == feature.partner_id, *showing_at(at)
    )
    if not changed(ended.values(removed_at=at, removed_by=by, remove_reason=reason)):
        raise NotFeatured("It ended a moment ago; nothing was changed.")
    session.refresh(feature)
    _record("feature.removed", feature.award, by=by, at=at, reason=reason)
    mails.tell_unfeatured(feature.award, feature, at)


@transaction()
def pin(award_id: UUID, until: datetime, *, by: UUID | None, at: datetime) -> Feature:
    """Feature an expert by hand from `at` until `until`, before all others; if pinned, change the end. Rule D-2.

    A pin takes no slot of the rotation and no turn. Raises NotFound, InvalidInput for an end in the past or too far
    off, and Conflict when the expert is not listed, or when as many are pinned as the page has slots.
    """
    award = _award(award_id)
    if not at < until <= at + timedelta(days=PIN_MAX_DAYS):
        raise InvalidInput("A pin ends after today, within a year.", "Choose a later or nearer day.")
    partner_id = award.achievement.issuer_id
    page = lock_page(partner_id)
    if (
        page is None
        or session.scalar(among_listed(sa.select(Award.id), partner_id, at).where(Award.id == award_id)) is None
    ):
        raise Conflict("Only who is listed can be featured.", "See on the expert's page why they are not listed.")
    pins = session.scalars(sa.select(Feature).where(Feature.partner_id == partner_id, *_pinned_after(at))).all()
    feature = next((each for each in pins if each.award_id == award_id), None)
    if feature is not None and feature.ends_at == until:
        return feature
    if feature is None:
        if len(pins) >= page.slots:
            raise Conflict(
                f"{len(pins)} experts are pinned already, as many as the page has slots.", "Unpin one first."
            )
        feature = Feature(
            id=new_id(), partner_id=partner_id, award_id=award_id, position=len(pins), starts_at=at, ends_at=until
        )
        session.add(feature)
    feature.ends_at = until
    session.flush()
    _record("feature.pinned", award, by=by, at=at, after={"until": until.isoformat()})
    mails.tell_pinned(award, feature, at)
    return feature


@transaction()
def answer_decision(
    award_id: UUID, kind: str, decision_id: UUID, answer: str, *, by: UUID | None, at: datetime
) -> None:
    """Keep what an expert answers to a decision about them (`directory.roster.Decision`), once. Rule E-12.

    Raises InvalidInput when it is empty or too long, NotFound, and AlreadyAnswered.
    """
    answer = checked_reason(answer, _WHAT_FOR)
    award = _award(award_id)
    table: type[Removal] | type[Feature] = Removal if kind == "removal" else Feature
    theirs = (table.id == decision_id, table.award_id == award_id, table.removed_at.is_not(None))
    if session.scalar(sa.select(table.id).where(*theirs)) is None:
        raise NotFound()
    if not changed(sa.update(table).where(*theirs, table.answer.is_(None)).values(answer=answer, answered_at=at)):
        raise AlreadyAnswered("Your first answer is kept, and nothing was changed.")
    _record(f"{'listing' if table is Removal else 'feature'}.answered", award, by=by, at=at, reason=answer)


def _pinned_after(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    # A pin begins when it is made. One that begins later than `at` was made by a click that overtook this one.
    return (Feature.period_id.is_(None), Feature.removed_at.is_(None), Feature.ends_at > at)


def _award(award_id: UUID) -> Award:
    award = award_by_id(award_id)
    if award is None:
        raise NotFound()
    return award


def _record(
    action: str,
    award: Award,
    *,
    by: UUID | None,
    at: datetime,
    reason: str | None = None,
    after: dict[str, str] | None = None,
) -> None:
    partner_id = award.achievement.issuer_id
    record(action, "award", award.id, by=by, at=at, partner_id=partner_id, reason=reason, after=after)
