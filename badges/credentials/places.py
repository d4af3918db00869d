"""Where the state of each badge stands: places in status lists, given at random, and the bits that are set."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from badges.credentials.bits import LENGTH
from badges.credentials.documents import Purpose
from badges.credentials.models import BadgePlace, StatusList
from badges.models import Achievement, Award, AwardStatus, Issuer
from badges.standing import status_expression
from core.bulk import insert_rows, uuids
from core.database import new_id, session, transaction
from core.errors import NotFound
from freelancers.models import Freelancer

#: A list takes no more once it is this full, so that a free place is found at random and found soon.
FULL = LENGTH // 2
_SALT_BYTES = 16
_LOCK = 7_230_113  # with an issuer: one at a time gives places in its lists

#: What sets a bit, for each purpose. Expiry is in the badge itself, as `validUntil`.
_SETS = {
    Purpose.SUSPENSION: (AwardStatus.SUSPENDED, AwardStatus.REVOKED),
    Purpose.REVOCATION: (AwardStatus.REVOKED,),
}


@transaction()
def give_places(award_ids: Sequence[UUID], at: datetime) -> None:
    """Give a place to each of these awards that has none, all in one go. Rule B-2."""
    waiting = _without_place(award_ids)
    for issuer_id, awards in waiting.items():
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, sa.func.hashtext(str(issuer_id)))))
        placed = _placed(awards)
        left = [award for award in awards if award not in placed]
        while left:
            list_id, room = _open_list(issuer_id, at)
            now, left = left[:room], left[room:]
            _store(list_id, now)


def _without_place(award_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    rows = session.execute(
        sa.select(Achievement.issuer_id, Award.id)
        .join(Achievement, Achievement.id == Award.achievement_id)
        .outerjoin(BadgePlace, BadgePlace.award_id == Award.id)
        .where(Award.id == sa.any_(uuids(award_ids)), BadgePlace.award_id.is_(None))
        .order_by(Achievement.issuer_id, Award.id)
    )
    waiting: dict[UUID, list[UUID]] = {}
    for issuer_id, award_id in rows:
        waiting.setdefault(issuer_id, []).append(award_id)
    return waiting


def _placed(awards: Sequence[UUID]) -> set[UUID]:
    """Return which of the awards somebody else has given a place meanwhile."""
    return set(session.scalars(sa.select(BadgePlace.award_id).where(BadgePlace.award_id == sa.any_(uuids(awards)))))


def _open_list(issuer_id: UUID, at: datetime) -> tuple[UUID, int]:
    """Return a list of the issuer's that is not full, and for how many it has room; a new one if need be."""
    newest = session.scalar(
        sa.select(StatusList.id).where(StatusList.issuer_id == issuer_id).order_by(StatusList.id.desc()).limit(1)
    )
    if newest is not None:
        taken = session.scalar(sa.select(sa.func.count()).where(BadgePlace.list_id == newest)) or 0
        if taken < FULL:
            return newest, FULL - taken
    made = new_id()
    session.add(StatusList(id=made, issuer_id=issuer_id, created_at=at))
    session.flush()
    return made, FULL


def _store(list_id: UUID, awards: Sequence[UUID]) -> None:
    rows = [
        {"award_id": award, "list_id": list_id, "list_index": index, "salt": secrets.token_hex(_SALT_BYTES)}
        for award, index in zip(awards, _draw(list_id, len(awards)), strict=True)
    ]
    session.execute(insert_rows(BadgePlace, rows))


def _draw(list_id: UUID, count: int) -> list[int]:
    """Return so many free places of a list, in the order in which they were drawn.

    Twice as many are drawn as are wanted, and some: a list is half full at most, so that is nearly always enough.
    """
    free: dict[int, None] = {}
    while len(free) < count:
        fresh = dict.fromkeys(secrets.randbelow(LENGTH) for _ in range(2 * count + 10))
        asked = sa.literal(list(fresh), ARRAY(sa.Integer()))
        is_among = (BadgePlace.list_id == list_id, BadgePlace.list_index == sa.any_(asked))
        taken = set(session.scalars(sa.select(BadgePlace.list_index).where(*is_among)))
        free |= dict.fromkeys(index for index in fresh if index not in taken)
    return list(free)[:count]


def issuer_of(list_id: UUID) -> str:
    """Return the short name of the issuer whose list it is. Raises NotFound."""
    of_list = sa.select(Issuer.slug).join(StatusList, StatusList.issuer_id == Issuer.id).where(StatusList.id == list_id)
    slug = session.scalar(of_list)
    if slug is None:
        raise NotFound("There is no such list.")
    return slug


def bits_set(list_id: UUID, purpose: Purpose, at: datetime) -> list[int]:
    """Return the places whose bit is set at `at`, seen live. Rule B-2."""
    return list(
        session.scalars(
            sa.select(BadgePlace.list_index)
            .join(Award, Award.id == BadgePlace.award_id)
            .join(Freelancer, Freelancer.id == Award.freelancer_id)
            .where(BadgePlace.list_id == list_id, status_expression(at).in_([each.value for each in _SETS[purpose]]))
        )
    )
