"""What can go wrong with accounts, each with the way on."""

from __future__ import annotations

from datetime import datetime

from accounts.rules import FAILED_MAX, FAILED_WINDOW, minutes
from core.errors import Conflict, DomainError, InvalidInput, NotAllowed
from core.permissions import Scope


class SignInFailed(DomainError):
    """Address and password do not belong together; which of the two is wrong is not told."""

    status = 422
    title = "That did not sign you in"

    def __init__(self) -> None:
        super().__init__(
            "No account has this address with this password.", "Check both, or choose a new password by e-mail."
        )


class TooManyTries(DomainError):
    """Too many wrong passwords for one address; `retry_at` is when the next one is looked at."""

    status = 429
    title = "Too many wrong passwords"

    def __init__(self, retry_at: datetime, at: datetime) -> None:
        self.retry_at = retry_at
        self.retry_after_s = max(1, int((retry_at - at).total_seconds()))
        super().__init__(
            f"There were {FAILED_MAX} wrong passwords for this address within {minutes(FAILED_WINDOW)} minutes.",
            f"Try again after {retry_at:%H:%M} UTC, in {_wait(retry_at, at)}, or choose a new password by e-mail now.",
        )


class EmailTaken(Conflict):
    """Another account has this address."""

    title = "This address already has an account"

    def __init__(self, email: str, role: str) -> None:
        super().__init__(
            f"{email} belongs to {_OWNERS[role]}, and an account is for one thing only.", "Use another e-mail address."
        )


class AlreadyChosen(Conflict):
    """Somebody invited has chosen their password, and needs no link to do so."""

    title = "They can sign in already"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has chosen a password meanwhile.", "They can sign in with it.")


class LinkEnded(DomainError):
    """A link for choosing a password that was used, has expired, or never was."""

    status = 410
    title = "This link no longer works"

    def __init__(self) -> None:
        super().__init__(
            "It works once and for a limited time, and ends when a newer one is used.",
            "Ask for a new link: it comes by e-mail at once, and works for an hour.",
        )


class BadAddress(InvalidInput):
    """What should be an e-mail address is none."""

    def __init__(self, text: str) -> None:
        super().__init__(f"“{text[:100]}” is not an e-mail address.", "Write it like name@example.org.")


class BadPassword(InvalidInput):
    """A new password that is not taken; `detail` says why."""


class TokenNeeded(DomainError):
    """A program showed no token, or one that does not count."""

    status = 401
    title = "A token is needed"

    def __init__(self, detail: str, *, shown: bool) -> None:
        super().__init__(
            detail,
            "Send the header “Authorization: Bearer laurel_…”. Tokens are made in your console, under API tokens.",
        )
        why = ', error="invalid_token"' if shown else ""
        self.headers = {"WWW-Authenticate": f'Bearer realm="Laurel"{why}'}


class ScopeMissing(NotAllowed):
    """The token is good, but not for this."""

    title = "This token may not do that"

    def __init__(self, scope: Scope) -> None:
        super().__init__(
            f"It needs the scope “{scope}”, which this token was made without.", f"Use a token with “{scope}”."
        )
        self.headers = {"WWW-Authenticate": f'Bearer realm="Laurel", error="insufficient_scope", scope="{scope}"'}


class TokenNameTaken(Conflict):
    """Two tokens of one name could not be told apart."""

    title = "There is a token of this name"


class KeyUsedOtherwise(InvalidInput):
    """An Idempotency-Key stands for one request, and came with another body."""

    title = "This Idempotency-Key belongs to another request"


_OWNERS = {
    "staff": "a member of the marketplace's staff",
    "partner": "somebody of a partner's team",
    "freelancer": "a freelancer",
}


def _wait(until: datetime, at: datetime) -> str:
    left = max(1, -int((at - until).total_seconds() // 60))
    return "1 minute" if left == 1 else f"{left} minutes"
