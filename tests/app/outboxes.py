"""Mails that wait in the outbox, and the worker's way of sending them."""

import itertools

import sqlalchemy as sa

from app.mail import deliver_due
from core.outbox import OutboxMail, enqueue
from tests.conftest import AT

_numbers = itertools.count()


def put(session, to="ada@example.org", at=AT, **words):
    """A mail in the outbox, of a template that asks for few words."""
    key = f"test:{next(_numbers)}"
    enqueue("password_changed", to, {"name": "Ada", "email": to, **words}, key=key, at=at)
    session.commit()
    return key


def row(session, key):
    session.expire_all()
    return session.scalars(sa.select(OutboxMail).where(OutboxMail.key == key)).one()


def deliver(at=AT, **options):
    return deliver_due(lambda: at, **options)
