"""A profile's page and its completeness, part by part. Rule C."""

import pytest

from freelancers.rules import ProfileParts
from me.profile import meter
from tests.factories import make_freelancer, make_user, sign_in

HALF = ProfileParts(photo=1, overview=1, employment=1, skills=1)


def earned(found):
    return {line.name: line.earned for line in found.lines if line.earned}


def test_the_required_parts_make_half():
    found = meter(HALF)

    assert (found.pct, found.missing, found.optional_earned) == (50, (), 0)


def test_a_missing_required_part_is_named():
    found = meter(ProfileParts(overview=1, skills=1))

    assert [line.name for line in found.missing] == ["A photo, or a verified identity in its place", "One employment"]


def test_further_parts_count_up_to_half_and_the_lines_add_up():
    found = meter(ProfileParts(photo=1, overview=1, employment=4, skills=9, portfolio=10, education=3, tests=5))

    assert found.pct == 100
    assert found.optional_earned == 50
    assert sum(line.earned for line in found.lines) == 100
    assert earned(found)["Portfolio items"] == 20


def test_a_stated_figure_wins_and_the_counted_one_is_kept_beside_it():
    found = meter(ProfileParts(photo=1, overview=1, employment=1, skills=1, stated_pct=97))

    assert (found.pct, found.computed_pct, found.is_stated) == (97, 50, True)


@pytest.fixture
def ada(client, at):
    user = make_user(name="Ada Byron")
    freelancer = make_freelancer(
        user,
        completeness_stated_pct=None,
        completeness_pct=38,
        overview="I count.\nOn engines.",
        profile={"employment": [{"title": "Analyst"}], "portfolio": [{"title": "Notes"}]},
    )
    sign_in(client, user)
    return freelancer


def test_the_page_shows_what_the_marketplace_says(client, ada):
    page = client.get("/me/profile").text

    for words in ("Ada Byron", "United Kingdom", "$50", "Everybody", "Fluent", "SQL", "On engines."):
        assert words in page


def test_the_page_names_what_is_missing(client, ada):
    page = client.get("/me/profile").text

    assert "Required, and missing" in page
    assert "A photo" in page


def test_a_figure_stated_by_the_marketplace_says_so(client, session, ada):
    ada.completeness_stated_pct = ada.completeness_pct = 97
    session.commit()

    assert "Stated by the marketplace" in client.get("/me/profile").text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "Zoë O'Neil"])
def test_what_the_feed_says_is_text_and_nothing_else(client, session, ada, name):
    ada.name = ada.title = ada.overview = name
    session.commit()

    assert "<script>alert" not in client.get("/me/profile").text
