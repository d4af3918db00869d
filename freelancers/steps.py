"""What a person can do, what each step needs and gives: one table. Rule H-5.

`freelancers/ways.py` proves that nobody is caught in it. Pure. Why it is so: docs/decisions/no-catch-22.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from freelancers.holds import HOLDS, LIFTED_BY_VERIFYING, Action, HoldKind


class Fact(StrEnum):
    """What can be true of somebody, as it is said in "needs …"."""

    REFERENCE_PICTURE = "a private reference picture"
    DOCUMENT = "a government ID on file"
    VERIFIED = "a verified identity"
    PHOTO = "a public photo"
    FULL_PROFILE = "a complete profile"
    PUBLIC_PROFILE = "a public profile"
    ENGLISH = "fluent English on the profile"
    SCORE = "a Job Success Score"
    ACTIVE = "an active account"


@dataclass(frozen=True)
class Step:
    """Something that can be done: it needs facts, and that no hold stops what it `asks`. It gives facts or lifts holds.

    `by` says who has a part in it.
    """

    words: str
    by: str
    needs: frozenset[Fact] = frozenset()
    asks: frozenset[Action] = frozenset({Action.LOG_IN})
    gives: frozenset[Fact] = frozenset()
    lifts: frozenset[HoldKind] = frozenset()


def _step(
    words: str,
    *,
    by: str = "you",
    needs: Sequence[Fact] = (),
    asks: Sequence[Action] = (Action.LOG_IN,),
    gives: Sequence[Fact] = (),
    lifts: Sequence[HoldKind] = (),
) -> Step:
    return Step(words, by, frozenset(needs), frozenset(asks), frozenset(gives), frozenset(lifts))


#: Everything that leads on. Being vetted needs no public photo: the agent looks at a picture that nobody else sees. Nor
#: does a complete profile: a verified identity stands in for a photo.
STEPS: tuple[Step, ...] = (
    _step("Give a reference picture that only the agent sees", gives=[Fact.REFERENCE_PICTURE]),
    _step("Send a picture of a government ID", gives=[Fact.DOCUMENT]),
    _step(
        "Verify your identity in a short video call",
        by="you and a verification agent",
        needs=[Fact.REFERENCE_PICTURE, Fact.DOCUMENT],
        gives=[Fact.VERIFIED],
        lifts=LIFTED_BY_VERIFYING,
    ),
    _step(
        "Answer the reason given with the restriction",
        by="you and the marketplace's staff",
        lifts=[HoldKind.POLICY_RESTRICTION],
    ),
    _step(
        "Answer the notice of the block from your mailbox",
        by="you and the marketplace's staff",
        asks=[],
        lifts=[HoldKind.BLOCK],
    ),
    _step("Add a photo to your profile", asks=[Action.LOG_IN, Action.CHANGE_PHOTO], gives=[Fact.PHOTO]),
    _step("Fill in your profile", needs=[Fact.PHOTO], gives=[Fact.FULL_PROFILE]),
    _step("Fill in your profile, without a photo", needs=[Fact.VERIFIED], gives=[Fact.FULL_PROFILE]),
    _step("Make your profile public", gives=[Fact.PUBLIC_PROFILE]),
    _step("State how well you speak English", gives=[Fact.ENGLISH]),
    _step(
        "Finish jobs that you proposed for",
        by="you and your clients",
        asks=[Action.LOG_IN, Action.NEW_PROPOSALS],
        gives=[Fact.SCORE],
    ),
    _step(
        "Finish jobs that you were hired for directly",
        by="you and your clients",
        asks=[Action.LOG_IN, Action.DIRECT_HIRES],
        gives=[Fact.SCORE],
    ),
    _step(
        "Ask the marketplace's support what ends the suspension of your account",
        by="you and the marketplace's staff",
        gives=[Fact.ACTIVE],
    ),
)


@dataclass(frozen=True)
class Goal:
    """What everybody must be able to reach: these facts, and no open hold if `unheld`."""

    name: str
    facts: frozenset[Fact]
    unheld: bool = False


GOALS: tuple[Goal, ...] = (
    Goal("verified", frozenset({Fact.VERIFIED})),
    #: What the strictest base policy asks. One that asks less of somebody, such as a newcomer (E-7), is met on the way.
    Goal(
        "eligible",
        frozenset({Fact.ACTIVE, Fact.FULL_PROFILE, Fact.PUBLIC_PROFILE, Fact.ENGLISH, Fact.SCORE}),
        unheld=True,
    ),
)

#: What each kind of hold stops, by kind.
Stops = Mapping[HoldKind, frozenset[Action]]
STOPS: Stops = MappingProxyType({kind: terms.stops for kind, terms in HOLDS.items()})
