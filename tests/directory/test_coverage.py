"""What clients look for against who is there, and whom to invite. Rules D-6, I-2, R-4, X-4."""

from datetime import timedelta

import pytest

from core.database import transaction
from directory.models import Demand
from directory.seen.coverage import DAYS, NEEDS_MAX, coverage
from partners.interest import show_interest
from tests.factories import make_application, make_expert, make_freelancer, make_member, make_partner, sign_in


@pytest.fixture
def looked_for(northwind, session, at):
    """Note so many searches of a kind and value, and how many of them found nobody."""

    @transaction()
    def note(kind, value="", searches=1, nobody=0, days_ago=0, partner=northwind):
        day = (at - timedelta(days=days_ago)).date()
        session.add(Demand(partner_id=partner.id, day=day, kind=kind, value=value, searches=searches, nobody=nobody))

    return note


def needs(found, kind):
    return {need.words: (need.searches, need.nobody, need.experts) for need in found.needs.get(kind, ())}


def test_supply_is_what_the_same_search_finds(northwind, looked_for, client, at):
    make_expert(northwind, skills=["SQL"], country="DE", timezone="Europe/Berlin", hourly_rate_cents=3_900)
    make_expert(northwind, skills=["SQL", "Rust"], country="GB", timezone="Europe/London", hourly_rate_cents=9_000)
    make_expert(northwind, skills=["SQL"], country="GB", visibility="private")
    looked_for("all", searches=40, nobody=9)
    looked_for("skill", "SQL", 10, 1)
    looked_for("country", "JP", 6, 6)
    looked_for("timezone", "+00:00", 4)
    looked_for("rate_max_cents", "40", 3)

    found = coverage(northwind.programme, at)

    assert (found.searches, found.nobody, found.experts) == (40, 9, 2)
    assert needs(found, "skill") == {"SQL": (10, 1, 2)}
    assert needs(found, "country") == {"Japan": (6, 6, 0)}
    assert needs(found, "timezone") == {"Within 3 hours of UTC+00:00": (4, 0, 2)}
    assert needs(found, "rate_max_cents") == {"Up to $40 an hour": (3, 0, 1)}


def test_words_that_name_a_skill_count_for_it_and_days_add_up(northwind, looked_for, at):
    looked_for("skill", "SQL", 2)
    looked_for("q", "SQL", 3, 1, days_ago=1)
    looked_for("q", "", 50)
    looked_for("skill", "SQL", 100, days_ago=DAYS)

    assert needs(coverage(northwind.programme, at), "skill") == {"SQL": (5, 1, 0)}


def test_the_thinnest_comes_first_and_what_has_enough_is_not_thin(northwind, looked_for, at):
    for _ in range(3):
        make_expert(northwind, skills=["SQL"])
    make_expert(northwind, skills=["Rust"])
    looked_for("skill", "SQL", 100)
    looked_for("skill", "Rust", 10)
    looked_for("skill", "Kafka", 6)

    assert [need.words for need in coverage(northwind.programme, at).thin] == ["Kafka", "Rust"]


def test_whom_to_invite_is_named_from_ones_own_people_alone(northwind, looked_for, at):
    """Rule X-4: neither another partner's people nor freelancers at large."""
    asked = make_freelancer(name="Asked Ada", skills=["Kafka"])
    show_interest(asked.id, northwind.id, None, at)
    make_application(northwind, make_freelancer(name="Kept Kim", skills=["kafka"]), kept_at=at)
    make_application(northwind, make_freelancer(name="Gone Gil", skills=["Kafka"]), kept_at=at, withdrawn_at=at)
    make_application(northwind, make_freelancer(name="Otherwise Otto", skills=["SQL"]), kept_at=at)
    make_freelancer(name="Elsewhere Eve", skills=["Kafka"])
    southern = make_freelancer(name="Southern Sam", skills=["Kafka"])
    show_interest(southern.id, make_partner("Southwind").id, None, at)
    looked_for("skill", "Kafka", 5, 5)

    [need] = coverage(northwind.programme, at).thin

    named = [(each.freelancer.name, each.application_id is None) for each in need.waiting]
    assert named == [("Asked Ada", True), ("Kept Kim", False)]


def test_another_partners_demand_is_not_shown(northwind, looked_for, at):
    looked_for("skill", "Kafka", 5, partner=make_partner("Southwind"))

    assert coverage(northwind.programme, at).needs == {}


def test_of_each_kind_the_most_wanted_are_shown(northwind, looked_for, at):
    for number in range(NEEDS_MAX + 5):
        looked_for("skill", f"Skill {number:02}", number + 1)

    found = coverage(northwind.programme, at)

    assert [need.searches for need in found.needs["skill"]] == list(range(NEEDS_MAX + 5, 5, -1))


def test_a_use_case_that_is_gone_is_left_out(northwind, looked_for, at):
    looked_for("use_case", "gone", 5)

    assert "use_case" not in coverage(northwind.programme, at).needs


def test_the_page_says_what_is_missing_and_what_to_do(northwind, looked_for, client, at):
    sign_in(client, make_member(northwind, duty="viewer"))
    assert "Nobody has searched yet" in client.get("/console/northwind/demand").text

    kept = make_application(northwind, make_freelancer(name="Kept Kim", skills=["Kafka"]), kept_at=at)
    looked_for("all", searches=9, nobody=5)
    looked_for("skill", "Kafka", 5, 5)
    page = client.get("/console/northwind/demand").text

    assert "Where clients have no choice" in page
    assert f"/console/northwind/applications/{kept.id}" in page
    assert "/experts/northwind?skill=Kafka" in page
    assert "56 % of them" in page
