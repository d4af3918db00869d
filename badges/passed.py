"""What issuers say that people passed: trainings and reviews, as facts, and as the console lists them. Rule E-6."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from badges.eligibility.facts import Passed
from badges.models import Attestation
from core.bulk import uuids
from core.database import session
from core.keyset import after
from core.paging import PAGE_SIZE, Page, page_of


def passed_by(freelancer_ids: Collection[UUID], issuer_id: UUID | None = None) -> dict[tuple[UUID, UUID], list[Passed]]:
    """Return what is said of these people and not withdrawn, by person and issuer; of one issuer, if it is named."""
    table = Attestation
    columns = (table.kind, table.name, table.passed_on, table.expires_on, table.noted_at)
    said = sa.select(table.freelancer_id, table.issuer_id, *columns).where(
        table.freelancer_id == sa.any_(uuids(freelancer_ids)), table.withdrawn_at.is_(None)
    )
    if issuer_id is not None:
        said = said.where(table.issuer_id == issuer_id)
    found: dict[tuple[UUID, UUID], list[Passed]] = {}
    for row in session.execute(said):
        each = Passed(row.kind, row.name, row.passed_on, row.expires_on, row.noted_at)
        found.setdefault((row.freelancer_id, row.issuer_id), []).append(each)
    return found


def said_of(freelancer_id: UUID, issuer_id: UUID) -> list[Attestation]:
    """Return all that an issuer said of a person, withdrawn or not, the newest first."""
    return list(
        session.scalars(
            sa.select(Attestation)
            .where(Attestation.freelancer_id == freelancer_id, Attestation.issuer_id == issuer_id)
            .order_by(Attestation.noted_at.desc(), Attestation.id.desc())
        )
    )


def said_by(issuer_id: UUID, cursor: str | None = None) -> Page[Attestation]:
    """Return all that an issuer said of anybody and did not withdraw, the newest first, a page at a time."""
    chosen = sa.select(Attestation).where(Attestation.issuer_id == issuer_id, Attestation.withdrawn_at.is_(None))
    if cursor:
        chosen = chosen.where(after(cursor, Attestation.noted_at, Attestation.id, descending=True))
    chosen = chosen.order_by(Attestation.noted_at.desc(), Attestation.id.desc()).limit(PAGE_SIZE + 1)
    return page_of(session.scalars(chosen).all(), lambda row: (row.noted_at, row.id))


def attestation_of(issuer_id: UUID, attestation_id: UUID) -> Attestation | None:
    """Return an attestation if it is this issuer's, or None. Rule X-4."""
    return session.scalar(
        sa.select(Attestation).where(Attestation.id == attestation_id, Attestation.issuer_id == issuer_id)
    )
