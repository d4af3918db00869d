"""Who a token is: the first thing that a new program asks."""

from __future__ import annotations

from typing import Any

from api.blueprint import gives, program, route
from api.schemas import TokenSchema
from core.permissions import Access, Scope, allow
from partners.queries import partner_slug

TAG = "Tokens"


@route("GET", "/token", TAG)
@allow(Access.PROGRAM)
@gives(TokenSchema)
def token() -> dict[str, Any]:
    """Ask who a token is

    Works with any token: its name, what it opens, whose it is, and when it ends.
    """
    own = program()
    return {
        "name": own.name,
        "scopes": [scope.value for scope in Scope if scope in own.scopes],
        "partner": own.partner_id and partner_slug(own.partner_id),
        "expires_at": own.expires_at.isoformat(),
    }
