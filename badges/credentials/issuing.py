"""A badge as a credential, written and signed anew whenever it is asked for. Rules B-1, B-2, B-4.

Nothing signed is stored: both signatures are functions of what is signed, so the same badge gives the same document
until it or the key changes. A key change therefore leaves nothing to be signed again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from accounts.models import User
from badges.credentials import proofs, tokens
from badges.credentials.bits import encoded_list
from badges.credentials.choosing import Choice, as_chosen, evidence_in, name_in
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
from badges.credentials.models import BadgeChoice, BadgePlace
from badges.credentials.places import bits_set, give_places, issuer_of
from badges.credentials.signing import signed_badge
from badges.eligibility.rules import describe
from badges.models import Achievement, Award
from badges.public import NotShown
from badges.queries import achievement, policies_for, policy_for
from core.bulk import uuids
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
    found = issued_many([award_id], at)
    if not found:
        raise NotShown()
    return found[0]


def issued_many(award_ids: Sequence[UUID], at: datetime) -> list[Issued]:
    """Return what the credentials of these badges say, in their order, without those that are hidden. Rule B-4.

    Those that have no place in a list yet are given one. However many they are, it takes two or three queries for all,
    and two for each moment at which some of them were awarded.
    """
    rows = _rows(award_ids)
    if len(rows) < len(award_ids):
        give_places(award_ids, at)
        rows = _rows(award_ids)
    shown = [row for row in rows if row[0].hidden_at is None]
    criteria = _criteria([award for award, *_ in shown])
    return [
        Issued(_issuing(award.achievement, criteria[award.achievement_id, award.awarded_at]), _held(award, *more))
        for award, *more in shown
    ]


def described(achievement_id: UUID, at: datetime) -> Issuing:
    """Return what is awarded, with the criteria of `at`. Raises NotFound."""
    return _issuing(achievement(achievement_id), describe(policy_for(achievement_id, at)))


def _rows(award_ids: Sequence[UUID]) -> Sequence[Any]:
    asked = uuids(award_ids)
    return session.execute(
        sa.select(Award, BadgePlace, BadgeChoice, sa.func.coalesce(User.email, Freelancer.email))
        .join(BadgePlace, BadgePlace.award_id == Award.id)
        .outerjoin(BadgeChoice, BadgeChoice.award_id == Award.id)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .outerjoin(User, User.id == Freelancer.user_id)
        .where(Award.id == sa.any_(asked))
        .order_by(sa.func.array_position(asked, Award.id))
    ).all()


def _criteria(awards: Sequence[Award]) -> dict[tuple[UUID, datetime], tuple[str, ...]]:
    """Return the criteria that each holder met: in words, the policy of the moment they were awarded the badge."""
    moments: dict[datetime, set[UUID]] = {}
    for award in awards:
        moments.setdefault(award.awarded_at, set()).add(award.achievement_id)
    return {
        (achievement_id, at): describe(policy)
        for at, achievement_ids in moments.items()
        for achievement_id, policy in policies_for(achievement_ids, at).items()
    }


def _issuing(about: Achievement, criteria: tuple[str, ...]) -> Issuing:
    issuer = about.issuer
    return Issuing(about.id, about.name, about.description, issuer.slug, issuer.name, issuer.url, criteria)


def _held(award: Award, place: BadgePlace, chosen: BadgeChoice | None, address: str | None) -> Held:
    choice = Choice() if chosen is None else as_chosen(chosen)
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
        name=name_in(choice, award.freelancer),
        evidence=evidence_in(choice, award.freelancer),
    )


def badge_json(found: Issued, site: Site, keys: Signers) -> str:
    """Return the badge with a Data Integrity proof: the primary form."""
    method = method_id(site.issuer_did(found.issuing.issuer_slug), keys.ed25519_number)
    created = max(found.held.valid_from, keys.ed25519_from)
    if found.held.says_more:  # no pattern fits what each chooses for themselves
        document = credential(found.issuing, found.held, site)
        return _text(proofs.signed(document, keys.ed25519, method, created))
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
