"""What is asked about accounts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from accounts.models import SignIn, User
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
    return session.scalar(sa.select(User).where(User.email == email.strip().lower()))
