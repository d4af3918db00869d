"""Who may not be signed in although their password is right: whoever a hold keeps from logging in. Rule H."""

from __future__ import annotations

from flask import Flask

from accounts.models import Role, User
from accounts.queries import Account
from accounts.sessions import register_bar
from core import wording
from core.errors import NotAllowed
from freelancers.holds import HOLDS, Action, HoldKind, may
from freelancers.queries import OpenHold, open_holds_of_user


class Barred(NotAllowed):
    """A hold keeps the account from logging in; it says why, since when, what lifts it and who decides. Rule H-6."""

    title = "You cannot sign in now"

    def __init__(self, hold: OpenHold) -> None:
        terms = HOLDS[HoldKind(hold.kind)]
        super().__init__(
            f"Your account has a {terms.name} since {wording.day(hold.placed_at)}: {hold.reason}",
            f"{terms.lifted_when} This is decided by {terms.decided_by}.",
        )


def register_barring(app: Flask) -> None:
    """Ask for such a hold at each sign-in, and with every request of a freelancer."""
    register_bar(app, why_barred)


def why_barred(user: User | Account) -> Barred | None:
    """Return what keeps `user` from being signed in, or None."""
    holds = open_holds_of_user(user.id) if user.role == Role.FREELANCER else []
    return next((Barred(hold) for hold in holds if not may(Action.LOG_IN, [HoldKind(hold.kind)])), None)
