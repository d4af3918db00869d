"""A policy that cannot be is refused for the same reason in the builder and over the API. Rules E-6, E-13.

In the builder people type into fields, over the API programs send JSON: where the words are about what was typed they
differ, and `typed` and `sent` are what each says; else `typed` is None and both say the same.
"""

from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

from core.database import session as database
from partners.models import RequirementsDraft
from tests.factories import make_member, sign_in

HERE = "/console/northwind/requirements"
CHECK = "/partners/northwind/requirements/check"


def count(operator, number):
    return {"fact": "jobs_count", "operator": operator, "value": number}


def skills(*names):
    return {"fact": "skills", "operator": "has_any", "value": list(names)}


def nested(depth, inner):
    for _ in range(depth):
        inner = {"any": [inner, count("at_least", 1)]}
    return inner


@dataclass(frozen=True)
class Bad:
    """Rules as JSON, what is done in the builder step by step, and the reason."""

    rules: Any
    steps: tuple[tuple[str, dict[str, str]], ...]
    sent: str
    typed: str | None = None
    where: str = "rules[0].value"


def new(fact, inside="", **form):
    """Return the step that adds a requirement by the builder's form."""
    return f"{HERE}/new?fact={fact}&in={inside}", form


def draft(**form):
    """Return the step that presses a button of the draft."""
    return f"{HERE}/draft", form


SQL = "x'; DROP TABLE awards; --"
BAD = {
    "a contradiction": Bad(
        [count("at_least", 10), count("at_most", 5)],
        (
            new("jobs_count", operator="at_least", value="10"),
            new("jobs_count", operator="at_most", value="5"),
        ),
        "an never be met: together with the rest, finished jobs would be at least 10 and at most 5",
        where="rules[1]",
    ),
    "a contradiction within groups": Bad(
        [count("at_least", 10), {"any": [count("at_most", 5), count("at_most", 3)]}],
        (
            new("jobs_count", operator="at_least", value="10"),
            draft(action="any", place=""),
            new("jobs_count", inside="1", operator="at_most", value="5"),
            new("jobs_count", inside="1", operator="at_most", value="3"),
        ),
        "an never be met: together with the rest, finished jobs would be at least 10 and at most 5",
        where="rules[1].any[0]",
    ),
    "an unknown fact": Bad(
        [{"fact": "shoe_size", "operator": "at_least", "value": 42}],
        (new("shoe_size", operator="at_least", value="42"),),
        "is one of certificate",
        "“shoe_size” is nothing that can be asked for",
        where="rules[0].fact",
    ),
    "an operator that does not go with the fact": Bad(
        [skills("Python") | {"operator": "at_most"}],
        (new("skills", operator="at_most", value="Python"),),
        "is has_any or has_all for skills, not 'at_most'",
        "Choose one of these.",
        where="rules[0].operator",
    ),
    "a wrong unit": Bad(
        [count("at_least", "10 hours")],
        (new("jobs_count", operator="at_least", value="10 hours"),),
        "is a whole number from 0 to 2,000,000,000, not '10 hours'",
        "Write the number alone, such as 10",
    ),
    "an amount in no currency": Bad(
        [{"fact": "earnings_cents", "operator": "at_least", "value": 500}],
        (new("earnings_cents", operator="at_least", value="500 shells", currency="USD"),),
        "parts cents and currency, and nothing else",
        "Write the amount alone",
    ),
    "a country that is none": Bad(
        [{"fact": "country", "operator": "in", "value": ["Utopia"]}],
        (new("country", operator="in", value="Utopia"),),
        "is an ISO 3166 code, such as DE, not 'Utopia'",
        "“Utopia” is not the name of a country.",
        where="rules[0].value[0]",
    ),
    "a percentage above 100": Bad(
        [{"fact": "jss_pct", "operator": "at_least", "value": 101}],
        (new("jss_pct", value="101"),),
        "a whole number from 0 to 100",
    ),
    "less than the base policy": Bad(
        [{"fact": "jss_pct", "operator": "at_least", "value": 60}],
        (new("jss_pct", value="60"),),
        "is at least 80, which the marketplace asks of everybody, not 60",
        "The marketplace asks everybody for 80 %.",
    ),
    "SQL in a value": Bad(
        [skills(SQL)],
        (new("skills", operator="has_any", value=SQL),),
        "ooks like a command to a database, not like a name",
        where="rules[0].value[0]",
    ),
    "a name that is too long": Bad(
        [skills("x" * 201)],
        (new("skills", operator="has_any", value="x" * 201),),
        "s 201 characters long, at most 200 are kept",
        where="rules[0].value[0]",
    ),
    "an empty group": Bad(
        [{"any": []}],
        (draft(action="any", place=""),),
        "is a list of at least one condition or group",
        "This group is empty. Add a requirement to it, or remove it.",
        where="rules[0].any",
    ),
    "groups four deep": Bad(
        [nested(4, count("at_least", 1))],
        (
            draft(action="any", place=""),
            draft(action="all", place="0"),
            draft(action="any", place="0.0"),
            draft(action="all", place="0.0.0"),
        ),
        "is nested too deeply, groups can stand 3 deep",
        "Groups stand 3 deep at most",
        where="rules[0].any[0].any[0].any[0]",
    ),
    "more than anybody could read": Bad(
        [count("at_least", 1)] * 51,
        tuple(new("jobs_count", operator="at_least", value="1") for _ in range(51)),
        "has 51 conditions, at most 50 are possible",
        "A programme asks for 50 things at most",
        where="rules",
    ),
}


@pytest.fixture
def admin(client, northwind):
    sign_in(client, make_member(northwind))
    return client


def typed_in(client, steps):
    """Walk through the steps of the builder; return everything that it said of the last one, and of the draft."""
    said = ""
    for address, form in steps:
        database.rollback()
        stored = database.query(RequirementsDraft).one_or_none()
        answer = client.post(address, data=form | {"version": stored.version if stored else 0})
        said = answer.text if answer.status_code == 422 else ""
    return unescape(said + client.get(f"{HERE}/draft").text)


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_is_refused_in_the_builder_and_over_the_api(admin, partners, bad):
    case = BAD[bad]
    answer = partners("POST", CHECK, json={"rules": case.rules})
    found = {each["field"]: each["detail"] for each in answer.json["errors"]}

    assert answer.status_code == 422
    assert case.sent in found[case.where]
    assert (case.typed or case.sent) in typed_in(admin, case.steps)


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_checked_cannot_be_scheduled_either(partners, bad):
    checked = partners("POST", CHECK, json={"rules": BAD[bad].rules})
    sent = {"rules": BAD[bad].rules, "effective_on": "2026-03-09"}
    answer = partners("PUT", "/partners/northwind/requirements", json=sent)

    assert (answer.status_code, answer.json["errors"]) == (422, checked.json["errors"])


def test_ten_thousand_nested_groups_are_refused_for_the_same_reason(partners):
    depth = 10_000
    body = '{"rules": [' + '{"any": [' * depth + "1" + "]}" * depth + "]}"
    answer = partners("POST", CHECK, data=body, content_type="application/json")

    assert answer.status_code == 422
    assert BAD["groups four deep"].sent in answer.json["errors"][0]["detail"]


@pytest.mark.parametrize("rules", [None, {}, "all", 1, [1], [[]], [None], [{"any": 1}], [{"all": [], "any": []}]])
def test_what_is_no_rules_at_all_is_refused_with_its_place(partners, rules):
    answer = partners("POST", CHECK, json={"rules": rules})

    assert answer.status_code == 422
    assert all(each["field"].startswith("rules") for each in answer.json["errors"])
