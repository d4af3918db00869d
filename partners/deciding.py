"""The partner's side of an application: open it, select, keep on file; and awards that waited. Rules R-2..R-4."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from accounts.models import User
from badges.eligibility.rules import unmet
from badges.models import Award
from badges.queries import latest_receipt, open_award
from badges.receipts import findings_of
from badges.services import award
from core.audit import record
from core.database import changed, session, transaction
from core.errors import Conflict, NotFound
from core.reasons import checked_reason
from partners import mails
from partners.application_queries import programmes_with_waiting, waiting_and_eligible
from partners.models import Application, Programme
from partners.review.models import KeptReason
from partners.review.queries import is_off, way_of
from partners.review.services import OffThisOne as OffThisOne
from partners.review.services import refuse_conflicted


class AlreadyDecided(Conflict):
    """Somebody decided, or the applicant withdrew, a moment before; nothing was changed."""

    title = "This was decided meanwhile"


@transaction()
def open_for_review(application_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Keep when a reviewer first opened the application. Its applicant sees nothing of it. Rule R-2."""
    first = (
        Application.id == application_id,
        Application.submitted_at.is_not(None),
        Application.reviewed_at.is_(None),
        Application.withdrawn_at.is_(None),
    )
    if _update(first, reviewed_at=at):
        _record("application.opened_for_review", _existing(application_id), by, at)


@transaction()
def select(application_id: UUID, *, by: UUID | None, at: datetime, was_kept: bool | None = None) -> Award | None:
    """Select the applicant: eligible at `at`, they get the badge now; else it follows by itself. Rules R-2, R-3.

    Returns the award, or None while requirements are open. `was_kept` is what whoever selects has seen: the application
    waiting for a decision (False), or kept on file (True); None takes either. Selected already by the same person is
    fine. Raises AlreadyDecided when it is not so any more, and NotFound.
    """
    application = _existing(application_id)
    conditions = [*_undecided(application_id, by)]
    if was_kept is not None:
        conditions.append(Application.kept_at.is_not(None) if was_kept else Application.kept_at.is_(None))
    done = _update(conditions, selected_at=at, selected_by=by)
    session.refresh(application)
    if not done:
        if application.selected_at and application.selected_by == by and not application.withdrawn_at:
            return application.award
        refuse_conflicted(application_id, by)
        raise _decided(application)
    _record("application.selected", application, by, at)
    return _award(application, by=by, at=at)


@transaction()
def keep_on_file(application_id: UUID, *, by: UUID | None, at: datetime, reason: str = "") -> None:
    """Keep the application on file, to be selected later perhaps. No mail, and nothing its applicant can see. R-2.

    But where the programme sends reasons, one that is given is mailed to the applicant, and stands on their page.
    Kept already by the same person is fine. Raises AlreadyDecided, OffThisOne and NotFound.
    """
    application = _existing(application_id)
    done = _update([*_undecided(application_id, by), Application.kept_at.is_(None)], kept_at=at, kept_by=by)
    session.refresh(application)
    if done:
        _record("application.kept_on_file", application, by, at)
        if reason.strip():
            _send_reason(application, reason, by, at)
    elif application.selected_at or application.withdrawn_at or application.kept_by != by:
        refuse_conflicted(application_id, by)
        raise _decided(application)


def _send_reason(application: Application, reason: str, by: UUID | None, at: datetime) -> None:
    if not way_of(application.programme_id).sends_reasons:
        raise Conflict("Your programme sends no reasons.", "A manager can change that under “How you review”.")
    reason = checked_reason(reason, "A reason has words.")
    session.add(KeptReason(application_id=application.id, reason=reason, at=at))
    _record("application.reason_sent", application, by, at)
    mails.tell_reason(application, reason, at)


def award_waiting(at: datetime) -> int:
    """Give the badge to everybody selected who waited for requirements and meets them now; return to how many. R-3.

    Each award is a transaction of its own, so that it can be stopped and started again at any time.
    """
    found = [each for programme in programmes_with_waiting() for each in waiting_and_eligible(programme, at)]
    return sum(_award_one(application_id, at) for application_id in found)


@transaction()
def _award_one(application_id: UUID, at: datetime) -> bool:
    waiting = (
        sa.select(Application)
        .where(
            Application.id == application_id,
            Application.selected_at.is_not(None),
            Application.award_id.is_(None),
            Application.withdrawn_at.is_(None),
        )
        .with_for_update(of=Application, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    application = session.scalar(waiting)
    if application is None:  # somebody else does this one, or it was withdrawn
        return False
    programme = application.programme
    given = award(programme.achievement_id, application.freelancer_id, by=application.selected_by, at=at)
    if given is None:
        return False
    application.award_id = given.id
    _record("application.awarded", application, None, at)
    return True


def _award(application: Application, *, by: UUID | None, at: datetime) -> Award | None:
    """Award what the selected applicant is eligible for and link it, or tell them what it waits for."""
    programme: Programme = application.programme
    held = open_award(programme.achievement_id, application.freelancer_id)
    given = award(programme.achievement_id, application.freelancer_id, by=by, at=at)
    if given is None:
        receipt = latest_receipt(application.freelancer_id, programme.achievement_id)
        mails.tell_waiting(application, unmet(findings_of(receipt)) if receipt else (), at)
        return None
    application.award_id = given.id
    if held is given:
        mails.tell_selected(application, at)
    return given


def _undecided(application_id: UUID, by: UUID | None) -> tuple[ColumnElement[bool], ...]:
    return (
        Application.id == application_id,
        sa.true() if by is None else sa.not_(is_off(by)),
        Application.submitted_at.is_not(None),
        Application.selected_at.is_(None),
        Application.withdrawn_at.is_(None),
    )


def _update(conditions: Iterable[ColumnElement[bool]], **values: object) -> int:
    statement = sa.update(Application).where(*conditions).values(**values)
    return changed(statement.execution_options(synchronize_session=False))


def _existing(application_id: UUID) -> Application:
    application = session.get(Application, application_id)
    if application is None:
        raise NotFound()
    return application


def _decided(application: Application) -> AlreadyDecided:
    """Return what happened meanwhile, with who did it."""
    name = application.freelancer.name
    if application.withdrawn_at:
        return AlreadyDecided(f"{name} withdrew their application.", "Look at the next one.")
    if application.selected_at:
        return AlreadyDecided(f"{_who(application.selected_by)} selected {name}.", "Nothing is left to do here.")
    if application.kept_at:
        who = _who(application.kept_by)
        return AlreadyDecided(f"{who} kept the application of {name} on file.", "You can still select them from there.")
    return AlreadyDecided(f"{name} has not sent their application.", "It shows in your queue once they do.")


def _who(user_id: UUID | None) -> str:
    user = session.get(User, user_id) if user_id else None
    return user.name if user else "Somebody"


def _record(action: str, application: Application, by: UUID | None, at: datetime) -> None:
    partner_id = application.programme.partner_id
    record(action, "application", application.id, by=by, at=at, partner_id=partner_id)
