"""What can be wrong with a feed: a value, a mapping, a whole file, or the moment."""

from __future__ import annotations

from types import MappingProxyType

from core.errors import Conflict, DomainError, InvalidInput


class BadValue(ValueError):
    """One value cannot be read. `reason` says what is wrong, `hint` how to mend it; the row is refused."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class FeedError(InvalidInput):
    """The file as a whole cannot be trusted or read: nothing of it is imported."""

    title = "Nothing was imported"


class MappingError(FeedError):
    """The mapping file is wrong or does not fit the feed; found before any row is read."""

    title = "The mapping cannot be used"


class ImportRunning(Conflict):
    """Another import holds the lock; two at once would each see half of the other's changes."""

    title = "Another feed import is running"
    headers = MappingProxyType({"Retry-After": "10"})


class ImportStopped(DomainError):
    """The database gave up half-way: no room, no answer. What can be taken up again says so."""

    status = 503
    title = "The import stopped half-way"
    headers = MappingProxyType({"Retry-After": "10"})


class AnotherFile(Exception):
    """What is staged came from another file than the one that is being read; nobody sees this error."""
