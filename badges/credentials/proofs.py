"""Data Integrity proofs of the suite eddsa-rdfc-2022: a signature by Ed25519 over what a document says."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from badges.credentials.linked_data import canonical

SUITE = "eddsa-rdfc-2022"
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_ED25519_PREFIX = b"\xed\x01"
SIGNATURE_BYTES = 64


def base58(data: bytes) -> str:
    """Return `data` in base58 as Bitcoin writes it."""
    number, letters = int.from_bytes(data, "big"), []
    while number:
        number, rest = divmod(number, 58)
        letters.append(_ALPHABET[rest])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(letters))


def from_base58(text: str, size: int) -> bytes:
    """Return the `size` bytes that `text` stands for. Raises ValueError."""
    if len(text) > 2 * size:
        raise ValueError("too long")
    number = 0
    for letter in text:
        if letter not in _VALUES:
            raise ValueError("not base58")
        number = number * 58 + _VALUES[letter]
    try:
        data = number.to_bytes(size, "big")
    except OverflowError:
        raise ValueError("too long") from None
    if base58(data) != text:
        raise ValueError("of another length")
    return data


def multikey(public_key: Ed25519PublicKey) -> str:
    """Return a public key as `publicKeyMultibase` has it: z6Mk…"""
    return f"z{base58(_ED25519_PREFIX + public_key.public_bytes_raw())}"


def from_multikey(text: str) -> Ed25519PublicKey:
    """Return the public key that `text` stands for. Raises ValueError for anything but Ed25519."""
    raw = from_base58(text[1:], 34) if text.startswith("z") else b""
    if raw[:2] != _ED25519_PREFIX:
        raise ValueError("not an Ed25519 key")
    return Ed25519PublicKey.from_public_bytes(raw[2:])


def moment(at: datetime) -> str:
    """Return a moment as credentials write it: UTC, whole seconds, with its zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def options(method: str, created: datetime) -> dict[str, Any]:
    """Return a proof without its signature. `method` is the absolute id of the key."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": moment(created),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }


def digest(quads: str, option_quads: str) -> bytes:
    """Return what is signed: the hash of the proof's own words, then that of the document's."""
    return sha256(option_quads.encode()).digest() + sha256(quads.encode()).digest()


def signed(document: dict[str, Any], key: Ed25519PrivateKey, method: str, created: datetime) -> dict[str, Any]:
    """Return `document` with one proof. Raises NotSignable. `signing.py` does the same faster, for badges."""
    proof = options(method, created)
    data = digest(canonical(document), canonical({"@context": document["@context"], **proof}))
    return {**document, "proof": [{**proof, "proofValue": f"z{base58(key.sign(data))}"}]}


def holds(document: dict[str, Any], proof: dict[str, Any], key: Ed25519PublicKey) -> bool:
    """Say whether `proof` is a signature by `key` over `document`, which is without it. Raises NotSignable."""
    own = {name: value for name, value in proof.items() if name != "proofValue"}
    value = proof.get("proofValue")
    try:
        signature = from_base58(value[1:], SIGNATURE_BYTES) if isinstance(value, str) and value[:1] == "z" else b""
        data = digest(canonical(document), canonical({"@context": document["@context"], **own}))
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True
