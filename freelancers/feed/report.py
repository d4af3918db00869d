"""What an import did: figures for everybody, and the first thousand changes and refusals in full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from freelancers.feed.decode import Defect

KEPT = 1_000


@dataclass(frozen=True)
class Refusal:
    """A row that was not imported: its line, its key where it could be read, and all that is wrong with it."""

    line: int
    key: str | None
    defects: tuple[Defect, ...]


@dataclass(frozen=True)
class Change:
    """A person who was updated: `fields` as (name, before, after)."""

    line: int
    key: str
    fields: tuple[tuple[str, str, str], ...]


class RowResult(StrEnum):
    """What became of one row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row: `fields` are those that were updated, `defects` all that it was refused for."""

    line: int
    key: str | None
    result: RowResult
    fields: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()


@dataclass(frozen=True)
class Adoption:
    """Somebody who registered through an invitation and whom the feed has now named: `was` is the key they had here."""

    line: int
    freelancer_id: UUID
    was: str
    becomes: str


class Ids:
    """Many ids in little room: 16 bytes each, one after the other, read as UUIDs."""

    def __init__(self, packed: bytes = b"") -> None:
        self._packed = packed

    def __len__(self) -> int:
        return len(self._packed) // 16

    def __iter__(self) -> Iterator[UUID]:
        return (UUID(bytes=self._packed[i : i + 16]) for i in range(0, len(self._packed), 16))


@dataclass(frozen=True)
class Resumed:
    """An import that goes on: since when it is under way, and how many rows had been read and stored before."""

    since: datetime
    read: int
    stored: int


@dataclass
class Report:
    """The outcome. `read` is always `created + updated + unchanged + refused`."""

    file_name: str
    mapping_name: str
    dry_run: bool
    import_id: UUID | None = None
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    ignored_columns: tuple[str, ...] = ()
    changes: list[Change] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    #: Of those updated, who was known under a provisional key before.
    adoptions: list[Adoption] = field(default_factory=list)
    #: Everybody created or updated: whose eligibility is to be looked at again.
    affected_ids: Ids = field(default_factory=Ids)
    #: What became of every row, by its line and in order; None unless it was asked for.
    rows: dict[int, RowOutcome] | None = None
    #: What an earlier run of the same import, which was stopped, had done; None when there was none.
    resumed: Resumed | None = None
    refused_path: Path | None = None
    reasons_path: Path | None = None

    def tell(self, outcome: RowOutcome) -> None:
        """Say what became of a row, if that was asked for; what is said last stands."""
        if self.rows is not None:
            self.rows[outcome.line] = outcome

    def counts(self) -> dict[str, int]:
        """Return the figures as the log and the database keep them."""
        return {"created": self.created, "updated": self.updated, "unchanged": self.unchanged, "refused": self.refused}
