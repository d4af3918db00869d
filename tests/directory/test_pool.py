"""The kept pool: ranked for a use case, with reasons; what is withdrawn is gone, an update shows. R-4, X-4."""

from datetime import timedelta

import pytest

from core.database import new_id
from directory.models import UseCase, UseCaseExpert
from directory.pool import fitting, use_cases_by_need, words_of
from directory.pool_rules import Candidate, Wanted, fit, ranked
from partners.applying import update, withdraw_application
from partners.review.queries import way_of
from partners.review.queue import Looking
from partners.review.view import View
from partners.states import Queue
from tests.factories import (
    make_application,
    make_expert,
    make_freelancer,
    make_member,
    make_partner,
    make_user,
    sign_in,
)

DAY = timedelta(days=1)
KEPT = View(tab=Queue.KEPT)
ONE_OF = Candidate(new_id(), "Ada", ("SQL", "dbt"), ("warehouse",), 5, 5, 420, 95)


def test_every_point_has_its_reason_the_weightiest_first():
    found = fit(ONE_OF, Wanted({"sql": 2, "DBT": 3, "Go": 1}, 3))

    assert found.points == round(35 * 2 / 4 + 20 / 4 + 25 + 15 * 0.8 + 5 * 0.95)
    assert found.reasons == (
        "Meets all 5 requirements today",
        "Skills of the experts it has: dbt and SQL",
        "Reviewed with 4.2 of 5",
        "Speaks of what it is about: warehouse",
        "Job Success Score of 95 %",
    )


def test_what_is_not_known_counts_nothing_and_is_not_said():
    nobody = Candidate(new_id(), "Bo", (), (), 0, 5, None, None)

    assert (fit(nobody, Wanted({}, 0)).points, fit(nobody, Wanted({}, 0)).reasons) == (0, ())


def test_a_full_match_has_a_hundred_points():
    skills = tuple(f"S{n}" for n in range(9))
    best = Candidate(new_id(), "Best", skills, skills, 7, 7, 500, 100)
    found = fit(best, Wanted(dict.fromkeys(skills, 1), 1))

    assert found.points == 100
    assert "S0, S1, S2, S3 and 5 more" in found.reasons[0]


def test_names_decide_among_equals():
    twins = [Candidate(new_id(), name, (), (), 1, 2, None, None) for name in ("bo", "Ada", "Cy")]

    assert [each.candidate.name for each in ranked(twins, Wanted({}, 0))] == ["Ada", "bo", "Cy"]


def test_words_of_a_description_are_those_that_say_something():
    assert words_of("Work that moves a warehouse, with the warehouse's data.") == ["moves", "warehouse", "data"]


@pytest.fixture
def northwind(session, at):
    return make_partner("Northwind", slug="northwind")


@pytest.fixture
def pat(northwind):
    return make_member(northwind)


@pytest.fixture
def cases(session, northwind):
    """Moving, with an expert who knows dbt and Go; and Reports, with nobody yet."""
    moving = UseCase(
        partner_id=northwind.id, slug="moving", name="Moving", summary="Moving a warehouse.", position=0, id=new_id()
    )
    reports = UseCase(
        partner_id=northwind.id, slug="reports", name="Reports", summary="Figures for shops.", position=1, id=new_id()
    )
    session.add_all([moving, reports])
    session.flush()
    expert = make_expert(northwind, skills=["dbt", "Go"])
    session.add(UseCaseExpert(use_case_id=moving.id, award_id=expert.id))
    session.commit()
    return moving, reports


def kept(partner, at, name, answer, **facts):
    person = make_freelancer(make_user(name=name), **facts)
    return make_application(partner, person, at=at - 9 * DAY, kept_at=at - 5 * DAY, answers={"why": answer})


@pytest.fixture
def people(northwind, at):
    return {
        "Dee": kept(northwind, at, "Dee", "A bank.", skills=["DBT", "Go"]),
        "Wes": kept(northwind, at, "Wes", "A warehouse for figures of shops."),
        "Low": kept(northwind, at, "Low", "Nothing yet.", jss_pct=60),
    }


def names(northwind, pat, at, case, view=KEPT):
    look = Looking(northwind.programme, way_of(northwind.programme.id), pat.id, at)
    lacking = next(each for each in use_cases_by_need(northwind.id, at) if each.use_case.slug == case)
    return [each.candidate.name for each in fitting(look, view, lacking)]


def test_use_cases_with_the_fewest_listed_experts_come_first(northwind, cases, at):
    assert [(each.use_case.slug, each.experts) for each in use_cases_by_need(northwind.id, at)] == [
        ("reports", 0), ("moving", 1),
    ]  # fmt: skip


def test_each_use_case_ranks_by_what_it_needs(northwind, pat, cases, people, at):
    assert names(northwind, pat, at, "moving") == ["Dee", "Wes", "Low"]
    assert names(northwind, pat, at, "reports") == ["Wes", "Dee", "Low"]
    assert names(northwind, pat, at, "moving", View(tab=Queue.KEPT, skill="go")) == ["Dee"]


def test_withdrawal_takes_somebody_out_and_an_update_shows(client, northwind, pat, cases, people, at):
    sign_in(client, pat)
    update(people["Low"].id, {"why": "A warehouse moved."}, at)
    withdraw_application(people["Dee"].id, at)
    page = client.get("/console/northwind/pool?use_case=moving").text

    assert "Dee" not in page
    assert "Wes" in page
    assert "changed" in page[page.index("Low") :]
    assert names(northwind, pat, at, "moving", View(tab=Queue.KEPT, updated=True)) == ["Low"]


def test_without_a_choice_the_use_case_with_fewest_experts_is_shown(client, northwind, pat, cases, people, at):
    sign_in(client, pat)

    assert "For “Reports”" in client.get("/console/northwind/pool").text


def test_another_partners_use_case_is_not_there(client, session, northwind, pat, cases, people, at):
    other = make_partner("Contoso")
    session.add(UseCase(partner_id=other.id, slug="theirs", name="Theirs", summary="", position=0))
    session.commit()
    sign_in(client, pat)

    assert client.get("/console/northwind/pool?use_case=theirs").status_code == 404


def test_nobody_of_another_partner_is_ranked(northwind, pat, cases, people, at):
    kept(make_partner("Contoso"), at, "Elsewhere", "A warehouse moved.", skills=["dbt", "Go"])

    assert "Elsewhere" not in names(northwind, pat, at, "moving")
