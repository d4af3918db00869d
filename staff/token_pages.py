"""API tokens of the marketplace, and those of all partners, which staff can end."""

from __future__ import annotations

from uuid import UUID

from werkzeug.wrappers import Response

from accounts.forms import TokenForm
from accounts.models import ApiToken
from accounts.token_queries import tokens_of, tokens_of_partners
from accounts.tokens import create_token, revoke_token
from core import clock
from core.answers import base_url, page
from core.errors import Conflict, InvalidInput
from core.permissions import Access, Scope, allow
from partners.queries import all_partners
from staff.blueprint import blueprint, done, me


@blueprint.get("/tokens")
@allow(Access.STAFF)
def tokens() -> Response:
    """The marketplace's tokens and the partners', and the form for a new one."""
    return _tokens_page(TokenForm())


@blueprint.post("/tokens")
@allow(Access.STAFF)
def make_token() -> Response:
    """Make a token, and show its secret this once."""
    form, at = TokenForm(), clock.now()
    if not form.validate():
        return _tokens_page(form, 422)
    scopes = [Scope(scope) for scope in form.scopes.data]
    try:
        made, secret = create_token(form.name.data, scopes, form.days.data, partner_id=None, by=me(), at=at)
    except (Conflict, InvalidInput) as refused:
        return _tokens_page(form, form.refuse(refused))
    return page("staff/token_made.html", 201, token=made, secret=secret, base_url=base_url())


@blueprint.post("/tokens/<uuid:token_id>/revoke")
@allow(Access.STAFF)
def revoke(token_id: UUID) -> Response:
    """End a token: the marketplace's own, or a partner's."""
    token = revoke_token(token_id, partner_id=None, by=me(), at=clock.now())
    return done(f"“{token.name}” is revoked: its next request is refused.", "staff.tokens")


def _tokens_page(form: TokenForm, status: int = 200) -> Response:
    names = {partner.id: partner.name for partner in all_partners()}
    of_partners: list[tuple[str, ApiToken]] = [
        (names[token.partner_id], token) for token in tokens_of_partners() if token.partner_id in names
    ]
    return page("staff/tokens.html", status, form=form, own=tokens_of(None), of_partners=of_partners, at=clock.now())
