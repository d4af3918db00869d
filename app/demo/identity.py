"""People on their way to a verified identity: agents and their time, calls of the last days, who is next. H-2..H-4."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

import sqlalchemy as sa
from PIL import Image, ImageDraw

from accounts.models import Role, User
from accounts.services import create_user
from app.demo.accounts import AGENT, PASSWORDS
from app.demo.people import Person
from app.demo.stage import Stage
from core.database import session
from core.uploads import Accepted, accepted
from freelancers.identity import agents, booking, outcomes, pictures, queue
from freelancers.identity.call_rules import CHECKLIST
from freelancers.identity.models import IdentityCall, PictureKind
from freelancers.models import Freelancer

_DAYS_AHEAD = 14
_MINUTE = timedelta(minutes=1)
_INK, _CARD, _SKIN, _WALL = "#23407a", "#dfe8f5", "#c99a76", "#5c7f6b"


def hire(on: Stage, at: datetime) -> None:
    """Have two of the staff verify people, and offer their time of the next two weeks."""
    agent = create_user(AGENT.address, AGENT.name, Role.STAFF, PASSWORDS[Role.STAFF], by=None, at=at).id
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    for user_id, begins, hours in ((agent, 8, 8), (on.staff_id, 16, 4)):
        agents.add_agent(user_id, by=on.staff_id, at=at)
        for day in range(1, _DAYS_AHEAD):
            begins_at = midnight + timedelta(days=day, hours=begins)
            agents.add_shift(user_id, begins_at, begins_at + timedelta(hours=hours), by=user_id, at=at)


def verified(on: Stage, person: Person, at: datetime) -> None:
    """Everything holds."""
    call = _call(on, person, at)
    outcomes.verify(call.id, _agent(), tuple(CHECKLIST), at + 11 * _MINUTE, f"SPECIMEN {person.key}")


def doubtful(on: Stage, person: Person, at: datetime) -> None:
    """Something does not hold, and waits for a second agent."""
    call, held = _call(on, person, at), [point for point in CHECKLIST if point != "document_whole"]
    reason = "The lower left corner is covered by a thumb, and with it the date of issue."
    outcomes.find_failure(call.id, _agent(), held, reason, at + 9 * _MINUTE)


def missed(on: Stage, person: Person, at: datetime) -> None:
    """Somebody comes in, and goes again before anybody calls."""
    _ready(on, person, at)
    queue.close_absent(at + 30 * _MINUTE)


def booked(on: Stage, person: Person, at: datetime) -> None:
    """Somebody sends both pictures, and books a time tomorrow."""
    freelancer = _sent(on, person, at)
    tomorrow = at + timedelta(days=1)
    booking.book(freelancer, next(each for each in booking.open_times(at) if each >= tomorrow), at)


def waits(on: Stage, person: Person, at: datetime) -> None:
    """Somebody has just come in."""
    _ready(on, person, at)


def _call(on: Stage, person: Person, at: datetime) -> IdentityCall:
    """Let somebody wait three minutes until they are called."""
    queue.stay(_ready(on, person, at).id, at + 2 * _MINUTE)
    return queue.take_next(_agent(), at + 3 * _MINUTE)


def _ready(on: Stage, person: Person, at: datetime) -> IdentityCall:
    return booking.call_now(_sent(on, person, at - 20 * _MINUTE), at)


def _sent(on: Stage, person: Person, at: datetime) -> Freelancer:
    user_id = on.user(person, at)
    freelancer = session.get_one(Freelancer, on.ids[person.key])
    for kind, content in ((PictureKind.REFERENCE, _face()), (PictureKind.DOCUMENT, _card(person))):
        valid_until = at.date() + timedelta(days=900) if kind is PictureKind.DOCUMENT else None
        pictures.send(freelancer.id, kind, content, valid_until, by=user_id, at=at)
    return freelancer


def _agent() -> UUID:
    return session.scalars(sa.select(User.id).where(User.email == AGENT.address)).one()


def _card(person: Person) -> Accepted:
    """Draw what is plainly no real document."""
    card = Image.new("RGB", (1_200, 760), _CARD)
    draw = ImageDraw.Draw(card)
    draw.rectangle((0, 0, 1_200, 120), fill=_INK)
    draw.text((40, 30), "SPECIMEN OF A DEMO", fill="white", font_size=56)
    draw.rectangle((60, 180, 420, 660), fill=_WALL)
    draw.ellipse((150, 260, 330, 500), fill=_SKIN)
    for line, text in enumerate((person.row["name"], "Valid for nothing", f"No. {person.key}")):
        draw.text((480, 220 + 110 * line), text, fill=_INK, font_size=52)
    return _as_sent(card)


def _face() -> Accepted:
    face = Image.new("RGB", (800, 800), _WALL)
    draw = ImageDraw.Draw(face)
    draw.ellipse((140, 560, 660, 1_100), fill=_INK)
    draw.ellipse((250, 160, 550, 580), fill=_SKIN)
    return _as_sent(face)


def _as_sent(image: Image.Image) -> Accepted:
    written = BytesIO()
    image.save(written, "PNG", optimize=True)
    return accepted("picture", written.getvalue())
