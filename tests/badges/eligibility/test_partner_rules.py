"""A partner's own rules as a document: what can be written, and what is refused, and where. Rule E-6."""

import json

import pytest

from badges.eligibility.askable import FACTS
from badges.eligibility.partner_rules import MAX_CONDITIONS, MAX_DEPTH, NO_RULES, PartnerRules
from badges.eligibility.refusals import PolicyRefused
from tests.badges.eligibility.writing import condition, defects, money, read

EVERYTHING = [
    condition("certificate", "held", "Northwind Data Associate"),
    condition("training", "passed", "Northwind Basics"),
    condition("review", "passed", "Portfolio -- level 2"),
    condition("skill_jobs", "at_least", {"skill": "SQL", "count": 1}),
    condition("skill_hours", "at_least", {"skill": "SQL", "count": 2_000_000_000}),
    condition("skill_earnings", "at_least", {"skill": "SQL", **money(10**15)}),
    condition("timezone_overlap", "at_least", {"hours": 8, "zone": "Europe/Berlin"}),
    condition("jobs_count", "at_least", 0),
    condition("hours_worked", "at_most", 2_000_000_000),
    condition("earnings_cents", "at_least", money(10**15)),
    condition("hourly_rate_cents", "at_most", money(100_000_000)),
    condition("years_experience", "at_least", 100),
    condition("skills", "has_any", ["SQL", "Python"]),
    condition("skills", "has_all", ["C"]),
    condition("portfolio_items", "at_least", 3),
    condition("country", "in", ["DE", "AT", "CH"]),
    condition("country", "not_in", ["CH"]),
    condition("language", "at_least", {"code": "de", "level": "fluent"}),
    condition("timezone", "in", ["Europe/Berlin", "UTC"]),
    condition("talent_badge", "in", ["top_rated", "top_rated_plus", "rising_talent", "expert_vetted"]),
    condition("identity_verified", "is", True),
    condition("jss_pct", "at_least", 80),
    condition("days_since_active", "at_most", 0),
    condition("availability", "in", ["full time"]),
    {"any": [condition(), {"all": [condition("portfolio_items", "at_least", 2), {"any": [condition("jobs_count")]}]}]},
]


def test_every_fact_can_be_asked_for_and_survives_being_kept():
    rules = read(*EVERYTHING)

    assert {rule["fact"] for rule in EVERYTHING if "fact" in rule} == set(FACTS)
    assert rules.to_json() == {"rules": EVERYTHING}
    assert PartnerRules.from_json(json.loads(json.dumps(rules.to_json())), min_jss_pct=80) == rules
    assert len({rules, read(*EVERYTHING)}) == 1


def test_no_rules_are_rules_too():
    assert read() == NO_RULES == PartnerRules.from_json(NO_RULES.to_json())


def test_texts_are_kept_as_profiles_keep_theirs():
    rules = read(
        condition("certificate", "held", "  Cafe\u0301   Expert "), condition("skills", "has_any", ["Go", "go ", "C"])
    )

    assert rules.requirements[0].text == "Café Expert"
    assert rules.requirements[1].texts == ("Go", "C")


@pytest.mark.parametrize(
    "document", [None, [], {}, "rules", {"rules": {}}, {"rules": [], "more": 1}, {"rules": None}, 7]
)
def test_a_document_is_one_list_called_rules(document):
    with pytest.raises(PolicyRefused, match="rules is a list of conditions and groups"):
        PartnerRules.from_json(document)


@pytest.mark.parametrize(
    ("fact", "operator", "value", "place"),
    [
        ("certificate", "held", "", "value"),
        ("certificate", "held", "   ", "value"),
        ("certificate", "held", "a\x00b", "value"),
        ("certificate", "held", "x" * 201, "value"),
        ("certificate", "held", ["N"], "value"),
        ("jobs_count", "at_least", "10", "value"),
        ("jobs_count", "at_least", 9.5, "value"),
        ("jobs_count", "at_least", True, "value"),
        ("jobs_count", "at_least", -1, "value"),
        ("jobs_count", "at_least", 2_000_000_001, "value"),
        ("jobs_count", "at_least", None, "value"),
        ("jobs_count", "at_least", money(), "value"),
        ("years_experience", "at_least", 101, "value"),
        ("jss_pct", "at_least", 101, "value"),
        ("days_since_active", "at_most", 3651, "value"),
        ("earnings_cents", "at_least", 5_000, "value"),
        ("earnings_cents", "at_least", {"cents": 5_000}, "value"),
        ("earnings_cents", "at_least", money(50.5), "value.cents"),
        ("earnings_cents", "at_least", money(currency="usd"), "value.currency"),
        ("earnings_cents", "at_least", money(currency=["USD"]), "value.currency"),
        ("hourly_rate_cents", "at_most", money(100_000_001), "value.cents"),
        ("skills", "has_any", [], "value"),
        ("skills", "has_any", "SQL", "value"),
        ("skills", "has_any", ["SQL", 7], "value[1]"),
        ("skills", "has_any", [f"skill {n}" for n in range(51)], "value"),
        ("country", "in", ["DE", "Germany"], "value[1]"),
        ("country", "in", ["XX"], "value[0]"),
        ("country", "in", [["DE"]], "value[0]"),
        ("language", "at_least", "de", "value"),
        ("language", "at_least", {"code": "deu", "level": "fluent"}, "value.code"),
        ("language", "at_least", {"code": "de", "level": "good"}, "value.level"),
        ("language", "at_least", {"code": "de", "level": None}, "value.level"),
        ("timezone", "in", ["Berlin"], "value[0]"),
        ("talent_badge", "in", ["Top Rated"], "value[0]"),
        ("identity_verified", "is", False, "value"),
        ("identity_verified", "is", 1, "value"),
        ("jobs_count", "has_any", 10, "operator"),
        ("jobs_count", ["at_least"], 10, "operator"),
        ("days_since_active", "at_least", 10, "operator"),
        ("jss_pct", "at_most", 90, "operator"),
        ("training", "passed", "", "value"),
        ("review", "held", "Portfolio", "operator"),
        ("skill_jobs", "at_least", 10, "value"),
        ("skill_jobs", "at_least", {"skill": "SQL", "count": 0}, "value.count"),
        ("skill_jobs", "at_least", {"skill": "", "count": 3}, "value.skill"),
        ("skill_hours", "at_most", {"skill": "SQL", "count": 3}, "operator"),
        ("skill_earnings", "at_least", {"skill": "SQL", "cents": 3}, "value"),
        ("skill_earnings", "at_least", {"skill": "SQL", **money(currency="usd")}, "value.currency"),
        ("timezone_overlap", "at_least", {"hours": 9, "zone": "Europe/Berlin"}, "value.hours"),
        ("timezone_overlap", "at_least", {"hours": 0, "zone": "Europe/Berlin"}, "value.hours"),
        ("timezone_overlap", "at_least", {"hours": 4, "zone": "Berlin"}, "value.zone"),
        ("timezone_overlap", "at_least", {"minutes": 4, "zone": "Europe/Berlin"}, "value"),
        ("shoe_size", "at_least", 42, "fact"),
        (None, "at_least", 42, "fact"),
        (["jobs_count"], "at_least", 42, "fact"),
    ],
)
def test_a_value_operator_or_fact_that_makes_no_sense_is_refused_at_its_place(fact, operator, value, place):
    assert list(defects(condition(fact, operator, value))) == [f"rules[0].{place}"]


def test_all_defects_are_told_at_once_each_with_its_place():
    found = defects(
        condition(value="ten"),
        {"any": [condition(value=-1), {"all": [condition("country", "in", ["DE", "XX", "YY"])]}]},
        {"fact": "jobs_count", "operater": "at_least"},
        {"none": []},
        {"all": []},
        {"any": [condition()], "all": [condition()]},
        "jobs_count",
        condition("earnings_cents", "at_lest", money(-1, "US")),
        condition("portfolio_items", "at_least", 5),
        condition("portfolio_items", "at_most", 4),
        condition("jss_pct", "at_least", 79),
    )

    assert list(found) == [
        "rules[0].value",
        "rules[1].any[0].value",
        "rules[1].any[1].all[0].value[1]",
        "rules[1].any[1].all[0].value[2]",
        "rules[2].operater",
        "rules[2].operator",
        "rules[2].value",
        "rules[3]",
        "rules[4].all",
        "rules[5]",
        "rules[6]",
        "rules[7].operator",
        "rules[7].value.cents",
        "rules[7].value.currency",
        "rules[9]",
        "rules[10].value",
    ]


def test_a_refusal_says_what_would_be_right():
    assert defects(condition("country", "in", ["Germany"]))["rules[0].value[0]"] == (
        "is an ISO 3166 code, such as DE, not 'Germany'"
    )
    assert defects(condition("jobs_count", "is", 1))["rules[0].operator"] == (
        "is at_least or at_most for jobs_count, not 'is'"
    )


def test_rules_are_not_weaker_than_the_base_policy_however_deep():
    found = defects({"any": [condition("jss_pct", "at_least", 79), condition("jobs_count")]})

    assert found == {"rules[0].any[0].value": "is at least 80, which the marketplace asks of everybody, not 79"}
    assert read(condition("jss_pct", "at_least", 80))
    assert read(condition("jss_pct", "at_least", 79), min_jss_pct=79)


def nested(depth):
    return condition() if depth == 0 else {"any": [nested(depth - 1)]}


def test_groups_stand_three_deep_and_no_deeper():
    assert read(nested(MAX_DEPTH))
    assert list(defects(nested(MAX_DEPTH + 1))) == ["rules[0].any[0].any[0].any[0]"]
    assert list(defects(nested(200))) == ["rules[0].any[0].any[0].any[0]"]


def test_ten_thousand_groups_are_refused_with_the_reason_inside_one_another_or_beside():
    deep = condition()
    for _ in range(10_000):
        deep = {"any": [deep]}

    assert defects(deep) == {
        "rules[0].any[0].any[0].any[0]": "is nested too deeply, groups can stand 3 deep",
    }
    for wide in ({"any": [condition()]}, {"any": []}, {"fact": "'; DROP TABLE awards; --"}):
        assert list(defects(*[wide] * 10_000)) == ["rules"]


def test_there_are_at_most_fifty_conditions_in_all():
    half = {"any": [condition()] * (MAX_CONDITIONS // 2)}

    assert read(half, half)
    assert list(defects(half, half, condition())) == ["rules"]


@pytest.mark.parametrize(
    "name",
    ["'); DROP TABLE awards; --", 'x"; delete from awards', "' OR '1'='1", "' union select password_hash"],
)
def test_what_can_only_be_meant_for_a_database_is_refused_as_a_name_with_the_reason(name):
    for fact, operator in (("certificate", "held"), ("training", "passed"), ("review", "passed")):
        found = defects(condition(fact, operator, name))
        assert list(found) == ["rules[0].value"]
        assert found["rules[0].value"].startswith("looks like a command to a database, not like a name")
    assert list(defects(condition("skills", "has_any", ["SQL", name]))) == ["rules[0].value[1]"]
    assert list(defects(condition("skill_jobs", "at_least", {"skill": name, "count": 3}))) == ["rules[0].value.skill"]


@pytest.mark.parametrize(
    "name",
    [
        "Northwind -- Data Associate",
        "O'Reilly; Update 2024",
        "Select & Union",
        "C/*",
        "Drop-in; create",
        "R or D",
    ],
)
def test_a_name_that_only_looks_a_little_like_a_command_is_a_name(name):
    assert read(condition("certificate", "held", name)).requirements[0].text == name


def test_what_was_asked_for_once_is_read_back_whatever_is_refused_today():
    written = {
        "rules": [
            condition("certificate", "held", "'); DROP TABLE awards; --"),
            {"any": [condition("country", "in", ["XX"]), condition("jobs_count", "at_most", 1)]},
            condition("jobs_count", "at_least", 2),
            condition("timezone_overlap", "at_least", {"hours": 4, "zone": "Nowhere/Gone"}),
        ]
    }

    assert PartnerRules.as_written(written).to_json() == written
    with pytest.raises(PolicyRefused):
        PartnerRules.from_json(written)
