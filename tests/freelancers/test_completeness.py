"""How complete a profile is. Rule C, at its edges."""

from dataclasses import fields, replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import JSONB

from freelancers.rules import (
    ProfileParts,
    added_up,
    cheapest_way,
    completeness,
    completeness_sql,
    with_additions,
)

REQUIRED = {"photo": 1, "overview": 1, "employment": 1, "skills": 1}
PARTS = tuple(f.name for f in fields(ProfileParts) if f.name != "stated_pct")


@pytest.mark.parametrize(
    ("parts", "pct"),
    [
        ({}, 0),
        (REQUIRED, 50),
        (REQUIRED | {"portfolio": 1}, 55),
        (REQUIRED | {"portfolio": 9}, 70),
        (REQUIRED | {"employment": 2}, 60),
        (REQUIRED | {"employment": 9}, 70),
        (REQUIRED | {"skills": 2}, 60),
        (REQUIRED | {"skills": 20}, 60),
        (REQUIRED | {"education": 3}, 70),
        (REQUIRED | {"video": 1}, 60),
        (REQUIRED | {"linked_accounts": 4}, 60),
        (REQUIRED | {"certificates": 1}, 55),
        (REQUIRED | {"certificates": 3}, 60),
        (REQUIRED | {"other_experience": 2}, 55),
        (REQUIRED | {"tests": 5}, 80),
        (REQUIRED | {"portfolio": 4, "education": 2, "video": 1}, 100),
        (REQUIRED | {"portfolio": 4, "education": 2, "certificates": 1}, 95),
        (dict.fromkeys(PARTS, 9), 100),
    ],
)
def test_the_points_of_each_part(parts, pct):
    assert completeness(ProfileParts(**parts)).pct == pct


@pytest.mark.parametrize("missing", REQUIRED)
def test_with_a_required_part_missing_no_profile_reaches_even_the_threshold_of_elance(missing):
    result = completeness(ProfileParts(**(dict.fromkeys(PARTS, 9) | {missing: 0})))

    assert result.pct < 90
    assert result.missing_required == (missing,)


def test_the_figure_the_marketplace_states_wins_and_is_marked():
    stated = completeness(ProfileParts(stated_pct=97))

    assert (stated.pct, stated.is_stated) == (97, True)
    assert stated.missing_required == tuple(REQUIRED)


def test_what_earned_the_points_adds_up():
    result = completeness(ProfileParts(**dict.fromkeys(PARTS, 9)))

    assert sum(points for _, points in result.earned) == result.pct == 100


@given(
    parts=st.fixed_dictionaries({p: st.integers(0, 1 if p in ("photo", "overview", "video") else 5) for p in PARTS}),
    stated=st.none() | st.integers(0, 100),
    by_photo=st.booleans(),
)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_python_and_sql_agree(session, parts, stated, by_photo):
    lists = {p: [{}] * n for p, n in parts.items() if p not in ("photo", "overview", "video", "skills") and n}
    profile = lists | {"video_url": "https://v.example.org" if parts["video"] else None}
    row = sa.select(
        sa.literal("p" if parts["photo"] and by_photo else None, sa.Text).label("photo_url"),
        sa.null().label("photo_id"),
        sa.literal(bool(parts["photo"]) and not by_photo).label("identity_verified"),
        sa.literal("o" if parts["overview"] else None, sa.Text).label("overview"),
        sa.literal(["s"] * parts["skills"], sa.ARRAY(sa.Text)).label("skills"),
        sa.literal(profile, JSONB).label("profile"),
        sa.literal(stated, sa.Integer).label("completeness_stated_pct"),
    ).subquery("f")

    assert (
        session.scalar(sa.select(sa.text(completeness_sql("f"))).select_from(row))
        == completeness(ProfileParts(**parts, stated_pct=stated)).pct
    )


def way(parts, needed=100):
    return [(each.part, each.count, each.points) for each in cheapest_way(ProfileParts(**parts), needed)]


def test_the_cheapest_way_begins_with_what_is_required():
    assert [part for part, _, _ in way({})][:4] == ["photo", "overview", "employment", "skills"]


def test_the_cheapest_way_takes_the_least_work_and_no_more_than_is_needed():
    nearly = REQUIRED | {"skills": 3, "education": 2, "linked_accounts": 1}

    assert way(nearly) == [("further employment", 1, 10)]
    assert way(nearly | {"employment": 3, "education": 1, "linked_accounts": 0, "portfolio": 1, "tests": 0}) == [
        ("linked accounts", 1, 5)
    ]
    assert way(nearly, 90) == []


def test_skill_tests_are_not_given_any_more_and_a_stated_figure_is_left_aside():
    assert not [part for part, _, _ in way({}) if part == "skill tests"]
    assert way(REQUIRED | {"stated_pct": 100}, 50) == []
    assert way(REQUIRED | {"stated_pct": 20}, 50) == []


@given(
    parts=st.fixed_dictionaries({p: st.integers(0, 1 if p in ("photo", "overview", "video") else 4) for p in PARTS}),
    needed=st.integers(0, 100),
    without=st.sampled_from([frozenset(), frozenset({"portfolio"})]),
)
@settings(max_examples=300)
def test_the_cheapest_way_reaches_what_is_needed_and_with_one_thing_less_does_not(parts, needed, without):
    profile = ProfileParts(**parts)
    additions = cheapest_way(profile, needed, without)

    assert added_up(profile, additions) >= needed
    assert not {each.counted for each in additions} & without
    gained = added_up(profile, additions) - added_up(profile, ())
    assert gained == sum(each.points for each in additions)
    for number, each in enumerate(additions):
        counts = with_additions(profile, additions)
        fewer = replace(counts, **{each.counted: getattr(counts, each.counted) - 1})
        assert completeness(fewer).pct < needed, (number, each)
