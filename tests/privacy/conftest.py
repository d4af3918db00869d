"""What the tests of leaving share."""

import json

import pytest

from freelancers.feed import mapping
from freelancers.feed.importing import import_feed


@pytest.fixture
def feed(session, at, tmp_path):
    """Import rows (dicts) as Laurel's own NDJSON."""

    def do(*rows):
        path = tmp_path / "feed.ndjson"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return import_feed(path, mapping.find("laurel"), by=None, at=at)

    return do
