"""A person's own way to "verified" and to "eligible", as steps, each with the page where it is done. Rule H-5."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from badges.eligibility.findings import Finding
from freelancers.capabilities import Stop
from freelancers.holds import HoldKind
from freelancers.identity.models import PictureKind
from freelancers.models import Freelancer
from freelancers.steps import GOALS, Fact, Step
from freelancers.ways import OURS, State

#: Which requirement of the base policy says that something is true of somebody. Rules E-1..E-5.
_MET: Mapping[str, Fact] = MappingProxyType(
    {"E-2": Fact.SCORE, "E-3": Fact.FULL_PROFILE, "E-4": Fact.PUBLIC_PROFILE, "E-5": Fact.ENGLISH}
)
_SENT: Mapping[PictureKind, Fact] = MappingProxyType(
    {PictureKind.REFERENCE: Fact.REFERENCE_PICTURE, PictureKind.DOCUMENT: Fact.DOCUMENT}
)
_ACTIVE = "active"
_WHERE: Mapping[Fact, str] = MappingProxyType(
    {
        Fact.REFERENCE_PICTURE: "/me/identity",
        Fact.DOCUMENT: "/me/identity",
        Fact.VERIFIED: "/me/identity",
        Fact.PHOTO: "/me/profile",
        Fact.FULL_PROFILE: "/me/profile#completeness",
        Fact.PUBLIC_PROFILE: "/me/profile",
        Fact.ENGLISH: "/me/profile",
        Fact.ACTIVE: "/me/support/new?about=other",
    }
)


@dataclass(frozen=True)
class OwnStep:
    """One step: what to do, who has a part in it, and where it is done; `url` is None for what is done elsewhere."""

    words: str
    by: str
    url: str | None


@dataclass(frozen=True)
class OwnWay:
    """The fewest steps to a goal; none when it is reached."""

    goal: str
    steps: tuple[OwnStep, ...]


def ways_of(
    person: Freelancer, findings: Iterable[Finding], holds: Sequence[Stop], sent: Iterable[PictureKind]
) -> tuple[OwnWay, ...]:
    """Return the person's way to each goal, from what is met, which holds are open, and what they sent. Rule H-5."""
    state = state_of(person, findings, holds, sent)
    pages = {stop.kind: f"/me/holds/{stop.id}" for stop in holds}
    return tuple(
        OwnWay(
            goal.name, tuple(OwnStep(step.words, step.by, _page_of(step, pages)) for step in OURS.shortest(goal)[state])
        )
        for goal in GOALS
    )


def state_of(
    person: Freelancer, findings: Iterable[Finding], holds: Sequence[Stop], sent: Iterable[PictureKind]
) -> State:
    """Return the state in the table of ways that somebody is in."""
    facts = {_MET[finding.rule] for finding in findings if finding.met and finding.rule in _MET}
    facts |= {*_facts(person), *(_SENT[kind] for kind in sent)}
    return State(frozenset(facts), frozenset(stop.kind for stop in holds))


def _facts(person: Freelancer) -> Iterator[Fact]:
    if person.account_state == _ACTIVE:
        yield Fact.ACTIVE
    if person.identity_verified:
        yield Fact.VERIFIED
    if person.photo_url or person.photo_id:
        yield Fact.PHOTO


def _page_of(step: Step, pages: Mapping[HoldKind, str]) -> str | None:
    if step.gives:
        return next((_WHERE[fact] for fact in Fact if fact in step.gives and fact in _WHERE), None)
    return next((pages[kind] for kind in HoldKind if kind in step.lifts and kind in pages), None)
