"""Lets programs in by their token: who they are, what they may do, and whose it is. Design decision 6, rule X-4."""

from __future__ import annotations

from flask import g, request

from accounts.errors import ScopeMissing, TokenNeeded
from accounts.rules import RECOGNISED_BY
from accounts.token_queries import Program, program_of_token
from accounts.tokens import note_use
from core import clock
from core.errors import NotFound
from core.permissions import Access, Permission
from partners.queries import partner_by_slug

#: No secret of ours is longer; what is longer is not even hashed.
_SECRET_MAX = 200


def let_in(permission: Permission) -> None:
    """Put into `g` which program calls, and the partner that the address names.

    Raises TokenNeeded, ScopeMissing, and NotFound for what is another's: it looks as if it did not exist.
    """
    program = _program()
    if permission.access is Access.STAFF_PROGRAM and program.partner_id is not None:
        raise NotFound()
    slug = (request.view_args or {}).get("partner")
    partner = partner_by_slug(slug) if slug is not None else None
    if slug is not None and (partner is None or program.partner_id not in (None, partner.id)):
        raise NotFound()
    if permission.scope is not None and permission.scope not in program.scopes:
        raise ScopeMissing(permission.scope)
    g.program, g.partner = program, partner


def _program() -> Program:
    kind, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise TokenNeeded("The request shows no token.", shown=False)
    secret, at = secret.strip(), clock.now()
    if not secret.startswith(RECOGNISED_BY) or len(secret) > _SECRET_MAX:
        raise TokenNeeded("What the request shows is not one of our tokens.", shown=True)
    program = program_of_token(secret, at)
    if program is None:
        raise TokenNeeded("This token was revoked, has ended, or never was.", shown=True)
    note_use(program, at)
    return program
