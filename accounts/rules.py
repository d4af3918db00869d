"""The policy of accounts: how long things last and how often may be tried; addresses, passwords and ways back."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

#: A sign-in ends by itself after this long.
SESSION_LIFETIME = timedelta(days=14)
#: So many wrong passwords for one address within the window, and no more are looked at until one of them is older.
FAILED_MAX = 10
FAILED_WINDOW = timedelta(minutes=15)
#: How long the link works that somebody asked for who forgot their password.
PASSWORD_LINK_LIFETIME = timedelta(hours=1)
#: How many such links one account is sent within that time.
PASSWORD_LINKS_MAX = 5
#: A second click on "Send" is no second mail.
LINK_PAUSE = timedelta(minutes=1)
#: How long the link works with which somebody invited chooses their first password.
INVITED_LINK_LIFETIME = timedelta(days=7)
#: Ended sign-ins, used links and wrong passwords are forgotten after this long.
REMEMBERED = timedelta(days=30)

#: What every API token begins with, so that people and scanners of secrets know one when they see it.
RECOGNISED_BY = "laurel_"
TOKEN_NAME_MAX = 60
#: How long a token can last, in days, and what is offered first.
TOKEN_DAYS = (30, 90, 365)
TOKEN_DAYS_USUAL = 90
#: When a token was last used is kept no more precisely than this.
USE_NOTED_EVERY = timedelta(minutes=1)
#: For so long a request that is sent again with its key is answered the same.
ANSWERS_KEPT = timedelta(hours=24)
KEY_MAX = 200

PASSWORD_MIN = 10
PASSWORD_MAX = 200
ADDRESS_MAX = 254
_PATH_MAX = 2_000


def minutes(length: timedelta) -> int:
    """Return `length` in whole minutes."""
    return int(length.total_seconds() // 60)


def normal_address(text: str) -> str:
    """Return an address as it is stored and looked up: trimmed, in lower case."""
    return text.strip().lower()


def is_address(text: str) -> bool:
    """Say whether `text` can be an e-mail address. Whether anybody reads it there is not asked."""
    try:
        validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return len(text.strip()) <= ADDRESS_MAX


def password_problem(password: str, email: str = "") -> str | None:
    """Return as a sentence why `password` cannot be the new one of the account `email`, or None when it can."""
    if len(password) < PASSWORD_MIN:
        return f"A password has at least {PASSWORD_MIN} characters; this one has {len(password)}."
    if len(password) > PASSWORD_MAX:
        return f"A password has at most {PASSWORD_MAX} characters; this one has {len(password)}."
    if len(set(password)) < 3:
        return (
            "This password is the same few characters again and again. Three or four unrelated words are easy to keep."
        )
    if email and normal_address(password) == email:
        return "This password is the e-mail address, which others know too."
    return None


def local_path(target: str | None) -> str | None:
    """Return `target` when it leads to a page of ours, and None for anything that could lead elsewhere.

    Browsers read a backslash as a slash and skip line breaks and tabs, so "/\\evil.example" and "/<tab>/evil.example"
    would leave us as "//evil.example" does.
    """
    if not target or len(target) > _PATH_MAX or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or not target.isprintable():
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target
