"""`flask keys`: the keys that sign badges."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import BinaryIO

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from badges import renewing
from badges.credentials import keyring
from badges.credentials.models import SigningKey
from badges.credentials.views import site
from core import clock
from core.plain import plainly
from core.secrets import Sealer

keys_cli = AppGroup("keys", help="The keys that sign badges.")


@keys_cli.command("list")
def list_command() -> None:
    """Show every key there ever was."""
    table = Table("Key", "Kind", "Signs from (UTC)", "State")
    at = clock.now()
    signing = {key.number for key in keyring.published(at)[:2]}
    for key in keyring.all_keys():
        table.add_row(str(key.number), key.kind, _moment(key.signs_from), _state(key, key.number in signing))
    Console().print(table)


def _state(key: SigningKey, signs: bool) -> str:
    at = clock.now()
    if key.dropped_at is not None:
        return f"{'withdrawn since' if key.dropped_at <= at else 'withdrawn from'} {_moment(key.dropped_at)}"
    if key.signs_from > at:
        return "published, signs soon"
    return "signs" if signs else "checks what it signed"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


@keys_cli.command("rotate")
@click.option("--from", "file", type=click.File("rb"), help="Your own key in PEM, Ed25519 or RSA, instead of new ones.")
@plainly
def rotate_command(file: BinaryIO | None) -> None:
    """Sign with new keys from a minute on. What the old ones signed stays good."""
    for key in keyring.rotate(_sealer(), clock.now(), file.read() if file else None):
        click.echo(f"Key {key.number} ({key.kind}) is published, and signs from {_moment(key.signs_from)} UTC on.")


@keys_cli.command("withdraw")
@click.argument("number", type=int)
@click.option("--now", "at_once", is_flag=True, help="Without the two minutes in which everybody notices.")
@plainly
def withdraw_command(number: int, at_once: bool) -> None:
    """Stop to trust key NUMBER: every copy of a badge that it signed fails, and is to be downloaded anew."""
    key = keyring.withdraw(number, _sealer(), clock.now(), at_once=at_once)
    assert key.dropped_at is not None
    click.echo(f"Key {key.number} ({key.kind}) is gone from {_moment(key.dropped_at)} UTC on.")
    click.echo("Then tell those who may keep a copy that it signed: flask keys renew.")


@keys_cli.command("renew")
@plainly
def renew_command() -> None:
    """Sign all badges with the keys of now, check them, and tell whose copies a withdrawn key made worthless.

    A badge is signed whenever somebody asks for it, so none waits for this. Stopped, it goes on where it was.
    """
    out = Console(stderr=True)
    every, done = renewing.counted(_sealer(), clock.now())
    if 0 < done < every:
        click.echo(f"Going on: {done:,} of {every:,} badges are signed with the keys of now already.")
    columns = (TextColumn("Signing badges"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    signed, told, last = 0, 0, None
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("", total=every, completed=done)
        while (part := renewing.renew_some(site(), _sealer(), clock.now(), last)).signed:
            signed, told, last = signed + part.signed, told + part.told, part.last
            bar.advance(task, part.signed)
    click.echo(f"Done: {signed:,} badges signed with the keys of now; {told:,} mails to people with copies that fail.")


def _sealer() -> Sealer:
    sealer: Sealer = current_app.extensions["laurel_key_sealer"]
    return sealer
