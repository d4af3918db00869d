"""The path to a badge: its steps are enough, none is too many, and they stand in an order that can be done."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import HealthCheck, assume, given, settings

from badges.eligibility.conditions import Condition, Group
from badges.eligibility.contradictions import contradictions
from badges.eligibility.facts import OpenHold
from badges.eligibility.partner_rules import NO_RULES
from badges.eligibility.path import PROFILE, done, other_steps, path
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.rules import evaluate, is_eligible
from freelancers.holds import HoldKind
from freelancers.rules import ProfileParts
from tests.badges.eligibility.anybody import AT, FULL, facts, keys, people, policies, policy


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(policies, people())
def test_all_steps_together_make_eligible_and_no_fewer_do(asked, person):
    assume(not contradictions(asked.rules.requirements, "rules"))
    who, parts = person
    steps = path(asked, who, parts, AT)

    assert is_eligible(evaluate(asked, done(steps, asked, who, parts, AT), AT))
    for size in range(min(len(steps), 7)):
        for fewer in combinations(steps, size):
            assert not is_eligible(evaluate(asked, done(fewer, asked, who, parts, AT), AT))
    assert len(set(keys(steps))) == len(steps)
    assert [step.kind for step in steps] == sorted(step.kind for step in steps)
    for step in steps:
        assert step.meets
        assert step.title
        assert step.text


CERTIFICATE = Condition("certificate", "held", "SQL")
TEN_JOBS = Condition("jobs_count", "at_least", 10)


def test_somebody_eligible_has_no_step():
    assert path(policy(), facts(), FULL, AT) == ()


def test_steps_stand_in_an_order_that_can_be_done():
    who = facts(
        account_state="suspended",
        holds=(OpenHold(HoldKind.POLICY_RESTRICTION, AT), OpenHold(HoldKind.AWAITING_VERIFICATION, AT)),
        visibility="private",
        english_level=None,
        jss_pct=70,
        jobs_count=1,
    )
    empty = ProfileParts()
    who = replace(who, completeness_pct=0)

    steps = path(policy(CERTIFICATE, TEN_JOBS), who, empty, AT)

    assert keys(steps) == [
        "verification",
        "account",
        "restriction",
        "visibility",
        PROFILE,
        "english_level",
        "certificate:sql",
        "jobs_count",
        "jss_pct",
    ]
    assert steps[0].waits_for == "An agent decides, right after the call."
    assert steps[3].waits_for is None
    assert "updated every day" in steps[-1].text


def test_what_completes_the_profile_is_told_part_by_part():
    parts = replace(FULL, employment=2, education=1)
    [step] = path(policy(), facts(parts), parts, AT)

    assert [(each.part, each.count, each.points) for each in step.additions] == [
        ("further employment", 1, 10),
        ("linked accounts", 1, 10),
    ]
    assert step.completeness_pct == 100


def test_a_certificate_that_is_asked_for_counts_for_the_profile_too():
    parts = replace(FULL, employment=2, portfolio=1)
    steps = path(policy(CERTIFICATE), facts(parts, portfolio_items=1), parts, AT)

    assert keys(steps) == ["certificate:sql"]
    assert steps[0].meets == ("E-3", "E-6/1")
    assert steps[0].completeness_pct == 100


def test_a_stated_figure_is_told_as_such():
    parts = replace(FULL, stated_pct=85)
    [step] = path(policy(), facts(parts), parts, AT)

    assert "The marketplace states 85 %." in step.text
    assert step.waits_for


def test_of_several_the_easiest_is_taken_and_the_others_are_named():
    fork = Group("any", (CERTIFICATE, TEN_JOBS))
    [step] = path(policy(fork), facts(jobs_count=9), FULL, AT)
    assert (step.title, step.alternatives) == ("Finish 1 more job", ("an active certificate “SQL”",))
    assert keys(other_steps(policy(fork), facts(jobs_count=9), FULL, AT, [step])) == ["certificate:sql"]

    [step] = path(policy(fork), facts(jobs_count=0), FULL, AT)
    assert (step.title, step.alternatives) == ("Earn the certificate “SQL”", ("at least 10 finished jobs",))


def test_one_step_serves_two_requirements():
    [step] = path(policy(Condition("jss_pct", "at_least", 90)), facts(jss_pct=75), FULL, AT)

    assert step.title == "Raise your Job Success Score by 15 points, to 90 %"
    assert step.meets == ("E-2", "E-6/1")


def test_a_first_score_is_held_to_the_base_policy_too():
    asked = policy(Condition("jss_pct", "at_least", 70), unscored_passes=True)
    [step] = path(asked, facts(jss_pct=None), FULL, AT)

    assert step.title == "Have a Job Success Score of 80 % or more"


def test_verifying_serves_the_hold_and_the_partner_who_asks_for_it():
    who = facts(holds=(OpenHold(HoldKind.AWAITING_VERIFICATION, AT),))
    [step] = path(policy(Condition("identity_verified", "is", value=True)), who, FULL, AT)

    assert step.meets == ("E-1", "E-6/1")


def test_what_only_grows_cannot_be_undone_and_is_said_so():
    [step] = path(policy(Condition("jobs_count", "at_most", 5)), facts(jobs_count=6), FULL, AT)

    assert not step.is_possible
    assert "cannot be met any more" in step.text


def test_a_newcomer_needs_a_public_and_complete_profile_alone():
    parts = replace(FULL, employment=2)
    who = facts(parts, jss_pct=None, first_scored_at=None, visibility="private", joined_through_issuer=True)

    assert keys(path(policy(CERTIFICATE), who, parts, AT)) == ["visibility", PROFILE]


def test_a_profile_from_elance_needs_less():
    parts = replace(FULL, employment=2)

    assert path(policy(), facts(parts, from_elance=True), parts, AT) == ()


@pytest.mark.parametrize("count", [20, 50])
def test_many_forks_are_found_through_quickly(count):
    forks = [
        Group("any", (Condition("certificate", "held", f"A{n}"), Condition("certificate", "held", f"B{n}")))
        for n in range(count // 2)
    ]

    assert len(path(policy(*forks), facts(), FULL, AT)) == count // 2


def test_no_rules_at_all_still_have_a_path():
    bare = Policy(BasePolicy("1", AT), "1", AT, NO_RULES)

    assert keys(path(bare, facts(visibility="private"), FULL, AT)) == ["visibility"]
