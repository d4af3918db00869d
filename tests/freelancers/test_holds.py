"""Rule H: what each hold stops, written out once more as in the table."""

import pytest

from freelancers.holds import (
    ACTION_NAMES,
    HOLDS,
    Action,
    Contracts,
    HoldKind,
    Proposals,
    active_proposals,
    existing_contracts,
    may,
    stopped_by,
    stops,
)

ACTIONS = "new_proposals change_photo withdraw_earnings direct_hires be_shown log_in".split()
TABLE = {
    "awaiting_verification": "no  no  yes yes yes yes",
    "verification_failed": "no  no  no  no  no  yes",
    "policy_restriction": "no  yes no  no  no  yes",
    "block": "no  no  no  no  no  no",
}
CELLS = [(kind, action, cell) for kind, row in TABLE.items() for action, cell in zip(ACTIONS, row.split(), strict=True)]


@pytest.mark.parametrize(("kind", "action", "cell"), CELLS)
def test_a_hold_stops_what_its_row_says(kind, action, cell):
    assert may(Action(action), [HoldKind(kind)]) is (cell == "yes")


def test_the_table_has_every_kind_and_every_action():
    assert set(HOLDS) == {HoldKind(kind) for kind in TABLE}
    assert set(ACTION_NAMES) == {Action(action) for action in ACTIONS} == set(Action)


def test_without_a_hold_everything_is_allowed():
    assert all(may(action, []) for action in Action)
    assert stops([]) == ()
    assert active_proposals([]) is Proposals.KEPT
    assert existing_contracts([]) is Contracts.GO_ON


def test_with_two_holds_either_is_enough_to_stop_an_action_and_both_are_named():
    both = [HoldKind.POLICY_RESTRICTION, HoldKind.AWAITING_VERIFICATION]

    assert stopped_by(Action.CHANGE_PHOTO, both) == (HoldKind.AWAITING_VERIFICATION,)
    assert stopped_by(Action.NEW_PROPOSALS, both) == tuple(both)
    assert "change your photo" in stops(both)
    assert "log in" not in stops(both)


@pytest.mark.parametrize(
    ("kind", "proposals", "contracts"),
    [
        ("awaiting_verification", "kept", "go_on"),
        ("verification_failed", "cancelled", "go_on"),
        ("policy_restriction", "kept", "finish_only"),
        ("block", "cancelled", "none"),
    ],
)
def test_a_hold_keeps_or_ends_running_work(kind, proposals, contracts):
    assert active_proposals([HoldKind(kind)]) == proposals
    assert existing_contracts([HoldKind(kind)]) == contracts


def test_the_strictest_hold_decides_about_contracts():
    assert existing_contracts([HoldKind.POLICY_RESTRICTION, HoldKind.AWAITING_VERIFICATION]) is Contracts.FINISH_ONLY


@pytest.mark.parametrize("kind", HoldKind)
def test_every_hold_says_what_lifts_it_and_who_decides(kind):
    assert HOLDS[kind].lifted_when.endswith(".")
    assert HOLDS[kind].decided_by
