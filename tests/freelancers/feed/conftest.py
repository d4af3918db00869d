"""What the tests of the feed share."""

import pytest

from freelancers.feed import chunks, importing


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
