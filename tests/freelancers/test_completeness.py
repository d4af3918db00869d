"""How complete a profile is. Rule C, at its edges."""

from dataclasses import fields

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import JSONB

from freelancers.rules import ProfileParts, completeness, completeness_sql

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
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_python_and_sql_agree(session, parts, stated):
    lists = {p: [{}] * n for p, n in parts.items() if p not in ("photo", "overview", "video", "skills") and n}
    profile = lists | {"video_url": "https://v.example.org" if parts["video"] else None}
    row = sa.select(
        sa.literal("p" if parts["photo"] else None, sa.Text).label("photo_url"),
        sa.literal("o" if parts["overview"] else None, sa.Text).label("overview"),
        sa.literal(["s"] * parts["skills"], sa.ARRAY(sa.Text)).label("skills"),
        sa.literal(profile, JSONB).label("profile"),
        sa.literal(stated, sa.Integer).label("completeness_stated_pct"),
    ).subquery("f")

    assert (
        session.scalar(sa.select(sa.text(completeness_sql("f"))).select_from(row))
        == completeness(ProfileParts(**parts, stated_pct=stated)).pct
    )
