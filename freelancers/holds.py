"""What each kind of hold stops, keeps and asks. The table of rule H, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class HoldKind(StrEnum):
    """Why an account is held. The kinds are separate: one never turns into another, and several may be open at once."""

    AWAITING_VERIFICATION = "awaiting_verification"
    VERIFICATION_FAILED = "verification_failed"
    POLICY_RESTRICTION = "policy_restriction"
    BLOCK = "block"


class Action(StrEnum):
    """What a hold may stop a person from doing, or from being."""

    NEW_PROPOSALS = "new_proposals"
    CHANGE_PHOTO = "change_photo"
    WITHDRAW_EARNINGS = "withdraw_earnings"
    DIRECT_HIRES = "direct_hires"
    BE_SHOWN = "be_shown"
    LOG_IN = "log_in"


class Proposals(StrEnum):
    """What happens to proposals that are already out."""

    KEPT = "kept"
    CANCELLED = "cancelled"


class Contracts(StrEnum):
    """What happens to contracts that are already running, from the mildest to the strictest."""

    GO_ON = "go_on"
    FINISH_ONLY = "finish_only"
    NONE = "none"


ACTION_NAMES: Mapping[Action, str] = MappingProxyType(
    {
        Action.NEW_PROPOSALS: "send new proposals",
        Action.CHANGE_PHOTO: "change your photo",
        Action.WITHDRAW_EARNINGS: "withdraw earnings",
        Action.DIRECT_HIRES: "be hired directly",
        Action.BE_SHOWN: "be shown in search and directories",
        Action.LOG_IN: "log in",
    }
)


@dataclass(frozen=True)
class HoldTerms:
    """One row of the table: `name` in a sentence, what it `stops`, what it does to running work, and the way out.

    `lifted_when` says to the person what ends the hold; `decided_by` says who decides. Rule H-6.
    """

    name: str
    stops: frozenset[Action]
    proposals: Proposals
    contracts: Contracts
    lifted_when: str
    decided_by: str
    #: Whether it can be placed for a time. What verification lifts does not go away by waiting.
    can_be_timed: bool = False


#: The columns of the table in the order of `Action`; "no" there is membership in `stops` here.
HOLDS: Mapping[HoldKind, HoldTerms] = MappingProxyType(
    {
        HoldKind.AWAITING_VERIFICATION: HoldTerms(
            name="awaiting verification",
            stops=frozenset({Action.NEW_PROPOSALS, Action.CHANGE_PHOTO}),
            proposals=Proposals.KEPT,
            contracts=Contracts.GO_ON,
            lifted_when="Verify your identity within 7 days: a government ID and a short video call, at any time.",
            decided_by="a verification agent",
        ),
        HoldKind.VERIFICATION_FAILED: HoldTerms(
            name="verification failed or not done in time",
            stops=frozenset(Action) - {Action.LOG_IN},
            proposals=Proposals.CANCELLED,
            contracts=Contracts.GO_ON,
            lifted_when="Verify your identity now, or appeal if you think that the outcome is wrong.",
            decided_by="a verification agent",
        ),
        HoldKind.POLICY_RESTRICTION: HoldTerms(
            name="policy restriction",
            stops=frozenset(Action) - {Action.CHANGE_PHOTO, Action.LOG_IN},
            proposals=Proposals.KEPT,
            contracts=Contracts.FINISH_ONLY,
            lifted_when="Read the reason given with the restriction and answer it; you can appeal.",
            decided_by="the marketplace's staff",
            can_be_timed=True,
        ),
        HoldKind.BLOCK: HoldTerms(
            name="block",
            stops=frozenset(Action),
            proposals=Proposals.CANCELLED,
            contracts=Contracts.NONE,
            lifted_when="Answer the notice that was sent to your e-mail address; you can appeal.",
            decided_by="the marketplace's staff",
            can_be_timed=True,
        ),
    }
)


#: What a verified identity lifts. Rule H.
LIFTED_BY_VERIFYING = (HoldKind.AWAITING_VERIFICATION, HoldKind.VERIFICATION_FAILED)


def stricter(kind: HoldKind) -> tuple[HoldKind, ...]:
    """Return the kinds that a hold can be escalated into: those that stop all that it stops, and more."""
    return tuple(other for other in HoldKind if HOLDS[other].stops > HOLDS[kind].stops)


def stopped_by(action: Action, holds: Iterable[HoldKind]) -> tuple[HoldKind, ...]:
    """Return those of `holds` that stop `action`, in the order given; empty means that it is allowed."""
    return tuple(kind for kind in holds if action in HOLDS[kind].stops)


def may(action: Action, holds: Iterable[HoldKind]) -> bool:
    """Say whether `action` is allowed under all of `holds` together. Rule H."""
    return not stopped_by(action, holds)


def stops(holds: Iterable[HoldKind]) -> tuple[str, ...]:
    """Return everything that `holds` together stop, in words that follow "Until it is lifted you cannot". Rule H-6."""
    stopped = frozenset[Action]().union(*(HOLDS[kind].stops for kind in holds))
    return tuple(name for action, name in ACTION_NAMES.items() if action in stopped)


def goes_on(holds: Iterable[HoldKind]) -> str:
    """Return in a sentence or two what becomes of proposals that are out and of running contracts. Rule H-6."""
    kinds = list(holds)
    return f"{_PROPOSALS[active_proposals(kinds)]} {_CONTRACTS[existing_contracts(kinds)]}"


_PROPOSALS = {
    Proposals.KEPT: "Proposals you have sent stay where they are.",
    Proposals.CANCELLED: "Proposals you have sent are cancelled.",
}
_CONTRACTS = {
    Contracts.GO_ON: "Your contracts go on.",
    Contracts.FINISH_ONLY: "You can finish the contracts you have.",
    Contracts.NONE: "Your contracts cannot go on.",
}


def active_proposals(holds: Iterable[HoldKind]) -> Proposals:
    """Return what becomes of proposals already out: one hold that cancels them is enough."""
    cancelled = any(HOLDS[kind].proposals is Proposals.CANCELLED for kind in holds)
    return Proposals.CANCELLED if cancelled else Proposals.KEPT


def existing_contracts(holds: Iterable[HoldKind]) -> Contracts:
    """Return what becomes of running contracts: the strictest of `holds` counts."""
    strictness = list(Contracts)
    return max((HOLDS[kind].contracts for kind in holds), key=strictness.index, default=Contracts.GO_ON)
