"""What the tests of the feed share."""

import json

import pytest

from freelancers.feed import chunks, importing, mapping
from freelancers.feed.importing import import_feed

LAUREL = mapping.find("laurel")


@pytest.fixture
def in_parts(monkeypatch):
    """Every import is in parts, of three rows each."""
    monkeypatch.setattr(importing, "IN_PARTS_BYTES", 0)
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 3)


@pytest.fixture(params=["at once", "in parts"])
def either_way(request, monkeypatch):
    """An import in one transaction, and one in parts: nothing else differs."""
    if request.param == "in parts":
        monkeypatch.setattr(importing, "IN_PARTS_BYTES", 0)
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 300)


@pytest.fixture
def feed(session, at, tmp_path):
    """Import rows (dicts) as Laurel's own NDJSON and return the report."""

    def do(*rows, at=at, used=LAUREL, name="feed.ndjson", **options):
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return import_feed(path, used, by=None, at=at, **options)

    return do
