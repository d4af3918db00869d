"""Looks for earlier accounts of the same person, and keeps the fingerprints that they are found by. Rule A-2."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from core.database import session, transaction
from core.secrets import sealer
from freelancers.approval.addresses import folded, rough
from freelancers.approval.duplicates import TRAIT_NAMES, Trait
from freelancers.approval.models import AccountTrait
from freelancers.models import Freelancer, mailbox

_LOOKED_AT_MAX = 200


@dataclass(frozen=True)
class Earlier:
    """Another account, and what it shares with the one that is looked at."""

    freelancer: Freelancer
    shared: tuple[Trait, ...]

    @property
    def words(self) -> list[str]:
        """Return what is shared, in words."""
        return [TRAIT_NAMES[trait] for trait in self.shared]


@transaction()
def note_traits(freelancer_id: UUID, traits: Mapping[Trait, str], *, at: datetime) -> None:
    """Keep what could show an earlier account, as fingerprints; what is empty, or known already, is passed by."""
    values = [
        {"freelancer_id": freelancer_id, "kind": str(trait), "digest": _digest(trait, key), "noted_at": at}
        for trait, key in traits.items()
        if key
    ]
    if values:
        session.execute(insert(AccountTrait).values(values).on_conflict_do_nothing())


def earlier_accounts(person: Freelancer) -> tuple[Earlier, ...]:
    """Return the other accounts that share something with this one, those that share most first."""
    shared: defaultdict[UUID, set[Trait]] = defaultdict(set)
    for freelancer_id in _same_mailbox(person):
        shared[freelancer_id].add(Trait.ADDRESS)
    for freelancer_id, kind in _same_traits(person):
        shared[freelancer_id].add(Trait(kind))
    found = session.scalars(sa.select(Freelancer).where(Freelancer.id.in_(shared)))
    every = [Earlier(each, tuple(trait for trait in Trait if trait in shared[each.id])) for each in found]
    return tuple(sorted(every, key=lambda each: (-len(each.shared), each.freelancer.created_at, each.freelancer.id)))


def _same_mailbox(person: Freelancer) -> list[UUID]:
    if not person.email or not rough(person.email):
        return []
    others = sa.select(Freelancer.id, Freelancer.email).where(
        mailbox(Freelancer.email) == rough(person.email), Freelancer.id != person.id
    )
    own = folded(person.email)
    return [row.id for row in session.execute(others.limit(_LOOKED_AT_MAX)) if folded(row.email or "") == own]


def _same_traits(person: Freelancer) -> list[tuple[UUID, str]]:
    own, other = aliased(AccountTrait), aliased(AccountTrait)
    same = sa.and_(other.kind == own.kind, other.digest == own.digest, other.freelancer_id != own.freelancer_id)
    chosen = sa.select(other.freelancer_id, other.kind).join(own, same).where(own.freelancer_id == person.id)
    return [(row[0], row[1]) for row in session.execute(chosen.distinct().limit(_LOOKED_AT_MAX))]


def _digest(trait: Trait, key: str) -> bytes:
    return sealer().signature(f"account trait {trait}", key.encode())
