"""What somebody may do under the holds that are open on them: the one answer behind pages, API and services. Rule H.

Pure: the table itself is in `freelancers/holds.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core import wording
from freelancers.holds import (
    ACTION_NAMES,
    HOLDS,
    LIFTED_BY_VERIFYING,
    Action,
    Contracts,
    HoldKind,
    HoldTerms,
    Proposals,
    active_proposals,
    existing_contracts,
    goes_on,
    stops,
)


class Placed(Protocol):
    """A hold as it was placed: `freelancers.models.Hold`, or a row that has as much of it."""

    @property
    def id(self) -> UUID:
        """Which hold: its page and its appeal are found by it."""

    @property
    def kind(self) -> str:
        """One of HoldKind."""

    @property
    def reason(self) -> str:
        """Why, as the person reads it."""

    @property
    def placed_at(self) -> datetime:
        """Since when."""

    @property
    def ends_at(self) -> datetime | None:
        """When it ends by itself, if it does."""


@dataclass(frozen=True)
class Stop:
    """An open hold as everybody is told of it: which, why, since when, what lifts it, and who decides. Rule H-6."""

    id: UUID
    kind: HoldKind
    reason: str
    since_at: datetime
    ends_at: datetime | None = None

    @property
    def terms(self) -> HoldTerms:
        """Return the hold's row of the table."""
        return HOLDS[self.kind]

    @property
    def name(self) -> str:
        """Return what it is called, within a sentence."""
        return self.terms.name

    @property
    def stops(self) -> tuple[str, ...]:
        """Return what it stops, in words that follow "Until it is lifted you cannot"."""
        return stops([self.kind])

    @property
    def keeps(self) -> str:
        """Return what becomes of work that is under way."""
        return goes_on([self.kind])

    @property
    def lifted_when(self) -> str:
        """Return what lifts it; one with an end ends by itself besides."""
        ends = f" It ends by itself on {wording.moment(self.ends_at)}." if self.ends_at else ""
        return self.terms.lifted_when + ends

    @property
    def is_lifted_by_verifying(self) -> bool:
        """Say whether a verified identity lifts it, so that its pages lead there."""
        return self.kind in LIFTED_BY_VERIFYING

    @property
    def decided_by(self) -> str:
        """Return who decides."""
        return self.terms.decided_by


@dataclass(frozen=True)
class Capability:
    """Whether somebody may do, or be, one thing; `words` follow "may" or "cannot". Empty `stopped_by` is a yes."""

    action: Action
    words: str
    stopped_by: tuple[Stop, ...]

    @property
    def allowed(self) -> bool:
        """Say whether nothing stands in the way."""
        return not self.stopped_by


@dataclass(frozen=True)
class Capabilities:
    """One capability for each of `Action`, in its order, and what becomes of work that is under way."""

    all: tuple[Capability, ...]
    holds: tuple[Stop, ...]
    proposals: Proposals
    contracts: Contracts
    goes_on: str

    def may(self, action: Action) -> bool:
        """Say whether `action` is allowed."""
        return next(each.allowed for each in self.all if each.action is action)


def stop_of(hold: Placed) -> Stop:
    """Return a hold as everybody is told of it. Rule H-6."""
    return Stop(hold.id, HoldKind(hold.kind), hold.reason, hold.placed_at, hold.ends_at)


def capabilities(open_holds: Iterable[Placed]) -> Capabilities:
    """Return what somebody may do while `open_holds` are open, all together. Rules H, H-6."""
    placed = tuple(stop_of(hold) for hold in open_holds)
    kinds = [stop.kind for stop in placed]
    return Capabilities(
        tuple(
            Capability(action, ACTION_NAMES[action], tuple(stop for stop in placed if action in stop.terms.stops))
            for action in Action
        ),
        placed,
        active_proposals(kinds),
        existing_contracts(kinds),
        goes_on(kinds),
    )
