"""Rule E-6: a partner's conditions and groups of them in the words that people read."""

import pytest

from badges.eligibility.rules import describe, evaluate
from tests.badges.eligibility.judging import ADA, AT, USD, condition, judged, policy


def test_of_a_group_any_one_is_enough():
    rule = {"any": [condition("jobs_count", "at_least", 10), condition("certificate", "held", "N")]}

    met = judged(rule, jobs_count=12)
    assert met.met
    assert met.sentence == "One of several is enough, and you have at least 10 finished jobs."
    open_ = judged(rule, jobs_count=7)
    assert not open_.met
    assert open_.value == "0 of 2 met"
    assert open_.sentence == (
        "You need at least one of these: at least 10 finished jobs; an active certificate “N”. Your profile shows 7 "
        "finished jobs, and at least 10 are needed. Your profile shows no certificate “N”, and an active one is needed."
    )
    assert open_.next_step == (
        "Finish 3 more jobs on the marketplace. Or: Earn the certificate “N” and add it to your profile."
    )


def test_of_a_group_all_are_needed_and_only_the_open_ones_are_told():
    rule = {"all": [condition("jobs_count", "at_least", 10), condition("years_experience", "at_least", 1)]}

    assert judged(rule, jobs_count=10, years_experience=1).met
    open_ = judged(rule, jobs_count=10, years_experience=0)
    assert not open_.met
    assert open_.value == "1 of 2 met"
    assert "Your profile shows no years of experience, and at least 1 is needed." in open_.sentence
    assert "finished jobs, and" not in open_.sentence


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (condition("jobs_count", "at_least", 1), "At least 1 finished job"),
        (
            condition("earnings_cents", "at_least", {"cents": 500_050, "currency": "USD"}),
            "Earnings of at least $5,000.50",
        ),
        (
            condition("hourly_rate_cents", "at_most", {"cents": 9_000, "currency": "CHF"}),
            "An hourly rate of at most 90 CHF",
        ),
        (condition("skills", "has_all", ["A", "B", "C"]), "The skills A, B and C"),
        (condition("skills", "has_any", ["A", "B"]), "At least one of the skills A and B"),
        (condition("country", "in", ["US", "DE"]), "A profile whose country is the United States or Germany"),
        (condition("country", "not_in", ["FR"]), "A profile whose country is not France"),
        (condition("language", "at_least", {"code": "de", "level": "native"}), "Native German"),
        (condition("language", "at_least", {"code": "de", "level": "basic"}), "Basic German or better"),
        (
            condition("training", "passed", "Northwind Basics"),
            "The training “Northwind Basics”, passed and not lapsed",
        ),
        (
            condition("skill_jobs", "at_least", {"skill": "SQL", "count": 1}),
            "At least 1 finished job with the skill SQL",
        ),
        (
            condition("skill_earnings", "at_least", {"skill": "SQL", **USD}),
            "Earnings of at least $50 with the skill SQL",
        ),
        (
            condition("timezone_overlap", "at_least", {"hours": 4, "zone": "Europe/Berlin"}),
            "At least 4 hours of the working day, 9 to 17, shared with the time zone Europe/Berlin",
        ),
        (condition("timezone", "in", ["Europe/Berlin"]), "The time zone Europe/Berlin"),
        (
            condition("talent_badge", "in", ["top_rated", "expert_vetted"]),
            "The talent badge Top Rated or Expert Vetted",
        ),
        (condition("identity_verified", "is", True), "A verified identity"),
        (condition("jss_pct", "at_least", 90), "A Job Success Score of at least 90 %"),
        (condition("days_since_active", "at_most", 0), "Activity on the marketplace today"),
        (condition("days_since_active", "at_most", 1), "Activity on the marketplace within the last day"),
        (condition("availability", "in", ["full time"]), "The availability “full time”"),
    ],
)
def test_a_condition_is_described_in_plain_words(rule, words):
    assert describe(policy(rule))[-1] == words


def test_a_group_within_a_group_is_described_in_brackets():
    inner = {"all": [condition("jobs_count", "at_least", 2), condition("identity_verified", "is", True)]}
    rule = {"any": [inner, condition("certificate", "held", "N")]}

    assert describe(policy(rule))[-1] == (
        "At least one of these: (all of these: at least 2 finished jobs; a verified identity); "
        "an active certificate “N”"
    )
    assert evaluate(policy(rule), ADA, AT)[-1].title == "Finished jobs and verified identity or certificate “N”"
