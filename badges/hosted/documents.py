"""A badge for systems that know only Open Badges 2.0: hosted, so that whoever checks it asks us how it stands.

Its version knows one way of not counting, `revoked`: docs/decisions/open-badges-2.md. Rules B-1, B-2, B-4.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from badges.credentials.documents import Held, Issuing, Site, identity_hash
from badges.credentials.linked_data import cleaned
from badges.credentials.proofs import moment

CONTEXT = "https://w3id.org/openbadges/v2"


def assertion_address(site: Site, award: UUID) -> str:
    """Return where a badge's assertion is hosted, which is its identifier."""
    return f"{site.badge(award)}/v2.json"


def class_address(site: Site, achievement: UUID) -> str:
    """Return where what is awarded is described."""
    return f"{site.base_url}/badges/v2/{achievement}.json"


def profile_address(site: Site, slug: str) -> str:
    """Return where an issuer is described."""
    return f"{site.base_url}/issuers/{slug}/v2.json"


def assertion(issuing: Issuing, held: Held, site: Site) -> dict[str, Any]:
    """Return a badge that counts, or whose time is over, which `expires` says."""
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": assertion_address(site, held.award_id),
        "recipient": _recipient(held, site),
        "badge": class_address(site, issuing.achievement_id),
        "verification": {"type": "hosted"},
        "issuedOn": moment(held.valid_from),
    }
    if held.valid_until is not None:
        document["expires"] = moment(held.valid_until)
    if held.evidence:
        document["evidence"] = [{"id": each.address, "type": "Evidence", "name": each.name} for each in held.evidence]
    return document


def _recipient(held: Held, site: Site) -> dict[str, Any]:
    """Return whom it was awarded to; a person without an address is known by the badge alone, as in 3.0."""
    if held.identity_type != "emailAddress":
        return {"type": "id", "hashed": False, "identity": f"{site.badge(held.award_id)}#holder"}
    return {
        "type": "email",
        "hashed": True,
        "salt": held.salt,
        "identity": identity_hash(held.identity, held.salt),
    }


def taken_back(award: UUID, site: Site, why: str) -> dict[str, Any]:
    """Return a badge that does not count: no more than that, so that nobody overlooks it."""
    address = assertion_address(site, award)
    return {"@context": CONTEXT, "type": "Assertion", "id": address, "revoked": True, "revocationReason": why}


def badge_class(issuing: Issuing, site: Site) -> dict[str, Any]:
    """Return what is awarded, by whom and for what."""
    address = class_address(site, issuing.achievement_id)
    return {
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": address,
        "name": cleaned(issuing.name),
        "description": cleaned(issuing.description),
        "image": f"{address.removesuffix('.json')}.png",
        "criteria": {"narrative": "\n".join(f"- {cleaned(line)}" for line in issuing.criteria)},
        "issuer": profile_address(site, issuing.issuer_slug),
    }


def profile(slug: str, name: str, url: str | None, email: str, site: Site) -> dict[str, Any]:
    """Return who awards it. `email` is ours, for the version asks for one."""
    return {
        "@context": CONTEXT,
        "type": "Issuer",
        "id": profile_address(site, slug),
        "name": cleaned(name),
        "url": cleaned(url or site.base_url),
        "email": email,
    }
