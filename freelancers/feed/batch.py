"""Rows that came as bytes instead of a file: imported as a file of Laurel's own format would be."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from uuid import UUID

from freelancers.feed import mapping
from freelancers.feed.importing import import_feed
from freelancers.feed.report import Report


def import_batch(rows: bytes, name: str, *, by: UUID | None, at: datetime) -> Report:
    """Import `rows` under the name of a file; the report says what became of each. Raises what `import_feed` raises."""
    with tempfile.TemporaryDirectory(prefix="laurel-feed-") as folder:
        path = Path(folder) / name
        path.write_bytes(rows)
        return import_feed(path, mapping.find("laurel"), by=by, at=at, each_row=True)
