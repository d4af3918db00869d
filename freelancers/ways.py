"""What a person can do, what each step needs and gives: one table, and a proof that nobody is caught in it. Rule H-5.

A state is what is true of somebody (`Fact`) and which holds are open. `broken` looks at every state there could be, and
names those from which no allowed steps lead to a goal, with the circle they are caught in. Pure.
Why it is so: docs/decisions/no-catch-22.md.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import chain, combinations, pairwise
from types import MappingProxyType

from core.errors import InvalidInput
from freelancers.holds import ACTION_NAMES, HOLDS, Action, HoldKind


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
        lifts=[HoldKind.AWAITING_VERIFICATION, HoldKind.VERIFICATION_FAILED],
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


@dataclass(frozen=True)
class State:
    """What is true of somebody, and which holds are open."""

    facts: frozenset[Fact] = frozenset()
    holds: frozenset[HoldKind] = frozenset()

    def reaches(self, goal: Goal) -> bool:
        """Say whether the goal is reached."""
        return goal.facts <= self.facts and not (goal.unheld and self.holds)

    def __str__(self) -> str:
        held = ", ".join(HOLDS[kind].name for kind in HoldKind if kind in self.holds)
        has = ", ".join(fact for fact in Fact if fact in self.facts)
        return f"{f'held ({held})' if held else 'not held'}, with {has or 'nothing yet'}"


@dataclass(frozen=True)
class Caught:
    """A state from which `goal` cannot be reached, and why: each sentence leads to the next, the last to the first."""

    goal: Goal
    state: State
    circle: tuple[str, ...]

    def __str__(self) -> str:
        return f"Somebody {self.state}, cannot become {self.goal.name}: " + " ".join(self.circle)


@dataclass(frozen=True)
class Ways:
    """The ways through a table of steps and holds."""

    steps: tuple[Step, ...] = STEPS
    stops: Stops = field(default_factory=lambda: STOPS)
    goals: tuple[Goal, ...] = GOALS

    def next_states(self, state: State) -> Iterator[tuple[Step, State]]:
        """Yield every allowed step that changes something, with the state it leads to."""
        for step in self.steps:
            if step.needs <= state.facts and not any(step.asks & self.stops[kind] for kind in state.holds):
                after = State(state.facts | step.gives, state.holds - step.lifts)
                if after != state:
                    yield step, after

    def states(self) -> Iterator[State]:
        """Yield every state there could be, those of whom least is true first."""
        for facts, holds in ((f, h) for h in _subsets(HoldKind) for f in _subsets(Fact)):
            yield State(facts, holds)

    @cached_property
    def _before(self) -> Mapping[State, Sequence[tuple[Step, State]]]:
        """Return for each state the steps that lead to it, and from where."""
        found = defaultdict(list)
        for state in self.states():
            for step, after in self.next_states(state):
                found[after].append((step, state))
        return found

    def shortest(self, goal: Goal) -> Mapping[State, tuple[Step, ...]]:
        """Return for each state from which the goal can be reached the fewest steps that lead there."""
        if goal not in self._known:
            self._known[goal] = self._shortest(goal)
        return self._known[goal]

    @cached_property
    def _known(self) -> dict[Goal, Mapping[State, tuple[Step, ...]]]:
        return {}

    def _shortest(self, goal: Goal) -> Mapping[State, tuple[Step, ...]]:
        ways: dict[State, tuple[Step, ...]] = {state: () for state in self.states() if state.reaches(goal)}
        waiting = deque(ways)
        while waiting:
            after = waiting.popleft()
            for step, state in self._before.get(after, ()):
                if state not in ways:
                    ways[state] = (step, *ways[after])
                    waiting.append(state)
        return ways

    def broken(self) -> tuple[Caught, ...]:
        """Return where people would be caught, for each goal and circle the barest state; empty means nowhere."""
        found: dict[tuple[Goal, frozenset[str]], Caught] = {}
        circles: dict[tuple[Goal, State], tuple[str, ...]] = {}
        for goal in self.goals:
            open_to = self.shortest(goal)
            for state in (state for state in self.states() if state not in open_to):
                key = goal, self._end_of(state)
                circle = circles[key] = circles.get(key) or self._circle(*key)
                found.setdefault((goal, frozenset(circle)), Caught(goal, state, circle))
        return tuple(found.values())

    @cached_property
    def _ends(self) -> dict[State, State]:
        return {}

    def _end_of(self, state: State) -> State:
        """Return the state after every step that can be taken: steps only add facts and lift holds, so there is one."""
        if state not in self._ends:
            after = next((after for _, after in self.next_states(state)), None)
            self._ends[state] = state if after is None else self._end_of(after)
        return self._ends[state]

    def _circle(self, goal: Goal, stuck: State) -> tuple[str, ...]:
        """Return what stands in the way, as sentences: a circle if there is one, else a chain that ends in nothing."""
        wanted: list[Fact | HoldKind] = [fact for fact in Fact if fact in goal.facts - stuck.facts]
        wanted += [kind for kind in HoldKind if goal.unheld and kind in stuck.holds]
        chains = [found for each in wanted for found in self._chains(each, stuck, ())]
        closed = next((found for found in chains if found[0] == found[-1] and len(found) > 1), None)
        return self._told(closed or min(chains, key=len), stuck)

    def _chains(
        self, wanted: Fact | HoldKind, stuck: State, so_far: tuple[Fact | HoldKind, ...]
    ) -> Iterator[tuple[Fact | HoldKind, ...]]:
        """Yield what is wanted, what that needs, and so on, until it closes (cut to the circle) or nothing gives it."""
        if wanted in so_far:
            yield (*so_far[so_far.index(wanted) :], wanted)
            return
        here = (*so_far, wanted)
        needed = dict.fromkeys(each for step in self._giving(wanted) for each in self._lacking(step, stuck))
        if not needed:
            yield here
        for each in needed:
            yield from self._chains(each, stuck, here)

    def _giving(self, wanted: Fact | HoldKind) -> Iterator[Step]:
        """Yield the steps that give a fact, or lift a hold."""
        yield from (step for step in self.steps if wanted in step.gives or wanted in step.lifts)

    def _lacking(self, step: Step, stuck: State) -> Iterator[Fact | HoldKind]:
        """Yield what stands between the step and somebody who is stuck: facts, and holds that stop it."""
        yield from (fact for fact in Fact if fact in step.needs - stuck.facts)
        yield from (kind for kind in HoldKind if kind in stuck.holds and self.stops[kind] & step.asks)

    def _told(self, chain_: Sequence[Fact | HoldKind], stuck: State) -> tuple[str, ...]:
        said = []
        for wanted, needed in pairwise(chain_):
            step = next(step for step in self._giving(wanted) if needed in set(self._lacking(step, stuck)))
            said.append(f"{_named(wanted)} comes from “{step.words}”, which {self._because(step, needed)}.")
        if not said or chain_[0] != chain_[-1]:
            said.append(f"Nothing that is allowed leads to {_lower(_named(chain_[-1]))}.")
        return tuple(said)

    def _because(self, step: Step, needed: Fact | HoldKind) -> str:
        if isinstance(needed, Fact):
            return f"needs {needed}"
        stopped = next(ACTION_NAMES[action] for action in Action if action in step.asks & self.stops[needed])
        return f"the hold “{HOLDS[needed].name}” stops (they cannot {stopped})"


def _subsets(kinds: type[Fact] | type[HoldKind]) -> Iterator[frozenset]:  # type: ignore[type-arg]  # of either
    every = list(kinds)
    return map(frozenset, chain.from_iterable(combinations(every, size) for size in range(len(every) + 1)))


def _named(wanted: Fact | HoldKind) -> str:
    if isinstance(wanted, Fact):
        return wanted[:1].upper() + wanted[1:]
    return f"The end of the hold “{HOLDS[wanted].name}”"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


class CatchTwentyTwo(InvalidInput):
    """Rules in which somebody would be caught; `detail` spells out each circle. Rule H-5."""

    title = "Somebody would be caught in these rules"

    def __init__(self, caught: Sequence[Caught]) -> None:
        super().__init__("\n".join(map(str, caught)), "Take away one need in each circle, or add another way.")
        self.caught = tuple(caught)


def refuse_catch_22(ways: Ways) -> None:
    """Raise CatchTwentyTwo if from any state a goal cannot be reached. Rule H-5."""
    if caught := ways.broken():
        raise CatchTwentyTwo(caught)


#: Our own table, proved once at each start; what was worked out for that is at hand for everybody's pages.
OURS = Ways()
