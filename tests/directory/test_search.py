"""The list behind a partner's page. Rules D-2, D-4, D-6."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.database import db
from directory import editing, search
from directory.filters import Filters, place_of
from directory.partner_page import showing
from directory.rotation import rotate
from tests.factories import make_award, make_freelancer, make_hold, make_partner, make_use_case


@pytest.fixture
def partner(session):
    return make_partner()


def expert(partner, name="Ada Byron", **values):
    return make_award(partner, make_freelancer(name=name, **{"overview": None, "title": None, "skills": []} | values))


def names(partner, at, **filters):
    return sorted(found.name for found in search.listed(partner.id, at, Filters(**filters)).items)


def test_everybody_listed_is_found_and_counted(session, at, partner):
    for number in range(3):
        expert(partner, f"Expert {number}")
    expert(make_partner(), "Somebody else's")

    found = search.listed(partner.id, at)

    assert sorted(each.name for each in found.items) == ["Expert 0", "Expert 1", "Expert 2"]
    assert (found.total, found.next_cursor) == (3, None)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("warehouse", ["Ada", "Bob"]),
        ("WAREHOUSE", ["Ada", "Bob"]),
        ("ware", ["Ada", "Bob"]),
        ("ada", ["Ada"]),
        ("sql", ["Ada"]),
        ("postgresql or kafka", ["Ada", "Bob"]),
        ("warehouse -kafka", ["Ada"]),
        ('"big warehouse"', ["Bob"]),
        ('"warehouse big"', []),
        ("c++", ["Cy"]),
        ("zoë", ["Cy"]),
        ("cobol", []),
        ("') OR 1=1 --", []),
        ("a & | ! <->", []),
        ("x:*", []),
        ("'", []),
        ("''' \\ %", []),
    ],
)
def test_words_are_found_in_name_title_skills_and_overview(session, at, partner, q, expected):
    expert(partner, "Ada", title="Warehouse builder", skills=["SQL", "PostgreSQL"])
    expert(partner, "Bob", overview="One big warehouse after the other.", skills=["Kafka"])
    expert(partner, "Cy", skills=["C++"], overview="Works with Zoë.")

    assert names(partner, at, q=q) == expected


def test_who_matches_by_title_or_skill_stands_before_who_only_mentions_it(session, at, partner):
    for number in range(6):
        expert(partner, f"Mentions {number}", overview="Knows a little dbt.")
    expert(partner, "Skilled", skills=["dbt"])

    assert search.listed(partner.id, at, Filters(q="dbt")).items[0].name == "Skilled"


def test_each_filter_narrows_the_list(session, at, partner):
    german = {"languages": [{"code": "de", "level": "native"}], "english_level": None, "visibility": "public"}
    ada = expert(partner, "Ada", skills=["Power BI"], country="GB", hourly_rate_cents=4000)
    expert(partner, "Bob", skills=["dbt"], country="DE", hourly_rate_cents=9000, **german)
    expert(partner, "Eva", country="FR", hourly_rate_cents=4000, currency="EUR")
    expert(partner, "Nil", country=None, hourly_rate_cents=None)
    case = make_use_case(partner, "Reports", "Reports that are read.")
    editing.choose_for_use_case(case.id, ada.id, by=None, at=at)

    assert names(partner, at, skill="power bi") == ["Ada"]
    assert names(partner, at, country="DE") == ["Bob"]
    assert names(partner, at, language="de") == ["Bob"]
    assert names(partner, at, language="en") == ["Ada", "Eva", "Nil"]
    assert names(partner, at, rate_max_cents=4000) == ["Ada"]
    assert names(partner, at, rate_max_cents=3999) == []
    assert names(partner, at, use_case="reports") == ["Ada"]
    assert names(partner, at, q="ada", skill="Power BI", country="GB", language="en", rate_max_cents=4000) == ["Ada"]


def test_an_empty_result_says_which_one_filter_to_drop_and_what_that_shows(session, at, partner):
    expert(partner, "Ada", skills=["SQL"], country="GB")
    expert(partner, "Bob", skills=["SQL"], country="FR")

    shown = showing(page_of(partner), {"skill": "SQL", "country": "DE", "q": ""}, at)

    assert [(choice.words, choice.count) for choice in shown.loosen] == [("In any country", 2)]
    assert shown.loosen[0].without == Filters(skill="SQL")


def page_of(partner):
    from directory.queries import page_of_partner

    return page_of_partner(partner.slug)


def test_pages_together_show_everybody_once(session, at, partner):
    awards = {expert(partner, f"Expert {number}").id for number in range(25)}

    assert [len(page) for page in all_pages(partner, at)] == [10, 10, 5]
    assert sorted(award for page in all_pages(partner, at) for award in page) == sorted(awards)


def all_pages(partner, at, between=lambda: None, **filters):
    found, pages = None, []
    while found is None or found.next_cursor:
        place = place_of(found.next_cursor) if found else None
        found = search.listed(partner.id, at, Filters(**filters), place, size=10)
        pages.append([each.award_id for each in found.items])
        between()
    return pages


def test_a_visitor_keeps_the_order_while_the_rotation_goes_on_and_the_day_changes(session, at, partner):
    for number in range(25):
        expert(partner, f"Expert {number}")
    before = all_pages(partner, at)
    rotate(at)
    first = search.listed(partner.id, at, size=10)
    rotate(at + timedelta(days=7))
    second = search.listed(partner.id, at + timedelta(days=7), place=place_of(first.next_cursor), size=10)

    assert [each.award_id for each in first.items] == before[0]
    assert [each.award_id for each in second.items] == before[1]


def test_somebody_held_between_two_pages_shifts_nobody(session, at, partner):
    awards = {award.id: award for award in (expert(partner, f"Expert {number}") for number in range(25))}
    pages = all_pages(partner, at)
    first = search.listed(partner.id, at, size=10)
    make_hold(awards[pages[0][3]].freelancer)
    make_hold(awards[pages[1][0]].freelancer)

    second = search.listed(partner.id, at, place=place_of(first.next_cursor), size=10)

    assert [each.award_id for each in second.items] == [*pages[1][1:], pages[2][0]]


def test_the_order_is_another_one_each_day_so_that_nobody_is_first_for_ever(session, at, partner):
    for number in range(12):
        expert(partner, f"Expert {number}")
    firsts = {search.listed(partner.id, at + timedelta(days=day)).items[0].award_id for day in range(20)}

    assert len(firsts) > 5


def test_options_are_those_of_the_listed_alone(session, at, partner):
    expert(partner, skills=["SQL", "Power BI"], country="GB")
    expert(partner, skills=["sql"], country="DE", languages=[{"code": "de", "level": None}], english_level=None)
    expert(partner, skills=["SQL"], country=None)
    make_hold(expert(partner, skills=["Cobol"], country="FR").freelancer)

    options = search.options(search.fitting(partner.id, at, Filters()))

    assert options.skills == [("Power BI", "Power BI", 1), ("SQL", "SQL", 3)]
    assert options.countries == [("DE", "Germany", 1), ("GB", "United Kingdom", 1)]
    assert options.languages == [("en", "English", 2), ("de", "German", 1)]


def test_a_page_of_the_list_takes_three_statements_however_many_experts_there_are(session, at, partner):
    for number in range(30):
        expert(partner, f"Expert {number}")
    make_use_case(partner, "Reports", "Reports.")
    page, statements = page_of(partner), []
    showing(page, {}, at)

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    showing(page, {}, at)
    sa.event.remove(db.engine, "before_cursor_execute", note)

    assert len(statements) == 3


def test_a_cursor_that_leads_nowhere_begins_again_and_says_so(session, at, partner):
    expert(partner)
    damaged = showing(page_of(partner), {"cursor": "garbage"}, at)
    beyond = showing(page_of(partner), {"cursor": place_beyond()}, at)

    assert damaged.found.total == beyond.found.total == 1
    assert "damaged" in damaged.notes[0]
    assert "shorter" in beyond.notes[0]


def place_beyond():
    from directory.filters import Place

    return Place("2026-03-02", 1, 2**63 - 1, 24).cursor()


@pytest.mark.parametrize(
    ("clock", "found"),
    [
        ("-06:00", ["Ada"]),
        ("-05:00", ["Ada"]),
        ("-03:00", ["Ada", "Bob"]),
        ("-02:45", ["Bob"]),
        ("+03:00", ["Bob"]),
        ("+03:15", []),
        ("+14:00", []),
    ],
)
def test_a_clock_finds_who_is_within_three_hours_whether_anybody_has_that_one_or_not(
    session, at, partner, clock, found
):
    expert(partner, "Ada", timezone="America/Costa_Rica")  # six hours behind UTC, all year
    expert(partner, "Bob", timezone="Atlantic/Reykjavik")
    expert(partner, "Cy", timezone=None)

    assert names(partner, at, timezone=clock) == found
    fits = search.fitting(partner.id, at, Filters(timezone=clock))
    offered = {value: count for value, _, count in search.options(fits, Filters(timezone=clock)).timezones}
    assert offered == {"-06:00": 1, "+00:00": 1} | {clock: len(found)}
