"""What somebody may do under the holds that are open on them: the one answer behind pages, API and services. Rule H.

Pure: the table itself is in `freelancers/holds.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from freelancers.holds import (
    ACTION_NAMES,
    HOLDS,
    Action,
    Contracts,
    HoldKind,
    HoldTerms,
    Proposals,
    active_proposals,
    existing_contracts,
    goes_on,
)


class Placed(Protocol):
    """A hold as it was placed: `freelancers.models.Hold`, or a row that has as much of it."""

    @property
    def kind(self) -> str:
        """One of HoldKind."""

    @property
    def reason(self) -> str:
        """Why, as the person reads it."""

    @property
    def placed_at(self) -> datetime:
        """Since when."""


@dataclass(frozen=True)
class Stop:
    """A hold that stands in the way: which, why, since when, what lifts it, and who decides. Rule H-6."""

    kind: HoldKind
    reason: str
    since_at: datetime

    @property
    def terms(self) -> HoldTerms:
        """Return the hold's row of the table."""
        return HOLDS[self.kind]


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


def capabilities(open_holds: Iterable[Placed]) -> Capabilities:
    """Return what somebody may do while `open_holds` are open, all together. Rules H, H-6."""
    placed = tuple(Stop(HoldKind(hold.kind), hold.reason, hold.placed_at) for hold in open_holds)
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
