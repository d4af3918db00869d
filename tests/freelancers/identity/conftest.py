"""People who are about to be verified, and agents who do it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.models import Role
from core.database import new_id, transaction
from core.outbox import OutboxMail
from core.uploads import Accepted, FileKind
from freelancers.identity import agents, pictures
from freelancers.identity.call_rules import SLOT
from freelancers.identity.models import IdentityAgent, IdentityCall, PictureKind
from tests.factories import make_freelancer, make_user

#: What is planted in every picture, and must be found nowhere.
MARK = b"PLANTED-MARK-5f1c"


def document(mark=MARK):
    """Return a file as `core.uploads.accepted` does; what is in it is of no matter here."""
    return Accepted(FileKind.PDF, "card.pdf", b"%PDF-1.7\n" + mark + b" " * 900_000)


def make_person(at, **values):
    """Somebody with an account, whose name is told by their number."""
    return make_freelancer(make_user(password=None), at=at, **values)


def send_pictures(person, at, kinds=tuple(PictureKind)):
    """Send what a call needs; return the pictures by kind."""
    return {kind: pictures.send(person.id, kind, document(), None, by=person.user_id, at=at) for kind in kinds}


@transaction()
def make_agent(session, at, name="Noor Agent"):
    """Somebody of the staff who verifies people; returns the user."""
    user = make_user(Role.STAFF, name=name, password=None)
    session.add(IdentityAgent(user_id=user.id, added_at=at))
    return user


@transaction()
def make_call(session, person, at, **values):
    """A call, as `values` say."""
    call = IdentityCall(id=new_id(), freelancer_id=person.id, asked_at=at, room=str(new_id()), **values)
    session.add(call)
    session.flush()
    return call


@pytest.fixture
def person(session, at):
    return make_person(at)


@pytest.fixture
def agent(session, at):
    return make_agent(session, at)


@pytest.fixture
def talking(session, at, person, agent):
    """The person's call, which the agent has."""
    return make_call(session, person, at, agent_id=agent.id, taken_at=at, held_until=at + timedelta(minutes=15))


def ready(at, **values):
    """Somebody who has sent all that a call needs."""
    person = make_person(at, **values)
    send_pictures(person, at)
    return person


def shift(agent, begins_at, slots=1):
    agents.add_shift(agent.id, begins_at, begins_at + slots * SLOT, by=agent.id, at=begins_at - timedelta(days=1))


def fresh(session, call):
    session.expire_all()
    return session.get(IdentityCall, call.id)


def mails(session, template):
    return session.scalar(sa.select(sa.func.count()).where(OutboxMail.template == template))
