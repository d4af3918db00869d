"""What can be done with a draft of requirements, and what is said of it. Rule E-6."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.eligibility.conditions import Condition, Group
from badges.eligibility.partner_rules import PartnerRules
from core.errors import InvalidInput
from partners import rule_draft
from partners.rule_draft import Gone, place_of

JOBS, MORE = Condition("jobs_count", "at_least", 10), Condition("jobs_count", "at_most", 5)
HOURS, YEARS = Condition("hours_worked", "at_least", 100), Condition("years_experience", "at_least", 3)
DRAFT = (JOBS, Group("any", (HOURS, YEARS)))

drafts = st.recursive(
    st.sampled_from((JOBS, HOURS, YEARS)),
    lambda inner: st.builds(Group, st.sampled_from(("all", "any")), st.lists(inner, max_size=3).map(tuple)),
    max_leaves=8,
)
drafts = st.lists(drafts, max_size=4).map(tuple)


def every_place(draft, inside=()):
    for number, each in enumerate(draft):
        yield (*inside, number)
        if isinstance(each, Group):
            yield from every_place(each.members, (*inside, number))


@given(drafts)
def test_a_draft_survives_being_kept(draft):
    assert rule_draft.from_json(rule_draft.to_json(draft)) == draft


@given(drafts, st.data())
def test_moving_loses_nothing(draft, data):
    places = list(every_place(draft))
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    before = sorted(map(str, rule_draft.conditions(draft)))
    for move in (
        lambda: rule_draft.moved(draft, place, -1),
        lambda: rule_draft.moved(draft, place, 1),
        lambda: rule_draft.moved_out(draft, place),
        lambda: rule_draft.moved_in(draft, place),
        lambda: rule_draft.switched(draft, place),
    ):
        try:
            after = move()
        except (Gone, InvalidInput):
            continue
        assert sorted(map(str, rule_draft.conditions(after))) == before


@given(drafts)
def test_what_is_filled_has_no_empty_group_and_every_other_part_has_its_place(draft):
    def empty(parts):
        return any(isinstance(each, Group) and (not each.members or empty(each.members)) for each in parts)

    assert not empty(rule_draft.filled(draft))
    assert all(rule_draft.part(draft, place) for place, _ in rule_draft.placed(draft))


def test_requirements_and_groups_are_added_changed_switched_and_removed():
    with_group = rule_draft.added(DRAFT, (1,), Group("all", ()))

    assert with_group[1].members[2] == Group("all", ())
    assert rule_draft.replaced(DRAFT, (1, 0), JOBS)[1].members == (JOBS, YEARS)
    assert rule_draft.switched(DRAFT, (1,))[1].kind == "all"
    assert rule_draft.removed(DRAFT, (1, 1))[1].members == (HOURS,)
    assert rule_draft.removed(DRAFT, (1,)) == (JOBS,)


def test_parts_move_among_neighbours_into_a_group_and_out_of_it():
    assert rule_draft.moved(DRAFT, (0,), 1) == (DRAFT[1], JOBS)
    assert rule_draft.moved(DRAFT, (0,), -1) == DRAFT
    assert rule_draft.moved_in((*DRAFT, MORE), (2,)) == (JOBS, Group("any", (HOURS, YEARS, MORE)))
    assert rule_draft.moved_out(DRAFT, (1, 0)) == (JOBS, Group("any", (YEARS,)), HOURS)


@pytest.mark.parametrize("place", ["9", "0.0", "x", "1.0.0", "-1", "1..0", "1." * 400, "0\n"])
def test_a_place_that_is_not_there_changes_nothing(place):
    with pytest.raises(Gone):
        rule_draft.removed(DRAFT, place_of(place))


@pytest.mark.parametrize("change", [rule_draft.removed, rule_draft.moved_in, rule_draft.moved_out, rule_draft.switched])
def test_the_whole_cannot_be_moved_or_removed(change):
    with pytest.raises(Gone):
        change(DRAFT, ())


def test_groups_stand_three_deep_and_no_deeper():
    draft, place = (), ()
    for _ in range(3):
        draft = rule_draft.added(draft, place, Group("any", ()))
        place = (*place, 0)

    with pytest.raises(InvalidInput, match="3 deep"):
        rule_draft.added(draft, place, Group("any", ()))


def test_ten_thousand_groups_do_not_fit():
    draft = (Group("any", ()),) * 50

    with pytest.raises(InvalidInput, match="50 things"):
        rule_draft.added(draft, (), Group("any", ()))


def test_everything_that_is_wrong_stands_at_its_place():
    draft = (JOBS, Group("any", ()), MORE, Condition("jss_pct", "at_least", 70))
    problems = rule_draft.problems(draft, 80)

    assert problems == {
        (1,): ("This group is empty. Add a requirement to it, or remove it.",),
        (2,): ("Can never be met: together with the rest, finished jobs would be at least 10 and at most 5.",),
        (3,): ("Job Success Score is at least 80, which the marketplace asks of everybody, not 70.",),
    }


def test_a_draft_without_faults_is_what_rules_are():
    assert rule_draft.problems(DRAFT, 80) == {}
    assert PartnerRules.from_json(rule_draft.to_json(DRAFT)).requirements == DRAFT
    assert rule_draft.problems((), 80) == {}


def test_rows_say_what_can_be_done_with_each_part():
    jobs, group = rule_draft.rows(DRAFT, {}, {(0,): 7, (1, 1): 3})

    assert (jobs.says, jobs.met, jobs.is_first, jobs.can_go_out) == ("At least 10 finished jobs", 7, True, False)
    assert (group.number, group.kind, group.can_hold, group.is_last) == ("2", "any", "all", True)
    assert [each.number for each in group.members] == ["2.1", "2.2"]
    assert group.members[1].met == 3
    assert group.members[0].can_go_out
