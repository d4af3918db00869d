"""What is asked about applications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, SQLColumnExpression

from badges.eligibility.sql import eligible_expression
from badges.queries import joined_through, policy_for
from core.database import session
from core.errors import NotFound
from freelancers.models import Freelancer
from partners.models import Application, ApplicationFile, Invitation, Programme
from partners.states import ApplicationState
from partners.states import Queue as Queue

_STATES = {
    Queue.TO_DECIDE: (ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW),
    Queue.KEPT: (ApplicationState.KEPT,),
    Queue.WAITING: (ApplicationState.WAITING,),
    Queue.SELECTED: (ApplicationState.SELECTED,),
}


@dataclass(frozen=True)
class Happening:
    """Something an applicant or invited person did: `kind` is accepted, declined, applied, selected or badged."""

    at: datetime
    kind: str
    name: str
    application_id: UUID | None


def application_state() -> ColumnElement[str]:
    """Return where an application stands: `Application.state` in SQL."""
    return sa.case(
        (Application.withdrawn_at.is_not(None), ApplicationState.WITHDRAWN.value),
        (
            Application.selected_at.is_not(None),
            sa.case(
                (Application.award_id.is_not(None), ApplicationState.SELECTED.value),
                else_=ApplicationState.WAITING.value,
            ),
        ),
        (Application.kept_at.is_not(None), ApplicationState.KEPT.value),
        (Application.submitted_at.is_(None), ApplicationState.DRAFT.value),
        (Application.reviewed_at.is_not(None), ApplicationState.IN_REVIEW.value),
        else_=ApplicationState.SUBMITTED.value,
    )


def application_sent_to(programme_id: UUID, application_id: UUID) -> Application:
    """Return an application that was sent to the programme and not withdrawn. Raises NotFound for any other. X-4."""
    application = session.scalar(
        sa.select(Application).where(
            Application.id == application_id,
            Application.programme_id == programme_id,
            Application.submitted_at.is_not(None),
            Application.withdrawn_at.is_(None),
        )
    )
    if application is None:
        raise NotFound("The address may be mistyped, or the applicant withdrew their application.")
    return application


def own_application(freelancer_id: UUID, application_id: UUID) -> Application:
    """Return an application of the freelancer. Raises NotFound for any other."""
    application = session.scalar(
        sa.select(Application).where(Application.id == application_id, Application.freelancer_id == freelancer_id)
    )
    if application is None:
        raise NotFound()
    return application


def files_of(application_id: UUID) -> dict[str, ApplicationFile]:
    """Return the files of an application by the key of the step that each answers."""
    rows = session.scalars(sa.select(ApplicationFile).where(ApplicationFile.application_id == application_id))
    return {row.step_key: row for row in rows}


def file_of(application_id: UUID, file_id: UUID) -> ApplicationFile:
    """Return a file of the application. Raises NotFound for any other. Rule X-4."""
    file = session.scalar(
        sa.select(ApplicationFile).where(
            ApplicationFile.id == file_id, ApplicationFile.application_id == application_id
        )
    )
    if file is None:
        raise NotFound("The address may be mistyped, or the file was replaced or removed.")
    return file


def applications_of(freelancer_id: UUID) -> Sequence[Application]:
    """Return the freelancer's applications, the latest first."""
    return session.scalars(
        sa.select(Application)
        .where(Application.freelancer_id == freelancer_id)
        .order_by(Application.created_at.desc(), Application.id)
    ).all()


def application_to(programme_id: UUID, freelancer_id: UUID) -> Application | None:
    """Return the freelancer's application to the programme, or None."""
    return session.scalar(
        sa.select(Application).where(
            Application.programme_id == programme_id, Application.freelancer_id == freelancer_id
        )
    )


def of_issuer(programme: Programme) -> dict[str, Any]:
    """Return what the requirements of a badge have to know of its issuer. Rules E-6, E-7."""
    issuer_id = programme.partner_id
    return {"issuer_id": issuer_id, "joined_through_issuer": joined_through(issuer_id)}


def queue_counts(programme_id: UUID) -> dict[Queue, int]:
    """Return how many applications lie in each queue."""
    counts = (sa.func.count().filter(lies_in(which)) for which in Queue)
    row = session.execute(sa.select(*counts).where(Application.programme_id == programme_id)).one()
    return dict(zip(Queue, row, strict=True))


def lies_in(which: Queue) -> ColumnElement[bool]:
    """Return whether an application lies in a queue."""
    return application_state().in_([state.value for state in _STATES[which]])


def programmes_with_waiting() -> Sequence[Programme]:
    """Return the programmes that selected somebody who is not awarded yet. Rule R-3."""
    waiting = sa.exists().where(Application.programme_id == Programme.id, _is_waiting())
    return session.scalars(sa.select(Programme).where(waiting).order_by(Programme.id)).unique().all()


def waiting_and_eligible(programme: Programme, at: datetime) -> Sequence[UUID]:
    """Return the applications whose selected applicants meet everything at `at` and have no badge yet. Rule R-3."""
    eligible = eligible_expression(policy_for(programme.achievement_id, at), at, **of_issuer(programme))
    return session.scalars(
        sa.select(Application.id)
        .join(Freelancer, Freelancer.id == Application.freelancer_id)
        .where(Application.programme_id == programme.id, _is_waiting(), eligible)
        .order_by(Application.selected_at, Application.id)
    ).all()


def _is_waiting() -> ColumnElement[bool]:
    return application_state() == ApplicationState.WAITING.value


def meeting_everything(programme: Programme, at: datetime) -> int:
    """Return how many freelancers of the marketplace meet all of the programme's requirements at `at`."""
    policy = policy_for(programme.achievement_id, at)
    eligible = eligible_expression(policy, at, **of_issuer(programme))
    return session.scalar(sa.select(sa.func.count()).select_from(Freelancer).where(eligible)) or 0


def invitation_behind(application: Application) -> Invitation | None:
    """Return the invitation that the application came from, or None."""
    return session.get(Invitation, application.invitation_id) if application.invitation_id else None


def latest(programme_id: UUID, limit: int = 8) -> Sequence[Happening]:
    """Return what happened last to the programme's invitations and applications, newest first."""
    of_invitations = [
        _happened(moment, kind, sa.func.coalesce(Invitation.name, Invitation.email), sa.null())
        .select_from(Invitation)
        .where(Invitation.programme_id == programme_id, moment.is_not(None))
        for kind, moment in (("accepted", Invitation.accepted_at), ("declined", Invitation.declined_at))
    ]
    of_applications = [
        _happened(moment, kind, Freelancer.name, Application.id)
        .select_from(Application)
        .join(Freelancer, Freelancer.id == Application.freelancer_id)
        .where(Application.programme_id == programme_id, Application.withdrawn_at.is_(None), moment.is_not(None))
        for kind, moment in (("applied", Application.submitted_at), ("selected", Application.selected_at))
    ]
    # Of each kind no more than could be shown: an index has the last ones ready.
    last = (
        each.order_by(sa.desc("at")).limit(limit).subquery().select() for each in (*of_invitations, *of_applications)
    )
    every = sa.union_all(*last).order_by(sa.desc("at")).limit(limit)
    return [Happening(row.at, row.kind, row.name, row.application_id) for row in session.execute(every)]


def _happened(
    moment: SQLColumnExpression[Any],
    kind: str,
    name: SQLColumnExpression[str],
    application_id: SQLColumnExpression[Any],
) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        moment.label("at"),
        sa.literal(kind).label("kind"),
        name.label("name"),
        sa.cast(application_id, sa.Uuid()).label("application_id"),
    )
