"""What is done with a partner's team: who joins, what they may do, who leaves."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from accounts.models import Role
from accounts.services import invite_user
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, NotFound
from core.permissions import Duty
from partners.models import Member, Partner


class AlreadyMember(Conflict):
    """Somebody with this address is in the team."""

    title = "They are in your team already"


class LastAdmin(Conflict):
    """A team keeps at least one admin."""

    title = "Your team needs an admin"


@transaction()
def add_member(partner: Partner, email: str, name: str, duty: Duty, *, by: UUID | None, at: datetime) -> Member:
    """Add somebody to the team; who is new to Laurel gets a link by mail to choose a password.

    Raises AlreadyMember, and EmailTaken when the address has an account of another kind.
    """
    about = f"{partner.name}'s team on Laurel"
    user = invite_user(email, name, Role.PARTNER, by=by, at=at, about=about)
    values = {"id": new_id(), "partner_id": partner.id, "user_id": user.id, "duty": str(duty), "joined_at": at}
    member: Member | None = session.scalar(insert(Member).values(values).on_conflict_do_nothing().returning(Member))
    if member is None:
        raise AlreadyMember(f"{user.name} has a place in the team of {partner.name}.", "Change their duty instead.")
    _record("member.added", member, by, at, after={"duty": str(duty)})
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
def remove_member(member_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """End somebody's place in the team, from their next request on. Raises LastAdmin, and NotFound for who has left."""
    member = _present(member_id)
    if member.duty == Duty.ADMIN:
        _refuse_last_admin(member)
    changed(sa.update(Member).where(Member.id == member_id, Member.left_at.is_(None)).values(left_at=at))
    _record("member.removed", member, by, at, before={"duty": member.duty})


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
    others = sa.exists().where(
        Member.partner_id == member.partner_id,
        Member.id != member.id,
        Member.duty == Duty.ADMIN,
        Member.left_at.is_(None),
    )
    if not session.scalar(sa.select(others)):
        raise LastAdmin(
            f"{member.user.name} is the only admin of {member.partner.name}.", "Make somebody else an admin first."
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
