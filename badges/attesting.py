"""An issuer says that people passed a training or a review, and takes it back. Rules E-6, X-2.

What is said counts for the issuer's own badges, from the next evaluation on. The same said twice is said once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges.models import Attestation
from badges.passed import attestation_of
from core.audit import record, record_many
from core.clock import day_of
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.reasons import checked_reason
from freelancers.feed import values
from freelancers.feed.errors import BadValue

KINDS = ("training", "review")
EARLIEST = date(1990, 1, 1)


class WithdrawnAlready(Conflict):
    """Somebody took it back a moment before."""

    title = "This is taken back already"


@dataclass(frozen=True)
class Said:
    """What is said to be passed: `kind` is training or review, `expires_on` the last day on which it counts."""

    kind: str
    name: str
    passed_on: date
    expires_on: date | None = None


def checked(said: Said, at: datetime) -> Said:
    """Return `said` as it is stored. Raises InvalidInput for what cannot be."""
    if said.kind not in KINDS:
        raise InvalidInput("It is not said whether this is a training or a review.", "Choose one.")
    try:
        name = values.line(said.name)
    except BadValue as bad:
        raise InvalidInput(f"The name {bad.reason}.", bad.hint) from None
    if not name:
        raise InvalidInput("It is not said what was passed.", "Write its name, as your requirements have it.")
    if not EARLIEST <= said.passed_on <= day_of(at):
        raise InvalidInput(f"Nobody can have passed it on {said.passed_on.isoformat()}.", "Write a day that is over.")
    if said.expires_on is not None and said.expires_on < said.passed_on:
        raise InvalidInput("It lapses before it was passed.", "Write a later day, or leave it empty.")
    return Said(said.kind, name, said.passed_on, said.expires_on)


@transaction()
def attest(issuer_id: UUID, said: Sequence[tuple[UUID, Said]], *, by: UUID | None, at: datetime) -> int:
    """Keep what each of these people passed; return how much of it is new. Raises InvalidInput."""
    rows = [
        {
            "id": new_id(),
            "issuer_id": issuer_id,
            "freelancer_id": freelancer_id,
            **vars(checked(each, at)),
            "noted_at": at,
            "noted_by": by,
        }
        for freelancer_id, each in sorted(said, key=lambda pair: pair[0])
    ]
    if not rows:
        return 0
    stored = session.scalars(insert(Attestation).values(rows).on_conflict_do_nothing().returning(Attestation.id)).all()
    new = set(stored)
    record_many([_noted(row) for row in rows if row["id"] in new], by=by, at=at)
    return len(new)


@transaction()
def withdraw(issuer_id: UUID, attestation_id: UUID, reason: str, *, by: UUID | None, at: datetime) -> Attestation:
    """Take back what was said of somebody, for a reason. Raises NotFound, InvalidInput and WithdrawnAlready."""
    reason = checked_reason(reason, "What is taken back can cost somebody their badge, so the log keeps why.")
    found = attestation_of(issuer_id, attestation_id)
    if found is None:
        raise NotFound()
    stands = (Attestation.id == attestation_id, Attestation.withdrawn_at.is_(None))
    values_ = {"withdrawn_at": at, "withdrawn_by": by, "withdraw_reason": reason}
    if not changed(sa.update(Attestation).where(*stands).values(values_)):
        raise WithdrawnAlready("Nothing was changed.", "Look at the list again.")
    before = {"kind": found.kind, "name": found.name, "passed_on": found.passed_on.isoformat()}
    record(
        "attestation.withdrawn",
        "freelancer",
        found.freelancer_id,
        by=by,
        at=at,
        partner_id=issuer_id,
        before=before,
        reason=reason,
    )
    return found


def _noted(row: dict[str, Any]) -> dict[str, Any]:
    days = {name: row[name] and row[name].isoformat() for name in ("passed_on", "expires_on")}
    return {
        "action": "attestation.noted",
        "subject_type": "freelancer",
        "subject_id": row["freelancer_id"],
        "partner_id": row["issuer_id"],
        "before": {},
        "after": {"kind": row["kind"], "name": row["name"], **days},
        "reason": None,
    }
