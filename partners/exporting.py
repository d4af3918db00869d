"""What a partner may take with it: its applications, invitations and experts, read a few at a time. Rules X-2, X-4."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from accounts.models import User
from badges.models import Award
from badges.standing import status_expression
from core.audit import record
from core.database import db, session, transaction
from freelancers.models import Freelancer
from partners.application_queries import application_state, lies_in
from partners.invitation_queries import invitation_state
from partners.models import Application, ApplicationFile, Invitation, Programme
from partners.review.rules import Way
from partners.review.scoring import scoring
from partners.states import Queue
from partners.steps import Answered, answered

#: What is read of an application and written out under the prompts of its steps.
_READ = frozenset({"answers", "files"})
#: So many rows are held at once.
AT_ONCE = 500
Row = Mapping[str, Any]


class Kind(StrEnum):
    """What can be exported."""

    APPLICATIONS = "applications"
    INVITATIONS = "invitations"
    EXPERTS = "experts"


@dataclass(frozen=True)
class Export:
    """Rows to write out, `total` of them, each with the values of `columns`; to be closed when done or given up.

    All are as they were at one moment: a single statement reads them. Answers are under the prompts in `prompts`.
    """

    kind: Kind
    columns: tuple[str, ...]
    prompts: tuple[str, ...]
    total: int
    rows: Iterator[Row]
    close: Callable[[], None]


def export(programme: Programme, kind: Kind, way: Way, at: datetime) -> Export:
    """Begin to read what the partner may see of one kind. No address of an applicant is in it: none is shown either."""
    statement = _STATEMENTS[kind](programme, way, at)
    columns = tuple(str(column.key) for column in statement.selected_columns if column.key not in _READ)
    counted = statement.add_columns(sa.func.count().over().label("total_rows"))
    steps = [*programme.steps, *programme.former_steps] if kind is Kind.APPLICATIONS else []
    with ExitStack() as opened:
        connection = opened.enter_context(db.engine.connect())
        found = connection.execution_options(yield_per=AT_ONCE).execute(counted)
        opened.callback(found.close)
        with_rows = map(dict, found.mappings())
        first = next(with_rows, None)
        rows = (_row(each, columns, steps) for each in chain([first] if first else [], with_rows))
        prompts = tuple(step["prompt"] for step in steps)
        total = first["total_rows"] if first else 0
        return Export(kind, columns, prompts, total, rows, opened.pop_all().close)


def _row(found: Row, columns: Sequence[str], steps: Sequence[Mapping[str, Any]]) -> Row:
    row = {name: _plain(found[name]) for name in columns}
    if not steps:
        return row
    names = found["files"] or {}
    read = zip(steps, answered(steps, found["answers"]), strict=True)
    return {**row, "answers": [_answer(each, names.get(step["key"])) for step, each in read]}


def _answer(each: Answered, file_name: str | None) -> str:
    """Return an answer as one text: the words alone where it has one part, else each part with its name.

    Of a file there is its name; what is in it is saved from the application's page.
    """
    words = [text if len(each.parts) == 1 else f"{label}: {text}" for label, text in each.parts]
    return "\n".join([*words, *([each.link] if each.link else []), *([f"File: {file_name}"] if file_name else [])])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value


@transaction()
def note_export(programme: Programme, kind: Kind, form: str, total: int, *, by: UUID, at: datetime) -> None:
    """Keep in the log who took what with them. Rule X-2."""
    after = {"kind": str(kind), "form": form, "rows": total}
    partner_id = programme.partner_id
    record("export.made", "programme", programme.id, by=by, at=at, partner_id=partner_id, after=after)


def written(export: Export, lines: Iterator[str]) -> Iterator[bytes]:
    """Yield the lines of an export some at a time, as bytes, and close it at the end or when nobody reads on."""
    with closing(export):
        waiting: list[str] = []
        for line in lines:
            waiting.append(line)
            if len(waiting) == AT_ONCE:
                yield "".join(waiting).encode()
                waiting.clear()
        yield "".join(waiting).encode()


def _applications(programme: Programme, way: Way, _at: datetime) -> sa.Select[*tuple[Any, ...]]:
    keeper, selector, scores = aliased(User), aliased(User), scoring(programme.id, way)
    named = sa.func.jsonb_object_agg(ApplicationFile.step_key, ApplicationFile.name)
    files = sa.select(named).where(ApplicationFile.application_id == Application.id).scalar_subquery()
    columns = (
        Application.id.label("application"),
        Freelancer.name,
        *_ABOUT,
        Freelancer.jss_pct.label("job_success_score_pct"),
        Freelancer.hourly_rate_cents.label("hourly_rate_cents"),
        Freelancer.currency,
        Freelancer.profile_url,
        application_state().label("state"),
        Application.submitted_at.label("sent_at"),
        Application.updated_at.label("changed_at"),
        Application.kept_at,
        keeper.name.label("kept_by"),
        Application.selected_at,
        selector.name.label("selected_by"),
        scores.score.label("review_hundredths"),
        Application.answers,
        files.label("files"),
    )
    chosen = (
        sa.select(*columns)
        .join(Freelancer, Freelancer.id == Application.freelancer_id)
        .outerjoin(keeper, keeper.id == Application.kept_by)
        .outerjoin(selector, selector.id == Application.selected_by)
        .where(Application.programme_id == programme.id, sa.or_(*(lies_in(each) for each in Queue)))
        .order_by(Application.submitted_at, Application.id)
    )
    return scores.joined(chosen)


def _invitations(programme: Programme, _way: Way, at: datetime) -> sa.Select[*tuple[Any, ...]]:
    inviter = aliased(User)
    return (
        sa.select(
            Invitation.email,
            Invitation.name,
            invitation_state(at).label("state"),
            Invitation.sent_at,
            Invitation.expires_at,
            Invitation.opened_at,
            Invitation.accepted_at,
            Invitation.declined_at,
            Invitation.withdrawn_at,
            inviter.name.label("invited_by"),
        )
        .outerjoin(inviter, inviter.id == Invitation.invited_by)
        .where(Invitation.programme_id == programme.id)
        .order_by(Invitation.created_at, Invitation.id)
    )


def _experts(programme: Programme, _way: Way, at: datetime) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Award.id.label("badge"),
            Freelancer.name,
            *_ABOUT,
            Freelancer.profile_url,
            status_expression(at).label("state"),
            Award.awarded_at,
            Award.expires_at,
            Award.grace_ends_at,
            Award.revoked_at,
            Award.revoke_reason,
            Award.hidden_at.is_not(None).label("hidden_by_expert"),
        )
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(Award.achievement_id == programme.achievement_id)
        .order_by(Award.awarded_at, Award.id)
    )


_ABOUT = (Freelancer.title, Freelancer.country, Freelancer.skills)
_STATEMENTS: Mapping[Kind, Callable[[Programme, Way, datetime], sa.Select[*tuple[Any, ...]]]] = {
    Kind.APPLICATIONS: _applications,
    Kind.INVITATIONS: _invitations,
    Kind.EXPERTS: _experts,
}


def counts(programme: Programme) -> dict[Kind, int]:
    """Return how many rows each kind has now."""
    applications = sa.select(sa.func.count()).where(
        Application.programme_id == programme.id, sa.or_(*(lies_in(each) for each in Queue))
    )
    invitations = sa.select(sa.func.count()).where(Invitation.programme_id == programme.id)
    experts = sa.select(sa.func.count()).where(Award.achievement_id == programme.achievement_id)
    row = session.execute(sa.select(*(each.scalar_subquery() for each in (applications, invitations, experts)))).one()
    return dict(zip(Kind, row, strict=True))
