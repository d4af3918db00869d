"""The demo is lively, whole, quiet, and loaded once."""

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.models import User
from accounts.services import authenticate
from app.demo.accounts import ACCOUNTS, AGENT, HELD, IN_GRACE, INVITED, KEPT, NEWCOMER, PASSWORDS, STAFF
from app.demo.load import load
from app.demo.people import people
from badges.eligibility.rules import is_eligible
from badges.models import Award
from badges.queries import base_checklist, policy_for
from badges.standing import status_expression
from badges.sweep import sweep
from core import clock, database
from core.audit import AuditEvent
from core.outbox import OutboxMail, enqueue
from directory.listing import listed_expression
from directory.models import Feature, Period, UseCase, UseCaseExpert
from directory.queries import showing_at
from freelancers.approval.findings import SubmissionState, Weight, unmet
from freelancers.approval.models import Submission
from freelancers.approval.submissions import in_state
from freelancers.identity import agents, booking, queue
from freelancers.identity.call_rules import CallState, state_of
from freelancers.identity.models import IdentityCall
from freelancers.models import Freelancer, Hold, Observation
from partners.files import content_of
from partners.invitations.campaigns import works
from partners.invitations.models import Campaign, InvitationList
from partners.models import Application, ApplicationFile, Interest, Invitation, Member, Partner
from tests.conftest import AT, _empty

BIG = ("quernstone", "inkfold", "loomwright")


@pytest.fixture(scope="module")
def demo(app):
    """A database session on a loaded demo, into which a real mail had been written before."""
    with app.app_context():
        clock.use(lambda: AT)
        enqueue("password_changed", "real@example.org", {}, key="real", at=AT - timedelta(days=1))
        database.session.commit()
        events = []
        summary = load(AT, lambda words=None, total=None: events.append((words, total)))
        assert len(events) == events[0][1]
        assert summary.partners == 4
        yield database.session
        clock.use(None)
        database.session.remove()
        _empty(database.db.engine)


def of(demo, slug):
    return demo.scalars(sa.select(Partner).where(Partner.slug == slug)).one()


def statuses(demo, slug):
    held = sa.select(status_expression(AT)).select_from(Award).join(Freelancer)
    return Counter(demo.scalars(held.where(Award.achievement_id == of(demo, slug).programme.achievement_id)))


def person(demo, account):
    return demo.scalars(sa.select(Freelancer).where(Freelancer.email == account.address)).one()


def test_two_hundred_freelancers_of_the_feed_meet_what_everybody_is_asked_for(demo):
    everybody = demo.scalars(sa.select(Freelancer.id).where(Freelancer.jss_pct >= 80)).all()

    assert demo.scalar(sa.select(sa.func.count()).select_from(Freelancer)) >= 1000
    assert sum(is_eligible(base_checklist(each, AT)) for each in everybody) >= 200


def test_its_people_are_the_same_at_every_load_and_believable():
    first, second = people({}, AT), people({}, AT)

    assert first == second
    assert len({each.email for each in first}) == len(first) == 350
    assert len({each.row["overview"] for each in first}) > 300
    assert all("{" not in each.row["overview"] and len(each.row["overview"]) > 100 for each in first)


def test_every_application_and_invitation_state_stands_at_every_partner(demo):
    applications, invitations = Counter(), Counter()
    for partner in demo.scalars(sa.select(Partner)):
        mine = (partner.programme.id,)
        states = Counter(
            str(each.state) for each in demo.scalars(sa.select(Application).where(Application.programme_id.in_(mine)))
        )
        assert set(states) == {
            "draft", "submitted", "in_review", "kept_on_file", "waiting", "selected", "withdrawn",
        }, partner.slug  # fmt: skip
        applications += states
        sent = demo.scalars(sa.select(Invitation).where(Invitation.programme_id.in_(mine)))
        invitations += Counter(str(each.state(AT)) for each in sent)

    assert set(invitations) == {"sent", "opened", "accepted", "declined", "expired", "withdrawn"}
    assert demo.scalar(sa.select(sa.func.count()).select_from(Interest)) >= 6


def test_lists_were_sent_and_one_waits_with_rows_of_each_kind(demo):
    lists = demo.scalars(sa.select(InvitationList).order_by(InvitationList.created_at)).all()
    [waiting] = [each for each in lists if each.sent_at is None]

    assert len(lists) > 5
    assert all(each.mails >= 3 for each in lists if each is not waiting)
    assert waiting.counts == {"new": 5, "duplicate": 1, "bad_address": 1, "already_expert": 2}


def test_one_link_is_open_and_one_has_ended(demo):
    found = demo.scalars(sa.select(Campaign)).all()

    assert sorted((each.name, works(each, AT)) for each in found) == [("Evening class", False), ("Spring fair", True)]


def test_some_attach_a_letter_that_can_be_read(demo):
    letters = demo.scalars(sa.select(ApplicationFile)).all()

    assert len(letters) >= 10
    assert all(content_of(each).startswith(b"%PDF-") for each in letters)


@pytest.mark.parametrize("slug", BIG)
def test_big_partners_have_sixty_badges_and_more_of_every_kind(demo, slug):
    found = statuses(demo, slug)

    assert 60 <= found.total() <= 120
    assert {"active", "grace", "suspended", "revoked"} <= set(found)
    partner = of(demo, slug)
    of_partner = Award.achievement_id == partner.programme.achievement_id
    assert demo.scalar(sa.select(sa.func.count()).where(of_partner, Award.hidden_at.is_not(None))) >= 2
    listed = sa.select(sa.func.count()).select_from(Award).join(Freelancer).where(of_partner, listed_expression(AT))
    assert demo.scalar(listed) >= 40


def test_badges_that_last_a_year_have_expired(demo):
    assert statuses(demo, "inkfold")["expired"] >= 5


def test_every_page_rotated_for_weeks_features_now_and_has_curated_use_cases(demo):
    for partner in demo.scalars(sa.select(Partner)):
        periods = demo.scalars(sa.select(Period).where(Period.partner_id == partner.id)).all()
        assert len(periods) >= 8, partner.slug
        assert any(each.starts_at <= AT < each.ends_at for each in periods)
        now = sa.select(sa.func.count()).select_from(Feature).where(Feature.partner_id == partner.id, *showing_at(AT))
        assert demo.scalar(now) >= 3
        for case in demo.scalars(sa.select(UseCase).where(UseCase.partner_id == partner.id)):
            chosen = sa.select(sa.func.count()).where(UseCaseExpert.use_case_id == case.id)
            assert demo.scalar(chosen) >= 3, case.name


def test_agents_are_there_and_somebody_is_at_each_point_of_the_way_to_a_verified_identity(demo):
    calls = demo.scalars(sa.select(IdentityCall)).all()
    states = Counter(state_of(each) for each in calls)

    assert states == {CallState.ENDED: 5, CallState.SECOND_LOOK: 1, CallState.BOOKED: 1, CallState.WAITING: 1}
    assert [agent.user.email for agent in agents.agents()] == [AGENT.address, STAFF.address]
    assert sum(shift.slots for shift in agents.shifts(AT, AT + timedelta(days=14))) > 100
    assert booking.open_call_of(person(demo, HELD).id).booked_for > AT
    assert len(queue.waiting(AT)) == 1


def test_holds_of_each_kind_are_open_and_some_are_lifted(demo):
    holds = demo.scalars(sa.select(Hold)).all()

    assert len({each.kind for each in holds if each.lifted_at is None}) == 4
    assert any(each.lifted_at for each in holds)


def test_scores_have_a_history(demo):
    scores = sa.select(Observation.freelancer_id).where(Observation.figure == "jss_pct")
    several = scores.group_by(Observation.freelancer_id).having(sa.func.count() >= 3)
    assert len(demo.scalars(several).all()) > 50


def test_nothing_lies_in_the_future_and_all_is_in_the_log(demo):
    assert demo.scalar(sa.select(sa.func.max(AuditEvent.at))) <= AT
    assert demo.scalar(sa.select(sa.func.max(OutboxMail.created_at))) <= AT
    actions = set(demo.scalars(sa.select(AuditEvent.action).distinct()))
    assert {"award.awarded", "award.suspended", "award.reinstated", "award.revoked", "hold.placed"} <= actions
    assert demo.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) > 2000


def test_no_mail_of_it_is_sent_later_and_a_real_one_still_is(demo):
    left = demo.scalars(sa.select(OutboxMail.key).where(OutboxMail.sent_at.is_(None))).all()
    secrets = sa.select(sa.func.count()).where(OutboxMail.sealed_secrets.is_not(None))

    assert left == ["real"]
    assert demo.scalar(secrets) == 0
    assert demo.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) > 1000


def test_each_documented_account_signs_in_with_its_roles_password(demo):
    for account in ACCOUNTS:
        user = authenticate(account.address, PASSWORDS[account.role], AT)
        assert user.role == account.role
        if account.start.startswith("/console/"):
            slug = account.start.removeprefix("/console/")
            member = demo.scalars(sa.select(Member).where(Member.user_id == user.id)).one()
            assert member.partner.slug == slug
    assert demo.scalar(sa.select(sa.func.count()).select_from(User)) > 200


def test_whom_one_can_sign_in_as_stands_where_the_table_says(demo):
    def status(account):
        held = sa.select(status_expression(AT)).select_from(Award).join(Freelancer)
        return demo.scalars(held.where(Freelancer.email == account.address)).all()

    assert status(IN_GRACE) == ["grace"]
    assert status(HELD) == ["suspended"]
    assert status(NEWCOMER) == ["active"]
    assert person(demo, NEWCOMER).jss_pct is None
    applied = sa.select(Application).where(Application.freelancer_id == person(demo, KEPT).id)
    assert demo.scalars(applied).one().kept_at is not None
    sent = demo.scalars(sa.select(Invitation).where(Invitation.email == INVITED.address)).one()
    assert str(sent.state(AT)) == "sent"


def test_everything_stands_as_it_should_when_it_is_loaded(demo):
    assert sweep(AT).changed == 0


def test_rules_of_every_partner_ask_for_something_of_their_own(demo):
    for partner in demo.scalars(sa.select(Partner)):
        assert policy_for(partner.programme.achievement_id, AT).rules.requirements


def test_a_second_load_does_nothing_and_says_so(app, demo):
    before = demo.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
    demo.rollback()

    result = app.test_cli_runner().invoke(args=["demo", "load"])

    assert result.exit_code == 0
    assert "There are partners already, so nothing was loaded" in result.output
    assert demo.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == before


def test_the_accounts_are_a_table_that_fits_a_terminal(app, demo):
    result = app.test_cli_runner().invoke(args=["demo", "accounts"])

    lines = result.output.splitlines()
    assert max(map(len, lines)) <= 80
    for account in ACCOUNTS:
        assert any(account.address in line and PASSWORDS[account.role] in line for line in lines)


def test_new_profiles_wait_for_approval_each_for_another_reason(demo):
    waiting = demo.scalars(sa.select(Submission).where(*in_state(SubmissionState.WAITING))).all()
    found = {each.snapshot.name: {str(one.kind) for one in unmet(each.found, Weight.LOOK)} for each in waiting}

    assert found == {
        "Inês Prado": set(),
        "J. Singh": {"earlier_account"},
        "Tomas Reuter": {"title_generic", "overview_generic"},
    }
    assert [each.snapshot.name for each in waiting if each.due_at < AT] == ["J. Singh"]
