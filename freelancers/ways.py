"""A proof that nobody is caught in what can be done, and the shortest way from everywhere. Rule H-5.

The table of steps is `freelancers/steps.py`. A state is what is true of somebody (`Fact`) and which holds are open.
`broken` names those from which no allowed steps lead to a goal, with the circle they are caught in. Pure. Why it is so:
docs/decisions/no-catch-22.md.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, combinations, pairwise
from typing import NamedTuple

from core.errors import InvalidInput
from freelancers.holds import ACTION_NAMES, HOLDS, Action, HoldKind
from freelancers.steps import GOALS, STEPS, STOPS, Fact, Goal, Step, Stops

#: What stands between somebody and a goal.
Lack = Fact | HoldKind


class State(NamedTuple):
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
        """Return where people would be caught, for each goal and circle the barest state; empty means nowhere.

        Whoever has more facts, or fewer holds, can do all that others can: where nobody is caught who has nothing and
        every hold, nobody is.
        """
        furthest = self._end_of(State(holds=frozenset(HoldKind)))
        if all(furthest.reaches(goal) for goal in self.goals):
            return ()
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
        wanted: list[Lack] = [fact for fact in Fact if fact in goal.facts - stuck.facts]
        wanted += [kind for kind in HoldKind if goal.unheld and kind in stuck.holds]
        return self._told(self._closed(wanted, stuck, (), set()) or self._chain(wanted, stuck), stuck)

    def _closed(
        self, wanted: Iterable[Lack], stuck: State, so_far: tuple[Lack, ...], seen: set[Lack]
    ) -> tuple[Lack, ...]:
        """Return the first circle among what is wanted, what that needs, and so on; empty without one.

        Nothing is looked at twice, so that rules in which everything needs everything are read as fast as ours.
        """
        for each in wanted:
            if each in so_far:
                return (*so_far[so_far.index(each) :], each)
            if each not in seen:
                seen.add(each)
                if found := self._closed(self._needed(each, stuck), stuck, (*so_far, each), seen):
                    return found
        return ()

    def _chain(self, wanted: Iterable[Lack], stuck: State) -> tuple[Lack, ...]:
        """Return the shortest way from what is wanted to what nothing gives, where there is no circle."""
        waiting: deque[tuple[Lack, ...]] = deque((each,) for each in wanted)
        while needed := self._needed(waiting[0][-1], stuck):
            so_far = waiting.popleft()
            waiting.extend((*so_far, each) for each in needed)
        return waiting[0]

    def _needed(self, wanted: Lack, stuck: State) -> tuple[Lack, ...]:
        """Return what somebody who is stuck lacks for the steps that give what is wanted; empty where none gives it."""
        lacking = (each for step in self._giving(wanted) for each in self._lacking(step, stuck))
        return tuple(dict.fromkeys(lacking))

    def _giving(self, wanted: Lack) -> Iterator[Step]:
        """Yield the steps that give a fact, or lift a hold."""
        yield from (step for step in self.steps if wanted in step.gives or wanted in step.lifts)

    def _lacking(self, step: Step, stuck: State) -> Iterator[Lack]:
        """Yield what stands between the step and somebody who is stuck: facts, and holds that stop it."""
        yield from (fact for fact in Fact if fact in step.needs - stuck.facts)
        yield from (kind for kind in HoldKind if kind in stuck.holds and self.stops[kind] & step.asks)

    def _told(self, chain_: Sequence[Lack], stuck: State) -> tuple[str, ...]:
        said = []
        for wanted, needed in pairwise(chain_):
            step = next(step for step in self._giving(wanted) if needed in set(self._lacking(step, stuck)))
            said.append(f"{_named(wanted)} comes from “{step.words}”, which {self._because(step, needed)}.")
        if not said or chain_[0] != chain_[-1]:
            said.append(f"Nothing that is allowed leads to {_lower(_named(chain_[-1]))}.")
        return tuple(said)

    def _because(self, step: Step, needed: Lack) -> str:
        if isinstance(needed, Fact):
            return f"needs {needed}"
        stopped = next(ACTION_NAMES[action] for action in Action if action in step.asks & self.stops[needed])
        return f"the hold “{HOLDS[needed].name}” stops (they cannot {stopped})"


def _subsets(kinds: type[Fact] | type[HoldKind]) -> Iterator[frozenset]:  # type: ignore[type-arg]  # of either
    every = list(kinds)
    return map(frozenset, chain.from_iterable(combinations(every, size) for size in range(len(every) + 1)))


def _named(wanted: Lack) -> str:
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


#: Our own table, proved at each start; the ways are worked out for whoever first looks at theirs, and kept.
OURS = Ways()
