"""`flask feed import` and `flask feed mappings`.

Exit codes: 0 all rows taken, 1 nothing imported, 2 some rows refused.
"""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from core import clock
from core.errors import DomainError
from freelancers.feed import mapping, matching
from freelancers.feed.importing import READING, import_feed
from freelancers.feed.report import Report, Resumed

SHOWN = 20
#: Where the app keeps what follows an import: functions that are handed the ids of those it changed, and say what came
#: of it.
FOLLOWERS = "laurel_after_feed_import"
NOTHING_IMPORTED, SOME_REFUSED = 1, 2

feed_cli = AppGroup("feed", help="Bring in profiles from a marketplace.")


@feed_cli.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    "name",
    metavar="NAME|FILE",
    help="A mapping that comes with Laurel, or your own TOML file. Guessed when left out.",
)
@click.option("--dry-run", is_flag=True, help="Do everything, report it, and undo it.")
@click.option(
    "--refused",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder for refused rows; FILE's own when left out.",
)
def import_command(file: Path, name: str | None, dry_run: bool, refused: Path | None) -> None:
    """Import FILE (CSV or NDJSON).

    Rows with bad values are refused and written beside it, to be mended and fed again.
    """
    out, err = Console(), Console(stderr=True)
    try:
        chosen = mapping.find(name) if name else matching.guess(file)
        how = "" if name else " (guessed)"
        out.print(f"Reading [bold]{escape(file.name)}[/] with the mapping [bold]{escape(chosen.name)}[/]{how}.")
        with _progress(out) as bar:
            task = bar.add_task(READING, total=None)
            report = import_feed(
                file,
                chosen,
                by=None,
                at=clock.now(),
                dry_run=dry_run,
                refused_folder=refused,
                progress=lambda doing, done, of: bar.update(task, description=doing, completed=done, total=of),
                resuming=lambda resumed: out.print(_resumed(resumed), highlight=False, soft_wrap=True),
            )
    except DomainError as error:
        err.print(
            f"[bold]{escape(error.title)}.[/] {escape(error.detail)} {escape(error.next_step)}",
            highlight=False,
            soft_wrap=True,
        )
        raise SystemExit(NOTHING_IMPORTED) from None
    _print(out, report)
    if not report.dry_run:
        for follow in current_app.extensions.get(FOLLOWERS, ()):
            out.print(follow(report.affected_ids), highlight=False, soft_wrap=True)
    raise SystemExit(SOME_REFUSED if report.refused else 0)


@feed_cli.command("mappings")
def mappings_command() -> None:
    """List the mappings that come with Laurel."""
    table = Table("Name", "Format", "Reads", "For")
    for one in mapping.shipped():
        table.add_row(one.name, one.format, ", ".join(one.columns) or "all fields, by their own names", one.about)
    Console().print(table)


def _progress(out: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=out, transient=True, disable=not out.is_terminal)


def _resumed(resumed: Resumed) -> str:
    return (
        f"Going on with the import of this file that began on {resumed.since:%Y-%m-%d at %H:%M} (UTC) and was stopped: "
        f"{resumed.read:,} rows were read and {resumed.stored:,} stored already."
    )


def _print(out: Console, report: Report) -> None:
    done = "Would be (dry run, nothing stored)" if report.dry_run else "Done"
    out.print(
        f"{done}: {report.read:,} rows: {report.created:,} created, {report.updated:,} updated, "
        f"{report.unchanged:,} unchanged, {report.refused:,} refused.",
        highlight=False,
        soft_wrap=True,
    )
    if report.ignored_columns:
        out.print(f"Columns not used: {escape(', '.join(report.ignored_columns))}.", highlight=False, soft_wrap=True)
    if report.changes:
        out.print(_changes(report))
    if report.refused:
        out.print(_refusals(report))
        out.print(
            f"Refused rows, as they stood: {escape(str(report.refused_path))}. Mend and import that file. "
            f"All reasons: {escape(str(report.reasons_path))}.",
            highlight=False,
            soft_wrap=True,
        )


def _changes(report: Report) -> Table:
    table = Table(
        "Line", "Person", "Field", "Before", "Now", title=f"Updated{_first(report.updated)}", title_justify="left"
    )
    for change in report.changes[:SHOWN]:
        for place, (field, before, now) in enumerate(change.fields):
            head = (str(change.line), escape(change.key)) if place == 0 else ("", "")
            table.add_row(*head, field, escape(_short(before)), escape(_short(now)))
    return table


def _refusals(report: Report) -> Table:
    table = Table(
        "Line", "Column", "Value", "Why, and what to do", title=f"Refused{_first(report.refused)}", title_justify="left"
    )
    for refusal in report.refusals[:SHOWN]:
        for place, defect in enumerate(refusal.defects):
            why = f"{defect.reason}. {defect.hint}"
            table.add_row(
                str(refusal.line) if place == 0 else "", escape(defect.column), escape(defect.value), escape(why)
            )
    return table


def _first(count: int) -> str:
    return f", the first {SHOWN} of {count:,}" if count > SHOWN else ""


def _short(text: str) -> str:
    line = "".join(c if c.isprintable() else " " for c in text)
    return line if len(line) <= 40 else line[:39] + "…"
