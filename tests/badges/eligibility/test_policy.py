"""Policies as documents with a date: kept and read again, compared with their base, and refused with all defects."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import GRACE_DAYS, BasePolicy, Policy, canonical_digest
from badges.eligibility.refusals import PolicyRefused

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
BASE = BasePolicy("2026-01", SINCE)
RULES = PartnerRules.from_json({"rules": [{"fact": "jss_pct", "operator": "at_least", "value": 85}]})
POLICY = Policy(BASE, "Northwind 1", SINCE, RULES)


def places(read, document):
    with pytest.raises(PolicyRefused) as refused:
        read(document)
    return [each.where for each in refused.value.defects]


@pytest.mark.parametrize(
    "base",
    [
        BASE,
        replace(BASE, unscored_passes=True, min_jss_pct=0),
        replace(BASE, passing_visibilities=("public", "marketplace"), passing_english_levels=("native",)),
        replace(BASE, grace_days={**GRACE_DAYS, "E-2": 7}),
    ],
)
def test_a_policy_survives_being_kept(base):
    policy = replace(POLICY, base=base)
    kept = json.loads(json.dumps(policy.to_json()))

    assert Policy.from_json(kept) == policy
    assert Policy.from_json(kept).digest() == policy.digest()
    assert BasePolicy.from_json(kept["base"]) == base


def test_the_numbers_of_the_published_rules_are_what_a_base_policy_starts_from():
    base = BasePolicy.from_json({"label": "2026-01", "effective_at": "2026-01-01T00:00:00+00:00"})

    assert (base.min_jss_pct, base.min_completeness_pct, base.min_completeness_elance_pct) == (80, 100, 90)
    assert base.newcomer_completeness_pct == 100
    assert not base.unscored_passes
    assert dict(base.grace_days) == {"E-1": 0, "E-2": 14, "E-3": 14, "E-4": 0, "E-5": 14, "E-6": 14}


def test_the_digest_tells_policies_apart_and_does_not_mind_the_order_of_keys():
    assert canonical_digest({"a": 1, "b": 2}) == canonical_digest({"b": 2, "a": 1})
    assert POLICY.digest() != replace(POLICY, label="Northwind 2").digest()
    assert POLICY.digest() != replace(POLICY, base=replace(BASE, min_jss_pct=81)).digest()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("label", " "),
        ("label", 7),
        ("effective_at", "2026-01-01"),
        ("effective_at", "soon"),
        ("effective_at", None),
        ("min_jss_pct", 101),
        ("min_jss_pct", -1),
        ("min_jss_pct", 79.5),
        ("min_jss_pct", True),
        ("min_jss_pct", "80"),
        ("min_completeness_pct", [100]),
        ("min_completeness_elance_pct", None),
        ("newcomer_completeness_pct", 1000),
        ("unscored_passes", "no"),
        ("unscored_passes", 0),
        ("passing_visibilities", []),
        ("passing_visibilities", "public"),
        ("passing_visibilities", ["public", "hidden"]),
        ("passing_english_levels", [["native"]]),
        ("grace_days", 14),
        ("score_min_jobs", 0),
        ("min_jss", 80),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_its_name(name, value):
    assert places(BasePolicy.from_json, BASE.to_json() | {name: value}) == [name]


@pytest.mark.parametrize(
    ("days", "place"),
    [
        ({"E-1": 1}, "grace_days.E-1"),
        ({"E-4": 14}, "grace_days.E-4"),
        ({"E-2": -1}, "grace_days.E-2"),
        ({"E-2": 366}, "grace_days.E-2"),
        ({"E-2": "14"}, "grace_days.E-2"),
        ({"E-10": 14}, "grace_days"),
    ],
)
def test_grace_is_given_in_days_and_never_for_what_hides_at_once(days, place):
    assert places(BasePolicy.from_json, BASE.to_json() | {"grace_days": days}) == [place]


def test_a_base_policy_is_refused_with_all_its_defects_at_once():
    document = {"label": "", "effective_at": "soon", "min_jss_pct": 180, "grace_days": {"E-1": 2}, "colour": "red"}

    assert places(BasePolicy.from_json, document) == [
        "colour",
        "effective_at",
        "label",
        "min_jss_pct",
        "grace_days.E-1",
    ]
    assert places(BasePolicy.from_json, {"min_jss_pct": 180}) == ["label", "effective_at", "min_jss_pct"]


def test_a_whole_policy_is_refused_with_the_defects_of_all_its_parts():
    document = POLICY.to_json() | {"label": "", "rules": [{"fact": "shoe_size", "operator": "is", "value": 42}]}
    document["base"] = document["base"] | {"min_jss_pct": 180}

    assert places(Policy.from_json, document) == ["label", "base.min_jss_pct", "rules[0].fact"]
    assert places(Policy.from_json, {}) == ["label", "effective_at", "base", "rules"]


@pytest.mark.parametrize("document", [None, [], "policy", 7])
def test_what_is_no_document_at_all_is_refused(document):
    assert places(Policy.from_json, document) == [""]
    assert places(BasePolicy.from_json, document)[0] == ""


def test_a_policy_whose_rules_ask_for_less_than_its_base_is_refused():
    document = POLICY.to_json()
    document["base"] = document["base"] | {"min_jss_pct": 90}

    assert places(Policy.from_json, document) == ["rules[0].value"]


def test_a_policy_says_where_it_is_weaker_than_another():
    weaker = replace(
        BASE,
        min_jss_pct=70,
        unscored_passes=True,
        passing_visibilities=("public", "private"),
        grace_days={**GRACE_DAYS, "E-2": 30},
    )

    assert BASE.weaker_than(weaker) == ()
    assert weaker.weaker_than(BASE) == (
        "min_jss_pct is 70, below the marketplace's 80",
        "passing_visibilities also lets private pass",
        "the grace for E-2 is 30 days, longer than the marketplace's 14",
        "unscored_passes lets people without a score pass",
    )


def test_a_base_policy_without_a_time_zone_is_refused():
    assert places(lambda at: BasePolicy("2026-01", at), datetime(2026, 1, 1)) == ["effective_at"]
