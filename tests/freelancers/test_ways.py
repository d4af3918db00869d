"""Rule H-5: from every state there is a way to "verified" and to "eligible", and rules that end one are found."""

from dataclasses import replace
from itertools import chain, product

import pytest

from freelancers.holds import HOLDS, Action, HoldKind
from freelancers.ways import GOALS, STEPS, STOPS, CatchTwentyTwo, Fact, State, Ways, refuse_catch_22

VERIFIED, ELIGIBLE = GOALS


def changed(number, **parts):
    return Ways((*STEPS[:number], replace(STEPS[number], **parts), *STEPS[number + 1 :]))


def step_that_gives(fact):
    return next(number for number, step in enumerate(STEPS) if fact in step.gives)


def sound(ways):
    """Ask the same the other way round: go forward from every state as far as it goes, for steps take nothing away."""
    ends = {}

    def end_of(state):
        if state not in ends:
            after = next((after for _, after in ways.next_states(state)), None)
            ends[state] = state if after is None else end_of(after)
        return ends[state]

    return all(end_of(state).reaches(goal) for state in ways.states() for goal in ways.goals)


def test_nobody_is_caught_in_our_own_rules():
    assert Ways().broken() == ()
    states = set(Ways().states())
    assert len(states) == 2 ** (len(Fact) + len(HoldKind))
    for goal in GOALS:
        assert set(Ways().shortest(goal)) == states


def test_a_way_is_made_of_allowed_steps_and_ends_at_its_goal():
    ways = Ways()
    for goal in GOALS:
        for state, way in ways.shortest(goal).items():
            for step in way:
                assert step in dict(ways.next_states(state)), f"{step.words} is not allowed {state}"
                state = dict(ways.next_states(state))[step]
            assert state.reaches(goal)


def test_whoever_is_asked_to_verify_gets_there_without_a_public_photo():
    """The complaint: a photo to verify, and verification for a photo."""
    state = State(holds=frozenset({HoldKind.AWAITING_VERIFICATION}))
    way = Ways().shortest(VERIFIED)[state]

    assert not any(Fact.PHOTO in step.gives | step.needs for step in way)
    assert [step.words for step in way][-1] == "Verify your identity in a short video call"


def test_the_old_rules_are_refused_with_their_circle():
    """A photo needs a verified identity, and verification a photo. Rule H-5, F."""
    call, photo = step_that_gives(Fact.VERIFIED), step_that_gives(Fact.PHOTO)
    steps = list(STEPS)
    steps[call] = replace(STEPS[call], needs=frozenset({Fact.PHOTO, Fact.DOCUMENT}))
    steps[photo] = replace(STEPS[photo], needs=frozenset({Fact.VERIFIED}))

    with pytest.raises(CatchTwentyTwo) as refused:
        refuse_catch_22(Ways(tuple(steps)))
    said = refused.value.detail
    assert "A verified identity comes from “Verify your identity in a short video call”, which needs a public" in said
    assert "A public photo comes from “Add a photo to your profile”, which needs a verified identity." in said


def test_a_hold_that_stops_what_would_lift_it_is_a_circle_too():
    call = step_that_gives(Fact.VERIFIED)
    caught = changed(call, asks=frozenset({Action.LOG_IN, Action.CHANGE_PHOTO})).broken()

    assert any("which the hold “awaiting verification” stops (they cannot change your photo)" in str(c) for c in caught)


def test_a_hold_that_nothing_lifts_is_named():
    answer = next(number for number, step in enumerate(STEPS) if HoldKind.BLOCK in step.lifts)
    caught = changed(answer, lifts=frozenset()).broken()

    assert any("Nothing that is allowed leads to the end of the hold “block”." in str(each) for each in caught)


#: Rules with one more need, one more thing that a hold must not stop, or one more thing that a hold stops.
ALTERED = [
    *(
        changed(number, needs=STEPS[number].needs | {fact})
        for number, fact in product(range(len(STEPS)), Fact)
        if fact not in STEPS[number].needs
    ),
    *(
        Ways(stops={**STOPS, kind: STOPS[kind] | {action}})
        for kind, action in product(HoldKind, Action)
        if action not in STOPS[kind]
    ),
    *(
        changed(number, asks=STEPS[number].asks | {action})
        for number, action in product(range(len(STEPS)), Action)
        if action not in STEPS[number].asks
    ),
]


@pytest.fixture(scope="module")
def tried():
    """Each of them, with whoever would be caught in it."""
    return [(ways, ways.broken()) for ways in ALTERED]


def test_every_planted_circle_is_found_and_no_sound_rules_are_refused(tried):
    is_sound = [sound(ways) for ways, _ in tried]

    assert [not caught for _, caught in tried] == is_sound
    assert is_sound.count(False) >= 30
    assert is_sound.count(True) >= 30


def test_every_circle_that_is_named_is_one_or_says_what_nothing_leads_to(tried):
    for caught in chain.from_iterable(found for _, found in tried):
        assert not caught.state.reaches(caught.goal)
        first, last = caught.circle[0], caught.circle[-1]
        begins = first.split(" comes from ")[0]
        begins = begins[:1].lower() + begins[1:]
        closes = begins in last or any(f"the hold “{HOLDS[kind].name}” stops" in last for kind in HoldKind)
        assert closes or "Nothing that is allowed leads to" in last
