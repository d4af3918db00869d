"""What is asked about partners and their teams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa

from accounts.models import User
from accounts.rules import normal_address
from core.database import session
from core.errors import NotFound
from core.permissions import Duty
from freelancers.models import Freelancer
from partners.models import Member, Partner


def membership(user_id: UUID, slug: str) -> Member | None:
    """Return the user's place in the team of the partner called `slug`, or None. Rule X-4."""
    return session.scalar(
        sa.select(Member)
        .join(Partner, Partner.id == Member.partner_id)
        .where(Member.user_id == user_id, Partner.slug == slug, Member.left_at.is_(None))
    )


def first_partner_slug(user_id: UUID) -> str | None:
    """Return the slug of the partner whose team the user joined first, or None."""
    return session.scalar(
        sa.select(Partner.slug)
        .join(Member, Member.partner_id == Partner.id)
        .where(Member.user_id == user_id, Member.left_at.is_(None))
        .order_by(Member.joined_at)
        .limit(1)
    )


def partner_by_slug(slug: str) -> Partner | None:
    """Return the partner called `slug` in addresses, or None."""
    return session.scalar(sa.select(Partner).where(Partner.slug == slug))


def partner_slug(partner_id: UUID) -> str | None:
    """Return what the partner is called in addresses, or None."""
    return session.scalar(sa.select(Partner.slug).where(Partner.id == partner_id))


def all_partners() -> Sequence[Partner]:
    """Return every partner, by name."""
    return session.scalars(sa.select(Partner).order_by(sa.func.lower(Partner.name), Partner.id)).all()


def team(partner_id: UUID) -> Sequence[Member]:
    """Return who is in the partner's team now, admins first, then by when they joined."""
    is_admin = sa.case((Member.duty == Duty.ADMIN, 0), else_=1)
    return session.scalars(
        sa.select(Member)
        .where(Member.partner_id == partner_id, Member.left_at.is_(None))
        .order_by(is_admin, Member.joined_at, Member.id)
    ).all()


def team_member(partner_id: UUID, member_id: UUID) -> Member:
    """Return somebody of the partner's present team. Raises NotFound for anybody else. Rule X-4."""
    member = session.scalar(
        sa.select(Member).where(Member.id == member_id, Member.partner_id == partner_id, Member.left_at.is_(None))
    )
    if member is None:
        raise NotFound()
    return member


def names_of(user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of accounts by their id."""
    wanted = {user_id for user_id in user_ids if user_id}
    return {user.id: user.name for user in session.scalars(sa.select(User).where(User.id.in_(wanted)))}


def name_of(user_id: UUID | None) -> str | None:
    """Return the name of an account, or None."""
    return session.scalar(sa.select(User.name).where(User.id == user_id)) if user_id else None


def addresses_of(freelancer: Freelancer) -> frozenset[str]:
    """Return the addresses at which somebody can be invited: their profile's and their account's, in lower case."""
    account = session.get(User, freelancer.user_id) if freelancer.user_id else None
    return frozenset(normal_address(each) for each in (freelancer.email, account and account.email) if each)
