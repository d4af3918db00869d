"""What people of the demo write to the marketplace's staff: appeals of holds, and a question. Rule H-6."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.demo.people import Person
from app.demo.stage import Stage
from core.database import session
from freelancers.models import Hold
from freelancers.support import appeals, threads
from freelancers.support.models import Thread
from freelancers.support.rules import About

_APPEAL = (
    "Both clients asked me to send the invoice through their own system, and I sent you both before I did. "
    "Everything was paid inside of the marketplace; the numbers are 40417 and 40502."
)
_KEPT = (
    "We looked at where the account was used from: three places on the same evening, and none is the one that you "
    "name. Please tell us who else knows your password."
)
_QUESTION = (
    "I do not show my face on my profile, and would like to keep it so. Do I need a public photo to be verified?"
)
_ANSWER = (
    "No, you do not need one. You give a picture for the agent alone, which is deleted after the check, "
    "and your profile stays as it is."
)


def appealed(stage: Stage, _slug: str, person: Person, at: datetime) -> None:
    """Have the person appeal the hold that is open on them."""
    held = sa.select(Hold.id).where(Hold.freelancer_id == stage.ids[person.key], Hold.lifted_at.is_(None))
    if hold_id := session.scalar(held):
        appeals.appeal(hold_id, _APPEAL, by=None, at=at)


def kept(stage: Stage, _slug: str, person: Person, at: datetime) -> None:
    """Answer the person's appeal: the hold stays."""
    if thread_id := session.scalar(sa.select(Thread.id).where(Thread.freelancer_id == stage.ids[person.key])):
        appeals.keep(thread_id, _KEPT, by=stage.staff_id, at=at)


def asked(stage: Stage, _slug: str, person: Person, at: datetime) -> None:
    """Have the person ask whether a photo is needed."""
    written = (About.OTHER, "Do I need a public photo?", _QUESTION)
    threads.open_thread(stage.ids[person.key], *written, by=stage.user(person, at), at=at)


def answered(stage: Stage, _slug: str, person: Person, at: datetime) -> None:
    """Answer what the person asked."""
    if thread_id := session.scalar(sa.select(Thread.id).where(Thread.freelancer_id == stage.ids[person.key])):
        threads.answer(thread_id, _ANSWER, by=stage.staff_id, at=at, paragraph="verifying")
