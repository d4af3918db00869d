"""What is found by what is typed: other names, slips of the pen, plurals, accents, beginnings. Rule D-6."""

import pytest

from directory.typed import folded, parsed, stem
from directory.word_index import index_of, slips_between

PEOPLE = {
    "Zoë": ("JavaScript Data modelling", "Zoë Müller Front-end engineer", "Builds shops."),
    "Bob": ("Kubernetes C++", "Bob Data analyst", "Knows some JavaScript."),
    "Cy": ("Dashboards SQL", "Cy Statistics teacher", "Dashboard after dashboard."),
}
INDEX = index_of(PEOPLE.values())


def found(q):
    scores, _ = INDEX.scores(parsed(q), {})
    return [name for score, name in sorted(zip(-scores, PEOPLE, strict=True)) if score < 0]


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("javascript", ["Zoë", "Bob"]),
        ("JS", ["Zoë", "Bob"]),
        ("javasript", ["Zoë", "Bob"]),
        ("javascirpt", ["Zoë", "Bob"]),
        ("k8s", ["Bob"]),
        ("kuberntes", ["Bob"]),
        ("kubrntes", ["Bob"]),
        ("zoe", ["Zoë"]),
        ("muller", ["Zoë"]),
        ("dashboards", ["Cy"]),
        ("dashboard", ["Cy"]),
        ("dashb", ["Cy"]),
        ("c++", ["Bob"]),
        ("data modeling", ["Zoë"]),
        ("sql dashboards", ["Cy"]),
        ("sql javascript", []),
        ("sql or javascript", ["Cy", "Zoë", "Bob"]),
        ("javascript -kubernetes", ["Zoë"]),
        ("data engineer", ["Zoë", "Bob"]),
        ("a dashboard for the shop", []),
        ("xqzvw", []),
        ("12345", []),
        ("a" * 200, []),
    ],
)
def test_people_are_found_by_what_is_meant(q, names):
    assert found(q) == names


def test_it_is_said_which_word_was_looked_for_instead():
    assert INDEX.scores(parsed("javasript"), {})[1] == {"javasript": "javascript"}
    assert INDEX.scores(parsed("javascript"), {})[1] == {}


@pytest.mark.parametrize(
    ("text", "plain"), [("Zoë", "zoe"), ("Łódź", "lodz"), ("STRAẞE", "strasse"), ("Ångström", "angstrom")]
)
def test_accents_and_case_are_folded(text, plain):
    assert folded(text) == plain


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("dashboards", "dashboard"),
        ("queries", "query"),
        ("boxes", "box"),
        ("sas", "sas"),
        ("analysis", "analysis"),
        ("apis", "api"),
    ],
)
def test_plurals_lose_their_ending(word, one):
    assert stem(word) == one


@pytest.mark.parametrize(
    ("typed", "meant", "slips"),
    [("sql", "sql", 0), ("slq", "sql", 1), ("pyton", "python", 1), ("abc", "xyz", 3), ("", "ab", 2)],
)
def test_slips_are_counted(typed, meant, slips):
    assert slips_between(typed, meant) == slips_between(meant, typed) == slips
