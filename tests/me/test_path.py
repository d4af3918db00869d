"""The path to a badge and "what if", as a freelancer reads them. Rules E-7, E-10, E-11, C."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges.eligibility.conditions import Condition, Group
from badges.eligibility.partner_rules import PartnerRules
from badges.models import Receipt
from badges.services import set_partner_rules
from core.audit import AuditEvent
from tests.factories import (
    make_application,
    make_award,
    make_freelancer,
    make_hold,
    make_newcomer,
    make_partner,
    make_user,
    sign_in,
)

RULES = PartnerRules(
    (
        Group(
            "any", (Condition("certificate", "held", "Northwind Associate"), Condition("jobs_count", "at_least", 10))
        ),
        Condition("skills", "has_all", ("dbt",)),
    )
)


@pytest.fixture
def partner(session, at):
    found = make_partner()
    set_partner_rules(found.programme.achievement_id, RULES, effective_at=at, by=None, at=at)
    return found


def signed_in(client, **values):
    person = make_freelancer(make_user(), **values)
    sign_in(client, client_user(person))
    return person


def client_user(person):
    from accounts.models import User
    from core.database import session

    return session.get(User, person.user_id)


def titles(page):
    listed = page.text.split('<ol class="path">')[1].split("</ol>")[0]
    return [part.split("</h3>")[0] for part in listed.split("<h3>")[1:]]


def test_many_steps_stand_in_an_order_that_can_be_done(client, partner):
    ada = signed_in(
        client, visibility="private", jss_pct=74, jobs_count=8, completeness_stated_pct=None, completeness_pct=24
    )
    make_hold(ada)

    page = client.get(f"/me/path/{partner.slug}")

    assert titles(page)[:3] == ["Verify your identity", "Make your profile public", "Complete your profile to 100 %"]
    assert titles(page)[3:] == [
        "Add the skill dbt to your profile",
        "Finish 2 more jobs",
        "Raise your Job Success Score by 6 points, to 80 %",
        "Northwind invites you",
    ]
    for words in (
        "An agent decides",
        "an active certificate “Northwind Associate”",
        "+13",
        "100 % complete then",
        "score is updated every day",
    ):
        assert words in page.text


def test_somebody_who_meets_everything_is_told_what_comes_next(client, partner):
    ada = signed_in(client, skills=["dbt", "SQL"], jobs_count=12)
    assert "You meet everything" in client.get(f"/me/path/{partner.slug}").text

    make_application(partner, ada, kept_at=ada.created_at)
    assert titles(client.get(f"/me/path/{partner.slug}")) == ["Northwind decides"]


def test_a_newcomer_is_shown_only_what_is_asked_of_them(client, session, partner):
    newcomer = make_newcomer(partner, completeness_pct=85, visibility="private")
    sign_in(client, client_user(newcomer))

    page = client.get(f"/me/path/{partner.slug}")

    assert titles(page)[:2] == ["Make your profile public", "Complete your profile to 100 %"]
    assert len(titles(page)) == 3
    assert "You joined through this partner" in page.text


def test_who_holds_the_badge_in_grace_reads_until_when(client, at, partner):
    ada = signed_in(client, skills=["dbt"], jobs_count=12, jss_pct=70)
    make_award(partner, ada, grace_began_at=at, grace_ends_at=at + timedelta(days=14))

    page = client.get(f"/me/path/{partner.slug}")

    assert "You keep your badge until" in page.text
    assert "16 March 2026" in page.text
    assert titles(page)[-1] == "Your badge stands as before"


def test_what_if_shows_the_checklist_as_it_would_be_and_stores_nothing(client, session, partner):
    ada = signed_in(client, jss_pct=74, jobs_count=12)
    before = [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (Receipt, AuditEvent)]

    page = client.get(f"/me/path/{partner.slug}?score=85&if=skills")

    imagined = page.text.split('class="imagined"')[1].split("<aside")[0]
    assert "What if, and not how you stand" in imagined
    assert "Then everything would be met." in imagined
    assert "Seen on" not in imagined.split("Job Success Score</span>")[1].split("</li>")[0]
    assert "74 %" in page.text.split("How you stand now")[1]
    session.refresh(ada)
    assert ada.jss_pct == 74
    assert [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (Receipt, AuditEvent)] == before


def test_what_if_offers_the_alternatives_too(client, partner):
    signed_in(client, skills=["dbt"], jobs_count=9)

    page = client.get(f"/me/path/{partner.slug}?if=certificate:northwind+associate")

    assert "Then everything would be met." in page.text


@pytest.mark.parametrize("score", ["101", "-1", "abc", "8e1", "٨٠"])
def test_a_score_that_is_none_is_told(client, partner, score):
    signed_in(client)

    assert (
        "A score is a whole number from 0 to 100."
        in client.get(f"/me/path/{partner.slug}", query_string={"score": score}).text
    )


def test_a_programme_that_is_not_open_has_no_path(client, at):
    signed_in(client)

    assert client.get(f"/me/path/{make_partner(published=False).slug}").status_code == 404
    assert client.get("/me/path/nobody").status_code == 404


def test_home_and_application_lead_to_the_path(client, partner):
    ada = signed_in(client)
    assert f"/me/path/{partner.slug}" in client.get("/me").text

    application = make_application(partner, ada)
    assert f"/me/path/{partner.slug}" in client.get(f"/me/applications/{application.id}").text
