"""Rule H-5: from every state there is a way to "verified" and to "eligible", and rules that end one are found."""

from dataclasses import replace
from itertools import chain, product

import pytest

from freelancers.holds import HOLDS, Action, HoldKind
from freelancers.steps import GOALS, STEPS, STOPS, Fact
from freelancers.ways import OURS, CatchTwentyTwo, State, Ways, refuse_catch_22

VERIFIED, ELIGIBLE = GOALS


def changed(number, **parts):
    return Ways((*STEPS[:number], replace(STEPS[number], **parts), *STEPS[number + 1 :]))


def step_that_gives(fact):
    return next(number for number, step in enumerate(STEPS) if fact in step.gives)


def bits(kinds, among):
    return sum(1 << place for place, kind in enumerate(kinds) if kind in among)


def as_bits(ways):
    """Return for each step what it needs, which holds stop it, what it gives and which holds it lifts, as bits."""
    return [
        (
            bits(Fact, step.needs),
            bits(HoldKind, [kind for kind in HoldKind if set(ways.stops[kind]).intersection(step.asks)]),
            bits(Fact, step.gives),
            bits(HoldKind, step.lifts),
        )
        for step in ways.steps
    ]


def goes_to(table, facts, holds):
    """Return the facts and holds with which somebody ends who does all that they may: our own reading of the table."""
    before = None
    while before != (facts, holds):
        before = facts, holds
        for needed, stopping, given, lifted in table:
            if not needed & ~facts and not stopping & holds:
                facts, holds = facts | given, holds & ~lifted
    return facts, holds


def sound(ways, all_facts=(0,)):
    """Ask the same without the code that is asked: whoever has more facts never ends with less, so none are enough."""
    table, goals = as_bits(ways), [(bits(Fact, goal.facts), goal.unheld) for goal in ways.goals]
    for facts, holds in product(all_facts, range(1 << len(HoldKind))):
        then, still = goes_to(table, facts, holds)
        if any(wanted & ~then or (unheld and still) for wanted, unheld in goals):
            return False
    return True


def test_nobody_is_caught_in_our_own_rules():
    assert Ways().broken() == ()
    states = set(Ways().states())
    assert len(states) == 2 ** (len(Fact) + len(HoldKind))
    for goal in GOALS:
        assert set(Ways().shortest(goal)) == states


def test_the_same_is_found_by_going_forward_from_every_state():
    assert sound(Ways(), range(1 << len(Fact)))


def test_whatever_a_policy_spares_somebody_is_met_on_the_way():
    """A newcomer needs no score (E-7), a policy may ask for less English: each asks a part of the strictest. E-8."""
    spared = [frozenset({Fact.SCORE}), frozenset({Fact.ENGLISH}), frozenset({Fact.SCORE, Fact.ENGLISH, Fact.ACTIVE})]
    goals = tuple(
        replace(ELIGIBLE, name=f"{ELIGIBLE.name} {n}", facts=ELIGIBLE.facts - each) for n, each in enumerate(spared)
    )

    assert Ways(goals=goals).broken() == ()


def test_whoever_is_suspended_and_held_in_every_way_gets_to_both_without_a_public_photo():
    state = State(holds=frozenset(HoldKind))
    for goal in GOALS:
        way = OURS.shortest(goal)[state]
        assert not any(Fact.PHOTO in step.gives for step in way), "H-5"
    assert any(Fact.ACTIVE in step.gives for step in way)


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


PLANTED, SOUND = 30, 30


@pytest.fixture(scope="module")
def tried():
    """Thirty of them in which somebody is caught and thirty in which nobody is, each with who we say would be."""
    judged = [(ways, sound(ways)) for ways in ALTERED]
    bad, good = ([ways for ways, is_sound in judged if is_sound is kind] for kind in (False, True))
    chosen = [(ways, False) for ways in spread(bad, PLANTED)] + [(ways, True) for ways in spread(good, SOUND)]
    return [(ways, is_sound, ways.broken()) for ways, is_sound in chosen]


def spread(found, count):
    """Return so many, from all over a list."""
    assert len(found) >= count
    return [found[number * len(found) // count] for number in range(count)]


def test_every_planted_circle_is_found_and_no_sound_rules_are_refused(tried):
    assert [not caught for _, _, caught in tried] == [is_sound for _, is_sound, _ in tried]


def test_every_circle_that_is_named_is_one_or_says_what_nothing_leads_to(tried):
    for caught in chain.from_iterable(found for *_, found in tried):
        assert not caught.state.reaches(caught.goal)
        first, last = caught.circle[0], caught.circle[-1]
        begins = first.split(" comes from ")[0]
        begins = begins[:1].lower() + begins[1:]
        closes = begins in last or any(f"the hold “{HOLDS[kind].name}” stops" in last for kind in HoldKind)
        assert closes or "Nothing that is allowed leads to" in last
