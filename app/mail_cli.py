"""`flask mail`: what comes back from mail servers."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click
from flask.cli import AppGroup

from core import clock
from core.plain import plainly
from partners.invitations.bounces import read_report, take_in

mail_cli = AppGroup("mail", help="Mails that come back.")


@mail_cli.command("bounces")
@click.argument("reports", type=click.File("rb"), nargs=-1, metavar="[FILE]...")
@plainly
def bounces_command(reports: tuple[BinaryIO, ...]) -> None:
    """Take in delivery reports (RFC 3464): files, or one from standard input where none is named.

    Have the mail server hand over what comes to the sender's address. An invitation whose mail failed for good is
    marked, and is written to no more.
    """
    marked = 0
    for data in [report.read() for report in reports] or [sys.stdin.buffer.read()]:
        marked += sum(take_in(bounce, clock.now()) for bounce in read_report(data))
    click.echo(f"{marked:,} {'invitation' if marked == 1 else 'invitations'} marked as undeliverable.")
