"""What applicants do with their application: save, send, change, withdraw. Rules R-1, R-4, X-1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from badges.receipts import Cause
from badges.services import record_receipt
from core.audit import record
from core.database import changed, session, transaction
from core.errors import Conflict, NotFound
from core.uploads import Accepted
from partners import files, mails
from partners.application_queries import files_of
from partners.models import Application
from partners.review.services import forget
from partners.steps import AnswersRefused, answers_of, file_fields, form_of, missing


class Withdrawn(Conflict):
    """The application was withdrawn; only a new invitation opens it again."""

    title = "This application is withdrawn"

    def __init__(self) -> None:
        super().__init__("Its answers are gone, as you asked.", "Ask the partner for a new invitation.")


class ChangedElsewhere(Conflict):
    """The application was changed since it was opened here: on another device, or in another window. Rule X-1."""

    title = "This has changed on another device"

    def __init__(self) -> None:
        super().__init__(
            "Since you opened it here, your application was changed in another window or on another device.",
            "Look at both below. What you save now is kept.",
        )


@dataclass(frozen=True)
class Change:
    """What comes with the answers: files by their step's key, steps whose file goes, and the version that was open.

    Without a version whatever was stored meanwhile is written over.
    """

    files: Mapping[str, Accepted] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    version: int | None = None


@transaction()
def save_draft(
    application_id: UUID, answers: Mapping[str, Any], at: datetime, change: Change | None = None
) -> Application:
    """Keep the answers and files of an application as far as they go; one that was sent stays sent. Rule R-1.

    `answers` are as `partners.steps` has them. Raises AnswersRefused, ChangedElsewhere, Withdrawn and NotFound.
    """
    application = _locked(application_id)
    _keep(application, answers, change or Change(), at)
    return application


@transaction()
def submit(application_id: UUID, answers: Mapping[str, Any], at: datetime, change: Change | None = None) -> Application:
    """Send the application to the partner with these answers. Sent already: it is brought up to date. Rules R-1, R-4.

    Raises AnswersRefused with everything that is missing or cannot be kept, ChangedElsewhere, Withdrawn and NotFound.
    """
    application = _locked(application_id)
    is_news = _keep(application, answers, change or Change(), at) or application.submitted_at is None
    has_file = files_of(application_id)
    if problems := missing(application.programme.steps, application.answers, has_file):
        raise AnswersRefused(problems)
    if application.submitted_at is None:
        application.submitted_at = at
        record_receipt(application.freelancer_id, application.programme.achievement_id, Cause.APPLICATION, at=at)
        mails.tell_sent(application, at)
    if is_news:
        _record("application.submitted", application, at)
    return application


@transaction()
def update(application_id: UUID, answers: Mapping[str, Any], at: datetime) -> Application:
    """Bring the answers of an application that was sent up to date, decided on or not. Rule R-4. Raises as `submit`."""
    return submit(application_id, answers, at)


@transaction()
def withdraw_application(application_id: UUID, at: datetime) -> None:
    """Withdraw an application; its answers and files, and what the team wrote about it, go for good. Rule R-4.

    A badge that was given stays: it is only ever revoked by people. Withdrawn already is fine. Raises NotFound.
    """
    application = _existing(application_id)
    withdraw = sa.update(Application).where(Application.id == application_id, Application.withdrawn_at.is_(None))
    values = {"withdrawn_at": at, "updated_at": at, "answers": {}, "version": Application.version + 1}
    if changed(withdraw.values(values).execution_options(synchronize_session=False)):
        session.refresh(application)
        forget(application_id)
        files.remove(application_id)
        _record("application.withdrawn", application, at)


def _keep(application: Application, answers: Mapping[str, Any], change: Change, at: datetime) -> bool:
    """Put answers and files into the application, and say whether anything in them is new.

    What was answered to a step that is no longer asked for stays as it is, unless it is among the answers. Rule R-1.
    """
    if application.withdrawn_at is not None:
        raise Withdrawn()
    programme = application.programme
    steps = [*programme.steps, *programme.former_steps]
    asked = {step["key"] for step in programme.steps}
    former = {key: answer for key, answer in application.answers.items() if key not in asked}
    cleaned = former | answers_of(steps, form_of(steps, former | dict(answers)))
    takes = {file_field.step_key for file_field in file_fields(steps)}
    sent = {key: file for key, file in change.files.items() if key in takes}
    going = change.without & files_of(application.id).keys() if change.without else frozenset()
    if cleaned == application.answers and not sent and not going:
        return False
    if change.version is not None and change.version != application.version:
        raise ChangedElsewhere()
    files.remove(application.id, going | sent.keys())
    for key, file in sent.items():
        files.add(application.id, key, file, at)
    application.answers, application.updated_at, application.version = cleaned, at, application.version + 1
    return True


def _locked(application_id: UUID) -> Application:
    """Return the application, locked until the transaction ends: of two savings at once the second sees the first."""
    application = session.get(Application, application_id, with_for_update={"of": Application}, populate_existing=True)
    if application is None:
        raise NotFound()
    return application


def _existing(application_id: UUID) -> Application:
    application = session.get(Application, application_id)
    if application is None:
        raise NotFound()
    return application


def _record(action: str, application: Application, at: datetime) -> None:
    """Add to the audit log that it happened; what was answered stays out of it, for that can be withdrawn. X-2, R-4."""
    by, partner_id = application.freelancer.user_id, application.programme.partner_id
    record(action, "application", application.id, by=by, at=at, partner_id=partner_id)
