"""Select, keep on file, and awards that waited. Rules R-2, R-3."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges.models import Award
from core.database import transaction
from core.errors import NotFound
from partners.applying import withdraw_application
from partners.deciding import AlreadyDecided, award_waiting, keep_on_file, open_for_review, select
from partners.models import Application
from tests.factories import (
    make_application,
    make_award,
    make_freelancer,
    make_hold,
    make_member,
    make_newcomer,
    make_user,
)

DAY = timedelta(days=1)


@pytest.fixture
def sent(partner, ada):
    return make_application(partner, ada)


def fresh(session, application):
    return session.get(Application, application.id, populate_existing=True)


@transaction()
def change(session, freelancer, **values):
    freelancer = session.merge(freelancer)
    for name, value in values.items():
        setattr(freelancer, name, value)


def test_an_eligible_applicant_gets_the_badge_at_once_and_one_mail(session, sent, admin, mails, at):
    award = select(sent.id, by=admin.id, at=at)
    selected = fresh(session, sent)

    assert (selected.award_id, selected.state, selected.selected_by) == (award.id, "selected", admin.id)
    assert (award.awarded_by, award.awarded_at) == (admin.id, at)
    assert [mail.template for mail in mails()] == ["award_awarded"]


def test_somebody_not_eligible_is_selected_and_told_what_is_open(session, partner, admin, mails, at):
    bob = make_freelancer(make_user(), jss_pct=79)
    application = make_application(partner, bob)
    award = select(application.id, by=admin.id, at=at)
    (mail,) = mails()

    assert award is None
    assert fresh(session, application).state == "waiting"
    assert mail.template == "application_waiting"
    assert len(mail.context["open"]) == 1
    assert "79 %" in mail.context["open"][0]["sentence"]


def test_what_waited_is_awarded_by_itself_once_everything_is_met(session, partner, admin, mails, at):
    bob = make_freelancer(make_user(), jss_pct=79)
    application = make_application(partner, bob)
    select(application.id, by=admin.id, at=at)

    assert award_waiting(at + DAY) == 0
    change(session, bob, jss_pct=80)
    assert award_waiting(at + 2 * DAY) == 1
    assert award_waiting(at + 3 * DAY) == 0
    assert fresh(session, application).state == "selected"
    assert session.scalars(sa.select(Award)).one().awarded_at == at + 2 * DAY
    assert [mail.template for mail in mails()] == ["application_waiting", "award_awarded"]


def test_a_newcomer_waits_for_nothing_but_their_profile(session, partner, admin, at):
    newcomer = make_newcomer(partner, completeness_pct=100)
    application = make_application(partner, newcomer)

    assert select(application.id, by=admin.id, at=at) is not None


def test_a_hold_makes_a_selection_wait(session, partner, admin, ada, sent, at):
    make_hold(ada)

    assert select(sent.id, by=admin.id, at=at) is None
    assert award_waiting(at) == 0


def test_who_withdrew_while_waiting_is_awarded_nothing(session, partner, admin, at):
    bob = make_freelancer(make_user(), jss_pct=79)
    application = make_application(partner, bob)
    select(application.id, by=admin.id, at=at)
    withdraw_application(application.id, at)
    change(session, bob, jss_pct=95)

    assert award_waiting(at) == 0


def test_whoever_holds_the_badge_already_is_told_that_they_are_selected(session, partner, admin, ada, sent, mails, at):
    held = make_award(partner, ada)

    assert select(sent.id, by=admin.id, at=at).id == held.id
    assert [mail.template for mail in mails()] == ["application_selected"]


def test_keeping_on_file_mails_nobody(session, sent, admin, mails, at):
    keep_on_file(sent.id, by=admin.id, at=at)

    assert fresh(session, sent).state == "kept_on_file"
    assert mails() == []


def test_keeping_on_file_changes_nothing_but_who_kept_it_and_when(session, sent, admin, at):
    before = {column.key: getattr(sent, column.key) for column in sa.inspect(Application).columns}
    keep_on_file(sent.id, by=admin.id, at=at + DAY)
    after = fresh(session, sent)

    assert {name for name, value in before.items() if getattr(after, name) != value} == {"kept_at", "kept_by"}


def test_an_application_on_file_can_be_selected_later(session, sent, admin, at):
    keep_on_file(sent.id, by=admin.id, at=at)

    assert select(sent.id, by=admin.id, at=at + DAY, was_kept=True)
    assert fresh(session, sent).state == "selected"


def test_whoever_decides_second_learns_who_was_first(session, partner, sent, admin, mails, at):
    rita = make_member(partner, make_user("partner", name="Rita Reviewer"), duty="reviewer")
    keep_on_file(sent.id, by=rita.id, at=at)

    with pytest.raises(AlreadyDecided, match="Rita Reviewer kept"):
        select(sent.id, by=admin.id, at=at, was_kept=False)
    with pytest.raises(AlreadyDecided, match="Rita Reviewer kept"):
        keep_on_file(sent.id, by=admin.id, at=at)
    select(sent.id, by=rita.id, at=at)
    with pytest.raises(AlreadyDecided, match="Rita Reviewer selected"):
        keep_on_file(sent.id, by=admin.id, at=at)
    with pytest.raises(AlreadyDecided, match="Rita Reviewer selected"):
        select(sent.id, by=admin.id, at=at)


def test_a_second_click_changes_nothing_and_is_no_error(session, sent, admin, mails, at):
    keep_on_file(sent.id, by=admin.id, at=at)
    keep_on_file(sent.id, by=admin.id, at=at + DAY)
    first = select(sent.id, by=admin.id, at=at)
    second = select(sent.id, by=admin.id, at=at + DAY)

    assert first.id == second.id
    assert fresh(session, sent).kept_at == at
    assert len(mails()) == 1


def test_a_draft_is_not_decided_on(session, partner, ada, admin, at):
    draft = make_application(partner, ada, submitted=False)

    with pytest.raises(AlreadyDecided, match="has not sent"):
        select(draft.id, by=admin.id, at=at)
    with pytest.raises(AlreadyDecided):
        select(draft.id, by=admin.id, at=at, was_kept=True)


def test_what_was_withdrawn_is_not_decided_on(session, sent, admin, mails, at):
    withdraw_application(sent.id, at)

    with pytest.raises(AlreadyDecided, match="withdrew"):
        select(sent.id, by=admin.id, at=at)
    with pytest.raises(AlreadyDecided, match="withdrew"):
        keep_on_file(sent.id, by=admin.id, at=at)
    assert mails() == []


def test_the_first_look_is_kept_and_later_ones_are_not(session, sent, admin, at):
    open_for_review(sent.id, by=admin.id, at=at)
    open_for_review(sent.id, by=admin.id, at=at + DAY)

    assert fresh(session, sent).reviewed_at == at
    assert fresh(session, sent).state == "in_review"


def test_nobody_selects_what_is_not_there(session, admin, at):
    with pytest.raises(NotFound):
        select(admin.id, by=admin.id, at=at)
