"""What is asked about accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from accounts.models import FailedSignIn, PasswordLink, SignIn, User
from accounts.rules import FAILED_MAX, FAILED_WINDOW, normal_address
from core.database import session
from core.secrets import token_hash


def user_of_token(token: str, at: datetime) -> User | None:
    """Return the user whose sign-in carries `token`, if it has neither ended nor expired."""
    return session.scalar(
        sa.select(User)
        .join(SignIn, SignIn.user_id == User.id)
        .where(
            SignIn.token_hash == token_hash(token),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > at,
            User.deactivated_at.is_(None),
        )
    )


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
