"""What is done with API tokens: made, revoked, and noted as used. Rules I-3, X-2, X-4."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from accounts.errors import TokenNameTaken
from accounts.models import ApiToken
from accounts.rules import RECOGNISED_BY, TOKEN_DAYS, TOKEN_NAME_MAX, USE_NOTED_EVERY
from accounts.token_queries import Program, token_of
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput
from core.permissions import Scope
from core.secrets import new_token, token_hash
from core.wording import listed

_SHOWN = 4


@transaction()
def create_token(
    name: str, scopes: Collection[Scope], days: int, *, partner_id: UUID | None, by: UUID | None, at: datetime
) -> tuple[ApiToken, str]:
    """Make a token that lasts `days`; return it with its secret, which nobody can see again.

    It is the partner's, or for None the marketplace's. Raises InvalidInput, and TokenNameTaken.
    """
    secret = f"{RECOGNISED_BY}{new_token()}"
    ordered = [scope.value for scope in Scope if scope in scopes]
    values = {
        "id": new_id(),
        "token_hash": token_hash(secret),
        "ends_with": secret[-_SHOWN:],
        "name": _checked(name, ordered, days, partner_id),
        "scopes": ordered,
        "partner_id": partner_id,
        "created_at": at,
        "created_by": by,
        "expires_at": at + timedelta(days=days),
    }
    made: ApiToken | None = session.scalar(insert(ApiToken).values(values).on_conflict_do_nothing().returning(ApiToken))
    if made is None:
        raise TokenNameTaken("Its list could not tell the two apart.", "Choose another name, or revoke that one first.")
    after = {"name": made.name, "scopes": ordered, "expires_at": made.expires_at.isoformat()}
    record("api_token.created", "api_token", made.id, by=by, at=at, partner_id=partner_id, after=after)
    return made, secret


@transaction()
def revoke_token(token_id: UUID, *, partner_id: UUID | None, by: UUID | None, at: datetime) -> ApiToken:
    """End a token with its next request: a partner's own, or for None anybody's. Raises NotFound, and Conflict."""
    token = token_of(token_id, partner_id)
    still_good = (ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
    if not changed(sa.update(ApiToken).where(*still_good).values(revoked_at=at, revoked_by=by)):
        raise Conflict("It was revoked already.", "Look at the list again.")
    before = {"name": token.name, "scopes": token.scopes}
    record("api_token.revoked", "api_token", token_id, by=by, at=at, partner_id=token.partner_id, before=before)
    return token


def note_use(program: Program, at: datetime) -> None:
    """Keep that a token was used, at most once in USE_NOTED_EVERY."""
    if program.last_used_at is None or program.last_used_at <= at - USE_NOTED_EVERY:
        _note_use(program.token_id, at)


@transaction()
def _note_use(token_id: UUID, at: datetime) -> None:
    is_old = sa.or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= at - USE_NOTED_EVERY)
    changed(sa.update(ApiToken).where(ApiToken.id == token_id, is_old).values(last_used_at=at))


def _checked(name: str, scopes: Collection[str], days: int, partner_id: UUID | None) -> str:
    """Return the name without spaces around it. Raises InvalidInput."""
    name = " ".join(name.replace("\x00", "").split())
    if not 1 <= len(name) <= TOKEN_NAME_MAX:
        raise InvalidInput(
            f"A token's name has 1 to {TOKEN_NAME_MAX} characters.", "Name the program that will use it."
        )
    if not scopes:
        raise InvalidInput("A token without a scope opens nothing.", "Choose at least one.")
    if partner_id is not None and Scope.FEED in scopes:
        raise InvalidInput("Profiles come from the marketplace alone.", "Choose other scopes for a partner's token.")
    if days not in TOKEN_DAYS:
        raise InvalidInput(f"A token lasts {listed(map(str, TOKEN_DAYS), 'or')} days.", "Choose one of these.")
    return name
