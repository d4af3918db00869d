"""What becomes of an award, at the edges of its grace. Rules E-11, H-1. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.eligibility.findings import Finding
from badges.upkeep import Change, Upkeep, change_between, next_state

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def lost(rule, grace_days):
    return Finding(rule, rule, rule, False, "seen", AT, "It is so.", "Do this.", grace_days)


def met(rule, grace_days):
    return replace(lost(rule, grace_days), met=True, next_step=None)


SCORE, ENGLISH, ACCOUNT, PUBLIC = lost("E-2", 14), lost("E-5", 7), lost("E-1", 0), lost("E-4", 0)


def after(now, findings, at):
    state = next_state(now, findings, at)
    return state, change_between(now, state)


def test_a_lost_requirement_with_grace_starts_it():
    state, change = after(Upkeep(), [SCORE, met("E-1", 0)], AT)

    assert state == Upkeep(AT, AT + 14 * DAY)
    assert change is Change.GRACE_BEGAN


def test_a_lost_requirement_without_grace_suspends_at_once():
    state, change = after(Upkeep(), [ACCOUNT], AT)

    assert state == Upkeep(suspended_at=AT, lifts_at_once=True)
    assert change is Change.SUSPENDED


def test_a_suspension_that_the_policy_makes_is_not_lifted_by_what_is_seen_live():
    state, _ = after(Upkeep(), [lost("E-6", 0), ACCOUNT], AT)

    assert state == Upkeep(suspended_at=AT, lifts_at_once=False)
    assert after(state, [ACCOUNT], AT + DAY) == (replace(state, lifts_at_once=True), Change.SUSPENDED_OTHERWISE)


@pytest.mark.parametrize(
    ("days", "suspended", "change"), [(13, False, None), (14, True, Change.SUSPENDED), (15, True, Change.SUSPENDED)]
)
def test_grace_ends_on_its_day_and_not_before(days, suspended, change):
    in_grace = next_state(Upkeep(), [SCORE], AT)

    state, happened = after(in_grace, [SCORE], AT + days * DAY)

    assert (state.suspended_at is not None, happened) == (suspended, change)
    assert state.suspended_at in (None, AT + 14 * DAY), (
        "it counts from the end of the grace, not from when it was noticed"
    )


def test_a_second_loss_with_as_long_a_grace_never_lengthens_it():
    in_grace = next_state(Upkeep(), [SCORE], AT)

    assert after(in_grace, [SCORE, lost("E-3", 14)], AT + 10 * DAY) == (in_grace, None)


def test_a_second_loss_with_a_shorter_grace_shortens_it():
    in_grace = next_state(Upkeep(), [SCORE], AT)

    state, change = after(in_grace, [SCORE, ENGLISH], AT + 2 * DAY)

    assert (state.grace_ends_at, change) == (AT + 9 * DAY, Change.GRACE_SHORTENED)
    assert after(state, [SCORE, ENGLISH], AT + 3 * DAY) == (state, None), "once is enough"


def test_the_first_loss_met_again_leaves_the_grace_to_the_second():
    in_grace = next_state(next_state(Upkeep(), [SCORE], AT), [SCORE, lost("E-3", 14)], AT + 10 * DAY)

    assert after(in_grace, [lost("E-3", 14)], AT + 11 * DAY) == (in_grace, None)


def test_what_is_met_again_in_time_clears_the_grace():
    assert after(next_state(Upkeep(), [SCORE], AT), [], AT + DAY) == (Upkeep(), Change.GRACE_CLEARED)


def test_what_is_met_again_reinstates():
    suspended = next_state(next_state(Upkeep(), [SCORE], AT), [SCORE], AT + 20 * DAY)

    assert after(suspended, [], AT + 30 * DAY) == (Upkeep(), Change.REINSTATED)


def test_grace_runs_on_under_a_hold():
    held = next_state(next_state(Upkeep(), [SCORE], AT), [SCORE, ACCOUNT], AT + DAY)

    assert held == Upkeep(AT, AT + 14 * DAY, AT + DAY, lifts_at_once=True)
    assert after(held, [SCORE], AT + 2 * DAY) == (Upkeep(AT, AT + 14 * DAY), Change.REINSTATED)
    assert after(held, [SCORE], AT + 14 * DAY) == (held, None), "it stays suspended, now for the score"


def test_what_is_lost_under_a_hold_starts_its_grace_when_the_hold_is_lifted():
    held = next_state(Upkeep(), [ACCOUNT], AT)

    assert after(held, [SCORE, ACCOUNT], AT + DAY) == (held, None)
    assert after(held, [SCORE], AT + 40 * DAY) == (Upkeep(AT + 40 * DAY, AT + 54 * DAY), Change.REINSTATED)


def test_a_grace_whose_cause_is_gone_is_over_under_a_hold_too():
    held = next_state(next_state(Upkeep(), [SCORE], AT), [SCORE, ACCOUNT], AT + DAY)

    state, change = after(held, [ACCOUNT], AT + 2 * DAY)

    assert (state.grace_ends_at, change) == (None, Change.SUSPENDED_OTHERWISE)


@given(
    st.lists(
        st.tuples(st.sets(st.sampled_from([SCORE, ENGLISH, ACCOUNT, PUBLIC, lost("E-6", 0)])), st.integers(0, 30)),
        max_size=8,
    )
)
def test_a_step_repeated_at_the_same_moment_changes_nothing(history):
    state, at = Upkeep(), AT
    for findings, days in history:
        at += days * DAY
        before, state = state, next_state(state, findings, at)

        assert next_state(state, findings, at) == state
        assert (state == Upkeep()) is not bool(findings)
        if before.grace_ends_at and state.grace_ends_at:
            assert state.grace_ends_at <= before.grace_ends_at
