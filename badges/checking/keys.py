"""Whose key a signature names: identifiers (did:web, did:key), their documents, and the keys in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from badges.credentials.proofs import from_multikey
from badges.credentials.tokens import PublicKey, decoded
from core.languages import gettext as _

_DID_WEB = re.compile(r"did:web:[A-Za-z0-9.%-]+(?::[A-Za-z0-9._~%-]+)*")
_RSA_BITS_MIN, _RSA_BITS_MAX = 2048, 8192

#: Returns the document of an identifier.
Documents = Callable[[str], dict[str, Any]]


class NoKey(ValueError):
    """There is no such key, or it is not the issuer's; the message says why, in a sentence."""


def address_of(did: str) -> str:
    """Return where the document of a did:web lies. Raises NoKey."""
    if not _DID_WEB.fullmatch(did):
        raise NoKey(_("The issuer has no address that could be looked up (did:web)."))
    host, *path = (unquote(part) for part in did.split(":")[2:])
    if any("/" in part or part in (".", "..") for part in (host, *path)):
        raise NoKey(_("The issuer has no address that could be looked up (did:web)."))
    return f"https://{host}/{'/'.join(path) or '.well-known'}/did.json"


def key_of(method: Any, issuer: str, documents: Documents) -> PublicKey:
    """Return the key that a signature names by `method`, which must be one of the issuer's own. Raises NoKey."""
    if not isinstance(method, str) or "#" not in method:
        raise NoKey(_("The signature does not say by which key it was made."))
    did = method.split("#", 1)[0]
    if did != issuer:
        raise NoKey(_("The signature is by a key of %(whose)s, not of the issuer.", whose=did[:200]))
    if did.startswith("did:key:"):
        return _own_key(did, method)
    return _listed(documents(did), did, method)


def _own_key(did: str, method: str) -> PublicKey:
    text = did.removeprefix("did:key:")
    if method != f"{did}#{text}":
        raise NoKey(_("The signature does not say by which key it was made."))
    try:
        return from_multikey(text)
    except ValueError:
        raise NoKey(_("The issuer's key is of a kind that we cannot check.")) from None


def _listed(document: dict[str, Any], did: str, method: str) -> PublicKey:
    if document.get("id") != did:
        raise NoKey(_("What stands at the issuer's address belongs to another issuer."))
    named, methods = (_members(document, name) for name in ("assertionMethod", "verificationMethod"))
    found = [each for each in methods if isinstance(each, dict) and each.get("id") == method]
    if method not in named or len(found) != 1 or found[0].get("controller") != did:
        raise NoKey(_("The issuer does not list this key for badges: it was never theirs, or they withdrew it."))
    return _key(found[0])


def _members(document: dict[str, Any], name: str) -> list[Any]:
    found = document.get(name)
    return found if isinstance(found, list) else []


def _key(method: dict[str, Any]) -> PublicKey:
    multibase, jwk = method.get("publicKeyMultibase"), method.get("publicKeyJwk")
    try:
        if isinstance(multibase, str):
            return from_multikey(multibase)
        if isinstance(jwk, dict):
            return _of_jwk(jwk)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise NoKey(_("The issuer's key is of a kind that we cannot check."))


def _of_jwk(jwk: dict[str, Any]) -> PublicKey:
    if jwk["kty"] == "RSA":
        n, e = (int.from_bytes(decoded(jwk[part]), "big") for part in ("n", "e"))
        if not _RSA_BITS_MIN <= n.bit_length() <= _RSA_BITS_MAX:
            raise ValueError("too small, or far too large")
        return RSAPublicNumbers(e, n).public_key()
    if jwk["kty"] == "OKP" and jwk["crv"] == "Ed25519":
        return Ed25519PublicKey.from_public_bytes(decoded(jwk["x"]))
    if jwk["kty"] == "EC" and jwk["crv"] == "P-256":
        x, y = (int.from_bytes(decoded(jwk[part]), "big") for part in ("x", "y"))
        return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    raise ValueError("of another kind")
