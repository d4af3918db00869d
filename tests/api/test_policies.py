"""Requirements over the API: read, checked, scheduled with notice, called off; for the partner alone. E-6, E-13."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges.models import PartnerRulesVersion
from core import clock
from core.audit import AuditEvent
from core.outbox import OutboxMail
from core.permissions import Scope
from tests.conftest import AT
from tests.factories import make_expert, make_freelancer, make_token

JOBS = {"fact": "jobs_count", "operator": "at_least", "value": 10}
SKILLS = {"fact": "skills", "operator": "has_all", "value": ["Python"]}
HERE = "/partners/northwind/requirements"
IN_A_WEEK = "2026-03-09"


def schedule(caller, *rules, on=IN_A_WEEK):
    return caller("PUT", HERE, json={"rules": list(rules), "effective_on": on})


def versions(session):
    session.rollback()
    return session.scalars(sa.select(PartnerRulesVersion)).all()


def test_a_check_says_what_is_asked_and_how_many_meet_it(partners, session):
    for jobs in (5, 12):
        make_freelancer(jobs_count=jobs)
    make_freelancer(jobs_count=20, jss_pct=50)
    found = partners("POST", f"{HERE}/check", json={"rules": [JOBS, {"any": [SKILLS, JOBS]}]}).json

    assert found["own"] == [
        {"asks": "At least 10 finished jobs", "met_by": 2},
        {"asks": "At least one of these: the skill Python; at least 10 finished jobs", "met_by": 3},
    ]
    assert (found["freelancers"], found["meet_base"], found["meet_everything"]) == (3, 2, 1)
    assert found["asks"][0] == "An active account without an open hold"
    assert versions(session) == []


def test_rules_are_scheduled_as_in_the_console_and_experts_are_told(partners, session, northwind):
    expert = make_expert(northwind, jobs_count=3)
    answer = schedule(partners, JOBS)

    assert (answer.status_code, answer.json["told"], answer.json["changed"]) == (200, 1, True)
    (version,) = versions(session)
    assert answer.json["version"]["id"] == str(version.id)
    assert version.content == {"rules": [JOBS]}
    assert version.effective_at == AT.replace(day=9, hour=0)
    (mail,) = session.scalars(sa.select(OutboxMail))
    assert mail.to_address == expert.freelancer.email
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "partner_rules.set")).one()
    assert event.partner_id == northwind.id


def test_the_same_again_changes_nothing_and_tells_nobody(partners, session, northwind):
    make_expert(northwind, jobs_count=3)
    first, again = schedule(partners, JOBS), schedule(partners, JOBS)

    assert (again.json["changed"], again.json["told"]) == (False, 0)
    assert again.json["version"] == first.json["version"]
    assert len(versions(session)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 1


def test_rules_of_today_hold_at_once(partners, session):
    assert schedule(partners, JOBS, on="2026-03-02").json["version"]["effective_at"] == AT.isoformat()
    clock.use(lambda: AT + timedelta(hours=1))
    assert schedule(partners, JOBS, on="2026-03-02").json["changed"] is False
    assert partners.get(HERE).json["in_force"]["rules"] == [JOBS]


def test_current_and_scheduled_rules_are_read(partners, session):
    assert partners.get(HERE).json["in_force"] is None
    schedule(partners, JOBS, on="2026-03-02")
    schedule(partners, SKILLS)
    found = partners.get(HERE).json

    assert found["in_force"]["asks"] == ["At least 10 finished jobs"]
    assert [each["asks"] for each in found["scheduled"]] == [["The skill Python"]]
    assert found["of_everybody"][1] == "A Job Success Score of at least 80 %"


def test_no_rules_of_its_own_can_be_asked_for_again(partners, session):
    assert schedule(partners).json == {"version": None, "told": 0, "changed": False}
    schedule(partners, JOBS, on="2026-03-02")
    emptied = schedule(partners).json

    assert (emptied["changed"], emptied["version"]["rules"]) == (True, [])


def test_other_rules_for_the_same_day_are_a_conflict(partners, session):
    schedule(partners, JOBS)
    answer = schedule(partners, SKILLS)

    assert (answer.status_code, answer.json["type"]) == (409, "http://laurel.test/api/docs#rules-exist")


@pytest.mark.parametrize("day", ["2026-03-01", "2029-01-01", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_over_or_too_far_away_is_refused(partners, session, day):
    assert schedule(partners, JOBS, on=day).status_code == 422
    assert versions(session) == []


def test_what_has_not_begun_is_called_off_and_the_told_are_told(partners, session, northwind):
    make_expert(northwind, jobs_count=3)
    address = f"{HERE}/{schedule(partners, JOBS).json['version']['id']}"

    assert partners("DELETE", address).json == {"told": 1}
    assert partners("DELETE", address).status_code == 404
    assert versions(session) == []
    begun = schedule(partners, JOBS, on="2026-03-02").json["version"]["id"]
    assert partners("DELETE", f"{HERE}/{begun}").status_code == 409


def test_the_base_policy_is_read_and_a_change_of_it_tried(marketplace, caller, session, northwind):
    for pct in (70, 82, 90):
        make_freelancer(jss_pct=pct)
    assert marketplace.get("/policy").json["policy"]["min_jss_pct"] == 80
    assert caller(make_token([Scope.POLICIES], northwind)).get("/policy").status_code == 200

    found = marketplace("POST", "/policy/check", json={"policy": {"min_jss_pct": 85, "grace_days": {"E-2": 7}}}).json
    assert found["asks"][1] == "A Job Success Score of at least 85 %"
    figures = {name: found[name] for name in ("freelancers", "meet_now", "would_meet", "gain", "lose")}
    assert figures == {"freelancers": 3, "meet_now": 2, "would_meet": 1, "gain": 0, "lose": 1}


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({"min_jss_pct": 101}, "policy.min_jss_pct"),
        ({"min_jss_pct": "80 %"}, "policy.min_jss_pct"),
        ({"min_jss": 80}, "policy.min_jss"),
        ({"grace_days": {"E-1": 14}}, "policy.grace_days.E-1"),
        ({"grace_days": 14}, "policy.grace_days"),
        ({"passing_visibilities": ["'; DROP TABLE awards; --"]}, "policy.passing_visibilities"),
        ({"effective_at": "tomorrow"}, "policy.effective_at"),
    ],
)
def test_a_base_policy_that_cannot_be_is_refused_with_its_place(marketplace, session, policy, field):
    answer = marketplace("POST", "/policy/check", json={"policy": policy})

    assert answer.status_code == 422
    assert field in {each["field"] for each in answer.json["errors"]}
