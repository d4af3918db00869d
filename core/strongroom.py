"""Files that hardly anybody may see: each is locked with a key of its own before it is written (AES-256-GCM). Rule H-3.

What lies on disk is ciphertext; the key lies in the database, and there it is sealed with the service's SECRET_KEY. So
neither a copy of the disk nor one of the database shows anything, and once the key's row is gone no copy of the file
can be read, wherever it may lie.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

from core import vault
from core.errors import DomainError
from core.secrets import Sealer

ROOM = "strongroom"
_KEY_BITS, _NONCE_BYTES = 256, 12
#: A file that no row names is left alone for so long: its transaction may be under way.
LEFT_ALONE = timedelta(minutes=30)
_BATCH = 1_000


@dataclass(frozen=True)
class Locked:
    """Where a locked file lies, and its key, sealed."""

    stored_as: str
    sealed_key: str


class Unreadable(DomainError):
    """What is on disk is missing, damaged, or was locked under another SECRET_KEY."""

    status = 500
    title = "This picture cannot be shown"

    def __init__(self) -> None:
        super().__init__("It is missing on our side, or damaged.", "Ask its owner to send it again.")


def lock(content: bytes) -> Locked:
    """Store a file so that it outlives a crash and can be read by `unlock` alone."""
    key, nonce = AESGCM.generate_key(_KEY_BITS), secrets.token_bytes(_NONCE_BYTES)
    stored_as = vault.keep(nonce + AESGCM(key).encrypt(nonce, content, None), ROOM)
    return Locked(stored_as, _sealer().seal(base64.b64encode(key).decode()))


def unlock(locked: Locked) -> bytes:
    """Return what was locked. Raises Unreadable."""
    try:
        key, kept = base64.b64decode(_sealer().open(locked.sealed_key)), vault.read(locked.stored_as, ROOM)
        return AESGCM(key).decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], None)
    except (FileNotFoundError, ValueError, InvalidTag):
        raise Unreadable() from None


def erase(names: Iterable[str]) -> None:
    """Delete locked files; those that are gone already are fine."""
    vault.erase(names, ROOM)


def sweep(known: Callable[[Collection[str]], Collection[str]], at: datetime) -> int:
    """Delete the files that nothing names: `known` returns those of some that are named. Return how many they were."""
    swept, stored = 0, vault.stored_before(at - LEFT_ALONE, ROOM)
    while names := list(islice(stored, _BATCH)):
        orphans = set(names) - set(known(names))
        erase(orphans)
        swept += len(orphans)
    return swept


def _sealer() -> Sealer:
    return Sealer(current_app.extensions["laurel_settings"].secret_key, ROOM)
