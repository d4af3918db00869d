"""Skills that others have seen: what partners note, and finished jobs, each with who says so. Rules A-1, E-6, X-4."""

from datetime import timedelta

import pytest

from accounts.models import User
from badges.models import Attestation
from badges.vouched import vouched
from tests.factories import make_award, make_freelancer, make_partner, make_user, sign_in

WORK = {"skill_experience": [{"skill": "SQL", "jobs": 3}, {"skill": "dbt", "jobs": 9}, {"skill": "Rust", "hours": 5}]}


@pytest.fixture
def ada(session, at):
    return make_freelancer(make_user(name="Ada Byron"), profile=WORK)


@pytest.fixture
def signed_in(client, session, ada):
    sign_in(client, session.get(User, ada.user_id))
    return client


@pytest.fixture
def says(session, ada, at):
    """Let a partner note that Ada passed something `ago` days ago."""

    def note(partner, name, ago=30, kind="training", **values):
        day = at.date()
        said = {"kind": kind, "name": name, "passed_on": day - timedelta(days=ago), "noted_at": at}
        session.add(Attestation(issuer_id=partner.id, freelancer_id=ada.id, **said | values))
        session.commit()

    return note


def test_what_counts_is_told_with_who_says_so(ada, says, northwind, at):
    says(northwind, "Advanced modelling")
    says(northwind, "Over", ago=500, expires_on=at.date() - timedelta(days=1))
    says(northwind, "Taken back", withdrawn_at=at)
    says(make_partner("Contoso"), "Portfolio review", kind="review", ago=90)
    found = vouched(ada, at.date())

    assert [(each.name, each.by) for each in found.passed] == [
        ("Advanced modelling", "Northwind"),
        ("Portfolio review", "Contoso"),
    ]
    assert [(each.skill, each.jobs) for each in found.worked] == [("dbt", 9), ("SQL", 3)]
    assert not vouched(make_freelancer(), at.date())


def test_a_directory_shows_what_its_own_partner_says_and_ones_own_page_shows_all(signed_in, ada, says, northwind):
    make_award(northwind, ada)
    says(northwind, "Advanced modelling")
    says(make_partner("Contoso"), "Portfolio review", kind="review")
    page = signed_in.get(f"/experts/northwind/people/{ada.id}").text
    assert "Training, verified by Northwind" in page
    assert "9 finished jobs with it, verified by the marketplace" in page
    assert "Contoso" not in page

    mine = signed_in.get("/me/profile").text.partition('id="verified"')[2]
    assert "Portfolio review" in mine
    assert "verified by Contoso" in mine
