"""Verifying people, as staff see it: the queue, one's call, second looks, agents and their time. Rule H-2."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.models import Role
from core import clock
from core.audit import AuditEvent
from freelancers.approval.duplicates import Trait, document_key
from freelancers.approval.earlier import note_traits
from freelancers.holds import HoldKind
from freelancers.identity import agents, booking, pictures, queue
from freelancers.identity.call_rules import CHECKLIST
from freelancers.identity.models import IdentityCall, PictureKind
from freelancers.models import Freelancer
from freelancers.queries import open_holds
from tests.factories import make_freelancer, make_hold, make_user, sign_in
from tests.freelancers.identity.conftest import make_agent, send_pictures

ALL = list(CHECKLIST)


@pytest.fixture
def robin(client, at):
    user = make_user(Role.STAFF, name="Robin Hale")
    sign_in(client, user)
    return user


@pytest.fixture
def agent(robin, at):
    agents.add_agent(robin.id, by=None, at=at)
    return robin


@pytest.fixture
def ada(session, at):
    person = make_freelancer(make_user(name="Ada Byron", password=None))
    make_hold(person)
    send_pictures(person, at)
    booking.call_now(person, at)
    return person


def taken(client):
    """Take the next person; return where their call is."""
    address = client.post("/staff/identity/next").location
    assert re.fullmatch("/staff/identity/calls/[0-9a-f-]{36}", address)
    return address


def test_whoever_is_no_agent_sees_the_queue_and_takes_nobody(client, robin, ada):
    shown = client.get("/staff/identity").text
    assert "Ada Byron" in shown
    assert "You are no agent" in shown
    answer = client.post("/staff/identity/next")

    assert (answer.status_code, "Only agents verify people" in answer.text) == (403, True)


def test_an_agent_takes_the_next_sees_the_pictures_and_verifies(client, session, agent, ada):
    call = taken(client)
    shown = client.get(call).text
    assert "http://laurel.test/meet/" in shown
    addresses = re.findall(r'href="(/staff/identity/pictures/[^"]+)"', shown)
    assert len(addresses) == 2
    seen = client.get(addresses[0])
    assert seen.status_code == 200
    assert (seen.headers["Cache-Control"], seen.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert client.post(f"{call}/longer").status_code == 303
    answer = client.post(f"{call}/outcome", data={"held": ALL[1:], "verdict": "verified"})
    assert (answer.status_code, CHECKLIST[ALL[0]] in answer.text) == (422, True)
    assert client.post(f"{call}/outcome", data={"held": ALL, "verdict": "verified"}).location == "/staff/identity"

    session.expire_all()
    assert session.get(Freelancer, ada.id).identity_verified
    assert open_holds(ada.id) == []
    assert client.get(addresses[0]).status_code == 404, "the outcome is recorded"
    assert client.post(f"{call}/outcome", data={"held": ALL, "verdict": "verified"}).status_code == 409
    looks = sa.select(sa.func.count()).where(AuditEvent.action == "identity.picture_seen")
    assert session.scalar(looks) == 1
    assert "Verified" in client.get("/staff/identity").text


def test_a_failure_waits_for_another_agent_who_reads_why_and_decides(client, app, session, at, agent, ada):
    call = taken(client)
    form = {"held": ALL[:-1], "verdict": "failed", "reason": "They did not turn their head."}
    assert client.post(f"{call}/outcome", data=form | {"reason": ""}).status_code == 422
    assert client.post(f"{call}/outcome", data=form).status_code == 303
    assert client.post("/staff/identity/second").status_code == 409, "not by the same agent"
    assert client.get(call).status_code in (404, 409)
    second = make_user(Role.STAFF, name="Kim Second")
    agents.add_agent(second.id, by=None, at=at)
    other = app.test_client()
    sign_in(other, second)
    assert other.post("/staff/identity/second").location == call
    shown = other.get(call).text
    assert CHECKLIST[ALL[-1]] in shown
    assert "They did not turn their head." in shown
    assert other.post(f"{call}/second", data={"verdict": "agree", "reason": ""}).status_code == 422
    assert other.post(f"{call}/second", data={"verdict": "agree", "reason": "I agree."}).status_code == 303

    session.expire_all()
    assert [hold.kind for hold in open_holds(ada.id)] == [HoldKind.VERIFICATION_FAILED]


def test_a_call_of_another_agent_is_not_there_and_one_that_ended_says_so(client, session, at, agent, ada):
    other = make_agent(session, at)
    call = queue.take_next(other.id, at)
    picture = pictures.pictures_of(ada.id)[PictureKind.DOCUMENT]
    assert client.get(f"/staff/identity/calls/{call.id}").status_code == 404
    assert client.post(f"/staff/identity/calls/{call.id}/longer").status_code == 404
    assert client.get(f"/staff/identity/pictures/{picture.id}").status_code == 404
    queue.cut_off(call.id, at)

    answer = client.get(f"/staff/identity/calls/{call.id}")
    assert (answer.status_code, "not yours any more" in answer.text) == (409, True)


def test_agents_are_added_offer_time_take_it_back_and_are_removed(client, session, at, robin):
    assert "Nobody verifies people yet" in client.get("/staff/identity/agents").text
    assert client.post("/staff/identity/agents", data={"user": str(robin.id)}).status_code == 303
    shift = {"user": str(robin.id), "day": "2026-03-03", "begins": "22:00", "until": "02:00"}
    assert client.post("/staff/identity/shifts", data=shift).status_code == 303
    [found] = agents.shifts(at, at + timedelta(days=3))
    assert (found.begins_at.hour, found.ends_at.hour, found.slots) == (22, 2, 16)
    for wrong in ({"day": "2026-03-01"}, {"begins": "x"}, {"user": "x"}, {"until": "12:00"}):
        assert client.post("/staff/identity/shifts", data=shift | wrong).status_code == 422, wrong
    span = {"user": str(robin.id), "from": found.begins_at.isoformat(), "until": found.ends_at.isoformat()}
    assert client.post("/staff/identity/shifts/drop", data=span | {"from": "x"}).status_code == 422
    assert client.post("/staff/identity/shifts/drop", data=span).status_code == 303
    assert "No time is offered" in client.get("/staff/identity/agents").text
    assert client.post("/staff/identity/agents/remove", data={"user": str(robin.id)}).status_code == 303

    assert agents.agents() == []
    assert client.post("/staff/identity/agents", data={"user": str(make_user().id)}).status_code == 422


def test_what_waits_shows_on_the_home_of_staff(client, session, at, agent, ada):
    assert "People in the wait room of verification" in client.get("/staff").text
    clock.use(lambda: at + timedelta(minutes=1))
    taken(client)
    assert "People in the wait room of verification" not in client.get("/staff").text
    assert session.query(IdentityCall).count() == 1


def test_the_number_of_a_document_is_kept_as_a_fingerprint_and_finds_the_other_account(client, session, agent, ada, at):
    earlier = make_freelancer(name="Ada B.", marketplace_id="~first")
    note_traits(earlier.id, {Trait.DOCUMENT: document_key("L01X 00T-47")}, at=at)
    call = taken(client)
    short = client.post(f"{call}/outcome", data={"held": ALL, "verdict": "verified", "number": "x 1"})
    assert (short.status_code, "at least 4 letters and digits" in short.text) == (422, True)
    client.post(f"{call}/outcome", data={"held": ALL, "verdict": "verified", "number": " l01x00t47 "})

    assert "The same document was seen for Ada B. (~first)" in client.get("/staff/identity").text
    assert "The same document number" in client.get(f"/staff/freelancers/{ada.id}").text
    for table in ("account_traits", "identity_calls", "audit_events", "outbox_mails"):
        told = sa.text(f"SELECT count(*) FROM {table} t WHERE t::text ILIKE '%l01x00t47%'")
        assert session.scalar(told) == 0, table
