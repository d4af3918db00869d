"""Secrets: link tokens that are stored as a hash, and text sealed with the service's key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

TOKEN_BYTES = 24  # 192 random bits; rule I-3 asks for at least 128


def new_token() -> str:
    """Return a new URL-safe secret of 192 random bits. Rule I-3."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """Return the SHA-256 of `token`, 32 bytes: the only form of a link's secret that is stored. Rule I-3."""
    return hashlib.sha256(token.encode()).digest()


class Sealer:
    """Seals text with a key derived from the service's SECRET_KEY (AES-128-CBC with HMAC, by Fernet).

    What is sealed for one purpose cannot be opened for another.
    """

    def __init__(self, secret_key: str, purpose: str = "outbox") -> None:
        key = hashlib.sha256(f"laurel {purpose}{secret_key}".encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))
        self._signing_key = hashlib.sha256(b"laurel signatures" + secret_key.encode()).digest()

    def signature(self, purpose: str, data: bytes) -> bytes:
        """Return what proves that we wrote `data` for `purpose`: 32 bytes (HMAC with SHA-256)."""
        return hmac.digest(self._signing_key, purpose.encode() + b"\0" + data, "sha256")

    def seal(self, text: str) -> str:
        """Return `text` encrypted and authenticated, as ASCII."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return the text that was sealed. Raises ValueError when it was sealed with another key or altered."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as broken:
            raise ValueError("sealed with another SECRET_KEY, or altered") from broken


def sealer() -> Sealer:
    """Return what seals and signs with this service's SECRET_KEY."""
    found = current_app.extensions["laurel_sealer"]
    assert isinstance(found, Sealer)
    return found
