"""A button that is pressed twice, by one person at the same moment, does its work once and sends one mail. Rule X-1."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa

from accounts.models import ApiToken, Role, User
from core import clock, database
from core.audit import AuditEvent
from core.database import new_id
from core.outbox import OutboxMail
from core.permissions import Scope
from directory.models import Feature, UseCase
from directory.services import pin
from freelancers.holds import HoldKind
from freelancers.identity import agents, booking
from freelancers.identity.call_rules import CHECKLIST
from freelancers.identity.models import IdentityCall, IdentitySlot
from freelancers.profile.parts import key_of
from freelancers.support.codes import hold_code
from freelancers.support.models import Message, Thread
from partners.models import Member
from tests.factories import (
    PASSWORD,
    QUESTION,
    make_application,
    make_expert,
    make_freelancer,
    make_hold,
    make_invitation,
    make_member,
    make_submission,
    make_token,
    make_user,
    sign_in,
)
from tests.freelancers.identity.conftest import make_agent, send_pictures

CLICKS = 6
NEW = "three unrelated words"


@pytest.fixture
def admin(northwind):
    return make_member(northwind, make_user(Role.PARTNER, email="pat@example.org"))


@pytest.fixture
def staff(session, at):
    return make_user(Role.STAFF, email="robin@example.org")


@pytest.fixture
def clicks(app, session):
    """Post a form several times at once, each as the same browser would; return the answers' statuses."""

    def run(person, address, form):
        clients = [app.test_client() for _ in range(CLICKS)]
        for client in clients:
            if person is not None:
                sign_in(client, person)
        gate = threading.Barrier(CLICKS)

        def click(client):
            gate.wait()
            with app.app_context():
                try:
                    return client.post(address, data=form).status_code
                finally:
                    database.session.remove()

        with ThreadPoolExecutor(CLICKS) as pool:
            found = Counter(pool.map(click, clients))
        session.expire_all()
        assert max(found) < 500, found
        return found

    return run


def mails(session, template):
    return session.scalar(sa.select(sa.func.count()).where(OutboxMail.template == template))


def events(session, action):
    return session.scalar(sa.select(sa.func.count()).where(AuditEvent.action == action))


def test_a_pin_is_one_pin_and_one_mail(session, northwind, admin, clicks):
    award = make_expert(northwind)
    clicks(admin, f"/console/northwind/experts/{award.id}/pin", {"until": "2026-03-20"})

    assert session.scalar(sa.select(sa.func.count()).where(Feature.period_id.is_(None))) == 1
    assert (mails(session, "feature_pinned"), events(session, "feature.pinned")) == (1, 1)


def test_a_pin_whose_click_was_overtaken_by_a_later_one_is_one_pin(session, northwind, at):

    award, until = make_expert(northwind), at + timedelta(days=3)
    later = pin(award.id, until, by=None, at=at + timedelta(milliseconds=3))

    assert pin(award.id, until, by=None, at=at) == later


def test_an_invitation_is_withdrawn_once(session, northwind, admin, clicks):
    invitation, _ = make_invitation(northwind, "ada@example.org")
    clicks(admin, f"/console/northwind/invitations/{invitation.id}/withdraw", {})

    assert events(session, "invitation.withdrawn") == 1


def test_an_entry_of_a_profile_is_added_once_and_removed_once(session, at, clicks):
    person = make_freelancer(make_user(email="ada@example.org"))
    ada = session.get_one(User, person.user_id)
    assert clicks(ada, "/me/profile/employment/add", {"title": "Analyst"}) == {303: CLICKS}
    assert person.profile["employment"] == [{"title": "Analyst"}]

    key = key_of(person.profile["employment"][0])
    assert clicks(ada, f"/me/profile/employment/{key}/remove", {}) == {303: CLICKS}
    assert events(session, "profile.changed") == 2


def test_a_use_case_is_deleted_once(session, northwind, admin, clicks):
    session.add(UseCase(id=new_id(), partner_id=northwind.id, slug="moving", name="Moving", summary="All."))
    session.commit()
    clicks(admin, "/console/northwind/page/use-cases/moving/delete", {})

    assert events(session, "use_case.deleted") == 1


def test_a_step_is_added_once(session, northwind, admin, clicks):
    form = {"kind": "question", "prompt": "How large was it?", "hint": "", "required": "y"}
    assert clicks(admin, "/console/northwind/programme/steps", form) == {303: CLICKS}
    session.refresh(northwind.programme)

    assert [step["prompt"] for step in northwind.programme.steps] == [QUESTION["prompt"], "How large was it?"]


def test_words_that_are_saved_again_are_no_change(session, northwind, admin, clicks):
    page = {"headline": "H", "intro": "I", "about": "", "colour": "#123456"}
    clicks(admin, "/console/northwind/page/publish", page)
    clicks(admin, "/console/northwind/page/turns", {"slots": "4", "period_hours": "24"})
    clicks(admin, "/console/northwind/programme", {"summary": "To be an expert.", "benefits": "A badge"})

    assert [events(session, each) for each in ("page.published", "page.turns_set", "programme.updated")] == [1, 1, 1]


def test_a_link_for_a_coworker_is_sent_once(session, northwind, staff, clicks):
    coworker = make_member(northwind, make_user(Role.PARTNER, password=None))
    member = session.scalars(sa.select(Member).where(Member.user_id == coworker.id)).one()
    clicks(staff, f"/staff/partners/northwind/team/{member.id}/link", {})

    assert mails(session, "account_invitation") == 1


def test_a_link_for_a_forgotten_password_is_sent_once(session, at, clicks):
    clicks(None, "/forgot-password", {"email": make_user().email})

    assert mails(session, "password_link") == 1


def test_a_password_is_changed_once(session, staff, clicks):
    clicks(staff, "/account", {"current": PASSWORD, "password": NEW})

    assert (mails(session, "password_changed"), events(session, "account.password_changed")) == (1, 1)


def test_the_partner_is_asked_once_whether_an_invitation_is_meant_for_somebody(session, northwind, admin, clicks):
    _, token = make_invitation(northwind, "ada@example.org", invited_by=admin.id)
    make_freelancer(asker := make_user(email="bo@example.org"))
    assert clicks(asker, f"/invitations/{token}", {"answer": "ask"}) == {303: CLICKS}

    assert (mails(session, "invitation_asked"), events(session, "invitation.confirmation_asked")) == (1, 1)


def test_an_application_is_sent_once(session, northwind, at, clicks):
    application = make_application(northwind, make_freelancer(ada := make_user()), submitted=False)
    form = {"answer-why": "A warehouse for a bank.", "action": "send"}
    assert clicks(ada, f"/me/applications/{application.id}", form) == {303: CLICKS}

    assert (mails(session, "application_sent"), events(session, "application.submitted")) == (1, 1)


def test_a_partner_and_its_admin_are_made_once(session, staff, clicks):
    form = {"name": "Contoso", "slug": "contoso", "colour": "#123456", "admin_name": "Dee", "admin_email": "d@c.org"}
    assert clicks(staff, "/staff/partners/new", form)[303] == 1

    assert (mails(session, "account_invitation"), events(session, "partner.created")) == (1, 1)


def test_a_hold_is_placed_once(session, staff, clicks):
    person = make_freelancer(make_user())
    form = {"kind": "policy_restriction", "reason": "A complaint."}
    assert clicks(staff, f"/staff/freelancers/{person.id}/holds", form)[303] == 1

    assert (mails(session, "hold_placed"), events(session, "hold.placed")) == (1, 1)


def test_the_clock_of_each_click_may_differ(session, northwind, admin, clicks, at):

    ticks = count()
    clock.use(lambda: at + timedelta(milliseconds=next(ticks)))
    award = make_expert(northwind)
    clicks(admin, f"/console/northwind/experts/{award.id}/pin", {"until": "2026-03-20"})

    assert mails(session, "feature_pinned") == 1


def test_a_token_is_made_and_revoked_once(session, staff, clicks):
    assert clicks(staff, "/staff/tokens", {"name": "Sync", "scopes": "findings", "days": "30"}) == {201: 1, 409: 5}

    token_id = session.scalars(sa.select(ApiToken.id)).one()
    assert clicks(staff, f"/staff/tokens/{token_id}/revoke", {})[303] == 1
    assert (events(session, "api_token.created"), events(session, "api_token.revoked")) == (1, 1)


def test_requirements_that_a_program_asks_for_twice_at_once_are_asked_for_once(app, session, northwind, at):
    make_expert(northwind, jobs_count=3)
    ticks, gate = count(), threading.Barrier(CLICKS)
    clock.use(lambda: at + timedelta(milliseconds=next(ticks)))
    headers = {"Authorization": f"Bearer {make_token([Scope.POLICIES], northwind)}"}
    sent = {
        "rules": [{"fact": "jobs_count", "operator": "at_least", "value": 10}],
        "effective_on": at.date().isoformat(),
    }

    def ask(_):
        gate.wait()
        with app.app_context():
            try:
                address = "/api/v1/partners/northwind/requirements"
                return app.test_client().put(address, json=sent, headers=headers).json["changed"]
            finally:
                database.session.remove()

    with ThreadPoolExecutor(CLICKS) as pool:
        changed = Counter(pool.map(ask, range(CLICKS)))
    session.expire_all()

    assert changed == {True: 1, False: CLICKS - 1}
    assert events(session, "partner_rules.set") == 1


def test_a_profile_is_submitted_once(session, at, clicks):
    make_freelancer(ada := make_user(), is_provisional=True)
    assert clicks(ada, "/me/approval", {"after": "0"}) == {303: CLICKS}

    assert (mails(session, "approval_declined"), events(session, "approval.submitted")) == (1, 1)


def test_a_profile_is_decided_about_once(session, staff, clicks):
    waits = make_submission()
    assert clicks(staff, f"/staff/approvals/{waits.id}", {"decision": "approve"}) == {303: 1, 409: CLICKS - 1}

    assert (mails(session, "approval_approved"), events(session, "approval.approved")) == (1, 1)


def test_an_appeal_is_made_once_and_answered_once(session, staff, clicks, at):
    hold = make_hold(make_freelancer(make_user()), HoldKind.BLOCK)
    form = {"text": "It was my brother, who has the same name."}
    assert clicks(None, f"/holds/{hold_code(hold.id, at)}", form) == {303: CLICKS}
    assert (mails(session, "appeal_received"), events(session, "support.opened")) == (1, 1)

    thread_id = session.scalars(sa.select(Thread.id)).one()
    clicks(staff, f"/staff/support/{thread_id}", {"decision": "lift", "text": "We saw your brother in a call today."})
    assert (mails(session, "hold_lifted"), mails(session, "support_answered")) == (1, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 2


def at_time(begins_at):
    return {"time": begins_at.isoformat()}


def test_a_call_is_booked_once_moved_once_and_come_in_for_once(session, clicks, at):
    agent, soon = make_agent(session, at), at + timedelta(minutes=30)
    agents.add_shift(agent.id, soon, soon + timedelta(hours=1), by=agent.id, at=at)
    send_pictures(make_freelancer(ada := make_user()), at)
    assert clicks(ada, "/me/identity/times", at_time(soon)) == {303: CLICKS}
    assert (mails(session, "identity_booked"), events(session, "identity.call_booked")) == (1, 1)

    later = soon + timedelta(minutes=15)
    assert clicks(ada, "/me/identity/times", at_time(later)) == {303: CLICKS}
    assert (mails(session, "identity_booked"), events(session, "identity.call_moved")) == (2, 1)
    assert session.scalar(sa.select(sa.func.count()).where(IdentitySlot.call_id.is_not(None))) == 1

    clock.use(lambda: later)
    assert clicks(ada, "/me/identity/call/in", {}) == {303: CLICKS}
    assert session.scalars(sa.select(IdentityCall.here_at)).all() == [later]


def test_whoever_comes_in_now_waits_once(session, clicks, at):
    send_pictures(make_freelancer(ada := make_user()), at)
    assert clicks(ada, "/me/identity/call", {}) == {303: CLICKS}

    assert events(session, "identity.call_asked") == 1


def test_an_agent_takes_one_person_and_records_one_outcome(session, staff, clicks, at):
    agents.add_agent(staff.id, by=None, at=at)
    for _ in range(2):
        person = make_freelancer(make_user())
        make_hold(person)
        send_pictures(person, at)
        booking.call_now(person, at)
    assert clicks(staff, "/staff/identity/next", {}) == {303: 1, 409: CLICKS - 1}

    [call_id] = session.scalars(sa.select(IdentityCall.id).where(IdentityCall.agent_id.is_not(None)))
    form = {"held": list(CHECKLIST), "verdict": "verified"}
    assert clicks(staff, f"/staff/identity/calls/{call_id}/outcome", form) == {303: 1, 409: CLICKS - 1}
    assert (mails(session, "identity_verified"), mails(session, "hold_lifted")) == (1, 1)
    assert events(session, "identity.verified") == 1
