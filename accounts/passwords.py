"""Password hashes: argon2id at 19 MiB, two passes, one lane. Design, libraries."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: Checked when there is no account, so that the answer takes as long and gives nothing away.
_NOBODY = _hasher.hash("nobody")


def hashed(password: str) -> str:
    """Return the hash of `password` as it is stored."""
    return _hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Say whether `password` is the one that was hashed; None takes as long and is never matched."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
