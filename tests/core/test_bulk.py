"""Many rows in one statement arrive as they were given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import sqlalchemy as sa

from core.audit import AuditEvent, record_many
from core.bulk import insert_rows
from core.database import new_id
from core.outbox import Mail, OutboxMail, enqueue_many

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
#: What a careless way of writing rows down would break.
ODD = "“Ada” \\ 'Byron'\n\t{\"a\": [1]} \\u0041 %s :x €, 日本, 👩‍💻, NULL, {}"


def mail(key, **context):
    return Mail("award_grace", "ada@example.org", context, key)


def test_any_text_number_and_moment_arrives_as_it_was_given(session):
    context = {"odd": ODD, "big": 2**60, "half": 0.5, "none": None, "nested": [{ODD: [True, False]}], "empty": ""}
    away = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    enqueue_many([mail(ODD, **context), mail("two")], at=away)

    first, second = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))
    assert (first.key, first.context, first.created_at) == (ODD, context, AT)
    assert (second.context, second.attempts, second.sent_at, second.to_address) == ({}, 0, None, "ada@example.org")


def test_a_mail_that_is_stored_already_is_passed_by_and_the_others_are_kept(session):
    enqueue_many([mail("one", n=1)], at=AT)
    enqueue_many([mail("one", n=2), mail("two", n=2), mail("two", n=3)], at=AT)

    assert {row.key: row.context for row in session.scalars(sa.select(OutboxMail))} == {
        "one": {"n": 1},
        "two": {"n": 2},
    }


def test_nothing_to_store_stores_nothing(session):
    enqueue_many([], at=AT)
    record_many([], by=None, at=AT)

    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 0


def test_events_keep_what_was_before_after_and_why(session):
    subject, partner, actor = new_id(), new_id(), new_id()
    about = {"subject_type": "award", "subject_id": subject, "before": {"a": None}, "after": {"a": ODD}}
    events = [
        {"action": "award.suspended", "partner_id": partner, "reason": ODD, **about},
        {"action": "award.reinstated", "partner_id": None, "reason": None, **about},
    ]
    record_many(events, by=actor, at=AT)

    first, second = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id))
    assert (first.subject_id, first.partner_id, first.actor_id, first.at) == (subject, partner, actor, AT)
    assert (first.reason, first.before, first.after) == (ODD, {"a": None}, {"a": ODD})
    assert (second.action, second.partner_id, second.reason) == ("award.reinstated", None, None)


def test_rows_that_are_not_wanted_are_left_out(session):
    rows = [
        {"id": new_id(), "at": AT, "action": action, "subject_type": "x", "subject_id": new_id()} for action in "abc"
    ]
    for row in rows:
        row |= {"before": {}, "after": {}}

    session.execute(insert_rows(AuditEvent, rows, unless=lambda new: new.action == "b"))

    assert set(session.scalars(sa.select(AuditEvent.action))) == {"a", "c"}
