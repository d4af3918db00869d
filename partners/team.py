"""What is done with a partner's team: who joins, what they may do, who leaves."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from accounts.models import Role, User
from accounts.services import invite_user, remind, withdraw_links
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.permissions import Duty
from partners.models import Member, Partner

WORD_MAX = 1_000  # characters


class AlreadyMember(Conflict):
    """Somebody with this address is in the team."""

    title = "They are in your team already"


class LastAdmin(Conflict):
    """A team keeps at least one admin."""

    title = "Your team needs an admin"


@transaction()
def add_member(
    partner: Partner, email: str, name: str, duty: Duty, *, by: UUID | None, at: datetime, message: str | None = None
) -> Member:
    """Invite somebody to the team; who is new to Laurel gets a link by mail to choose a password, and is in with that.

    `message` is a word to them, and stands in the mail. Raises AlreadyMember, EmailTaken when the address has an
    account of another kind, and InvalidInput for too long a message.
    """
    message = (message or "").strip() or None
    if message and len(message) > WORD_MAX:
        raise InvalidInput(f"Your word to them has {len(message):,} characters, {WORD_MAX:,} fit.", "Shorten it.")
    user = invite_user(email, name, Role.PARTNER, by=by, at=at, about=_about(partner), message=message)
    values = {"id": new_id(), "partner_id": partner.id, "user_id": user.id, "duty": str(duty), "joined_at": at}
    statement = insert(Member).values(values | {"invited_by": by}).on_conflict_do_nothing()
    member: Member | None = session.scalar(statement.returning(Member))
    if member is None:
        raise AlreadyMember(f"{user.name} has a place in the team of {partner.name}.", "Change their duty instead.")
    _record("member.added", member, by, at, after={"duty": str(duty)})
    return member


@transaction()
def send_link_again(member_id: UUID, *, by: UUID | None, at: datetime) -> Member:
    """Mail somebody who was invited, and has no password yet, a new link. Raises AlreadyChosen, and NotFound."""
    member = _present(member_id)
    remind(member.user_id, by=by, at=at, about=_about(member.partner))
    return member


@transaction()
def change_duty(member_id: UUID, duty: Duty, *, by: UUID | None, at: datetime) -> Member:
    """Change what somebody may do. Raises LastAdmin when nobody else is an admin, and NotFound for who has left."""
    member = _present(member_id)
    if member.duty == Duty.ADMIN and duty is not Duty.ADMIN:
        _refuse_last_admin(member)
    before, member.duty = member.duty, str(duty)
    if before != duty:
        _record("member.duty_changed", member, by, at, before={"duty": before}, after={"duty": str(duty)})
    return member


@transaction()
def remove_member(member_id: UUID, *, by: UUID | None, at: datetime) -> tuple[str, ...]:
    """End somebody's place in the team, from their next request on.

    Coworkers whom they had invited, and who have not come in yet, are no longer invited; returns the names of those.
    Raises LastAdmin, and NotFound for who has left.
    """
    member = _present(member_id)
    if member.duty == Duty.ADMIN:
        _refuse_last_admin(member)
    _end(member, "member.removed", by, at)
    pending = session.scalars(_pending_of(member)).all()
    for invited in pending:
        _end(invited, "member.invitation_withdrawn", by, at)
    return tuple(invited.user.name for invited in pending)


def _end(member: Member, action: str, by: UUID | None, at: datetime) -> None:
    changed(sa.update(Member).where(Member.id == member.id, Member.left_at.is_(None)).values(left_at=at))
    _record(action, member, by, at, before={"duty": member.duty})
    elsewhere = sa.exists().where(Member.user_id == member.user_id, Member.left_at.is_(None))
    if member.is_pending and not session.scalar(sa.select(elsewhere)):
        withdraw_links([member.user_id], at)


def _pending_of(member: Member) -> sa.Select[Member]:
    return (
        sa.select(Member)
        .join(User, User.id == Member.user_id)
        .where(
            Member.partner_id == member.partner_id,
            Member.invited_by == member.user_id,
            Member.left_at.is_(None),
            User.password_hash.is_(None),
        )
        .order_by(Member.joined_at, Member.id)
    )


def _about(partner: Partner) -> str:
    return f"{partner.name}'s team on Laurel"


def _present(member_id: UUID) -> Member:
    """Return somebody of a team, the team being locked until the transaction ends: two admins cannot go at once."""
    partner_id = session.scalar(sa.select(Member.partner_id).where(Member.id == member_id))
    session.execute(sa.select(Partner.id).where(Partner.id == partner_id).with_for_update())
    member = session.scalar(
        sa.select(Member)
        .where(Member.id == member_id, Member.left_at.is_(None))
        .execution_options(populate_existing=True)
    )
    if member is None:
        raise NotFound("They have left the team already.")
    return member


def _refuse_last_admin(member: Member) -> None:
    """Refuse to go on unless another admin is there who can sign in: one who is merely invited looks after nobody."""
    others = sa.exists().where(
        Member.partner_id == member.partner_id,
        Member.id != member.id,
        Member.duty == Duty.ADMIN,
        Member.left_at.is_(None),
        User.id == Member.user_id,
        User.password_hash.is_not(None),
        User.deactivated_at.is_(None),
    )
    if not session.scalar(sa.select(others)):
        raise LastAdmin(
            f"{member.user.name} is the only admin of {member.partner.name} who can sign in.",
            "Make somebody else an admin first.",
        )


def _record(
    action: str,
    member: Member,
    by: UUID | None,
    at: datetime,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    record(action, "member", member.id, by=by, at=at, partner_id=member.partner_id, before=before, after=after)
