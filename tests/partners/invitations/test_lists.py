"""Bringing lists in, seeing what each row will do, and sending them once. Rules I-3, I-5, I-6, X-1."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core import database
from core.audit import AuditEvent
from core.errors import NotFound
from core.secrets import token_hash
from partners.accepting import accept
from partners.answering import stop_invitations
from partners.applying import withdraw_application
from partners.invitation_queries import known
from partners.invitations import lists, sending
from partners.invitations.models import InvitationRow
from partners.inviting import invite
from partners.models import Invitation
from partners.rules import LINK_LIFETIME, LinkGone, Outcome, Stop, outcome
from tests.factories import make_application, make_expert, make_freelancer, make_invitation, make_partner, make_user

DAY = timedelta(days=1)


@pytest.fixture
def bring(partner, admin, at):
    """Bring a list in for Northwind."""

    def bring(*lines, message=None, programme=None):
        text = "\n".join(lines).encode()
        return lists.bring(programme or partner.programme, text, "", message, by=admin.id, at=at)

    return bring


def rows(session, found):
    chosen = sa.select(InvitationRow).where(InvitationRow.list_id == found.id).order_by(InvitationRow.place)
    return session.scalars(chosen).all()


def outcomes(session, found):
    return [row.outcome for row in rows(session, found)]


def token_in(mail):
    return mail.words()["path"].removeprefix("/invitations/")


@pytest.fixture
def everybody(session, partner, at):
    """Somebody of each kind, and what inviting them does."""
    expert = make_expert(partner)
    make_invitation(partner, "open@x.org")
    make_invitation(partner, "late@x.org", at=at - 40 * DAY)
    make_invitation(partner, "back@x.org", withdrawn_at=at)
    make_invitation(partner, "no@x.org", declined_at=at)
    make_invitation(partner, "yes@x.org", accepted_at=at)
    make_invitation(partner, "queued@x.org", at=at + DAY)
    _, token = make_invitation(make_partner("Contoso"), "never@x.org")
    stop_invitations(token, Stop.ALL, at)
    again = make_freelancer(make_user(email="again@x.org"))
    make_application(partner, again, withdrawn_at=at)
    make_invitation(partner, "again@x.org", accepted_at=at, freelancer_id=again.id)
    return {
        "new@x.org": Outcome.NEW, "open@x.org": Outcome.ALREADY_INVITED, "late@x.org": Outcome.RENEWED,
        "back@x.org": Outcome.RENEWED, "no@x.org": Outcome.DECLINED, "yes@x.org": Outcome.ALREADY_ACCEPTED,
        "queued@x.org": Outcome.ALREADY_INVITED, "never@x.org": Outcome.OPTED_OUT, "again@x.org": Outcome.RENEWED,
        expert.freelancer.email: Outcome.ALREADY_EXPERT,
    }  # fmt: skip


def test_a_preview_says_what_each_row_will_do_and_changes_nothing(session, bring, everybody, mails):
    found = bring(*everybody, "NEW@x.org", "oops")

    assert outcomes(session, found) == [*everybody.values(), Outcome.DUPLICATE, Outcome.BAD_ADDRESS]
    assert found.counts["renewed"] == 3
    assert mails() == []


def test_many_at_once_and_one_alone_are_judged_alike(session, partner, everybody, bring, at):
    facts = known(partner.programme, everybody.keys(), at)

    assert {email: outcome(facts[email]) for email in everybody} == everybody
    assert {row.email: row.outcome for row in rows(session, bring(*everybody))} == everybody


def test_sending_does_what_the_preview_said(session, bring, admin, everybody, mails, at):
    sent = sending.send(bring(*everybody, "oops", message="Come!").id, by=admin.id, at=at)

    assert sent.mails == 4
    assert {mail.to_address for mail in mails("invitation")} == {"new@x.org", "late@x.org", "back@x.org", "again@x.org"}
    for mail in mails("invitation"):
        stored = session.scalars(sa.select(Invitation).where(Invitation.token_hash == token_hash(token_in(mail)))).one()
        assert (stored.email, stored.sent_at, stored.expires_at) == (mail.to_address, at, at + LINK_LIFETIME)
        assert (stored.accepted_at, stored.withdrawn_at, stored.list_id) == (None, None, sent.id)
        assert mail.words()["message"] == "Come!"


def test_each_invitation_of_a_list_is_in_the_log_without_its_address(session, bring, admin, at):
    sending.send(bring("ada@x.org", "bob@x.org").id, by=admin.id, at=at)
    events = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "invitation.sent")).all()

    assert {event.subject_id for event in events} == set(session.scalars(sa.select(Invitation.id)))
    assert all((event.actor_id, event.at) == (admin.id, at) for event in events)
    assert "@x.org" not in str([(event.before, event.after, event.reason) for event in events])


def test_no_link_is_stored_in_the_clear(session, bring, admin, mails, at):
    sending.send(bring("ada@x.org").id, by=admin.id, at=at)
    (mail,) = mails("invitation")
    tables = [table.name for table in database.Model.metadata.sorted_tables]
    everything = "".join(
        str(session.execute(sa.text(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {name} t")).scalar())
        for name in tables
    )

    assert token_in(mail) not in everything
    assert mail.words()["stop"].removeprefix("/stop/") not in everything


def test_a_link_of_a_list_is_accepted_like_any_other_and_an_older_one_is_dead(session, partner, bring, ada, mails, at):
    _, old = make_invitation(partner, "ada@example.org", at=at - 40 * DAY)
    sending.send(bring("ada@example.org").id, by=None, at=at)

    with pytest.raises(LinkGone):
        accept(old, ada.user_id, at)
    assert accept(token_in(mails("invitation")[0]), ada.user_id, at)


def test_who_withdrew_and_is_invited_by_a_list_applies_anew(session, partner, bring, ada, link, mails, at):
    application = accept(link, ada.user_id, at)
    withdraw_application(application, at)
    sending.send(bring("ada@example.org").id, by=None, at=at + DAY)

    assert accept(token_in(mails("invitation")[0]), ada.user_id, at + DAY) == application


def test_a_list_is_sent_once_and_the_same_addresses_in_another_send_nothing(session, bring, mails, at):
    first, second = bring("ada@x.org", "bob@x.org"), bring("bob@x.org", "ada@x.org")
    sending.send(first.id, by=None, at=at)
    with pytest.raises(lists.ListGone):
        sending.send(first.id, by=None, at=at)
    again = sending.send(second.id, by=None, at=at)

    assert (again.mails, len(mails("invitation"))) == (0, 2)


def test_who_was_invited_by_hand_meanwhile_is_not_written_to_again(session, partner, bring, mails, at):
    from partners.addresses import Address

    found = bring("ada@x.org", "bob@x.org")
    invite(partner.programme, [Address("ada@x.org")], None, by=None, at=at)

    assert sending.send(found.id, by=None, at=at).mails == 1
    assert len(mails("invitation")) == 2


def test_the_same_file_at_the_same_moment_sends_nothing_twice(app, session, partner, bring, mails, at):
    lines = [f"p{number}@x.org" for number in range(200)]
    found = [bring(*lines).id for _ in range(4)]
    ready, sent = threading.Barrier(4), []

    def send(list_id):
        with app.app_context():
            ready.wait()
            sent.append(sending.send(list_id, by=None, at=at).mails)

    threads = [threading.Thread(target=send, args=(list_id,)) for list_id in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(sent) == [0, 0, 0, 200]
    assert len(mails("invitation")) == 200


def test_once_sent_what_was_brought_is_forgotten_and_a_dropped_list_leaves_nothing(session, bring, at):
    sent, dropped = bring("ada@x.org"), bring("bob@x.org")
    sending.send(sent.id, by=None, at=at)
    lists.drop(dropped.id)

    assert lists.beginning_of(sent.id) == ""
    assert [row.email for row in session.scalars(sa.select(InvitationRow))] == ["ada@x.org"]
    with pytest.raises(lists.ListGone):
        lists.drop(sent.id)


def test_a_list_that_is_never_sent_is_forgotten_after_a_while(session, bring, at):
    sent, _ = bring("ada@x.org"), bring("bob@x.org")
    sending.send(sent.id, by=None, at=at)

    assert lists.forget_old(at + lists.KEPT) == 0
    assert lists.forget_old(at + lists.KEPT + DAY) == 1
    assert session.scalars(sa.select(InvitationRow.email)).all() == ["ada@x.org"]


def test_columns_are_corrected_by_hand(session, bring, at):
    found = bring("Work,Private", "ada@x.org,ada@home.org", "bob@x.org,bob@home.org")
    again = lists.read_anew(found.id, ["", "email"], True, at)

    assert [row.email for row in rows(session, again)] == ["ada@home.org", "bob@home.org"]


def test_another_partners_list_is_not_there(bring, at):
    found = bring("ada@x.org")

    with pytest.raises(NotFound):
        lists.list_of(make_partner("Contoso").programme.id, found.id)


def test_other_partners_invitations_do_not_count(session, bring, at):
    make_invitation(make_partner("Contoso"), "ada@example.org")

    assert outcomes(session, bring("ada@example.org")) == [Outcome.NEW]
