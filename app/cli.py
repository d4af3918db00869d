"""Commands that put several packages together, and the groups of each package.

They exit with 0 when done, and with 1 and one sentence on standard error when not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import BinaryIO
from uuid import UUID

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup
from flask.globals import app_ctx
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from accounts.models import Role, User
from accounts.queries import user_by_email
from accounts.services import create_user, invite_user
from app.mail import deliver_due
from app.mail_cli import mail_cli
from app.token_cli import tokens_cli
from badges.credentials.cli import keys_cli
from core import clock
from core.database import joined_transaction, session
from core.errors import NotFound
from core.outbox import count_due
from core.permissions import Duty
from core.plain import plainly
from core.wording import plural
from freelancers.approval.cli import skills_cli
from freelancers.cli import FOLLOWERS, feed_cli
from freelancers.feed.report import Ids
from freelancers.models import Freelancer
from freelancers.ways import Ways, refuse_catch_22
from partners.rules import DEFAULT_COLOUR

users_cli = AppGroup("users", help="Accounts that can sign in.")
partners_cli = AppGroup("partners", help="Partners and their programmes.")
outbox_cli = AppGroup("outbox", help="Mails that wait to be sent.")
policy_cli = AppGroup("policy", help="What is asked of experts, and what a change would do.")
demo_cli = AppGroup("demo", help="A lively example to try Laurel with.")

GROUPS = (
    feed_cli, skills_cli, users_cli, tokens_cli, partners_cli, policy_cli, outbox_cli, mail_cli, keys_cli, demo_cli,
)  # fmt: skip


def register_commands(app: Flask) -> None:
    """Add every command to `flask`."""
    for group in GROUPS:
        app.cli.add_command(group)
    app.extensions[FOLLOWERS] = (_look_again,)
    for command in (sweep_command, rotate_command, worker_command):
        app.cli.add_command(command)


@users_cli.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option("--name", default="", help="What to call them; their address when left out.")
@click.option("--partner", "slug", metavar="SLUG", help="The partner whose team they join (role partner).")
@click.option("--duty", type=click.Choice([str(duty) for duty in Duty]), default=str(Duty.ADMIN), show_default=True)
@click.option("--freelancer", "reference", metavar="ID", help="Whose profile is theirs (role freelancer).")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@plainly
def create_user_command(
    email: str, role: str, name: str, slug: str | None, duty: str, reference: str | None, password_stdin: bool
) -> None:
    """Create an account for EMAIL. Without --password-stdin they are sent a link to choose a password."""
    _check_belongings(role, slug, reference)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    at = clock.now()
    with joined_transaction():
        user = _account(email, name, Role(role), password, slug, at)
        if slug:
            _join_team(user, slug, duty, at)
        if reference:
            _give_profile(user, reference, at)
        said = f"Created the account of {user.email}, {role}."
    click.echo(said if password else f"{said} A link to choose a password is on its way to them.")


@partners_cli.command("create")
@click.argument("slug")
@click.argument("name")
@click.option("--admin", metavar="EMAIL", help="The first of their team, who is invited by mail.")
@click.option("--admin-name", default="", help="What to call them.")
@click.option("--colour", default=DEFAULT_COLOUR, show_default=True, help="The brand's colour.")
@click.option("--website", help="Where the brand is at home.")
@plainly
def create_partner_command(
    slug: str, name: str, admin: str | None, admin_name: str, colour: str, website: str | None
) -> None:
    """Create the partner NAME, called SLUG in addresses, with an empty programme."""
    from partners.services import create_partner

    partner = create_partner(
        slug, name, colour=colour, website=website, admin_email=admin, admin_name=admin_name, by=None, at=clock.now()
    )
    click.echo(f"Created {partner.name}. Its team works at {_base_url()}/console/{partner.slug}.")
    if admin:
        click.echo(f"An invitation is on its way to {admin}.")


@click.command("sweep")
@plainly
def sweep_command() -> None:
    """Let badges follow what their holders meet now, and award what waited for it."""
    from app.timetable import maintain

    with _busy("Sweeping"):
        figures = maintain(lambda: False)
    done = [f"{count:,} {what.replace('_', ' ')}" for what, count in figures.items() if count]
    click.echo(f"Changed: {', '.join(done)}." if done else "Every badge stands as it should.")


def _look_again(people: Ids) -> str:
    """Let the badges of these people follow what their profiles say now, and nobody else's. Rule E-11."""
    from badges.sweep import sweep

    if not people:
        return "Nobody changed, so no badge was looked at."
    with _busy("Looking at the badges of those who changed"):
        changed = sweep(clock.now(), changed=people).changed
    looked = f"Looked at the badges of {plural(len(people), 'person', 'people')} whom it made or changed"
    return f"{looked}; {plural(changed, 'badge')} changed."


@click.command("rotate")
@click.option(
    "--period",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="Draw the period that this moment (UTC) lies in, instead of the current one.",
)
@plainly
def rotate_command(period: datetime | None) -> None:
    """Draw who is featured, on every page whose period has not been drawn yet."""
    from directory.rotation import rotate

    with _busy("Drawing"):
        drawn = rotate(period.replace(tzinfo=UTC) if period else clock.now())
    click.echo(f"Drew {drawn:,} {'page' if drawn == 1 else 'pages'}." if drawn else "Every page is drawn already.")


@policy_cli.command("simulate")
@click.argument("file", type=click.File("rb"))
@click.option("--partner", "slug", metavar="SLUG", help="Whose own rules FILE holds; without it, a base policy.")
@plainly
def simulate_command(file: BinaryIO, slug: str | None) -> None:
    """Say what the rules in FILE (JSON) would do if they were asked for now. Nothing is changed."""
    from app.simulating import figures

    Console().print(figures(file.read(), slug, clock.now()))


@policy_cli.command("check")
@click.argument("file", type=click.File("rb"), required=False)
@plainly
def check_command(file: BinaryIO | None) -> None:
    """Prove that from every state people can become verified and eligible, and print the shortest ways.

    With FILE (JSON) for the steps and holds in it instead of ours. Whoever would be caught is named, with the circle,
    and the exit status is 1.
    """
    from app.checking_ways import shortest_ways, ways_in

    ways = ways_in(file.read()) if file else Ways()
    refuse_catch_22(ways)
    Console().print(shortest_ways(ways))


@outbox_cli.command("deliver")
@click.option("--limit", type=click.IntRange(min=1), help="Send at most so many.")
@plainly
def deliver_command(limit: int | None) -> None:
    """Send the mails that are due."""
    with _bar("Sending", min(limit or sys.maxsize, count_due(clock.now()))) as step:
        sent = deliver_due(clock.now, limit, sent=step)
    session.remove()
    left = count_due(clock.now())
    click.echo(f"Sent {sent:,}; {left:,} {'is' if left == 1 else 'are'} due still.")


@click.command("worker")
@plainly
def worker_command() -> None:
    """Keep the timetable: send mails, sweep, rotate, tidy. Start as many as you like; one of them leads."""
    from app.worker import run_worker

    run_worker(app_ctx.app)


@demo_cli.command("load")
@click.option("--accounts/--no-accounts", default=True, help="Show whom to sign in as when it is there.")
@plainly
def load_demo_command(accounts: bool) -> None:
    """Fill an empty Laurel with partners, freelancers and a year of their doings."""
    from app.demo.load import load

    with _bar("Loading the demo", None) as step:
        summary = load(clock.now(), step)
    if summary is None:
        click.echo("There are partners already, so nothing was loaded: the demo is for an empty Laurel.")
        return
    click.echo(summary)
    if accounts:
        _show_accounts()


@demo_cli.command("accounts")
@plainly
def demo_accounts_command() -> None:
    """Show how to sign in to the demo as each role."""
    from app.demo.accounts import STAFF

    if user_by_email(STAFF.address) is None:
        click.echo("The demo is not loaded here. Load it into an empty Laurel: flask demo load.")
        return
    _show_accounts()


def _show_accounts() -> None:
    from app.demo.accounts import shown

    Console().print(shown(_base_url()))


def _base_url() -> str:
    return str(current_app.extensions["laurel_settings"].base_url)


def _check_belongings(role: str, slug: str | None, reference: str | None) -> None:
    if (role == Role.PARTNER) != bool(slug):
        raise click.UsageError("--partner SLUG belongs to --role partner, which needs it.")
    if reference and role != Role.FREELANCER:
        raise click.UsageError("--freelancer ID belongs to --role freelancer.")


def _account(email: str, name: str, role: Role, password: str | None, slug: str | None, at: datetime) -> User:
    if password is not None:
        return create_user(email, name, role, password, by=None, at=at)
    return invite_user(email, name, role, by=None, at=at, about=f"the team of {slug} on Laurel" if slug else "Laurel")


def _join_team(user: User, slug: str, duty: str, at: datetime) -> None:
    from partners.queries import partner_by_slug
    from partners.services import add_member

    partner = partner_by_slug(slug)
    if partner is None:
        raise NotFound(f"No partner is called {slug}.", "Create it first: flask partners create SLUG NAME.")
    add_member(partner, user.email, user.name, Duty(duty), by=None, at=at)


def _give_profile(user: User, reference: str, at: datetime) -> None:
    from freelancers.services import link_user

    link_user(_freelancer(reference).id, user.id, at=at)


def _freelancer(reference: str) -> Freelancer:
    """Return whose id, here or on the marketplace, `reference` is."""
    found = session.scalar(sa.select(Freelancer).where(Freelancer.marketplace_id == reference))
    with suppress(ValueError):
        found = found or session.get(Freelancer, UUID(reference))
    if found is None:
        raise NotFound(f"No freelancer has the id {reference}.", "Import their profile first: flask feed import FILE.")
    return found


@contextmanager
def _busy(words: str) -> Iterator[None]:
    out = Console(stderr=True)
    with Progress(SpinnerColumn(), TextColumn(words), console=out, transient=True, disable=not out.is_terminal) as bar:
        bar.add_task(words, total=None)
        yield


@contextmanager
def _bar(words: str, total: int | None) -> Iterator[Callable[..., None]]:
    """Show a bar while the block runs; the function it gets moves it on, and may rename it or say of how much."""
    out = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(words, total=total)

        def step(words: str | None = None, total: int | None = None) -> None:
            bar.update(task, advance=1, description=escape(words) if words else None, total=total)

        yield step
