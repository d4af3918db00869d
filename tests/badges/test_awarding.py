"""The badge awarded to many at once, in sets: each stands as if awarded alone. Rules B-1, B-2, R-3, X-1, X-2."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges import services
from badges.awarding import award_many
from badges.credentials.models import BadgePlace, StatusList
from badges.models import Award, Receipt
from core.audit import AuditEvent
from core.database import db
from core.outbox import OutboxMail
from tests.factories import make_award, make_freelancer, make_partner, make_user


@pytest.fixture
def partner(session, at):
    return make_partner("Northwind")


def counted(session, model, *where):
    return session.scalar(sa.select(sa.func.count()).select_from(model).where(*where))


def test_all_that_belongs_to_an_award_is_stored_with_each(session, at, partner):
    eligible = [make_freelancer(make_user()).id for _ in range(30)]
    waiting = [make_freelancer(jss_pct=70).id for _ in range(5)]
    held = make_award(partner, make_freelancer())
    asked = [*eligible, *waiting, held.freelancer_id]

    given = award_many(partner.programme.achievement_id, asked, by=None, at=at)

    assert list(given) == asked
    new = {given[who].award_id for who in eligible}
    assert len(new) == 30
    assert {given[who].award_id for who in waiting} == {None}
    assert given[held.freelancer_id].award_id == held.id
    assert counted(session, Award) == 31
    assert counted(session, Receipt) == 35
    assert set(session.scalars(sa.select(AuditEvent.subject_id).where(AuditEvent.action == "award.awarded"))) == new
    assert counted(session, OutboxMail, OutboxMail.template == "award_awarded") == 30
    assert set(session.scalars(sa.select(BadgePlace.award_id))) == new
    assert counted(session, StatusList) == 1


def test_the_same_people_again_get_nothing_twice(session, at, partner):
    people = [make_freelancer(make_user()).id for _ in range(10)]
    first = award_many(partner.programme.achievement_id, people, by=None, at=at)
    again = award_many(partner.programme.achievement_id, people, by=None, at=at + timedelta(hours=1))

    assert [each.award_id for each in again.values()] == [each.award_id for each in first.values()]
    assert all(each.is_held for each in again.values())
    assert [counted(session, model) for model in (Award, OutboxMail, BadgePlace)] == [10, 10, 10]


#: What names the person, the award or the row, and so differs.
OWN = {"id", "freelancer_id", "key", "to_address", "subject_id", "after", "context", "facts"}


@pytest.mark.parametrize(
    ("model", "which"),
    [
        (Award, sa.true()),
        (Receipt, sa.true()),
        (AuditEvent, AuditEvent.action == "award.awarded"),
        (OutboxMail, OutboxMail.template == "award_awarded"),
    ],
)
def test_many_and_one_leave_the_same(session, at, partner, model, which):
    many, one = (make_freelancer(make_user(), name="Ada Byron") for _ in range(2))
    award_many(partner.programme.achievement_id, [many.id], by=None, at=at)
    services.award(partner.programme.achievement_id, one.id, by=None, at=at)

    first, second = session.execute(
        sa.select(*(column for column in model.__table__.c if column.name not in OWN)).where(which)
    ).all()
    assert first == second


def test_it_takes_as_many_statements_for_two_hundred_as_for_three(session, at, partner):
    def statements(people):
        ids = [make_freelancer(make_user()).id for _ in range(people)]
        seen = []

        def note(_connection, _cursor, statement, *_more):
            seen.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            award_many(partner.programme.achievement_id, ids, by=None, at=at)
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    statements(1)  # the first of all stores the policy and makes the list
    assert statements(200) <= statements(3)


def test_nothing_of_it_is_stored_when_the_last_step_fails(session, at, partner, monkeypatch):
    people = [make_freelancer(make_user()).id for _ in range(5)]

    def full(*_given):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("badges.awarding.give_places", full)
    with pytest.raises(RuntimeError):
        award_many(partner.programme.achievement_id, people, by=None, at=at)

    assert [counted(session, model) for model in (Award, Receipt, OutboxMail, BadgePlace)] == [0, 0, 0, 0]
