"""Sign-in sessions on the server: the cookie carries a token, the database decides whether it still counts."""

from __future__ import annotations

from flask_login import LoginManager, UserMixin

from accounts.models import User
from accounts.queries import user_of_token
from core import clock

login_manager = LoginManager()


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The signed-in person as views and templates see them: the account, and the token of this sign-in."""

    def __init__(self, user: User, token: str) -> None:
        self.user, self.token = user, token
        self.id, self.name, self.email, self.role = user.id, user.name, user.email, user.role

    def get_id(self) -> str:
        """Return what the cookie carries: the token, not the account, so that a sign-out ends it for good."""
        return self.token


@login_manager.user_loader  # type: ignore[misc]
def load(token: str) -> SignedIn | None:
    """Return who is signed in with `token`, or None when that sign-in has ended."""
    user = user_of_token(token, clock.now())
    return SignedIn(user, token) if user else None
