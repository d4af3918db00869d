"""A feed file that came through the browser: imported as the command line would, and reported whole."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from badges.sweep import sweep
from freelancers.feed import mapping, matching
from freelancers.feed.importing import import_feed
from freelancers.feed.report import Report

#: Refused rows beyond this are for the command line: the page would be too heavy.
ROWS_MAX_BYTES = 2_000_000
_NAME_MAX_BYTES = 100  # file systems take 255


@dataclass(frozen=True)
class Imported:
    """What an import did, and its refused rows as they stood, ready to be mended; None when there are none to show."""

    report: Report
    mapping_name: str
    guessed: bool
    refused_rows: str | None
    refused_name: str | None


def import_upload(
    file: BinaryIO, name: str, mapping_name: str | None, *, dry_run: bool, by: UUID | None, at: datetime
) -> Imported:
    """Import a file whose bytes come from the browser under `name`, and let the badges of those it changed follow.

    Without `mapping_name` the mapping is guessed.
    Raises FeedError, MappingError or ImportRunning; then nothing is changed.
    """
    with tempfile.TemporaryDirectory(prefix="laurel-feed-") as folder:
        path = Path(folder) / safe_name(name)
        path.write_bytes(file.read())
        chosen = mapping.find(mapping_name) if mapping_name else matching.guess(path)
        report = import_feed(path, chosen, by=by, at=at, dry_run=dry_run)
        if not dry_run:
            sweep(at, changed=report.affected_ids)
        rows, rows_name = _refused(report, chosen.encoding)
    return Imported(report, chosen.name, not mapping_name, rows, rows_name)


def _refused(report: Report, encoding: str) -> tuple[str | None, str | None]:
    kept = report.refused_path
    if kept is None or kept.stat().st_size > ROWS_MAX_BYTES:
        return None, None
    return kept.read_bytes().decode(encoding).removeprefix("\ufeff"), kept.name


def safe_name(name: str) -> str:
    """Return a file's name without folders and control characters, as the log and the report show it."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    return kept.encode()[-_NAME_MAX_BYTES:].decode(errors="ignore") or "feed"
