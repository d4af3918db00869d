"""Sign-in sessions on the server: the cookie carries a token, the database decides whether it still counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask, Request, Response, current_app, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from accounts import services
from accounts.models import User
from accounts.queries import Account, account_of_token
from core import clock
from core.errors import DomainError


class SessionsOnly(LoginManager):  # type: ignore[misc]  # Flask-Login ships no types
    """Flask-Login without its "remember me" cookie, whose upkeep reads the session on every page, public ones too.

    Whoever reads it makes the answer vary by cookie, and no cache in front would keep it. Design decision 5.
    """

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own sessions, opened without a look at the secret key for whoever brings none, as most visitors do."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session that the request brings, or an empty one."""
        return (
            super().open_session(app, request) if self.get_cookie_name(app) in request.cookies else self.session_class()
        )


login_manager = SessionsOnly()

#: Returns why somebody may not be signed in although their password is right, or None.
Bar = Callable[[User | Account], DomainError | None]

_BAR = "laurel_sign_in_bar"


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The signed-in person as views and templates see them: the account, and the token of this sign-in."""

    def __init__(self, user: User | Account, token: str) -> None:
        self.token = token
        self.id, self.name, self.email, self.role = user.id, user.name, user.email, user.role

    def get_id(self) -> str:
        """Return what the cookie carries: the token, not the account, so that a sign-out ends it for good."""
        return self.token


def register_bar(app: Flask, bar: Bar) -> None:
    """Ask `bar` at each sign-in, and with each request of somebody signed in, whether they may be. Rule H.

    Accounts know nothing of holds; the top, which does, registers the question here.
    """
    app.extensions[_BAR] = bar


def why_barred(user: User | Account) -> DomainError | None:
    """Return why `user` may not be signed in, or None."""
    bar: Bar | None = current_app.extensions.get(_BAR)
    return bar(user) if bar else None


@login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def load(token: str) -> SignedIn | None:
    """Return who is signed in with `token`, or None when that sign-in has ended or they may not be signed in now."""
    user = account_of_token(token, clock.now())
    return SignedIn(user, token) if user and not why_barred(user) else None


def sign_in_person(user: User, at: datetime) -> None:
    """Begin a new sign-in for `user` in this browser; one that was there before ends. Raises what bars them.

    Nothing of the browser's session from before is kept: neither its token nor its CSRF secret.
    """
    if barred := why_barred(user):
        raise barred
    sign_out_person(at)
    login_user(SignedIn(user, services.begin_session(user, at)))
    session.permanent = True


def sign_out_person(at: datetime) -> None:
    """End this browser's sign-in, in the database too, and forget all that its session held."""
    if current_user.is_authenticated:
        services.end_session(current_user.token, at)
    logout_user()
    session.clear()
