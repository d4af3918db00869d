"""The story of the complaint: a photo to be verified, and to be verified for a photo. Here it ends well. Rule H-5.

Somebody without a public photo is asked to verify their identity, and is held, so that they cannot add a photo. They
become verified, eligible, an expert and listed, without one, and without writing to support.
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges.queries import award_of_freelancer
from core import clock
from freelancers.capabilities import capabilities
from freelancers.holds import Action, HoldKind
from freelancers.identity import outcomes
from freelancers.identity.call_rules import CHECKLIST
from freelancers.queries import open_holds
from freelancers.services import mark_identity, place_hold
from freelancers.support.models import Thread
from partners.deciding import award_waiting
from partners.models import Application
from tests.factories import make_application, make_freelancer, make_user, sign_in
from tests.freelancers.identity.conftest import make_agent, make_call, send_pictures
from tests.staff.reading import page

#: Everything but a photo: overview, employment and skills, and 50 % of further parts. Rule C.
FULL = {
    "employment": [{"title": "Engineer"}] * 3,
    "education": [{"school": "Delft"}],
    "linked_accounts": [{"service": "code", "url": "https://code.example/ada"}],
    "certificates": [{"name": "SQL"}] * 2,
}
WITHOUT_PHOTO = {
    "photo_url": None, "overview": "Warehouses.", "completeness_stated_pct": None, "completeness_pct": 87,
    "identity_verified": False, "profile": FULL,
}  # fmt: skip


@pytest.fixture
def user(session):
    return make_user()


@pytest.fixture
def ada(user, at):
    return make_freelancer(user, at=at, **WITHOUT_PHOTO)


def test_whoever_shows_no_face_in_public_is_verified_awarded_and_listed(client, session, northwind, user, ada, at):
    application = make_application(northwind, ada, selected_at=at)
    place_hold(ada.id, HoldKind.AWAITING_VERIFICATION, "A routine check.", by=None, at=at)
    assert award_waiting(at) == 0
    assert not capabilities(open_holds(ada.id)).may(Action.CHANGE_PHOTO), "the complaint"
    sign_in(client, user)
    assert "Give a reference picture that only the agent sees" in page(client, "/me")

    agent, then = make_agent(session, at), at + timedelta(hours=1)
    send_pictures(ada, at)
    call = make_call(session, ada, at, agent_id=agent.id, taken_at=at, held_until=then)
    outcomes.verify(call.id, agent.id, tuple(CHECKLIST), then)
    clock.use(lambda: then)

    session.expire_all()
    assert open_holds(ada.id) == []
    assert (ada.identity_verified, ada.completeness_pct, ada.photo_url) == (True, 100, None)
    assert award_waiting(then) == 1
    award_id = session.scalar(sa.select(Application.award_id).where(Application.id == application.id))
    assert award_of_freelancer(award_id, ada.id) is not None
    assert ada.name in page(client, "/experts/northwind")
    assert session.scalar(sa.select(sa.func.count()).select_from(Thread)) == 0


def test_a_mark_that_is_taken_back_takes_its_points_along(session, ada, at):
    mark_identity(ada.id, is_verified=True, at=at)
    assert ada.completeness_pct == 100
    mark_identity(ada.id, is_verified=False, at=at)
    assert ada.completeness_pct == 87


def test_a_figure_that_the_marketplace_states_is_left_as_it_is(session, at):
    stated = make_freelancer(photo_url=None, completeness_pct=90)
    mark_identity(stated.id, is_verified=True, at=at)

    assert stated.completeness_pct == 90
