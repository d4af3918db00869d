"""A partner's API tokens: admins make and revoke them. Rule X-4."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g
from werkzeug.wrappers import Response

from accounts.forms import TokenForm
from accounts.token_queries import tokens_of
from accounts.tokens import create_token, revoke_token
from core import clock
from core.answers import base_url
from core.errors import Conflict, InvalidInput
from core.permissions import Access, Duty, Scope, allow
from partners.console.blueprint import acting, back_to, blueprint, page


@blueprint.get("/tokens")
@allow(Access.MEMBER, Duty.ADMIN)
def tokens(partner: str) -> Response:
    """The partner's tokens, and the form for a new one."""
    return _tokens_page(TokenForm.for_partner())


@blueprint.post("/tokens")
@allow(Access.MEMBER, Duty.ADMIN)
def make_token(partner: str) -> Response:
    """Make a token, and show its secret this once."""
    form = TokenForm.for_partner()
    if not form.validate():
        return _tokens_page(form, 422)
    scopes = [Scope(scope) for scope in form.scopes.data]
    try:
        made, secret = create_token(form.name.data, scopes, form.days.data, partner_id=g.partner.id, **acting())
    except (Conflict, InvalidInput) as refused:
        return _tokens_page(form, form.refuse(refused))
    return page("partners/token_made.html", 201, token=made, secret=secret, base_url=base_url())


@blueprint.post("/tokens/<uuid:token_id>/revoke")
@allow(Access.MEMBER, Duty.ADMIN)
def revoke(partner: str, token_id: UUID) -> Response:
    """End one of the partner's tokens."""
    token = revoke_token(token_id, partner_id=g.partner.id, **acting())
    flash(f"“{token.name}” is revoked: its next request is refused.", "success")
    return back_to("tokens")


def _tokens_page(form: TokenForm, status: int = 200) -> Response:
    return page("partners/tokens.html", status, form=form, own=tokens_of(g.partner.id), at=clock.now())
