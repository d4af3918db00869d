"""What applicants do. Rules R-1, R-4, X-1."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges.models import Receipt
from core.audit import AuditEvent
from core.database import new_id
from core.errors import NotFound
from partners.applying import Withdrawn, save_draft, submit, update, withdraw_application
from partners.deciding import keep_on_file, select
from partners.models import Application
from partners.steps import AnswersRefused
from tests.factories import make_application

DAY = timedelta(days=1)
ANSWERS = {"why": "A warehouse."}


@pytest.fixture
def draft(partner, ada):
    return make_application(partner, ada, submitted=False, answers={})


def fresh(session, application):
    return session.get(Application, application.id, populate_existing=True)


def test_a_draft_is_kept_as_far_as_it_goes(session, draft, mails, at):
    save_draft(draft.id, ANSWERS, at + DAY)
    kept = fresh(session, draft)

    assert (kept.answers, kept.state, kept.updated_at) == (ANSWERS, "draft", at + DAY)
    assert mails() == []


def test_sending_keeps_a_receipt_and_tells_the_applicant_once(session, draft, mails, at):
    submit(draft.id, ANSWERS, at)
    update(draft.id, {"why": "Two warehouses."}, at + DAY)
    sent = fresh(session, draft)

    assert (sent.submitted_at, sent.updated_at, sent.state) == (at, at + DAY, "submitted")
    assert sent.answers == {"why": "Two warehouses."}
    assert session.scalars(sa.select(Receipt.cause)).all() == ["application"]
    assert len(mails("application_sent")) == 1


def test_what_is_missing_keeps_it_from_being_sent(session, draft, mails, at):
    with pytest.raises(AnswersRefused) as refused:
        submit(draft.id, {"why": "   "}, at)

    assert [problem.name for problem in refused.value.problems] == ["why"]
    assert fresh(session, draft).submitted_at is None
    assert mails() == []


def test_changing_answers_does_not_take_an_application_out_of_the_pool(session, draft, admin, at):
    submit(draft.id, ANSWERS, at)
    keep_on_file(draft.id, by=admin.id, at=at)
    update(draft.id, {"why": "More."}, at + DAY)

    assert fresh(session, draft).state == "kept_on_file"


def test_withdrawing_removes_the_answers_for_good(session, draft, mails, at):
    submit(draft.id, ANSWERS, at)
    withdraw_application(draft.id, at + DAY)
    withdraw_application(draft.id, at + 2 * DAY)
    gone = fresh(session, draft)

    assert (gone.answers, gone.withdrawn_at, gone.state) == ({}, at + DAY, "withdrawn")
    assert "warehouse" not in str(session.execute(sa.text("SELECT to_jsonb(a) FROM audit_events a")).all())
    with pytest.raises(Withdrawn):
        save_draft(draft.id, ANSWERS, at)


def test_withdrawing_leaves_a_badge_that_was_given(session, draft, admin, at):
    submit(draft.id, ANSWERS, at)
    award = select(draft.id, by=admin.id, at=at)
    withdraw_application(draft.id, at)
    session.refresh(award)

    assert award.closed_at is None


def test_an_application_that_is_not_there_is_not_found(session, at):
    for verb in (save_draft, submit):
        with pytest.raises(NotFound):
            verb(new_id(), ANSWERS, at)
    with pytest.raises(NotFound):
        withdraw_application(new_id(), at)


def test_the_log_says_who_sent_it(session, draft, ada, partner, at):
    submit(draft.id, ANSWERS, at)
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "application.submitted")).one()

    assert (event.actor_id, event.partner_id) == (ada.user_id, partner.id)
