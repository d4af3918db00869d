"""What we say about a badge, its issuer and its state, as documents that others read. Rules B-1, B-2, B-4.

Every node but one has an address, so that the canonical order of a badge is the same for all badges of a kind: see
`signing.py`. Nothing about the holder is in there but a salted hash of their address, unless they chose otherwise: then
their name, which has no address either, and what they show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from badges.credentials.contexts import CREDENTIALS, OPEN_BADGES
from badges.credentials.linked_data import cleaned
from badges.credentials.proofs import moment

#: For how long somebody may rely on a list they have, in milliseconds, before they ask again. Rule B-2.
TTL_MS = 30_000


class Purpose(StrEnum):
    """What a set bit means. Why a badge names one or the other: docs/decisions/status-lists.md."""

    SUSPENSION = "suspension"
    REVOCATION = "revocation"


@dataclass(frozen=True)
class Site:
    """Where we are: `base_url` without a slash at the end."""

    base_url: str

    @property
    def did(self) -> str:
        """Return the service's identifier: did:web and its host, the colon of a port written as %3A."""
        return f"did:web:{urlsplit(self.base_url).netloc.replace(':', '%3A')}"

    def issuer_did(self, slug: str) -> str:
        """Return an issuer's identifier, which lies below the service's."""
        return f"{self.did}:issuers:{slug}"

    def badge(self, award: UUID | str) -> str:
        """Return the address of a badge's public page; its other forms add an ending."""
        return f"{self.base_url}/badges/{award}"

    def status_list(self, place: UUID, purpose: Purpose) -> str:
        """Return the address of a status list."""
        return f"{self.base_url}/badges/status/{place}-{purpose}"


@dataclass(frozen=True)
class Issuing:
    """Who awards what: the same for all badges of one achievement under one policy."""

    achievement_id: UUID
    name: str
    description: str
    issuer_slug: str
    issuer_name: str
    issuer_url: str | None
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """Something that a holder shows: where it is, and what it is called."""

    address: str
    name: str


@dataclass(frozen=True)
class Held:
    """One badge: whose, since when and until when, where its state stands, and what its holder lets it carry."""

    award_id: UUID
    identity: str
    identity_type: str
    salt: str
    valid_from: datetime
    valid_until: datetime | None
    list_id: UUID
    list_index: int
    purpose: Purpose
    name: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def says_more(self) -> bool:
        """Say whether the holder lets it carry more than all badges do."""
        return self.name is not None or bool(self.evidence)


def identity_hash(identity: str, salt: str) -> str:
    """Return the salted hash of an address, as Open Badges writes it."""
    return f"sha256${sha256((identity + salt).encode()).hexdigest()}"


def credential(issuing: Issuing, held: Held, site: Site, suffix: str = "") -> dict[str, Any]:
    """Return the badge without a signature. `suffix` is that of the status list's form: empty, or ".jwt"."""
    page = site.badge(held.award_id)
    document: dict[str, Any] = {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": f"{page}.json",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": cleaned(issuing.name),
        "issuer": {
            "id": site.issuer_did(issuing.issuer_slug),
            "type": ["Profile"],
            "name": cleaned(issuing.issuer_name),
            "url": cleaned(issuing.issuer_url or site.base_url),
        },
        "validFrom": moment(held.valid_from),
        "credentialSubject": {
            "id": f"{page}#holder",
            "type": ["AchievementSubject"],
            "identifier": _identifiers(held),
            "achievement": _achievement(issuing, page),
        },
        "credentialStatus": _status(held, site, suffix),
    }
    if held.valid_until is not None:
        document["validUntil"] = moment(held.valid_until)
    if held.evidence:
        document["evidence"] = [{"id": each.address, "type": ["Evidence"], "name": each.name} for each in held.evidence]
    return document


def _identifiers(held: Held) -> list[dict[str, Any]]:
    fingerprint = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(held.identity, held.salt),
        "identityType": held.identity_type,
        "salt": held.salt,
    }
    if held.name is None:
        return [fingerprint]
    named = {"type": "IdentityObject", "hashed": False, "identityHash": held.name, "identityType": "name"}
    return [fingerprint, named]


def _achievement(issuing: Issuing, page: str) -> dict[str, Any]:
    return {
        "id": f"urn:uuid:{issuing.achievement_id}",
        "type": ["Achievement"],
        "achievementType": "Badge",
        "name": cleaned(issuing.name),
        "description": cleaned(issuing.description),
        "criteria": {"id": page, "narrative": "\n".join(f"- {cleaned(line)}" for line in issuing.criteria)},
        "image": {"id": f"{page}.png", "type": "Image"},
    }


def _status(held: Held, site: Site, suffix: str) -> dict[str, Any]:
    address = site.status_list(held.list_id, held.purpose) + suffix
    return {
        "id": f"{address}#{held.list_index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": held.purpose.value,
        "statusListIndex": str(held.list_index),
        "statusListCredential": address,
    }


def status_list(
    address: str, issuer: str, purpose: Purpose, bits: str, since: datetime, until: datetime
) -> dict[str, Any]:
    """Return a status list without a signature. `bits` as `bits.encoded_list` writes them."""
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": moment(since),
        "validUntil": moment(until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose.value,
            "encodedList": bits,
            "ttl": TTL_MS,
        },
    }


@dataclass(frozen=True)
class PublicKey:
    """A key as anybody may see it: `number` names it, `ed25519` or `rsa` holds what checks a signature."""

    number: int
    multibase: str | None = None
    jwk: dict[str, str] | None = None


def did_document(did: str, keys: Sequence[PublicKey]) -> dict[str, Any]:
    """Return the document of an identifier of ours; some look at the first key alone."""
    methods = [_method(did, key) for key in keys]
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/suites/jws-2020/v1",
        ],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def method_id(did: str, number: int) -> str:
    """Return the absolute id of a key."""
    return f"{did}#key-{number}"


def _method(did: str, key: PublicKey) -> dict[str, Any]:
    named = {"id": method_id(did, key.number), "controller": did}
    if key.multibase is not None:
        return {**named, "type": "Multikey", "publicKeyMultibase": key.multibase}
    return {**named, "type": "JsonWebKey2020", "publicKeyJwk": key.jwk}
