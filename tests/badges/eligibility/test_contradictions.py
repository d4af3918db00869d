"""Rules that nobody could ever meet are refused at their place, and no others. Rule E-6."""

import pytest

from tests.badges.eligibility.writing import condition, defects, money, read

CONTRADICTIONS = [
    ("at least more than at most", [condition(value=10), condition("jobs_count", "at_most", 9)], "rules[1]"),
    (
        "the same in a group",
        [{"all": [condition("jobs_count", "at_most", 9), condition(value=10)]}],
        "rules[0].all[1]",
    ),
    (
        "across a group",
        [condition(value=10), {"all": [condition("jobs_count", "at_most", 9)]}],
        "rules[1].all[0]",
    ),
    (
        "a branch that the rest rules out, wherever the rest stands",
        [
            {"any": [condition("jobs_count", "at_most", 9), condition("jobs_count", "at_least", 11)]},
            condition(value=10),
        ],
        "rules[0].any[0]",
    ),
    (
        "two currencies",
        [
            condition("hourly_rate_cents", "at_most", money()),
            condition("earnings_cents", "at_least", money(currency="EUR")),
        ],
        "rules[1]",
    ),
    (
        "no country left",
        [condition("country", "in", ["DE", "AT"]), condition("country", "not_in", ["AT", "DE", "FR"])],
        "rules[1]",
    ),
    (
        "two time zones at once",
        [condition("timezone", "in", ["Europe/Berlin"]), condition("timezone", "in", ["UTC"])],
        "rules[1]",
    ),
    (
        "two talent badges at once",
        [condition("talent_badge", "in", ["top_rated"]), condition("talent_badge", "in", ["expert_vetted"])],
        "rules[1]",
    ),
]


@pytest.mark.parametrize(
    ("rules", "place"), [(rules, place) for _, rules, place in CONTRADICTIONS], ids=[each[0] for each in CONTRADICTIONS]
)
def test_what_nobody_can_ever_meet_is_refused_at_its_place(rules, place):
    found = defects(*rules)

    assert list(found) == [place]
    assert found[place].startswith("can never be met: together with the rest, ")


def test_two_choices_that_never_fit_together_are_refused():
    countries = ["DE", "AT"], ["FR", "ES"]
    groups = [{"any": [condition("country", "in", [code]) for code in choice]} for choice in countries]

    assert list(defects(*groups)) == ["rules[1].any[0]", "rules[1].any[1]"]


@pytest.mark.parametrize(
    "rules",
    [
        [condition(value=10), condition("jobs_count", "at_most", 10)],
        [{"any": [condition(value=10), condition("jobs_count", "at_most", 5)]}],
        [condition("country", "in", ["DE", "AT"]), condition("country", "not_in", ["AT"])],
        [
            {"any": [condition("country", "in", ["DE"]), condition("country", "in", ["AT"])]},
            {"any": [condition("country", "in", ["AT"]), condition("country", "in", ["DE"])]},
        ],
        [
            {"any": [condition("jobs_count", "at_most", 5), condition(value=10), condition(value=30)]},
            {"any": [condition(value=20), condition("jobs_count", "at_most", 3)]},
        ],
        [condition("skills", "has_all", ["A"]), condition("skills", "has_all", ["B"])],
        [condition("certificate", "held", "A"), condition("certificate", "held", "B")],
        [condition("availability", "in", ["Full Time"]), condition("availability", "in", ["full time"])],
        [
            condition("language", "at_least", {"code": "de", "level": "native"}),
            condition("language", "at_least", {"code": "fr", "level": "native"}),
        ],
        [
            {
                "any": [
                    condition("hourly_rate_cents", "at_most", money()),
                    condition("skills", "has_any", ["A"]),
                ]
            },
            condition("earnings_cents", "at_least", money()),
        ],
    ],
)
def test_what_somebody_can_meet_is_not_refused(rules):
    assert read(*rules)
