"""Our keys: made on first use, rotated, withdrawn, and found again for signing and for publishing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from badges.credentials.documents import PublicKey
from badges.credentials.models import SigningKey
from badges.credentials.proofs import multikey
from badges.credentials.tokens import encoded
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, DomainError, InvalidInput, NotFound
from core.secrets import Sealer

ED25519, RSA = "ed25519", "rsa"
KINDS = (ED25519, RSA)
RSA_BITS = 2048
#: A new key is published for this long before it signs, and a withdrawn one for as long after it no longer does, so
#: that whoever looks at a badge in between finds its key.
LEAD = timedelta(seconds=60)
_LOCK = 0x4C41_5552_454C_0005  # "LAUREL", 5: one change of the keys at a time

PrivateKey = Ed25519PrivateKey | RSAPrivateKey


class SealedOtherwise(DomainError):
    """The keys were sealed with another SECRET_KEY, so nothing can be signed."""

    status = 503
    title = "Badges cannot be signed at the moment"


@dataclass(frozen=True)
class Signers:
    """The keys that sign now, with their numbers and since when they do."""

    ed25519: Ed25519PrivateKey
    ed25519_number: int
    ed25519_from: datetime
    rsa: RSAPrivateKey
    rsa_number: int


def signers(sealer: Sealer, at: datetime) -> Signers:
    """Return the keys that sign at `at`; the first ones are made now. Raises SealedOtherwise."""
    rows = _signing(at)
    if len(rows) < len(KINDS):
        make_first_keys(sealer, at)
        rows = _signing(at)
    proof, token = (_opened(sealer, rows[kind].sealed_private) for kind in KINDS)
    assert isinstance(proof, Ed25519PrivateKey)
    assert isinstance(token, RSAPrivateKey)
    return Signers(proof, rows[ED25519].number, rows[ED25519].signs_from, token, rows[RSA].number)


def _signing(at: datetime) -> dict[str, SigningKey]:
    """Return the key of each kind that signs at `at`: the one that began last."""
    began = sa.select(SigningKey).where(SigningKey.signs_from <= at, _is_published(at))
    return {key.kind: key for key in session.scalars(began.order_by(SigningKey.signs_from, SigningKey.number))}


def published(at: datetime) -> list[PublicKey]:
    """Return the keys that check what we signed, those that sign now first: the token's, the proof's, then older."""
    now = _signing(at)
    first = [now[kind].number for kind in (RSA, ED25519) if kind in now]
    keys = session.scalars(sa.select(SigningKey).where(_is_published(at)).order_by(SigningKey.number.desc()))
    in_order = sorted(keys, key=lambda key: first.index(key.number) if key.number in first else len(first))
    return [PublicKey(key.number, **key.public) for key in in_order]


def _is_published(at: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(SigningKey.dropped_at.is_(None), SigningKey.dropped_at > at)


def all_keys() -> list[SigningKey]:
    """Return every key there ever was, the newest first."""
    return list(session.scalars(sa.select(SigningKey).order_by(SigningKey.number.desc())))


@transaction()
def make_first_keys(sealer: Sealer, at: datetime) -> None:
    """Make the first key of each kind that is missing; they sign at once."""
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    there = _signing(at)
    for kind in KINDS:
        if kind not in there:
            _add(_made(kind), sealer, at, signs_from=at)


@transaction()
def rotate(sealer: Sealer, at: datetime, given: bytes | None = None) -> list[SigningKey]:
    """Have new keys sign from a minute on; the old ones stay published, so that all they signed still holds.

    `given` is an operator's own key in PEM, which then is the only new one. Raises InvalidInput.
    """
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    new = [_made(kind) for kind in KINDS] if given is None else [read_pem(given)]
    return [_add(key, sealer, at, signs_from=at + LEAD) for key in new]


@transaction()
def withdraw(number: int, sealer: Sealer, at: datetime, *, at_once: bool = False) -> SigningKey:
    """Stop to sign with a key and to publish it: nothing that it signed holds then. Copies made anew do.

    Another key takes over after a minute, and this one is gone a minute later; with `at_once` both happen now, and who
    is just looking at a badge may see it fail. Raises NotFound and Conflict.
    """
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    key = session.scalar(sa.select(SigningKey).where(SigningKey.number == number))
    if key is None:
        raise NotFound(f"There is no key {number}.", "See which there are: flask keys list.")
    takes_over = at if at_once else at + LEAD
    dropped_at = at if at_once else takes_over + LEAD
    signs = _signing(takes_over)
    still = [SigningKey.number == number, _is_published(at) if at_once else SigningKey.dropped_at.is_(None)]
    if not changed(sa.update(SigningKey).where(*still).values(dropped_at=dropped_at)):
        raise Conflict(f"Key {number} is withdrawn already.", "See since when: flask keys list.")
    session.refresh(key)
    if key.kind in signs and signs[key.kind].number == number:
        _add(_made(key.kind), sealer, at, signs_from=takes_over)
    record("key.withdrawn", "signing_key", key.id, by=None, at=at, after={"number": number})
    return key


def read_pem(given: bytes) -> PrivateKey:
    """Return a private key from PEM. Raises InvalidInput."""
    try:
        key = load_pem_private_key(given, None)
    except (ValueError, TypeError):
        key = None
    if isinstance(key, RSAPrivateKey) and key.key_size < RSA_BITS:
        raise InvalidInput(f"An RSA key must have at least {RSA_BITS} bits; this one has {key.key_size}.")
    if not isinstance(key, (Ed25519PrivateKey, RSAPrivateKey)):
        raise InvalidInput(
            "That is no private key that can sign badges.", "Give an Ed25519 or RSA key in PEM, unsealed."
        )
    return key


def _made(kind: str) -> PrivateKey:
    return Ed25519PrivateKey.generate() if kind == ED25519 else generate_private_key(65537, RSA_BITS)


def _add(key: PrivateKey, sealer: Sealer, at: datetime, signs_from: datetime) -> SigningKey:
    number = session.scalar(sa.select(sa.func.coalesce(sa.func.max(SigningKey.number), 0))) or 0
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    added = SigningKey(
        id=new_id(),
        number=number + 1,
        kind=ED25519 if isinstance(key, Ed25519PrivateKey) else RSA,
        public=_public(key),
        sealed_private=sealer.seal(pem),
        created_at=at,
        signs_from=signs_from,
    )
    session.add(added)
    session.flush()
    record("key.added", "signing_key", added.id, by=None, at=at, after={"number": added.number, "kind": added.kind})
    return added


def _public(key: PrivateKey) -> dict[str, Any]:
    if isinstance(key, Ed25519PrivateKey):
        return {"multibase": multikey(key.public_key())}
    numbers = key.public_key().public_numbers()
    n, e = (encoded(value.to_bytes((value.bit_length() + 7) // 8, "big")) for value in (numbers.n, numbers.e))
    return {"jwk": {"kty": "RSA", "alg": "RS256", "use": "sig", "n": n, "e": e}}


@lru_cache(maxsize=20)
def _opened(sealer: Sealer, sealed: str) -> PrivateKey:
    try:
        return read_pem(sealer.open(sealed).encode())
    except ValueError:
        raise SealedOtherwise(
            "The keys that sign badges were sealed with another SECRET_KEY than the one Laurel runs with now.",
            "Set the former SECRET_KEY again, or make new keys: flask keys rotate.",
        ) from None
