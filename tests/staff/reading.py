"""What a page of the staff's says, and what the log holds."""

import re

import sqlalchemy as sa

from core.audit import AuditEvent


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def page(staff, address, status=200):
    answer = staff.get(address)
    assert answer.status_code == status, text_of(answer)
    return text_of(answer)


def events(session, action):
    return list(session.scalars(sa.select(AuditEvent).where(AuditEvent.action == action)))
