"""Many decisions at once end as each alone would. Rules R-2, R-3, X-1, X-4."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from badges.models import Award, Receipt
from core.audit import AuditEvent
from core.database import db
from core.errors import InvalidInput, NotFound
from core.outbox import OutboxMail
from partners.applying import withdraw_application
from partners.deciding import select
from partners.models import Application
from partners.review.deciding_many import MANY_MAX, Decision, Effect, decide_many, foresee
from partners.review.queries import way_of
from partners.review.queue import Looking
from partners.review.services import declare_conflict
from partners.states import Queue
from tests.factories import make_application, make_award, make_freelancer, make_hold, make_partner, make_user

DAY = timedelta(days=1)
SELECT, KEEP = Decision.SELECT, Decision.KEEP


@pytest.fixture
def various(partner, rita, at):
    """An application of every kind: eligible, short of a score, held, with the badge, decided on, off for Rita."""
    people = {
        "eligible": make_freelancer(make_user()),
        "short": make_freelancer(make_user(), jss_pct=70),
        "held": make_freelancer(make_user()),
        "holder": make_freelancer(make_user()),
        "expired": make_freelancer(make_user()),
        "without address": make_freelancer(email=None),
        "kept": make_freelancer(make_user()),
        "friend": make_freelancer(make_user()),
    }
    make_hold(people["held"])
    make_award(partner, people["holder"], at=at - 9 * DAY)
    make_award(partner, people["expired"], at=at - 9 * DAY, expires_at=at - DAY)
    made = {
        name: make_application(partner, person, **({"kept_at": at} if name == "kept" else {}))
        for name, person in people.items()
    }
    declare_conflict(made["friend"].id, by=rita.id, at=at)
    return made


def looking(partner, user, at):
    return Looking(partner.programme, way_of(partner.programme.id), user.id, at)


def count(session, model, *where):
    return session.scalar(sa.select(sa.func.count()).select_from(model).where(*where))


def test_the_preview_says_of_each_what_then_happens(session, partner, various, rita, at):
    ids = [each.id for each in various.values()]
    foreseen = foresee(looking(partner, rita, at), ids, SELECT, Queue.TO_DECIDE)
    said = dict(zip(various, [(each.effect, each.mails) for each in foreseen], strict=True))

    assert said == {
        "eligible": (Effect.AWARDED, True),
        "short": (Effect.WAITING, True),
        "held": (Effect.WAITING, True),
        "holder": (Effect.HOLDS, True),
        "expired": (Effect.AWARDED, True),
        "without address": (Effect.AWARDED, False),
        "kept": (Effect.CHANGED, False),
        "friend": (Effect.OFF, False),
    }
    assert [finding.rule for finding in foreseen[1].still_open] == ["E-2"]
    assert count(session, OutboxMail) == 0
    assert count(session, Application, Application.selected_at.is_not(None)) == 0

    happened = decide_many(partner.programme, ids, SELECT, Queue.TO_DECIDE, by=rita.id, at=at)
    assert happened == {
        effect: sum(1 for each, _ in said.values() if each is effect) for effect in {e for e, _ in said.values()}
    }


def test_selecting_many_ends_as_selecting_each(session, at, rita, partner, various):
    """The same people twice, at two partners: at one they are selected together, at the other one by one."""
    other = make_partner("Contoso")
    twins = {}
    for name, application in various.items():
        if name in ("kept", "friend"):
            continue
        if name in ("holder", "expired"):
            expires = {"expires_at": at - DAY} if name == "expired" else {}
            make_award(other, application.freelancer, at=at - 9 * DAY, **expires)
        twins[name] = make_application(other, application.freelancer)
    decide_many(partner.programme, [various[name].id for name in twins], SELECT, Queue.TO_DECIDE, by=rita.id, at=at)
    for application in twins.values():
        select(application.id, by=rita.id, at=at)
    session.expire_all()

    for name, twin in twins.items():
        assert stored(session, various[name]) == stored(session, twin), name


def stored(session, application):
    """Return all that a selection leaves behind, without what differs by partner."""
    partner = application.programme.partner
    ids = [application.id, *session.scalars(sa.select(Award.id).where(
        Award.freelancer_id == application.freelancer_id,
        Award.achievement_id == application.programme.achievement_id,
    ))]  # fmt: skip
    mails = session.scalars(
        sa.select(OutboxMail).where(sa.or_(*(OutboxMail.key.contains(str(each)) for each in ids)))
    ).all()
    events = session.scalars(sa.select(AuditEvent).where(AuditEvent.subject_id.in_(ids))).all()
    receipts = session.scalars(sa.select(Receipt).where(
        Receipt.freelancer_id == application.freelancer_id,
        Receipt.achievement_id == application.programme.achievement_id,
    )).all()  # fmt: skip
    words = [str(each.context).replace(partner.name, "X") for each in mails]
    for each in ids:
        words = [text.replace(str(each), "id") for text in words]
    return {
        "state": application.state,
        "by": application.selected_by,
        "mails": sorted((each.template, each.to_address, each.key.split(":")[0]) for each in mails),
        "words": sorted(words),
        "events": sorted(each.action for each in events),
        "receipts": [(each.cause, each.eligible, len(each.findings)) for each in receipts],
    }


def test_keeping_many_tells_nobody(session, partner, various, rita, at):
    ids = [each.id for each in various.values()]

    assert decide_many(partner.programme, ids, KEEP, Queue.TO_DECIDE, by=rita.id, at=at) == {
        Effect.KEPT: 6, Effect.OFF: 1, Effect.CHANGED: 1,
    }  # fmt: skip
    assert count(session, OutboxMail) == 0
    assert count(session, Application, Application.kept_at.is_not(None)) == 7
    assert count(session, AuditEvent, AuditEvent.action == "application.kept_on_file") == 6


def test_a_second_press_changes_nothing(session, partner, various, rita, at):
    ids = [each.id for each in various.values()]
    decide_many(partner.programme, ids, SELECT, Queue.TO_DECIDE, by=rita.id, at=at)
    before = count(session, OutboxMail), count(session, AuditEvent), count(session, Award)
    again = decide_many(partner.programme, ids, SELECT, Queue.TO_DECIDE, by=rita.id, at=at + DAY)

    assert set(again) == {Effect.CHANGED, Effect.OFF}
    assert (count(session, OutboxMail), count(session, AuditEvent), count(session, Award)) == before


def test_who_withdrew_meanwhile_is_left_out_and_the_others_are_not(session, partner, various, rita, at):
    withdraw_application(various["short"].id, at)
    ids = [various["short"].id, various["eligible"].id]

    assert decide_many(partner.programme, ids, SELECT, Queue.TO_DECIDE, by=rita.id, at=at) == {
        Effect.AWARDED: 1, Effect.CHANGED: 1,
    }  # fmt: skip


def test_one_application_of_another_partner_refuses_all(session, partner, various, rita, at):
    theirs = make_application(make_partner("Contoso"), make_freelancer(make_user()))
    ids = [various["eligible"].id, theirs.id]

    with pytest.raises(NotFound):
        foresee(looking(partner, rita, at), ids, SELECT, Queue.TO_DECIDE)
    with pytest.raises(NotFound):
        decide_many(partner.programme, ids, SELECT, Queue.TO_DECIDE, by=rita.id, at=at)
    assert count(session, Application, Application.selected_at.is_not(None)) == 0


def test_more_than_fit_are_refused(partner, rita, at):
    from core.database import new_id

    with pytest.raises(InvalidInput, match="too many"):
        decide_many(
            partner.programme, [new_id() for _ in range(MANY_MAX + 1)], KEEP, Queue.TO_DECIDE, by=rita.id, at=at
        )


def test_hundreds_take_as_many_statements_as_a_few(session, partner, rita, at):
    def statements(people):
        ids = [make_application(partner, make_freelancer(make_user(password=None))).id for _ in range(people)]
        session.expire_all()
        counted = []

        def listen(*_):
            counted.append(1)

        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            decide_many(partner.programme, ids, SELECT, Queue.TO_DECIDE, by=rita.id, at=at)
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        return len(counted)

    statements(1)  # the first of all stores the policy
    assert statements(200) <= statements(3)
