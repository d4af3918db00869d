"""Rules E-1..E-5, E-8 at their edges, and what people read about them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from badges.eligibility.conditions import Condition, Money, includes
from badges.eligibility.facts import Facts, Language, OpenHold
from badges.eligibility.findings import Finding
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.rules import describe, describe_newcomers, evaluate, is_eligible, unmet
from freelancers.holds import HOLDS, HoldKind

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEEN_AT = AT - timedelta(days=3)
BASE = BasePolicy("2026-01", AT)
POLICY = Policy(BASE, "Northwind 1", AT)
EXPERT = Facts(
    account_state="active",
    visibility="public",
    completeness_pct=100,
    english_level="fluent",
    jss_pct=95,
    jss_observed_at=AT - timedelta(days=1),
    first_scored_at=AT - timedelta(days=400),
    feed_seen_at=SEEN_AT,
)
NORTHWIND = PartnerRules.from_json(
    {
        "rules": [
            {"fact": "certificate", "operator": "held", "value": "Northwind Data Associate"},
            {
                "any": [
                    {"fact": "jobs_count", "operator": "at_least", "value": 10},
                    {"fact": "skills", "operator": "has_any", "value": ["SQL"]},
                ]
            },
        ]
    },
    min_jss_pct=80,
)


def finding(key, policy=POLICY, **facts):
    """The finding under `key` for an expert who differs in `facts`."""
    found = {each.key: each for each in evaluate(policy, replace(EXPERT, **facts), AT)}
    return found[key]


def base(**numbers):
    return replace(POLICY, base=replace(BASE, **numbers))


def test_an_expert_who_meets_everything_is_eligible_and_has_nothing_to_do():
    findings = evaluate(POLICY, EXPERT, AT)

    assert is_eligible(findings)
    assert unmet(findings) == ()
    assert all(each.next_step is None and each.asked for each in findings)


def test_findings_come_in_the_order_of_the_rules_and_the_partners_own_are_numbered():
    policy = replace(POLICY, rules=NORTHWIND)

    assert [each.key for each in evaluate(policy, EXPERT, AT)] == ["E-1", "E-2", "E-3", "E-4", "E-5", "E-6/1", "E-6/2"]
    assert [each.rule for each in evaluate(policy, EXPERT, AT)][-2:] == ["E-6", "E-6"]


def test_every_finding_that_is_open_says_what_to_do_next():
    stranger = Facts("closed", "private", 0)
    findings = evaluate(replace(POLICY, rules=NORTHWIND), stranger, AT)

    assert unmet(findings) == findings
    assert all(each.next_step.endswith(".") and each.sentence.endswith(".") and each.value for each in findings)


@pytest.mark.parametrize(("pct", "met"), [(0, False), (79, False), (80, True), (81, True), (100, True)])
def test_a_score_of_80_is_enough_and_79_is_not(pct, met):
    assert finding("E-2", jss_pct=pct).met is met


def test_a_score_is_told_with_its_limit_and_its_margin():
    low, exact, high = (finding("E-2", jss_pct=pct) for pct in (79, 80, 81))

    assert low.sentence == "Your Job Success Score is 79 %, and 80 % is needed."
    assert exact.sentence == "Your Job Success Score is 80 %, and 80 % is needed, which leaves no points to spare."
    assert high.sentence == "Your Job Success Score is 81 %, and 80 % is needed, which leaves 1 point to spare."
    assert (low.value, low.observed_at) == ("79 %", EXPERT.jss_observed_at)
    assert "24 months" in low.next_step


def test_a_scored_person_without_a_score_now_does_not_meet_e2_and_learns_how_one_appears():
    found = finding("E-2", jss_pct=None)

    assert not found.met
    assert found.sentence == "You have no Job Success Score at the moment, and one of at least 80 % is needed."
    assert "2 finished jobs for 2 different clients within the last 24 months" in found.next_step


def test_whoever_never_had_a_score_has_none_yet():
    assert "no Job Success Score yet" in finding("E-2", jss_pct=None, first_scored_at=None).sentence


def test_a_policy_can_let_people_without_a_score_pass_but_not_those_with_a_low_one():
    lenient = base(unscored_passes=True)

    assert finding("E-2", lenient, jss_pct=None).met
    assert "lets people without one pass" in finding("E-2", lenient, jss_pct=None).sentence
    assert not finding("E-2", lenient, jss_pct=79).met


@pytest.mark.parametrize(
    ("pct", "from_elance", "met"),
    [(89, False, False), (90, False, False), (99, False, False), (100, False, True)]
    + [(89, True, False), (90, True, True), (99, True, True), (100, True, True)],
)
def test_a_profile_is_complete_at_100_or_at_90_when_brought_over_from_elance(pct, from_elance, met):
    assert finding("E-3", completeness_pct=pct, from_elance=from_elance).met is met


def test_completeness_says_why_90_is_enough_and_who_states_the_figure():
    assert finding("E-3", completeness_pct=99).sentence == "Your profile is 99 % complete, and 100 % is needed."
    elance = finding("E-3", completeness_pct=89, from_elance=True)
    assert elance.sentence.endswith("and 90 % is needed, because it was brought over from Elance.")
    stated = finding("E-3", completeness_pct=99, completeness_stated_pct=99)
    assert "as the marketplace states it" in stated.sentence
    assert "when the marketplace states" in stated.next_step


def test_what_is_written_here_is_to_be_put_right_here():
    for rule, facts in (("E-4", {"visibility": "private"}), ("E-5", {"english_level": None})):
        assert "“Profile”" in finding(rule, **facts, stated=0).next_step
        assert "“Profile”" not in finding(rule, **facts).next_step


@pytest.mark.parametrize(("visibility", "met"), [("public", True), ("marketplace", False), ("private", False)])
def test_only_a_public_profile_passes(visibility, met):
    assert finding("E-4", visibility=visibility).met is met


def test_a_profile_that_only_members_see_is_told_so():
    found = finding("E-4", visibility="marketplace")

    assert found.value == "marketplace-only"
    assert found.sentence.startswith("Only people who are signed in to the marketplace can see your profile")
    assert found.next_step.endswith("set who can see it to public.")


@pytest.mark.parametrize(
    ("level", "met"),
    [(None, False), ("basic", False), ("conversational", False), ("fluent", True), ("native", True)],
)
def test_fluent_or_native_english_passes(level, met):
    found = finding("E-5", english_level=level)

    assert found.met is met
    assert found.value == (level or "not stated")
    assert "fluent or native is needed" in found.sentence


@pytest.mark.parametrize("state", ["suspended", "blocked", "closed"])
def test_an_account_that_is_not_active_fails_e1(state):
    found = finding("E-1", account_state=state)

    assert not found.met
    assert found.value == state
    assert found.sentence.startswith(f"Your account is {state}.")


@pytest.mark.parametrize("kind", HoldKind)
def test_any_open_hold_fails_e1_with_its_name_its_day_and_the_way_out(kind):
    found = finding("E-1", holds=(OpenHold(kind, SEEN_AT),))

    assert not found.met
    assert found.observed_at == SEEN_AT
    assert f"({HOLDS[kind].name}, since 27 February 2026)" in found.sentence
    assert found.next_step == HOLDS[kind].lifted_when


def test_several_holds_are_all_told_at_once():
    holds = (OpenHold(HoldKind.AWAITING_VERIFICATION, SEEN_AT), OpenHold(HoldKind.POLICY_RESTRICTION, AT))
    found = finding("E-1", account_state="suspended", holds=holds)

    assert found.value == "suspended, awaiting verification, policy restriction"
    assert "is suspended and has 2 open holds" in found.sentence
    assert all(HOLDS[hold.kind].lifted_when in found.next_step for hold in holds)


def test_grace_is_the_policys_and_none_is_given_for_the_account_and_visibility():
    findings = evaluate(replace(POLICY, rules=NORTHWIND), EXPERT, AT)

    assert [each.grace_days for each in findings] == [0, 14, 14, 0, 14, 14, 14]


def test_another_policy_decides_by_its_own_numbers():
    strict = base(min_jss_pct=90, min_completeness_pct=70, passing_english_levels=("native",))

    assert finding("E-2", strict, jss_pct=89).sentence == "Your Job Success Score is 89 %, and 90 % is needed."
    assert finding("E-3", strict, completeness_pct=70).met
    assert not finding("E-5", strict).met
    assert "and native is needed" in finding("E-5", strict).sentence


def test_a_policy_is_described_in_plain_words_one_phrase_a_finding():
    policy = replace(POLICY, rules=NORTHWIND)

    assert describe(policy) == (
        "An active account without an open hold",
        "A Job Success Score of at least 80 %",
        "A profile that is 100 % complete (90 % if it was brought over from Elance)",
        "A public profile",
        "Fluent or native English",
        "An active certificate “Northwind Data Associate”",
        "At least one of these: at least 10 finished jobs; the skill SQL",
    )
    assert len(describe(policy)) == len(evaluate(policy, EXPERT, AT))
    assert "public profile that is 100 % complete" in describe_newcomers(policy)


@pytest.mark.parametrize(
    ("base_pct", "unscored_passes", "own", "named"),
    [
        (80, False, {"fact": "jss_pct", "operator": "at_least", "value": 85}, ["85 %"]),
        (80, False, {"fact": "jss_pct", "operator": "at_least", "value": 80}, ["80 %"]),
        (90, False, {"fact": "jss_pct", "operator": "at_least", "value": 85}, ["90 %"]),
        (90, True, {"fact": "jss_pct", "operator": "at_least", "value": 85}, ["90 %", "85 %"]),
        (80, False, {"all": [{"fact": "jss_pct", "operator": "at_least", "value": 85}]}, ["85 %"]),
        (
            80,
            False,
            {
                "any": [
                    {"fact": "jss_pct", "operator": "at_least", "value": 90},
                    {"fact": "jobs_count", "operator": "at_least", "value": 5},
                ]
            },
            ["80 %", "90 %"],
        ),
    ],
)
def test_of_two_scores_that_are_asked_for_the_higher_is_named(base_pct, unscored_passes, own, named):
    base = replace(BASE, min_jss_pct=base_pct, unscored_passes=unscored_passes)
    lines = describe(replace(POLICY, base=base, rules=PartnerRules.from_json({"rules": [own]})))

    assert [pct for line in lines for pct in re.findall(r"Score of at least (\d+ %)", line)] == named


def test_of_two_things_of_which_one_includes_the_other_only_what_binds_is_named():
    def lines(*own):
        rules = [{"fact": fact, "operator": operator, "value": value} for fact, operator, value in own]
        return describe(replace(POLICY, rules=PartnerRules.from_json({"rules": rules})))

    jobs = lines(("jobs_count", "at_least", 5), ("jobs_count", "at_least", 10), ("jobs_count", "at_most", 90))
    assert [line for line in jobs if "jobs" in line] == ["At least 10 finished jobs", "At most 90 finished jobs"]
    dollars = {"cents": 5_000, "currency": "USD"}
    rates = lines(("hourly_rate_cents", "at_most", dollars), ("earnings_cents", "at_least", dollars))
    assert sum("$50" in line for line in rates) == 2
    english = lines(("language", "at_least", {"code": "en", "level": "native"}))
    assert [line for line in english if "English" in line] == ["Native English"]
    assert len(lines(("language", "at_least", {"code": "de", "level": "native"}))) == 6
    two = Condition("earnings_cents", "at_least", Money(2, "EUR"))
    assert includes(two, replace(two, value=Money(1, "EUR")))
    assert not includes(two, replace(two, value=Money(1, "USD")))


def test_a_finding_survives_being_kept_in_a_receipt():
    for each in evaluate(replace(POLICY, rules=NORTHWIND), replace(EXPERT, jss_pct=None), AT):
        assert Finding.from_json(each.to_json()) == each


def test_facts_survive_being_kept_in_a_receipt():
    full = replace(
        EXPERT,
        languages=(Language("de", None), Language("en", "native")),
        skills=("SQL",),
        holds=(OpenHold(HoldKind.BLOCK, AT),),
        last_active_on=AT.date(),
    )

    assert Facts.from_json(full.to_json()) == full
    assert evaluate(POLICY, Facts.from_json(full.to_json()), AT) == evaluate(POLICY, full, AT)
