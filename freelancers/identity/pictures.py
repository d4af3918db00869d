"""Pictures for a verification: kept under lock, seen by whoever has the call, deleted with a receipt. Rule H-3."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import sqlalchemy as sa

from core import strongroom
from core.audit import record
from core.database import after_commit, changed, new_id, session, transaction
from core.errors import Conflict, NotFound
from core.strongroom import Locked
from core.uploads import Accepted
from freelancers.identity import mails
from freelancers.identity.models import IdentityCall, IdentityPicture, PictureKind
from freelancers.models import Freelancer

#: So long a picture is kept after the outcome, and as long where there never is one. Rule H-3.
KEPT_FOR = timedelta(days=30)
#: What a receipt says of why a picture was deleted.
WHY_ERASED: Mapping[str, str] = MappingProxyType(
    {
        "over": "30 days after the outcome",
        "unused": "30 days after it was sent, as no call came of it",
        "replaced": "you sent another one",
        "taken_back": "you took it back",
    }
)
_BATCH = 200


class BeingLookedAt(Conflict):
    """An agent looks at the pictures just now, so they stay as they are."""

    title = "An agent is looking at it"

    def __init__(self) -> None:
        super().__init__(
            "Your pictures stay as they are while an agent has your call, and until a second one has looked at it.",
            "Wait for the outcome; it comes by mail.",
        )


@transaction()
def send(
    freelancer_id: UUID, kind: PictureKind, file: Accepted, valid_until: date | None, *, by: UUID, at: datetime
) -> IdentityPicture:
    """Keep a picture under lock; one of the same kind that was there is deleted. Raises BeingLookedAt. Rule H-3."""
    _refuse_while_looked_at(freelancer_id)
    _erase(_kept(freelancer_id, kind), "replaced", at)
    locked = strongroom.lock(file.content)
    picture = IdentityPicture(
        id=new_id(),
        freelancer_id=freelancer_id,
        kind=kind,
        mimetype=file.kind.mimetype,
        size_bytes=len(file.content),
        valid_until=valid_until,
        **vars(locked),
        sent_at=at,
        erase_at=at + KEPT_FOR,
    )
    session.add(picture)
    session.flush()
    record(
        "identity.picture_sent", "freelancer", freelancer_id, by=by, at=at,
        after={"picture": str(kind), "picture_id": str(picture.id)},
    )  # fmt: skip
    return picture


@transaction()
def take_back(freelancer_id: UUID, kind: PictureKind, at: datetime) -> None:
    """Delete somebody's picture because they want it. Raises NotFound, and BeingLookedAt. Rule H-3."""
    _refuse_while_looked_at(freelancer_id)
    if not _erase(_kept(freelancer_id, kind), "taken_back", at):
        raise NotFound("There is no such picture any more.")


@transaction()
def look_at(picture_id: UUID, *, by: UUID, at: datetime) -> tuple[IdentityPicture, bytes]:
    """Return a picture to the agent who has its owner's call; each look is in the log. Raises NotFound. Rules H-3, X-2.

    For everybody else it is not there, staff or not, and so it is for the agent once the outcome is recorded.
    """
    picture = session.get(IdentityPicture, picture_id)
    if picture is None or picture.erased_at is not None or not _has_the_call(picture.freelancer_id, by, at):
        raise NotFound()
    record(
        "identity.picture_seen", "freelancer", picture.freelancer_id, by=by, at=at,
        after={"picture": picture.kind, "picture_id": str(picture.id)},
    )  # fmt: skip
    assert picture.stored_as is not None
    assert picture.sealed_key is not None
    return picture, strongroom.unlock(Locked(picture.stored_as, picture.sealed_key))


def pictures_of(freelancer_id: UUID) -> dict[PictureKind, IdentityPicture]:
    """Return what is kept of somebody."""
    kept = sa.select(IdentityPicture).where(
        IdentityPicture.freelancer_id == freelancer_id, IdentityPicture.erased_at.is_(None)
    )
    return {PictureKind(picture.kind): picture for picture in session.scalars(kept)}


def receipts_of(freelancer_id: UUID, limit: int = 20) -> Sequence[IdentityPicture]:
    """Return the receipts of what was deleted, the latest first."""
    erased = sa.select(IdentityPicture).where(
        IdentityPicture.freelancer_id == freelancer_id, IdentityPicture.erased_at.is_not(None)
    )
    return session.scalars(erased.order_by(IdentityPicture.erased_at.desc(), IdentityPicture.id).limit(limit)).all()


@transaction()
def keep_after_outcome(freelancer_id: UUID, at: datetime) -> None:
    """Let the 30 days of somebody's pictures begin. Rule H-3."""
    kept = (IdentityPicture.freelancer_id == freelancer_id, IdentityPicture.erased_at.is_(None))
    session.execute(sa.update(IdentityPicture).where(*kept).values(erase_at=at + KEPT_FOR))


def erase_due(at: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Delete every picture whose time is over, and send its receipt; return how many. Whoever has a call has time."""
    erased = 0
    while not stopped() and (some := _erase_some(at)):
        erased += some
    return erased


def sweep(at: datetime) -> int:
    """Delete locked files that no row names: a process was killed, or somebody left. Their keys are gone already."""
    return strongroom.sweep(_named, at)


@transaction()
def _erase_some(at: datetime) -> int:
    has_call = sa.exists().where(
        IdentityCall.freelancer_id == IdentityPicture.freelancer_id, IdentityCall.ended_at.is_(None)
    )
    due = sa.select(IdentityPicture).where(
        IdentityPicture.erased_at.is_(None), IdentityPicture.erase_at <= at, ~has_call
    )
    found = session.scalars(due.order_by(IdentityPicture.id).limit(_BATCH).with_for_update(skip_locked=True)).all()
    had_outcome = _had_outcome({picture.freelancer_id for picture in found})
    for over in (True, False):
        some = [picture for picture in found if (picture.freelancer_id in had_outcome) is over]
        _erase(some, "over" if over else "unused", at)
        for freelancer_id in {picture.freelancer_id for picture in some}:
            of_theirs = [picture for picture in some if picture.freelancer_id == freelancer_id]
            mails.tell_erased(session.get_one(Freelancer, freelancer_id), of_theirs, at)
    return len(found)


def _erase(pictures: Iterable[IdentityPicture], why: str, at: datetime) -> int:
    """Delete pictures: the row with its key in this transaction, and the file once that is stored."""
    names = []
    for picture in pictures:
        values = {"stored_as": None, "sealed_key": None, "valid_until": None}
        names.append(picture.stored_as or "")
        still = (IdentityPicture.id == picture.id, IdentityPicture.erased_at.is_(None))
        erased = values | {"erased_at": at, "erased_because": why}
        if changed(sa.update(IdentityPicture).where(*still).values(erased)):
            after = {"picture": picture.kind, "why": why, "picture_id": str(picture.id)}
            record("identity.picture_erased", "freelancer", picture.freelancer_id, by=None, at=at, after=after)
    after_commit(lambda: strongroom.erase(name for name in names if name))
    return len(names)


def _kept(freelancer_id: UUID, kind: PictureKind) -> Sequence[IdentityPicture]:
    kept = sa.select(IdentityPicture).where(
        IdentityPicture.freelancer_id == freelancer_id,
        IdentityPicture.kind == str(kind),
        IdentityPicture.erased_at.is_(None),
    )
    return session.scalars(kept.with_for_update()).all()


def _refuse_while_looked_at(freelancer_id: UUID) -> None:
    """Lock the person's row, so that two pictures sent at once come one after the other; then look at their call."""
    session.execute(sa.select(Freelancer.id).where(Freelancer.id == freelancer_id).with_for_update(key_share=True))
    looked_at = sa.select(IdentityCall.id).where(
        IdentityCall.freelancer_id == freelancer_id,
        IdentityCall.ended_at.is_(None),
        IdentityCall.agent_id.is_not(None),
    )
    if session.scalar(looked_at) is not None:
        raise BeingLookedAt()


def _has_the_call(freelancer_id: UUID, user_id: UUID, at: datetime) -> bool:
    talking = sa.and_(IdentityCall.agent_id == user_id, IdentityCall.found_at.is_(None), IdentityCall.held_until > at)
    looking = sa.and_(IdentityCall.second_id == user_id, IdentityCall.second_until > at)
    theirs = sa.select(IdentityCall.id).where(
        IdentityCall.freelancer_id == freelancer_id, IdentityCall.ended_at.is_(None), sa.or_(talking, looking)
    )
    return session.scalar(theirs) is not None


def _had_outcome(freelancer_ids: Collection[UUID]) -> set[UUID]:
    decided = sa.select(IdentityCall.freelancer_id).where(
        IdentityCall.freelancer_id.in_(freelancer_ids), IdentityCall.ending.in_(["verified", "failed"])
    )
    return set(session.scalars(decided))


def _named(names: Collection[str]) -> Collection[str]:
    return session.scalars(sa.select(IdentityPicture.stored_as).where(IdentityPicture.stored_as.in_(names))).all()  # type: ignore[return-value]  # not None, being in names
