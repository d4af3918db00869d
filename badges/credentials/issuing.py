"""A badge as a credential, written and signed anew whenever it is asked for. Rules B-1, B-2, B-4.

Nothing signed is stored: both signatures are functions of what is signed, so the same badge gives the same document
until it or the key changes. A key change therefore leaves nothing to be signed again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from accounts.models import User
from badges.credentials import proofs, tokens
from badges.credentials.bits import encoded_list
from badges.credentials.documents import (
    Held,
    Issuing,
    Purpose,
    Site,
    credential,
    method_id,
    status_list,
)
from badges.credentials.keyring import Signers
from badges.credentials.models import BadgePlace
from badges.credentials.places import bits_set, give_places, issuer_of
from badges.credentials.signing import signed_badge
from badges.eligibility.rules import describe
from badges.models import Award
from badges.public import NotShown
from badges.queries import policy_for
from core.database import session
from freelancers.models import Freelancer

JWT = ".jwt"
#: A list names when it was written and until when it may be relied on, so that an old copy is no way round it.
_LIST_WRITTEN_EACH = timedelta(hours=1)
_LIST_HOLDS = timedelta(hours=25)


@dataclass(frozen=True)
class Issued:
    """What a badge's credential says: the part that all badges of its kind share, and its own."""

    issuing: Issuing
    held: Held


def issued(award_id: UUID, at: datetime) -> Issued:
    """Return what a badge's credential says. Raises NotShown, alike for none and for a hidden one. Rule B-4."""
    row = _row(award_id)
    if row is None:
        give_places([award_id], at)
        row = _row(award_id)
    if row is None or row[0].hidden_at is not None:
        raise NotShown()
    award, place, address = row
    return Issued(_issuing(award), _held(award, place, address))


def _row(award_id: UUID) -> Any:
    return session.execute(
        sa.select(Award, BadgePlace, sa.func.coalesce(User.email, Freelancer.email))
        .join(BadgePlace, BadgePlace.award_id == Award.id)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .outerjoin(User, User.id == Freelancer.user_id)
        .where(Award.id == award_id)
    ).one_or_none()


def _issuing(award: Award) -> Issuing:
    """The criteria are those that the holder met: the policy of the day they were awarded the badge."""
    achievement, issuer = award.achievement, award.achievement.issuer
    criteria = describe(policy_for(achievement.id, award.awarded_at))
    return Issuing(
        achievement.id, achievement.name, achievement.description, issuer.slug, issuer.name, issuer.url, criteria
    )


def _held(award: Award, place: BadgePlace, address: str | None) -> Held:
    identity, kind = (address.lower(), "emailAddress") if address else (award.freelancer.marketplace_id, "accountId")
    return Held(
        award_id=award.id,
        identity=identity,
        identity_type=kind,
        salt=place.salt,
        valid_from=award.awarded_at,
        valid_until=award.expires_at,
        list_id=place.list_id,
        list_index=place.list_index,
        purpose=Purpose.SUSPENSION if award.revoked_at is None else Purpose.REVOCATION,
    )


def badge_json(found: Issued, site: Site, keys: Signers) -> str:
    """Return the badge with a Data Integrity proof: the primary form."""
    method = method_id(site.issuer_did(found.issuing.issuer_slug), keys.ed25519_number)
    created = max(found.held.valid_from, keys.ed25519_from)
    return _text(signed_badge(found.issuing, found.held, site, keys.ed25519, method, created))


def badge_token(found: Issued, site: Site, keys: Signers) -> str:
    """Return the badge as VC-JWT; its state stands in a list of the same form."""
    method = method_id(site.issuer_did(found.issuing.issuer_slug), keys.rsa_number)
    return tokens.signed(credential(found.issuing, found.held, site, JWT), keys.rsa, method)


def list_json(list_id: UUID, purpose: Purpose, site: Site, keys: Signers, at: datetime) -> str:
    """Return a status list with a Data Integrity proof. Raises NotFound. Rule B-2."""
    slug = issuer_of(list_id)
    document = _list(list_id, purpose, slug, site, at)
    method = method_id(site.issuer_did(slug), keys.ed25519_number)
    written = datetime.fromisoformat(document["validFrom"])
    return _text(proofs.signed(document, keys.ed25519, method, written))


def list_token(list_id: UUID, purpose: Purpose, site: Site, keys: Signers, at: datetime) -> str:
    """Return a status list as VC-JWT. Raises NotFound. Rule B-2."""
    slug = issuer_of(list_id)
    return tokens.signed(
        _list(list_id, purpose, slug, site, at, JWT), keys.rsa, method_id(site.issuer_did(slug), keys.rsa_number)
    )


def _list(list_id: UUID, purpose: Purpose, slug: str, site: Site, at: datetime, suffix: str = "") -> dict[str, Any]:
    written = at - (at - datetime.fromtimestamp(0, at.tzinfo)) % _LIST_WRITTEN_EACH
    bits = encoded_list(bits_set(list_id, purpose, at))
    address = site.status_list(list_id, purpose) + suffix
    return status_list(address, site.issuer_did(slug), purpose, bits, written, written + _LIST_HOLDS)


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)
