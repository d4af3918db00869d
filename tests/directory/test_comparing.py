"""Choosing among experts: side by side, others like one, words to go on with, and clicks that are counted. D-5, D-6."""

import pytest
import sqlalchemy as sa

from directory.comparing import COMPARED_MAX, alike, suggested
from directory.models import Exposure
from tests.factories import make_award, make_freelancer, make_hold

FROM_OUR_PAGE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
PROFILE = "https://marketplace.example/ada"


def expert(partner, name, **values):
    return make_award(partner, make_freelancer(name=name, **values))


def test_up_to_four_stand_side_by_side_in_the_order_of_the_address(client, northwind):
    awards = [expert(northwind, f"Expert {number}") for number in range(5)]
    query = "&".join(f"id={award.freelancer_id}" for award in reversed(awards))

    text = client.get(f"/experts/northwind/compare?id=nobody&{query}").text

    places = [text.find(f"Expert {number}") for number in (4, 3, 2, 1)]
    assert places == sorted(places)
    assert -1 not in places
    assert "Expert 0" not in text
    assert COMPARED_MAX == 4


def test_who_is_not_listed_any_more_is_missing_and_that_is_said(client, northwind):
    ada, bob = expert(northwind, "Ada"), expert(northwind, "Bob")
    make_hold(bob.freelancer)

    text = client.get(f"/experts/northwind/compare?id={ada.freelancer_id}&id={bob.freelancer_id}").text

    assert "Ada" in text
    assert "Bob" not in text
    assert "One of those you chose is not listed" in text


def test_others_like_somebody_share_the_skills_that_few_have(session, at, northwind):
    ada = expert(northwind, "Ada", skills=["SQL", "Rust"])
    expert(northwind, "Rare", skills=["Rust"])
    for number in range(4):
        expert(northwind, f"Common {number}", skills=["SQL"])
    expert(northwind, "Other", skills=["Painting"])

    names = [each.name for each in alike(northwind.id, ada, at)]

    assert names[0] == "Rare"
    assert not {"Ada", "Other"} & set(names)


def test_a_search_can_go_on_with_skills_that_begin_so(session, at, northwind):
    expert(northwind, "Ada", skills=["Data modelling", "SQL"])
    expert(northwind, "Bob", skills=["Big data", "SQL"])

    assert suggested(northwind.id, "da", at) == ["Big data", "Data modelling"]
    assert suggested(northwind.id, "s", at) == ["SQL"]
    assert suggested(northwind.id, " ", at) == []


@pytest.mark.parametrize("way", ["hire", "contact"])
def test_a_click_is_counted_when_somebody_makes_it_and_not_when_a_program_does(client, session, at, northwind, way):
    ada = expert(northwind, "Ada", profile_url=PROFILE)
    address = f"/experts/northwind/people/{ada.freelancer_id}/{way}"

    answers = [client.get(address, headers=headers) for headers in (FROM_OUR_PAGE, FROM_OUR_PAGE, {})]
    client.get(address, headers=FROM_OUR_PAGE | {"Sec-Purpose": "prefetch;prerender"})

    assert {(answer.status_code, answer.location) for answer in answers} == {(303, PROFILE)}
    assert session.execute(sa.select(Exposure.award_id, Exposure.day, Exposure.clicks)).all() == [
        (ada.id, at.date(), 2)
    ]


@pytest.mark.parametrize("way", ["hire", "contact"])
def test_whoever_has_no_profile_to_lead_to_or_is_not_listed_leads_nowhere(client, northwind, way):
    ada = expert(northwind, "Ada", profile_url="javascript:alert(1)")

    assert client.get(f"/experts/northwind/people/{ada.freelancer_id}/{way}").status_code == 404
