"""Who stands in a use case: chosen by hand, taken by a rule, or both; and who is suggested for it. Rule D-1."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges.models import Award
from core.database import joined_transaction
from core.database import session as rows
from directory import editing, search, use_case_pool
from directory.case_rules import CaseRule, rule_of, skills_of
from directory.filters import Filters
from freelancers.models import Freelancer
from tests.factories import make_award, make_freelancer, make_hold, make_member, make_partner, make_use_case, sign_in

CASE = "/console/northwind/page/use-cases/migrating"
ANYBODY = {"skills": "", "rate_max": "", "score_min": ""}
PEOPLE = {
    "Ada": {"skills": ["SQL", "dbt"], "country": "DE", "hourly_rate_cents": 5_000, "jss_pct": 97},
    "Bob": {"skills": ["SQL"], "country": "FR", "hourly_rate_cents": 9_000, "jss_pct": 85},
    "Cleo": {"skills": ["Python"], "country": "DE", "hourly_rate_cents": None, "jss_pct": None},
    "Dan": {"skills": [], "country": None, "hourly_rate_cents": 5_000, "currency": "EUR", "jss_pct": 100},
}
SPEAKS = {"Bob": [{"code": "fr", "level": "native"}], "Cleo": [{"code": "de", "level": "native"}]}


@pytest.fixture
def partner(session, at):
    partner = make_partner("Northwind", slug="northwind")
    for name, facts in PEOPLE.items():
        spoken = {"languages": SPEAKS.get(name, []), "english_level": "fluent" if name in ("Ada", "Bob") else None}
        make_award(partner, make_freelancer(name=name, title=None, overview=None, **facts | spoken))
    return partner


@pytest.fixture
def case(partner):
    return make_use_case(partner)


@pytest.fixture
def manager(client, partner, case):
    sign_in(client, make_member(partner, duty="manager"))
    return client


def award(name):
    return rows.scalars(sa.select(Award).join(Award.freelancer).where(Freelancer.name == name)).one()


def rules(case, at, **asked):
    editing.set_rule(case.id, CaseRule(**asked), by=None, at=at)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, []),
        ({"skills": ("sql",)}, ["Ada", "Bob"]),
        ({"skills": ("python", "DBT")}, ["Ada", "Cleo"]),
        ({"skills": ("sq",)}, []),
        ({"languages": ("en",)}, ["Ada", "Bob"]),
        ({"languages": ("de", "fr")}, ["Bob", "Cleo"]),
        ({"rate_max_cents": 5_000}, ["Ada"]),
        ({"score_min_pct": 90}, ["Ada", "Dan"]),
        ({"skills": ("SQL",), "countries": ("DE", "FR"), "score_min_pct": 90}, ["Ada"]),
    ],
)
def test_a_rule_takes_whoever_has_all_that_it_asks_for(case, at, asked, names):
    rules(case, at, **asked)

    assert sorted(each.name for each in use_case_pool.experts_of(case, at).by_rule) == names
    assert rule_of(CaseRule(**asked).as_json) == CaseRule(**asked)


def test_by_hand_comes_first_and_nobody_stands_twice_and_every_place_says_the_same(client, partner, case, at):
    for name in ("Dan", "Bob"):
        editing.choose_for_use_case(case.id, award(name).id, by=None, at=at)
    rules(case, at, skills=("SQL",))
    shown = use_case_pool.experts_of(case, at)
    page = client.get("/experts/northwind/migrating").text

    assert [each.name for each in shown.experts] == ["Dan", "Bob", "Ada"]
    assert (shown.total, use_case_pool.count(case, at)) == (3, 3)
    assert page.count("Bob</bdi></a>") == page.count("Ada</bdi></a>") == 1
    assert "Northwind experts with SQL" in page
    found = search.listed(partner.id, at, Filters(use_case="migrating")).items
    assert sorted(each.name for each in found) == ["Ada", "Bob", "Dan"]
    assert [each.slug for each in use_case_pool.cases_of(award("Ada"))] == ["migrating"]
    assert use_case_pool.cases_of(award("Cleo")) == []


def test_whoever_is_held_or_hidden_is_in_no_use_case(client, case, at):
    rules(case, at, skills=("SQL",))
    make_hold(award("Ada").freelancer)
    with joined_transaction():
        award("Bob").hidden_at = at

    assert use_case_pool.experts_of(case, at).experts == []
    assert "Nobody is listed here at present" in client.get("/experts/northwind/migrating").text


def test_those_taken_by_rule_come_in_the_order_of_the_day(case, at):
    rules(case, at, countries=("DE",))
    first = [use_case_pool.experts_of(case, at + timedelta(days=day)).by_rule[0].name for day in range(20)]

    assert set(first) == {"Ada", "Cleo"}
    assert use_case_pool.experts_of(case, at) == use_case_pool.experts_of(case, at + timedelta(hours=10))


def test_a_rule_is_set_in_the_console_and_holds_at_once(manager, session, case, at):
    said = {"skills": "sql,  dbt,\nSQL", "countries": "DE", "rate_max": "60"}
    assert manager.post(f"{CASE}/rule", data=ANYBODY | said).status_code == 303

    session.refresh(case)
    assert case.rule == {"skills": ["sql", "dbt"], "countries": ["DE"], "rate_max_cents": 6_000}
    assert "with sql or dbt, in Germany, for at most $60 an hour" in manager.get(CASE).text
    assert "Ada" in manager.get("/experts/northwind/migrating").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"skills": ",".join(f"skill {number}" for number in range(21))},
        {"countries": "XX"},
        {"rate_max": "cheap"},
        {"score_min": "101"},
        {"score_min": "²"},
    ],
)
def test_what_is_wrong_with_a_rule_is_said_and_nothing_is_stored(manager, session, case, wrong):
    answer = manager.post(f"{CASE}/rule", data=ANYBODY | wrong)

    assert (answer.status_code, "There is something to put right" in answer.text) == (422, True)
    session.refresh(case)
    assert case.rule == {}


def test_whoever_would_fit_is_suggested_with_the_reasons_and_added_with_one_click(manager, case, at):
    editing.choose_for_use_case(case.id, award("Ada").id, by=None, at=at)
    found = use_case_pool.suggestions(case, "Python without downtime", at)

    assert [each.candidate.name for each in found] == ["Bob", "Cleo"]
    assert found[1].reasons == ("Speaks of what it is about: python",)
    assert "Skills of the expert it has: SQL" in manager.get(CASE).text
    manager.post(f"{CASE}/experts", data={"award": award("Bob").id})
    assert [each.candidate.name for each in use_case_pool.suggestions(case, "Python", at)] == ["Cleo"]


def test_skills_are_read_from_what_was_typed():
    assert skills_of(" SQL, dbt,,sql\nGreat  Expectations ") == ("SQL", "dbt", "Great Expectations")
    assert skills_of("") == ()
