"""Rules E-7 and E-9: whom a partner brings to the marketplace is asked for less, until their first score."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from badges.eligibility.facts import Facts, OpenHold
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.rules import evaluate, is_eligible, unmet
from freelancers.holds import HOLDS, HoldKind

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RULES = PartnerRules.from_json({"rules": [{"fact": "jobs_count", "operator": "at_least", "value": 10}]})
POLICY = Policy(BasePolicy("2026-01", AT), "Northwind 1", AT, RULES)
NEWCOMER = Facts("active", "public", 100, joined_through_issuer=True, feed_seen_at=AT)


def open_rules(**facts):
    return [each.key for each in unmet(evaluate(POLICY, replace(NEWCOMER, **facts), AT))]


def test_a_newcomer_needs_a_complete_public_profile_and_nothing_else():
    findings = evaluate(POLICY, NEWCOMER, AT)

    assert is_eligible(findings)
    assert [each.key for each in findings if each.asked] == ["E-3", "E-4"]


def test_what_a_newcomer_is_not_asked_counts_as_met_and_says_from_when_it_applies():
    for each in evaluate(POLICY, NEWCOMER, AT):
        if not each.asked:
            assert each.met
            assert each.next_step is None
            assert "From the day your first Job Success Score appears, you need " in each.sentence


def test_a_newcomers_sentence_names_what_will_be_asked():
    last = evaluate(POLICY, NEWCOMER, AT)[-1]

    assert last.sentence.endswith("you need at least 10 finished jobs.")


@pytest.mark.parametrize("from_elance", [False, True])
@pytest.mark.parametrize(("pct", "met"), [(89, False), (90, False), (99, False), (100, True)])
def test_a_newcomers_profile_is_complete_at_100_even_from_elance(pct, met, from_elance):
    assert open_rules(completeness_pct=pct, from_elance=from_elance) == ([] if met else ["E-3"])


@pytest.mark.parametrize("visibility", ["marketplace", "private"])
def test_a_newcomers_profile_is_public(visibility):
    assert open_rules(visibility=visibility) == ["E-4"]


def test_the_exception_ends_with_the_first_score():
    assert open_rules(jss_pct=90, first_scored_at=AT) == ["E-5", "E-6/1"]
    assert open_rules(jss_pct=79, first_scored_at=AT) == ["E-2", "E-5", "E-6/1"]


def test_the_exception_does_not_come_back_when_the_score_goes_away():
    assert open_rules(jss_pct=None, first_scored_at=AT) == ["E-2", "E-5", "E-6/1"]


def test_a_score_ends_the_exception_even_before_its_day_is_noted():
    assert open_rules(jss_pct=79, first_scored_at=None) == ["E-2", "E-5", "E-6/1"]


def test_whoever_was_not_brought_by_this_partner_is_no_newcomer():
    assert open_rules(joined_through_issuer=False) == ["E-2", "E-5", "E-6/1"]


@pytest.mark.parametrize("kind", HoldKind)
def test_a_held_newcomer_stays_eligible_and_reads_that_they_are_not_listed(kind):
    findings = evaluate(POLICY, replace(NEWCOMER, holds=(OpenHold(kind, AT),)), AT)
    account = findings[0]

    assert is_eligible(findings)
    assert account.met
    assert not account.asked
    assert account.value.endswith(HOLDS[kind].name)
    assert "you stay eligible, but you are neither listed nor featured" in account.sentence
    assert account.sentence.endswith(HOLDS[kind].lifted_when)


def test_a_held_newcomer_fails_e1_once_scored():
    assert open_rules(holds=(OpenHold(HoldKind.BLOCK, AT),), jss_pct=100, first_scored_at=AT)[0] == "E-1"


def test_a_policy_that_lets_the_unscored_pass_makes_nobody_a_newcomer():
    lenient = replace(POLICY, base=replace(POLICY.base, unscored_passes=True))
    existing = replace(NEWCOMER, joined_through_issuer=False)

    assert [each.key for each in unmet(evaluate(lenient, existing, AT))] == ["E-5", "E-6/1"]
