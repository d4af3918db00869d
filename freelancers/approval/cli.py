"""`flask skills import`: how many jobs are open per skill."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from core import clock
from core.errors import DomainError
from core.wording import plural
from freelancers.approval.supply_feed import read
from freelancers.approval.supply_services import take_in

skills_cli = AppGroup("skills", help="Open jobs and freelancers per skill.")


@skills_cli.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day of the figures (UTC); today when left out.")
@click.option("--source", help="Where they come from, in words that the board shows; the file's name when left out.")
def import_command(file: Path, on: datetime | None, source: str | None) -> None:
    """Import FILE (CSV or NDJSON): skill, open_jobs, and perhaps freelancers.

    Freelancers are counted from the profiles where the file does not say. A file with a bad line changes nothing.
    """
    at = clock.now()
    day = clock.day_of(at) if on is None else on.date()
    try:
        count = take_in(read(file.read_bytes()), on=day, source=source or file.name, by=None, at=at)
    except DomainError as error:
        raise click.ClickException(f"{error.title}. {error.advice}") from None
    click.echo(f"{plural(count, 'skill')} as of {day.isoformat()}. See them at /skills.")
