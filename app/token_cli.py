"""`flask tokens create`: a token for a program, made where nobody can sign in yet."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import AppGroup

from accounts.rules import TOKEN_DAYS, TOKEN_DAYS_USUAL
from accounts.tokens import create_token
from core import clock, wording
from core.errors import NotFound
from core.permissions import Scope
from core.plain import plainly
from partners.queries import partner_by_slug

tokens_cli = AppGroup("tokens", help="Tokens with which programs reach the API.")


@tokens_cli.command("create")
@click.argument("name")
@click.option("--scope", "scopes", type=click.Choice([str(scope) for scope in Scope]), multiple=True, required=True)
@click.option("--partner", "slug", metavar="SLUG", help="The partner whose token it is; the marketplace's without.")
@click.option(
    "--days",
    type=click.Choice([str(days) for days in TOKEN_DAYS]),
    default=str(TOKEN_DAYS_USUAL),
    show_default=True,
    help="It ends by itself after so many.",
)
@plainly
def create_command(name: str, scopes: tuple[str, ...], slug: str | None, days: str) -> None:
    """Make the token NAME, and print it: the only time that it can be seen. All else goes to standard error."""
    wanted = [Scope(scope) for scope in scopes]
    token, secret = create_token(name, wanted, int(days), partner_id=_partner(slug), by=None, at=clock.now())
    click.echo(secret)
    until = wording.day(token.expires_at)
    click.echo(f"It may {', '.join(token.scopes)} until {until}. Keep it where your program's secrets are.", err=True)


def _partner(slug: str | None) -> UUID | None:
    if slug is None:
        return None
    found = partner_by_slug(slug)
    if found is None:
        raise NotFound(f"No partner is called {slug}.", "Look at the staff's pages for its short name.")
    return found.id
