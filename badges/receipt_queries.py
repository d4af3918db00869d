"""What is asked about decision receipts. Rule E-10."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from badges.models import Achievement, Issuer, PolicySnapshot, Receipt
from core.database import session
from core.keyset import after
from core.paging import PAGE_SIZE, Page, page_of


@dataclass(frozen=True)
class Listed:
    """A receipt in a list: when, about which badge, why, what came out, and under which policy."""

    id: UUID
    evaluated_at: datetime
    cause: str
    eligible: bool
    badge: str
    issuer: str
    policy_label: str


def receipts_of_freelancer(freelancer_id: UUID, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Listed]:
    """Return the receipts about a person, the newest first, a page at a time."""
    label = PolicySnapshot.content["label"].astext
    chosen = (
        sa.select(
            Receipt.id, Receipt.evaluated_at, Receipt.cause, Receipt.eligible, Achievement.name, Issuer.name, label
        )
        .join(Achievement, Achievement.id == Receipt.achievement_id)
        .join(Issuer, Issuer.id == Achievement.issuer_id)
        .join(PolicySnapshot, PolicySnapshot.digest == Receipt.policy_digest)
        .where(Receipt.freelancer_id == freelancer_id)
        .order_by(Receipt.evaluated_at.desc(), Receipt.id.desc())
    )
    if cursor:
        chosen = chosen.where(after(cursor, Receipt.evaluated_at, Receipt.id, descending=True))
    rows = [Listed(*row) for row in session.execute(chosen.limit(size + 1))]
    return page_of(rows, lambda row: (row.evaluated_at, row.id), size)


def receipt_of_freelancer(receipt_id: UUID, freelancer_id: UUID) -> Receipt | None:
    """Return a receipt if it is about this person, or None. Rule X-4."""
    return session.scalar(sa.select(Receipt).where(Receipt.id == receipt_id, Receipt.freelancer_id == freelancer_id))
