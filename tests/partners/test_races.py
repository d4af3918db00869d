"""Many at the same moment: one outcome. Design decision 2; rules I-3, I-5, R-2."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from badges.models import Award
from core.audit import AuditEvent
from core.database import session as database
from core.errors import DomainError
from core.outbox import OutboxMail
from core.permissions import Duty
from partners import team
from partners.accepting import accept
from partners.addresses import Address
from partners.answering import ask_to_confirm, register_newcomer
from partners.deciding import AlreadyDecided, award_waiting, keep_on_file, select
from partners.inviting import invite, resend
from partners.models import Application, Invitation, Member, Partner, Programme
from partners.review.deciding_many import Decision, Effect, decide_many
from partners.states import Queue
from tests.factories import PASSWORD, make_application, make_freelancer, make_member, make_user, sign_in

THREADS = 24


@pytest.fixture
def at_once(app):
    """Run calls at the same moment, each in a thread of its own; return what each gave, an error being one too."""

    def run(calls):
        gate = threading.Barrier(len(calls))

        def one(call):
            with app.app_context():
                gate.wait()
                try:
                    return call()
                except DomainError as error:
                    return error
                finally:
                    database.remove()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(one, calls))

    return run


def count(session, model, *where):
    session.expire_all()
    return session.scalar(sa.select(sa.func.count()).select_from(model).where(*where))


def test_many_clients_accept_one_link_and_there_is_one_application_and_one_mail(app, session, ada, link, at, at_once):
    user = database.get(type(make_user()), ada.user_id)
    clients = [app.test_client() for _ in range(THREADS)]
    assert {sign_in(client, user).status_code for client in clients} == {303}
    answers = at_once([lambda c=c: c.post(f"/invitations/{link}", data={"answer": "accept"}) for c in clients])

    application = session.scalars(sa.select(Application)).one()
    assert {answer.status_code for answer in answers} == {303}
    assert {answer.location for answer in answers} == {f"/me/applications/{application.id}"}
    assert count(session, OutboxMail, OutboxMail.template == "application_opened") == 1


def test_the_same_list_sent_many_times_at_once_invites_everybody_once(session, partner, admin, at, at_once):
    people = [Address(f"p{number}@x.org") for number in range(20)]
    partner_id, by = partner.id, admin.id

    def send():
        return invite(database.get(Partner, partner_id).programme, people, None, by=by, at=at).sent

    assert sum(at_once([send] * 8)) == 20
    assert count(session, OutboxMail, OutboxMail.template == "invitation") == 20


def test_sending_again_many_times_at_once_sends_one_mail(session, link, admin, at, at_once):
    from datetime import timedelta

    invitation_id, by = session.scalars(sa.select(Invitation.id)).one(), admin.id
    at_once([lambda: resend(invitation_id, by=by, at=at + timedelta(days=1))] * 8)

    assert count(session, OutboxMail, OutboxMail.template == "invitation") == 1


def test_two_accounts_race_for_a_confirmed_link_and_one_gets_it(session, partner, admin, ada, link, at, at_once):
    from partners.inviting import confirm_person

    bob = make_freelancer(make_user(email="bob@example.org"))
    ask_to_confirm(link, bob.user_id, at)
    confirm_person(session.scalars(sa.select(Invitation.id)).one(), by=admin.id, at=at)
    people = [ada.user_id, bob.user_id] * 6
    at_once([lambda user_id=user_id: accept(link, user_id, at) for user_id in people])

    assert count(session, Application) == 1


def test_registering_twice_at_once_makes_one_account(session, link, at, at_once):
    answers = at_once([lambda: register_newcomer(link, "Ada", PASSWORD, at)] * 4)

    assert sum(isinstance(answer, DomainError) for answer in answers) == 3


def test_fifty_selects_and_fifty_keeps_at_once_have_one_outcome_and_one_mail_or_none(
    session, partner, ada, admin, at, at_once
):
    application_id = make_application(partner, ada).id
    others = [make_member(partner, make_user("partner", password=None), duty="reviewer").id for _ in range(100)]
    calls = [
        (lambda by=by: select(application_id, by=by, at=at, was_kept=False))
        if number % 2
        else (lambda by=by: keep_on_file(application_id, by=by, at=at))
        for number, by in enumerate(others)
    ]
    answers = at_once(calls)
    application = session.get(Application, application_id, populate_existing=True)
    selected = application.selected_at is not None

    assert sum(isinstance(answer, AlreadyDecided) for answer in answers) == 99
    assert (application.kept_at is None) == selected
    assert count(session, Award) == selected
    assert count(session, OutboxMail) == selected
    decided = AuditEvent.action.in_(("application.selected", "application.kept_on_file"))
    assert count(session, AuditEvent, decided) == 1


def test_many_decisions_about_the_same_people_at_once_decide_on_each_once(session, partner, admin, at, at_once):
    ids = [make_application(partner, make_freelancer(make_user(password=None))).id for _ in range(20)]
    programme_id, by = partner.programme.id, admin.id

    def decide(number):
        programme = database.get(Programme, programme_id)
        mine = ids if number % 3 else ids[::-1]  # in another order, so that they could lock each other out
        decision = Decision.SELECT if number % 2 else Decision.KEEP
        return decide_many(programme, mine, decision, Queue.TO_DECIDE, by=by, at=at)

    answers = at_once([lambda number=number: decide(number) for number in range(12)])
    done = [answer for answer in answers if set(answer) != {Effect.CHANGED}]

    assert len(done) == 1
    assert next(iter(done[0].values())) == 20
    kept = Effect.KEPT in done[0]
    assert count(session, Award) == count(session, OutboxMail) == (0 if kept else 20)
    assert count(session, Application, Application.kept_at.is_not(None)) == (20 if kept else 0)


def test_two_sweeps_at_once_award_what_waited_once(session, partner, admin, at, at_once):
    for _ in range(5):
        application = make_application(partner, make_freelancer(make_user(), jss_pct=70))
        select(application.id, by=admin.id, at=at)
    session.execute(sa.text("UPDATE freelancers SET jss_pct = 90"))
    session.commit()

    assert sum(at_once([lambda: award_waiting(at)] * 4)) == 5
    assert count(session, Award) == 5
    assert count(session, OutboxMail, OutboxMail.template == "award_awarded") == 5


def test_two_admins_cannot_remove_each_other_at_once(session, partner, admin, at, at_once):
    make_member(partner, make_user("partner"), duty="admin")
    ids = list(session.scalars(sa.select(Member.id)))
    at_once([lambda member_id=member_id: team.remove_member(member_id, by=None, at=at) for member_id in ids])

    assert count(session, Member, Member.left_at.is_(None), Member.duty == Duty.ADMIN) == 1
