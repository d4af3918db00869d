"""Decisions on many applications at once: what each would come to, and then all of them in sets. Rules R-2, R-3, X-1.

Each application ends as after `partners.deciding.select` or `keep_on_file` of it alone; one that changed meanwhile, or
that whoever decides is off, is left as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from badges.awarding import Given, award_many, foresee_awards
from badges.eligibility.findings import Finding
from core.audit import record_many
from core.bulk import given as given_rows
from core.bulk import uuids
from core.database import session, transaction
from core.errors import InvalidInput, NotFound
from core.outbox import enqueue_many
from partners.mails import selection_mail
from partners.models import Application, Programme
from partners.review.queries import is_off
from partners.review.queue import Looking, Queued, own_ids, queued
from partners.states import ApplicationState, Queue

#: So many applications are decided on at once.
MANY_MAX = 1_000
_NO_SYNC = {"synchronize_session": False}
_OPEN = {
    Queue.TO_DECIDE: frozenset({ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW}),
    Queue.KEPT: frozenset({ApplicationState.KEPT}),
}


class Decision(StrEnum):
    """What is decided."""

    SELECT = "select"
    KEEP = "keep"


class Effect(StrEnum):
    """What a decision does to one application."""

    #: Selected, with the badge at once.
    AWARDED = "awarded"
    #: Selected; they hold the badge already.
    HOLDS = "holds"
    #: Selected; the badge follows when what is open is met.
    WAITING = "waiting"
    KEPT = "kept"
    #: Left as it is: somebody decided meanwhile.
    CHANGED = "changed"
    #: Left as it is: a conflict of interest takes whoever decides off it.
    OFF = "off"

    @property
    def decides(self) -> bool:
        """Say whether anything is decided."""
        return self not in (Effect.CHANGED, Effect.OFF)


@dataclass(frozen=True)
class Foreseen:
    """What a decision would do to one application, what would be open then, and whether a mail goes out."""

    row: Queued
    effect: Effect
    still_open: tuple[Finding, ...] = ()
    mails: bool = False


def foresee(looking: Looking, ids: Sequence[UUID], decision: Decision, seen: Queue) -> list[Foreseen]:
    """Return what deciding on these applications would do to each, changing nothing; withdrawn ones are left out.

    `seen` is the queue that whoever decides has seen them in. Raises InvalidInput for too many, and NotFound for any
    that are not the programme's (rule X-4).
    """
    rows = queued(looking, own_ids(looking.programme, _checked(ids)))
    open_ = [row for row in rows if row.application.state in _OPEN[seen] and not row.is_off]
    people = [row.application.freelancer_id for row in open_] if decision is Decision.SELECT else []
    given = foresee_awards(looking.programme.achievement_id, people, looking.at) if people else {}
    return [_foreseen(row, decision, seen, given) for row in rows]


def _foreseen(row: Queued, decision: Decision, seen: Queue, given: Mapping[UUID, Given]) -> Foreseen:
    if row.application.state not in _OPEN[seen]:
        return Foreseen(row, Effect.CHANGED)
    if row.is_off:
        return Foreseen(row, Effect.OFF)
    if decision is Decision.KEEP:
        return Foreseen(row, Effect.KEPT)
    each = given[row.application.freelancer_id]
    return Foreseen(row, _effect(each), each.still_open, each.address is not None)


def _effect(given: Given) -> Effect:
    if given.is_held:
        return Effect.HOLDS
    return Effect.WAITING if given.still_open else Effect.AWARDED


@transaction()
def decide_many(
    programme: Programme, ids: Sequence[UUID], decision: Decision, seen: Queue, *, by: UUID, at: datetime
) -> dict[Effect, int]:
    """Decide on all of these applications that are still as they were seen; return to how many what happened.

    Raises InvalidInput for too many, and NotFound for any that are not the programme's (rule X-4).
    """
    if decision is Decision.KEEP and seen is Queue.KEPT:
        raise InvalidInput("These are on file already.", "Select some of them, or leave them there.")
    asked = _locked(programme, _checked(ids), by)
    ours = [each.id for each, is_open in asked if is_open and each.state in _OPEN[seen]]
    applications = [each for each, _ in asked if each.id in set(ours)]
    if decision is Decision.KEEP:
        happened = Counter({Effect.KEPT: _keep(ours, by, at)})
    else:
        happened = _select(programme, applications, by, at)
    happened[Effect.OFF] = sum(1 for each, is_open in asked if not is_open and each.state in _OPEN[seen])
    happened[Effect.CHANGED] = len(asked) - len(ours) - happened[Effect.OFF]
    _record(programme, ours, decision, by, at)
    return {effect: count for effect, count in happened.items() if count}


def _checked(ids: Sequence[UUID]) -> list[UUID]:
    ids = list(dict.fromkeys(ids))
    if len(ids) > MANY_MAX:
        raise InvalidInput(
            f"{len(ids):,} are too many at once; {MANY_MAX:,} fit.", "Narrow the view down, and decide in parts."
        )
    return ids


def _locked(programme: Programme, ids: Sequence[UUID], by: UUID) -> list[tuple[Application, bool]]:
    """Return the applications, locked in order, and whether `by` may decide on each. Raises NotFound: rule X-4."""
    chosen = (
        sa.select(Application, sa.not_(is_off(by)))
        .where(
            Application.programme_id == programme.id,
            Application.id == sa.any_(uuids(ids)),
        )
        .order_by(Application.id)
        .with_for_update(of=Application)
    )
    found = session.execute(chosen, execution_options={"populate_existing": True}).all()
    if len(found) < len(ids):
        raise NotFound()
    return [(each, may) for each, may in found]


def _keep(ids: Sequence[UUID], by: UUID, at: datetime) -> int:
    _update(ids, {"kept_at": at, "kept_by": by})
    return len(ids)


def _select(programme: Programme, applications: Sequence[Application], by: UUID, at: datetime) -> Counter[Effect]:
    """Select locked applications: state, awards, mails. Rules R-2, R-3."""
    if not applications:
        return Counter()
    _update([each.id for each in applications], {"selected_at": at, "selected_by": by})
    people = [each.freelancer_id for each in applications]
    given = award_many(programme.achievement_id, people, by=by, at=at)
    awarded = [
        {"id": each.id, "award_id": award_id}
        for each in applications
        if (award_id := given[each.freelancer_id].award_id) is not None
    ]
    if awarded:
        rows = given_rows(Application, awarded)
        linked = sa.update(Application).where(Application.id == rows.c.id).values(award_id=rows.c.award_id)
        session.execute(linked, execution_options=_NO_SYNC)
    _tell(applications, given, at)
    return Counter(_effect(given[each.freelancer_id]) for each in applications)


def _tell(applications: Sequence[Application], given: Mapping[UUID, Given], at: datetime) -> None:
    """Mail those whom no award tells: who waits, and who holds the badge already. Their keys name the moment. X-1."""
    mails = []
    for each in applications:
        its = given[each.freelancer_id]
        if its.address is not None and (its.still_open or its.is_held):
            mails.append(selection_mail(each, its.address, its.still_open or None, at))
    enqueue_many(mails, at=at)


def _update(ids: Sequence[UUID], values: Mapping[str, object]) -> None:
    chosen = Application.id == sa.any_(uuids(ids))
    session.execute(sa.update(Application).where(chosen).values(values), execution_options=_NO_SYNC)


def _record(programme: Programme, ids: Sequence[UUID], decision: Decision, by: UUID, at: datetime) -> None:
    action = "application.selected" if decision is Decision.SELECT else "application.kept_on_file"
    about = {"action": action, "subject_type": "application", "partner_id": programme.partner_id, "reason": None}
    events = [about | {"subject_id": each, "before": {}, "after": {"together_with": len(ids) - 1}} for each in ids]
    record_many(events, by=by, at=at)
