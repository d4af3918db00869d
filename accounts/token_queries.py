"""What is asked about API tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from accounts.models import ApiToken
from core.database import session
from core.errors import NotFound
from core.permissions import Scope
from core.secrets import token_hash


@dataclass(frozen=True)
class Program:
    """Who calls with a token: `partner_id` is whose it is, None the marketplace's; `made_by` answers for its doings."""

    token_id: UUID
    name: str
    scopes: frozenset[Scope]
    partner_id: UUID | None
    made_by: UUID | None
    expires_at: datetime
    last_used_at: datetime | None


def program_of_token(secret: str, at: datetime) -> Program | None:
    """Return whose token this is, or None when it was revoked, has ended, or never was."""
    row = session.execute(
        sa.select(
            ApiToken.id,
            ApiToken.name,
            ApiToken.scopes,
            ApiToken.partner_id,
            ApiToken.created_by,
            ApiToken.expires_at,
            ApiToken.last_used_at,
        ).where(
            ApiToken.token_hash == token_hash(secret),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > at,
        )
    ).first()
    if row is None:
        return None
    scopes = frozenset(map(Scope, row.scopes))
    return Program(row.id, row.name, scopes, row.partner_id, row.created_by, row.expires_at, row.last_used_at)


def tokens_of(partner_id: UUID | None) -> Sequence[ApiToken]:
    """Return the tokens of a partner, or the marketplace's own for None: those not revoked first, the newest first."""
    owner = ApiToken.partner_id.is_(None) if partner_id is None else ApiToken.partner_id == partner_id
    return session.scalars(_tokens().where(owner)).all()


def tokens_of_partners() -> Sequence[ApiToken]:
    """Return the tokens of all partners that are not revoked, the newest first."""
    return session.scalars(_tokens().where(ApiToken.partner_id.is_not(None), ApiToken.revoked_at.is_(None))).all()


def token_of(token_id: UUID, partner_id: UUID | None) -> ApiToken:
    """Return a partner's token, or for None anybody's. Raises NotFound. Rule X-4."""
    found = session.get(ApiToken, token_id)
    if found is None or (partner_id is not None and found.partner_id != partner_id):
        raise NotFound()
    return found


def _tokens() -> sa.Select[ApiToken]:
    order = (ApiToken.revoked_at.is_not(None), ApiToken.created_at.desc(), ApiToken.id)
    return sa.select(ApiToken).options(joinedload(ApiToken.maker)).order_by(*order)
