"""Whether a document says what its issuer signed, in either form: a proof beside it, or a token around it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from badges.checking.keys import Documents, key_of
from badges.checking.reading import Brought, as_list
from badges.credentials import proofs, tokens
from badges.credentials.linked_data import NotSignable, is_plain
from core.languages import gettext as _

_OWN_KEY = ("jwk", "jku", "x5c", "x5u", "crit")


class NotSigned(ValueError):
    """The issuer did not sign this; the message says what is wrong, in a sentence."""


def credential_in(brought: Brought) -> dict[str, Any]:
    """Return what is said, without what secures it. Nothing in it is to be believed yet."""
    if brought.token is not None:
        return brought.token.claims
    return {name: value for name, value in (brought.document or {}).items() if name != "proof"}


def issuer_of(credential: dict[str, Any]) -> str:
    """Return who says to have issued it. Raises NotSigned."""
    issuer = credential.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(found, str) or not found.startswith("did:"):
        raise NotSigned(_("It does not name an issuer by an identifier that leads to their keys."))
    return found


def check_signed(brought: Brought, documents: Documents) -> None:
    """Return when the issuer signed it. Raises NoKey, NotSigned, and whatever `documents` raises."""
    if brought.token is not None:
        _check_token(brought.token, documents)
    else:
        _check_proof(brought.document or {}, documents)


def _check_proof(document: dict[str, Any], documents: Documents) -> None:
    proof = _only_proof(document.get("proof"))
    credential = {name: value for name, value in document.items() if name != "proof"}
    key = key_of(proof.get("verificationMethod"), issuer_of(credential), documents)
    if not isinstance(key, Ed25519PublicKey):
        raise NotSigned(_("Its proof names a key of another kind than the proof needs."))
    try:
        plain, holds = is_plain(credential), proofs.holds(credential, proof, key)
    except NotSignable as error:
        raise NotSigned(str(error)) from None
    except ValueError:
        raise NotSigned(_("The signature cannot be read.")) from None
    if not plain:
        raise NotSigned(_("It is written so that people and programs would read it differently."))
    if not holds:
        raise NotSigned(_("The signature does not fit: something was changed after it was issued."))


def _only_proof(given: Any) -> dict[str, Any]:
    proofs_given = as_list(given)
    if given is None or not proofs_given:
        raise NotSigned(_("It is not signed: its proof is missing."))
    if len(proofs_given) > 1:
        raise NotSigned(_("It has more than one proof, so it does not say which one counts."))
    proof = proofs_given[0] if isinstance(proofs_given[0], dict) else {}
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != proofs.SUITE:
        raise NotSigned(_("Its proof is of a kind that we cannot check; we know eddsa-rdfc-2022 and signed tokens."))
    if proof.get("proofPurpose") != "assertionMethod":
        raise NotSigned(_("Its proof was made for another purpose."))
    return proof


def _check_token(token: tokens.Token, documents: Documents) -> None:
    header, claims = token.header, token.claims
    if any(name in header for name in _OWN_KEY):
        raise NotSigned(_("It brings its own key, which anybody could."))
    issuer = issuer_of(claims)
    key = key_of(header.get("kid"), issuer, documents)
    if header.get("alg") != tokens.algorithm_of(key):
        raise NotSigned(_("It names a way of signing that does not belong to the issuer's key."))
    if not tokens.is_signed_by(token, key):
        raise NotSigned(_("The signature does not fit: something was changed after it was issued."))
    _check_claims(claims, issuer)


def _check_claims(claims: dict[str, Any], issuer: str) -> None:
    subject = claims.get("credentialSubject")
    same = (
        claims.get("iss") in (None, issuer)
        and ("jti" not in claims or claims["jti"] == claims.get("id"))
        and ("sub" not in claims or (isinstance(subject, dict) and claims["sub"] == subject.get("id")))
    )
    if not same:
        raise NotSigned(_("The token around it says something else than the badge in it."))


def moment(value: Any) -> datetime | None:
    """Return a moment with its zone; None for anything else."""
    try:
        found = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo is not None else None
