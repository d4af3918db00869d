"""Who may not be signed in although their password is right: whoever a hold keeps from logging in. Rule H."""

from __future__ import annotations

from flask import Flask

from accounts.models import Role, User
from accounts.queries import Account
from accounts.sessions import register_bar
from core import clock, wording
from core.errors import NotAllowed, WayOn
from freelancers.capabilities import capabilities, stop_of
from freelancers.holds import Action
from freelancers.queries import OpenHold, open_holds_of_user
from freelancers.support.codes import hold_code


class Barred(NotAllowed):
    """A hold keeps the account from logging in; it says why, since when, what lifts it and who decides. Rule H-6."""

    title = "You cannot sign in now"

    def __init__(self, hold: OpenHold) -> None:
        stop = stop_of(hold)
        super().__init__(
            f"Your account has a {stop.name} since {wording.day(stop.since_at)}: {stop.reason}",
            f"{stop.lifted_when} This is decided by {stop.decided_by}.",
        )
        # Whoever reads this showed the password: the link that was mailed to them is theirs here, too.
        self.way_on = WayOn("Read it, and appeal", f"/holds/{hold_code(stop.id, clock.now())}")


def register_barring(app: Flask) -> None:
    """Ask for such a hold at each sign-in, and with every request of a freelancer."""
    register_bar(app, why_barred)


def why_barred(user: User | Account) -> Barred | None:
    """Return what keeps `user` from being signed in, or None."""
    holds = open_holds_of_user(user.id) if user.role == Role.FREELANCER else []
    return next((Barred(hold) for hold in holds if not capabilities([hold]).may(Action.LOG_IN)), None)
