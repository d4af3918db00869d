"""What is typed into the form of a requirement, and what becomes of it. Rule E-6."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.eligibility.askable import (
    FACTS,
    INACTIVE_MAX_DAYS,
    RATE_MAX_CENTS,
    TALENT_BADGES,
    YEARS_MAX,
    countries,
)
from badges.eligibility.asking import TITLES
from badges.eligibility.conditions import Condition, Money, Overlap, SkillCount, SkillMoney
from badges.eligibility.facts import LANGUAGE_LEVELS, Language, folded
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.zones import timezones
from freelancers.feed.names import language_codes
from partners.rule_form import ASKED, NotUnderstood, Typed, condition_of, operators, typed_of

NUMBER_MAX = {"years_experience": YEARS_MAX, "jss_pct": 100, "days_since_active": INACTIVE_MAX_DAYS}
NAMES = st.text(string.ascii_letters + string.digits + " ,.+#\"'&()/äßИ日", min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
)
NAMED = NAMES.filter(lambda text: text and not re.search(r"(?i)'\s*(and|or)\b", text))
MONEY = st.builds(Money, st.integers(0, RATE_MAX_CENTS), st.sampled_from(["USD", "EUR", "JPY"]))


def several(items, most=6):
    return st.lists(items, min_size=1, max_size=most, unique_by=folded).map(tuple)


VALUES = {
    "certificate": NAMED,
    "training": NAMED,
    "review": NAMED,
    "skill_jobs": st.builds(SkillCount, NAMED, st.integers(1, 2_000_000_000)),
    "skill_hours": st.builds(SkillCount, NAMED, st.integers(1, 2_000_000_000)),
    "skill_earnings": st.builds(SkillMoney, NAMED, st.integers(0, 10**15), st.sampled_from(["USD", "EUR", "JPY"])),
    "timezone_overlap": st.builds(Overlap, st.integers(1, 8), st.sampled_from(sorted(timezones()))),
    "skills": several(NAMED),
    "availability": several(NAMED),
    "earnings_cents": MONEY,
    "hourly_rate_cents": MONEY,
    "country": several(st.sampled_from(sorted(countries())), 260),
    "timezone": several(st.sampled_from(sorted(timezones()))),
    "talent_badge": several(st.sampled_from(TALENT_BADGES), 4),
    "language": st.builds(
        Language, st.sampled_from(sorted(set(language_codes().values()))), st.sampled_from(LANGUAGE_LEVELS)
    ),
    "identity_verified": st.just(True),
}


@st.composite
def conditions(draw):
    fact = draw(st.sampled_from(sorted(FACTS)))
    value = draw(VALUES.get(fact, st.integers(0, NUMBER_MAX.get(fact, 2_000_000_000))))
    return Condition(fact, draw(st.sampled_from(FACTS[fact].operators)), value)


@given(conditions())
def test_whatever_can_be_asked_for_can_be_typed_and_is_the_same(condition):
    assert condition_of(condition.fact, typed_of(condition)) == condition
    assert PartnerRules.from_json(PartnerRules((condition,)).to_json()).requirements == (condition,)


def test_everything_that_can_be_asked_for_is_offered_and_named():
    assert set(ASKED) == set(FACTS) == set(TITLES)
    assert all(words for fact in FACTS for _, words in operators(fact) if len(operators(fact)) > 1)


def refused(fact, **typed):
    with pytest.raises(NotUnderstood) as caught:
        condition_of(fact, Typed(**typed), min_jss_pct=80)
    return caught.value.problems


@pytest.mark.parametrize(
    ("fact", "typed", "place", "says"),
    [
        ("jobs_count", {"value": "10 years"}, "value", "it is counted in jobs"),
        ("hours_worked", {"value": "3 days"}, "value", "it is counted in hours"),
        ("years_experience", {"value": "$5"}, "value", "it is counted in years"),
        ("jobs_count", {"value": ""}, "value", "Write how many jobs"),
        ("jobs_count", {"value": "-3"}, "value", "from 0 up"),
        ("jobs_count", {"value": "2.5"}, "value", "whole number"),
        ("jobs_count", {"value": "٣"}, "value", "number alone"),
        ("jobs_count", {"value": "9" * 14}, "value", "from 0 to 2,000,000,000"),
        ("jobs_count", {"value": "10; DROP TABLE freelancers"}, "value", "number alone"),
        ("years_experience", {"value": "101"}, "value", "from 0 to 100"),
        ("jobs_count", {"value": "10", "operator": "roughly"}, "operator", "Choose one"),
        ("earnings_cents", {"value": "$5,000"}, "value", "amount alone"),
        ("earnings_cents", {"value": "5,00"}, "value", "amount alone"),
        ("earnings_cents", {"value": "5", "currency": "dollars"}, "currency", "ISO 4217"),
        ("jss_pct", {"value": "79"}, "value", "The marketplace asks everybody for 80 %"),
        ("jss_pct", {"value": "101"}, "value", "from 0 to 100"),
        ("certificate", {"value": " "}, "value", "Write its name"),
        ("certificate", {"value": "x" * 201}, "value", "201 characters"),
        ("certificate", {"value": "x'; DROP TABLE awards; --"}, "value", "looks like a command to a database"),
        ("skills", {"value": "SQL\n' OR '1'='1"}, "value", "looks like a command to a database"),
        ("skills", {"value": "SQL\x00"}, "value", "control character"),
        ("skills", {"value": ", ,\n"}, "value", "Write at least one"),
        ("country", {"value": "Germny, Austria, Francce"}, "value", "Do you mean Germany?"),
        ("country", {"value": "Atlantis Prime"}, "value", "“Atlantis Prime” is not the name of a country."),
        ("timezone", {"value": "Brelin"}, "value", "is not the name of a time zone"),
        ("language", {"code": ""}, "code", "Choose a language"),
        ("language", {"code": "tlh"}, "code", "ISO 639-1"),
        ("language", {"code": "de", "level": "good"}, "level", "how well"),
        ("talent_badge", {}, "choices", "Choose at least one"),
        ("talent_badge", {"choices": ("gold",)}, "value", "one of top_rated"),
        ("skill_jobs", {"value": "3 jobs", "skill": "SQL"}, "value", "counted in jobs"),
        ("skill_jobs", {"value": "0", "skill": "SQL"}, "value", "from 1 to"),
        ("skill_hours", {"value": "3", "skill": " "}, "skill", "Write the skill"),
        ("skill_hours", {"value": "3", "skill": "x'; DROP TABLE awards; --"}, "skill", "command to a database"),
        ("skill_earnings", {"value": "$5", "skill": "SQL"}, "value", "amount alone"),
        ("skill_earnings", {"value": "5", "currency": "dollars", "skill": "SQL"}, "currency", "ISO 4217"),
        ("timezone_overlap", {"value": "9", "zone": "Berlin"}, "value", "from 1 to 8"),
        ("timezone_overlap", {"value": "4 days", "zone": "Berlin"}, "value", "counted in hours"),
        ("timezone_overlap", {"value": "4", "zone": "Brelin"}, "zone", "not the name of a time zone"),
        ("timezone_overlap", {"value": "4", "zone": ""}, "zone", "Write one time zone"),
        ("timezone_overlap", {"value": "4", "zone": "Berlin, Paris"}, "zone", "Write one time zone"),
        ("training", {"value": ""}, "value", "Write its name"),
        ("shoe_size", {"value": "42"}, "fact", "“shoe_size” is nothing that can be asked for"),
    ],
)
def test_what_is_no_requirement_is_refused_at_its_place(fact, typed, place, says):
    operator = FACTS[fact].operators[0] if fact in FACTS else ""
    problems = refused(fact, **{"operator": operator} | typed)

    assert list(problems) == [place]
    assert says in " ".join(problems[place])


def test_all_that_is_wrong_is_told_at_once():
    problems = refused("jobs_count", operator="", value="many")

    assert set(problems) == {"operator", "value"}
    assert len(refused("country", operator="in", value="Germny, Francce")["value"]) == 2


@pytest.mark.parametrize(
    ("fact", "typed", "value"),
    [
        ("jobs_count", {"value": "1,200"}, 1_200),
        ("jss_pct", {"value": "85 %"}, 85),
        ("earnings_cents", {"value": "5,000", "currency": "EUR"}, Money(500_000, "EUR")),
        ("hourly_rate_cents", {"value": "40.5"}, Money(4_050, "USD")),
        ("skills", {"value": "SQL,  Python \n\nPL/SQL, C--"}, ("SQL", "Python", "PL/SQL", "C--")),
        ("skills", {"value": '"Excel, Power BI"; x'}, ("Excel, Power BI; x",)),
        ("skill_earnings", {"value": "40.5", "skill": " SQL "}, SkillMoney("SQL", 4_050, "USD")),
        ("timezone_overlap", {"value": "4", "zone": "berlin"}, Overlap(4, "Europe/Berlin")),
        ("certificate", {"value": "Northwind -- Data Associate"}, "Northwind -- Data Associate"),
        ("certificate", {"value": "Drop; select the O'Reilly or Union"}, "Drop; select the O'Reilly or Union"),
        ("country", {"value": "Deutschland, uk\nNL"}, ("DE", "GB", "NL")),
        ("timezone", {"value": "berlin, UTC+2, america/new york"}, ("Europe/Berlin", "Etc/GMT-2", "America/New_York")),
    ],
)
def test_people_may_write_as_they_do(fact, typed, value):
    assert condition_of(fact, Typed(**{"operator": FACTS[fact].operators[0]} | typed)).value == value
