"""What is done with freelancers: holds are placed and lifted, newcomers registered, accounts linked to profiles."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.reasons import checked_reason
from core.wording import listed, moment
from freelancers import mails
from freelancers.departures import welcome_back
from freelancers.holds import HOLDS, HoldKind, stricter
from freelancers.models import Freelancer, Hold
from freelancers.queries import freelancer_of_user, holds_that_end
from freelancers.rules import completeness_sql
from freelancers.support import threads
from freelancers.support.rules import Verdict


class HoldAlreadyOpen(Conflict):
    """A hold of this kind is open already; one of each kind is enough."""

    title = "This hold is open already"


class HoldNotOpen(Conflict):
    """The hold was lifted already."""

    title = "This hold is lifted already"


class AlreadyLinked(Conflict):
    """A profile belongs to one account, and an account to one profile."""

    title = "This profile or account is taken"


@transaction()
def place_hold(
    freelancer_id: UUID, kind: HoldKind, reason: str, *, by: UUID | None, at: datetime, ends_at: datetime | None = None
) -> Hold:
    """Hold the account from `at` on, and tell the person everything that rule H-6 asks for. Rules H-1, H-6.

    Whatever a hold suspends or hides does so by itself: badges and directories ask for open holds. With `ends_at` it is
    lifted then by itself. Raises InvalidInput without a reason and for an end that cannot be, NotFound, and
    HoldAlreadyOpen when one of this kind is open.
    """
    reason = checked_reason(reason, "A hold is only ever placed for a reason, which the person can read.")
    _check_end(kind, ends_at, at)
    person = _existing(freelancer_id)
    hold = _placed(person, kind, reason, by=by, at=at, ends_at=ends_at)
    told = mails.tell_held(person, hold, at)
    after = {"kind": str(kind), "freelancer_id": str(person.id), "told": told}
    after |= {"until": ends_at.isoformat()} if ends_at else {}
    record("hold.placed", "hold", hold.id, by=by, at=at, after=after, reason=reason)
    return hold


def _check_end(kind: HoldKind, ends_at: datetime | None, at: datetime) -> None:
    if ends_at is None:
        return
    if not HOLDS[kind].can_be_timed:
        raise InvalidInput(
            f"A hold of the kind “{HOLDS[kind].name}” does not end by waiting.", "Leave its last day empty."
        )
    if ends_at <= at:
        raise InvalidInput("That end has passed already.", "Choose a later day, or leave it empty.")


def _placed(
    person: Freelancer, kind: HoldKind, reason: str, *, by: UUID | None, at: datetime, ends_at: datetime | None
) -> Hold:
    values = {"id": new_id(), "freelancer_id": person.id, "kind": str(kind), "reason": reason}
    values |= {"placed_at": at, "placed_by": by, "ends_at": ends_at}
    hold: Hold | None = session.scalar(insert(Hold).values(values).on_conflict_do_nothing().returning(Hold))
    if hold is None:
        raise HoldAlreadyOpen(
            f"A hold of the kind “{HOLDS[kind].name}” is open on {person.name}.",
            "Read its reason; lift it first if it no longer holds.",
        )
    return hold


@transaction()
def escalate_hold(hold_id: UUID, kind: HoldKind, reason: str, *, by: UUID | None, at: datetime) -> Hold:
    """Let a stricter hold take the place of an open one, and tell the person once. Rules H, H-6.

    An appeal of the first goes on as one of the second. Raises InvalidInput without a reason, or for a kind that is not
    stricter, NotFound, HoldNotOpen, and HoldAlreadyOpen when one of the stricter kind is open besides.
    """
    reason = checked_reason(reason, "A hold is only ever made stricter for a reason, which the person can read.")
    hold = _lifted(hold_id, reason, by=by, at=at)
    if kind not in (possible := stricter(HoldKind(hold.kind))):
        names = [f"“{HOLDS[each].name}”" for each in possible] or ["no other"]
        raise InvalidInput(f"A hold of this kind can become {listed(names, 'or')}.", "Nothing was changed.")
    person = hold.freelancer
    new = _placed(person, kind, reason, by=by, at=at, ends_at=None)
    hold.became_id = new.id
    threads.follow(hold.id, into=new.id)
    told = mails.tell_held(person, new, at, instead_of=hold)
    after = {"kind": str(kind), "freelancer_id": str(person.id), "told": told}
    record("hold.escalated", "hold", new.id, by=by, at=at, before={"kind": hold.kind}, after=after, reason=reason)
    return new


@transaction()
def end_hold_for(hold_id: UUID, other_id: UUID, reason: str, *, by: UUID | None, at: datetime) -> None:
    """End a hold because a stricter one, open already, stands for both; its appeal is answered so. Rules H-6, X-2.

    Nobody is told here. Raises NotFound, and HoldNotOpen when somebody lifted it first.
    """
    hold = _lifted(hold_id, reason, by=by, at=at)
    hold.became_id = other_id
    threads.settle(hold.id, reason, by=by, at=at, verdict=Verdict.KEPT)
    after = {"became": str(other_id), "freelancer_id": str(hold.freelancer_id)}
    record("hold.ended_for", "hold", hold.id, by=by, at=at, before={"kind": hold.kind}, after=after, reason=reason)


@transaction()
def send_hold_again(hold_id: UUID, *, by: UUID | None, at: datetime) -> bool:
    """Mail the notice of a hold once more, with a new link to its page; nothing for one that is lifted. Rule H-6.

    Says whether there is an address to send it to. Raises NotFound.
    """
    hold = session.get(Hold, hold_id)
    if hold is None:
        raise NotFound()
    if hold.lifted_at is not None:
        return False
    told = mails.tell_held_again(hold.freelancer, hold, at)
    record("hold.told_again", "hold", hold.id, by=by, at=at, after={"told": told})
    return told


def lift_ended(at: datetime) -> int:
    """Lift every hold whose time is over at `at`, each in a transaction of its own; return how many. Rule H-6."""
    count = 0
    for hold_id, ends_at in [(hold.id, hold.ends_at) for hold in holds_that_end(at)]:
        with suppress(HoldNotOpen):
            lift_hold(hold_id, f"It was placed until {moment(ends_at or at)}, and that has come.", by=None, at=at)
            count += 1
    return count


@transaction()
def lift_hold(hold_id: UUID, reason: str, *, by: UUID | None, at: datetime) -> Hold:
    """End a hold from `at` on, answer its appeal so, and tell the person once, however often it is asked for.

    Rules H-1, H-6.

    Raises InvalidInput without a reason, NotFound, and HoldNotOpen when somebody lifted it first.
    """
    reason = checked_reason(reason, "A hold is only ever lifted for a reason, which the person can read.")
    hold = _lifted(hold_id, reason, by=by, at=at)
    threads.settle(hold.id, reason, by=by, at=at)
    told = mails.tell_lifted(hold.freelancer, hold, at)
    after = {"kind": hold.kind, "freelancer_id": str(hold.freelancer_id), "told": told}
    record("hold.lifted", "hold", hold.id, by=by, at=at, after=after, reason=reason)
    return hold


def _lifted(hold_id: UUID, reason: str, *, by: UUID | None, at: datetime) -> Hold:
    still_open = (Hold.id == hold_id, Hold.lifted_at.is_(None))
    lifted = changed(sa.update(Hold).where(*still_open).values(lifted_at=at, lifted_by=by, lift_reason=reason))
    hold = session.get(Hold, hold_id, populate_existing=True)
    if hold is None:
        raise NotFound()
    if not lifted:
        raise HoldNotOpen("Somebody lifted it first, and the person was told then.", "Look at their page again.")
    return hold


@transaction()
def mark_identity(freelancer_id: UUID, *, is_verified: bool, at: datetime) -> None:
    """Set or take the mark "identity verified", which stands in for a photo of the profile. Rules C, H-4, H-5."""
    known = (Freelancer.id == freelancer_id,)
    changed(sa.update(Freelancer).where(*known).values(identity_verified=is_verified, updated_at=at))
    changed(sa.update(Freelancer).where(*known).values(completeness_pct=sa.literal_column(_COMPLETENESS)))


#: How complete a profile is by what stands in its row.
_COMPLETENESS = completeness_sql("freelancers")


@transaction()
def register_newcomer(name: str, email: str, user_id: UUID, *, at: datetime) -> Freelancer:
    """Create the profile of somebody new, under a provisional key until the feed names them. Rules E-7, I-4.

    The feed adopts the profile by its e-mail address (docs/feed.md); until then nothing is known that would make
    anybody eligible. An account that has a profile keeps it: that one is returned.
    """
    created_id = new_id()
    values = {
        "id": created_id,
        "marketplace_id": f"laurel:{created_id}",
        "is_provisional": True,
        "user_id": user_id,
        "name": " ".join(name.split()) or email,
        "email": email.strip().lower(),
        "created_at": at,
        "updated_at": at,
    }
    created: Freelancer | None = session.scalar(
        insert(Freelancer)
        .values(values | _NOTHING_KNOWN)
        .on_conflict_do_nothing(index_elements=["user_id"])
        .returning(Freelancer)
    )
    if created is None:
        known = freelancer_of_user(user_id)
        assert known is not None
        return known
    welcome_back(email.strip())
    after = {"marketplace_id": created.marketplace_id, "email": created.email}
    record("freelancer.registered", "freelancer", created.id, by=user_id, at=at, after=after)
    return created


@transaction()
def link_user(freelancer_id: UUID, user_id: UUID, *, at: datetime) -> None:
    """Make the account the one that this profile's person signs in with; linked so already is fine.

    Raises NotFound, and AlreadyLinked when either belongs to another.
    """
    person = _existing(freelancer_id)
    if person.user_id == user_id:
        return
    free = (Freelancer.id == freelancer_id, Freelancer.user_id.is_(None))
    try:
        with session.begin_nested():
            linked = changed(sa.update(Freelancer).where(*free).values(user_id=user_id, updated_at=at))
    except IntegrityError:
        linked = 0
    if not linked:
        raise AlreadyLinked(
            f"Either {person.name}'s profile has another account, or this account has another profile.",
            "Nothing was changed. Look at both before you try again.",
        )
    session.refresh(person)
    record("freelancer.linked", "freelancer", freelancer_id, by=user_id, at=at, after={"user_id": str(user_id)})


#: What the columns say of somebody of whom nothing is known: nothing that would make anybody eligible (E-4).
_NOTHING_KNOWN = {
    "currency": "USD",
    "account_state": "active",
    "from_elance": False,
    "visibility": "private",
    "identity_verified": False,
    "skills": [],
    "languages": [],
    "profile": {},
    "completeness_pct": 0,
}


def _existing(freelancer_id: UUID) -> Freelancer:
    found = session.get(Freelancer, freelancer_id)
    if found is None:
        raise NotFound("There is no such freelancer.")
    return found
