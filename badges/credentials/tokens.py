"""Credentials as signed tokens: VC-JWT with RS256. Only what the key itself stands for decides how one is checked."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ALGORITHM = "RS256"
PublicKey = RSAPublicKey | Ed25519PublicKey | EllipticCurvePublicKey


class NotAToken(ValueError):
    """The text is no signed token; the message says why, in a sentence."""


@dataclass(frozen=True)
class Token:
    """A token taken apart; nothing in it is to be believed before `is_signed_by` has said so."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signing_input: bytes
    signature: bytes


def encoded(data: bytes) -> str:
    """Return `data` in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return the bytes that base64url without padding stands for. Raises ValueError for anything else."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64url") from None
    if encoded(data) != text:
        raise ValueError("not base64url")
    return data


def claims(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a credential with what a token adds: who, whom, which and when, in a token's own words."""
    issuer, subject = document["issuer"], document["credentialSubject"]
    added = {
        "iss": issuer["id"] if isinstance(issuer, dict) else issuer,
        "sub": subject["id"],
        "jti": document["id"],
        "nbf": _seconds(document["validFrom"]),
    }
    if "validUntil" in document:
        added["exp"] = _seconds(document["validUntil"])
    return {**document, **added}


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def signed(document: Mapping[str, Any], key: RSAPrivateKey, method: str) -> str:
    """Return `document` as a token. `method` is the absolute id of the key."""
    header = {"alg": ALGORITHM, "kid": method, "typ": "vc+jwt"}
    parts = (
        json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode() for part in (header, claims(document))
    )
    signing_input = ".".join(map(encoded, parts))
    return f"{signing_input}.{encoded(key.sign(signing_input.encode(), PKCS1v15(), SHA256()))}"


def taken_apart(text: str) -> Token:
    """Return the parts of a compact token. Raises NotAToken."""
    pieces = text.strip().split(".")
    if len(pieces) != 3:
        raise NotAToken("A signed token has three parts with a full stop between them.")
    try:
        header, body = (json.loads(decoded(piece)) for piece in pieces[:2])
        signature = decoded(pieces[2])
    except (ValueError, RecursionError):
        raise NotAToken("Its parts are not what a signed token is made of.") from None
    if not isinstance(header, dict) or not isinstance(body, dict):
        raise NotAToken("Its parts are not what a signed token is made of.")
    return Token(header, body, ".".join(pieces[:2]).encode(), signature)


def algorithm_of(key: PublicKey) -> str:
    """Return the one algorithm that a token signed with this key may name."""
    if isinstance(key, RSAPublicKey):
        return ALGORITHM
    return "EdDSA" if isinstance(key, Ed25519PublicKey) else "ES256"


def is_signed_by(token: Token, key: PublicKey) -> bool:
    """Say whether `key` signed the token, by the algorithm that belongs to the key and no other."""
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(token.signature, token.signing_input, PKCS1v15(), SHA256())
        elif isinstance(key, Ed25519PublicKey):
            key.verify(token.signature, token.signing_input)
        else:
            key.verify(_der(token.signature), token.signing_input, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _der(signature: bytes) -> bytes:
    if len(signature) != 64:
        raise InvalidSignature
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
