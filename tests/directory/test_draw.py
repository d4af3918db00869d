"""The rotation's arithmetic, as `script/verify-rotation` has it, played through many periods. Rule D-3."""

from collections import Counter
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.directory.verifier import program

SEED = b"\x07" * 32
RULE = max(program.LEVELS)
TURN = program.TURN


def expert(number):
    return str(UUID(int=number))


def play(rotation, pool, slots, period):
    """Draw one period as the rotation does; return who was drawn."""
    settle(rotation, pool)
    drawn = rotation.draw(slots, period.to_bytes(32, "big"), [])
    rotation.give_turns(drawn)
    return drawn


def settle(rotation, pool):
    inside = set(rotation.turns)
    rotation.settle(sorted(pool - inside), sorted(inside - pool))


#: For each period, who of up to twelve experts is in the pool.
pools = st.lists(st.sets(st.integers(1, 12)), min_size=2, max_size=40)


@settings(max_examples=400)
@given(pools=pools, always=st.sets(st.integers(20, 28), min_size=2), slots=st.integers(1, 8))
def test_experts_listed_all_the_time_are_shown_equally_often_whoever_comes_and_goes(pools, always, slots):
    rotation, shown = program.Rotation(RULE), Counter()
    for period, others in enumerate(pools):
        drawn = play(rotation, {expert(number) for number in always | others}, slots, period)
        shown.update(drawn)

        times = [shown[expert(number)] for number in always]
        assert max(times) - min(times) <= 1


def test_nobody_who_comes_or_returns_is_shown_much_more_often_than_those_who_stayed():
    """By one turn; two, where half the pool comes and goes each period, in less than one case of 500."""
    ahead = Counter(lead for seed in range(3_000) for lead in leads_of_who_came(Random(seed)))

    assert ahead.total() > 30_000
    assert max(ahead) <= 2
    assert ahead[2] < ahead.total() / 500


def test_whoever_comes_and_goes_has_their_share_to_a_turn():
    """A share is an equal part of the slots in each period that somebody is there for; two turns off is nobody."""
    off = [abs(difference) for seed in range(500) for difference in differences(Random(seed))]

    assert len(off) > 5_000
    assert max(off) < 2
    assert sum(each >= 1 for each in off) < len(off) / 40


def differences(chance):
    """Return how many turns more than their share each had in a history where half the pool comes and goes."""
    slots, rotation, shown, share = chance.randint(1, 8), program.Rotation(RULE), Counter(), Counter()
    for period in range(chance.randint(2, 40)):
        pool = {expert(number) for number in chance.sample(range(20), chance.randint(3, 20))}
        shown.update(play(rotation, pool, slots, period))
        share.update(dict.fromkeys(pool, min(1, slots / len(pool))))
    return [shown[each] - part for each, part in share.items()]


def leads_of_who_came(chance):
    """Yield for each period of a history how many turns more somebody who came had than any who stayed all along."""
    always, slots = set(chance.sample(range(20, 29), chance.randint(2, 5))), chance.randint(1, 8)
    rotation, shown, present = program.Rotation(RULE), Counter(), {}
    for period in range(chance.randint(2, 25)):
        others = set(chance.sample(range(1, 13), chance.randint(0, 12)))
        drawn = play(rotation, {expert(number) for number in always | others}, slots, period)
        present = {number: present.get(number, shown.copy()) for number in others}
        shown.update(drawn)
        stayed = [max(shown[expert(each)] - then[expert(each)] for each in always) for then in present.values()]
        came = [shown[expert(number)] - then[expert(number)] for number, then in present.items()]
        yield max((more - most for more, most in zip(came, stayed, strict=True)), default=0)


def test_a_hundred_who_join_at_once_do_not_push_the_others_off_the_page():
    old = {expert(number) for number in range(1, 11)}
    rotation = program.Rotation(RULE)
    for period in range(50):
        play(rotation, old, 5, period)

    everybody, shown = old | {expert(number) for number in range(100, 200)}, Counter()
    for period in range(50, 50 + 2 * 22):
        drawn = play(rotation, everybody, 5, period)
        shown.update(drawn)

    assert {shown[each] for each in everybody} == {2}


def test_a_suspended_experts_turn_is_neither_lost_nor_piled_up():
    pool = {expert(number) for number in range(1, 5)}
    rotation = program.Rotation(RULE)
    first = play(rotation, pool, 2, 0)
    waiting = min(pool - set(first))  # has a turn to come
    for period in range(1, 20):
        play(rotation, pool - {waiting}, 2, period)

    next_drawn = play(rotation, pool, 2, 20)
    assert waiting in next_drawn

    shown = Counter(next_drawn)
    for period in range(21, 24):
        drawn = play(rotation, pool, 2, period)
        shown.update(drawn)
    assert shown[waiting] <= 3


def test_whoever_was_just_shown_does_not_gain_by_going_and_coming_back():
    pool = {expert(number) for number in range(1, 5)}
    rotation = program.Rotation(RULE)
    first = play(rotation, pool, 2, 0)
    shown = first[0]

    settle(rotation, pool - {shown})
    second = play(rotation, pool, 2, 1)

    assert shown not in second


def test_whoever_is_new_starts_in_the_middle_of_a_round():
    rotation = program.Rotation(RULE)
    for period in range(3):
        play(rotation, {expert(number) for number in range(1, 6)}, 1, period)

    settle(rotation, {expert(number) for number in range(1, 7)})

    assert sorted(rotation.turns.values()) == [0, 0, TURN * 3 // 5, TURN, TURN, TURN]


def test_an_average_below_nought_is_rounded_down():
    rotation = program.Rotation(RULE)
    rotation.turns = {expert(1): -TURN, expert(2): 0, expert(3): 0}

    settle(rotation, {expert(number) for number in range(1, 5)})

    assert rotation.turns[expert(4)] == -333_334


def with_turns(turns):
    rotation = program.Rotation(RULE)
    rotation.turns = {award: count * TURN for award, count in dict(turns).items()}
    return rotation


def test_a_draw_fills_the_slots_with_those_who_were_shown_least():
    rotation = with_turns({expert(1): 3, expert(2): 1, expert(3): 2, expert(4): 1})

    assert set(rotation.draw(2, SEED, [])) == {expert(2), expert(4)}
    assert rotation.draw(3, SEED, [])[2] == expert(3)
    assert len(rotation.draw(9, SEED, [])) == 4
    assert rotation.draw(9, SEED, [expert(3)])[2:] == [expert(1)]
    assert rotation.draw(0, SEED, []) == program.Rotation(RULE).draw(5, SEED, []) == []


def test_equals_are_ordered_by_the_seed_and_by_nothing_else():
    turns = dict.fromkeys(map(expert, range(1, 30)), 4)
    there, back = with_turns(turns), with_turns(reversed(turns.items()))

    assert there.draw(6, SEED, []) == back.draw(6, SEED, [])
    assert there.draw(6, SEED, []) != there.draw(6, b"\x08" * 32, [])
