"""What is asked about accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from accounts.models import FailedSignIn, PasswordLink, SignIn, User
from accounts.rules import FAILED_MAX, FAILED_WINDOW, normal_address
from core.database import ASKED_AT, session
from core.secrets import token_hash


class Account(NamedTuple):
    """What every request needs to know of whoever is signed in."""

    id: UUID
    name: str
    email: str
    role: str


_SIGNED_IN = (
    sa.select(User.id, User.name, User.email, User.role)
    .join(SignIn, SignIn.user_id == User.id)
    .where(
        SignIn.token_hash == sa.bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > ASKED_AT,
        User.deactivated_at.is_(None),
    )
)


def account_of_token(token: str, at: datetime) -> Account | None:
    """Return whose sign-in carries `token`, if it has neither ended nor expired."""
    row = session.execute(_SIGNED_IN, {"token_hash": token_hash(token), "at": at}).one_or_none()
    return Account._make(row) if row is not None else None


def user_by_email(email: str) -> User | None:
    """Return the account of an address, in whatever case it is written."""
    return session.scalar(sa.select(User).where(User.email == normal_address(email)))


def user_of_password_link(token: str, at: datetime) -> User | None:
    """Return who may choose a password through the link, or None when it was used, has expired, or never was."""
    return session.scalar(
        sa.select(User)
        .join(PasswordLink, PasswordLink.user_id == User.id)
        .where(
            PasswordLink.token_hash == token_hash(token),
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > at,
            User.deactivated_at.is_(None),
        )
    )


def latest_failures(address: str, at: datetime) -> Sequence[datetime]:
    """Return when the last wrong passwords for `address` came within the window: newest first, at most FAILED_MAX."""
    return session.scalars(
        sa.select(FailedSignIn.at)
        .where(FailedSignIn.email == address, FailedSignIn.at > at - FAILED_WINDOW)
        .order_by(FailedSignIn.at.desc())
        .limit(FAILED_MAX)
    ).all()
