"""Open awards with all that is known about whoever holds them, for many at once, while their rows are locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from accounts.models import User
from badges.eligibility.facts import COLUMNS, Facts, OpenHold, Passed
from badges.eligibility.sql_conditions import profile_list
from badges.mails import Addressee
from badges.models import Award, JoinedThrough
from badges.passed import passed_by
from badges.rulebook import Badge, Rulebook
from badges.upkeep import Upkeep
from core.bulk import uuids
from core.database import session
from freelancers.holds import HoldKind
from freelancers.models import Freelancer, Hold

_TABLE = sa.inspect(Freelancer).columns
#: Of a profile, which can be long, no more than is asked for.
_PERSON = (
    *(_TABLE[name] for name in (*COLUMNS, "id", "user_id", "name", "email", "skills", "languages")),
    sa.func.jsonb_build_object(
        *(each for part in ("certificates", "skill_experience") for each in (part, profile_list(part))), type_=JSONB()
    ).label("profile"),
    sa.func.jsonb_array_length(profile_list("portfolio")).label("portfolio_items"),
    User.email.label("signs_in_with"),
)


@dataclass(frozen=True)
class Holder:
    """One award as it stands, and its holder as they are now."""

    award_id: UUID
    achievement_id: UUID
    freelancer_id: UUID
    expires_at: datetime | None
    stands: Upkeep
    facts: Facts
    addressee: Addressee


def lock(award_ids: Sequence[UUID]) -> list[sa.Row[Any]]:
    """Lock those of the awards that are open still and that nobody else has locked, and return their rows, in order."""
    columns = (
        Award.id,
        Award.achievement_id,
        Award.freelancer_id,
        Award.awarded_at,
        Award.expires_at,
        Award.grace_began_at,
        Award.grace_ends_at,
        Award.suspended_at,
        Award.lifts_at_once,
    )
    ours = sa.select(*columns).where(Award.id == sa.any_(uuids(award_ids)))
    ours = ours.where(Award.closed_at.is_(None)).order_by(Award.id).with_for_update(skip_locked=True)
    return list(session.execute(ours))


def holders_of(awards: Sequence[sa.Row[Any]], book: Rulebook) -> list[Holder]:
    """Return the holders of these awards as they are now, in four queries whatever their number."""
    ids = uuids({award.freelancer_id for award in awards})
    people = sa.select(*_PERSON).outerjoin(User, User.id == Freelancer.user_id).where(Freelancer.id == sa.any_(ids))
    rows = {row["id"]: dict(row) for row in session.execute(people).mappings()}
    holds = _open_holds(ids)
    came = sa.select(JoinedThrough.freelancer_id, JoinedThrough.issuer_id).where(
        JoinedThrough.freelancer_id == sa.any_(ids)
    )
    joined = {row.freelancer_id: row.issuer_id for row in session.execute(came)}
    passed = passed_by(rows)
    return [
        _holder(award, rows[award.freelancer_id], holds.get(award.freelancer_id, []), joined, passed, book.badges)
        for award in awards
    ]


def _open_holds(ids: sa.ColumnElement[Any]) -> dict[UUID, list[OpenHold]]:
    holds: dict[UUID, list[OpenHold]] = {}
    opened = sa.select(Hold.freelancer_id, Hold.kind, Hold.placed_at)
    for hold in session.execute(opened.where(Hold.freelancer_id == sa.any_(ids), Hold.lifted_at.is_(None))):
        holds.setdefault(hold.freelancer_id, []).append(OpenHold(HoldKind(hold.kind), hold.placed_at))
    return holds


def _holder(
    award: sa.Row[Any],
    person: dict[str, Any],
    holds: list[OpenHold],
    joined: dict[UUID, UUID],
    passed: Mapping[tuple[UUID, UUID], Sequence[Passed]],
    badges: Any,
) -> Holder:
    badge: Badge = badges[award.achievement_id]
    address = person["email"] if person["user_id"] is None else person["signs_in_with"]
    return Holder(
        award.id,
        award.achievement_id,
        award.freelancer_id,
        award.expires_at,
        Upkeep(award.grace_began_at, award.grace_ends_at, award.suspended_at, award.lifts_at_once),
        Facts.of_columns(
            person,
            holds,
            joined.get(award.freelancer_id) == badge.issuer_id,
            passed.get((award.freelancer_id, badge.issuer_id), ()),
        ),
        Addressee(award.id, award.awarded_at, person["name"], address, badge.name, badge.issuer),
    )
