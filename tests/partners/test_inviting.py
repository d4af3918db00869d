"""Partners invite, send again and withdraw. Rules I-1, I-3, I-5, I-6."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from core.errors import InvalidInput
from core.secrets import token_hash
from partners.accepting import accept
from partners.addresses import Address
from partners.answering import decline, stop_invitations
from partners.applying import withdraw_application
from partners.invitations.lists import MESSAGE_MAX
from partners.inviting import (
    AlreadyAnswered,
    JustSent,
    WantsNone,
    invite,
    resend,
    withdraw,
)
from partners.models import Application, Invitation
from partners.rules import LINK_LIFETIME, LinkGone, Outcome, Stop
from partners.states import InvitationState
from tests.factories import make_invitation, make_partner

DAY = timedelta(days=1)


def outcomes(rows):
    return [row.outcome for row in rows]


def token_in(mail):
    return mail.words()["path"].removeprefix("/invitations/")


def the_invitation(session):
    return session.scalars(sa.select(Invitation)).one()


def test_one_mail_goes_out_with_a_link_that_is_stored_as_its_hash_alone(session, partner, admin, mails, at):
    invite(partner.programme, [Address("ada@example.org", "Ada")], "Come!", by=admin.id, at=at)
    (mail,) = mails("invitation")
    invitation = the_invitation(session)
    stored = session.execute(sa.text("SELECT row_to_json(i)::text FROM invitations i")).scalar_one()

    assert mail.to_address == "ada@example.org"
    assert invitation.token_hash == token_hash(token_in(mail))
    assert invitation.expires_at == at + LINK_LIFETIME
    assert token_in(mail) not in stored + str(mail.context) + mail.sealed_secrets + mail.key


def test_the_same_list_twice_sends_nothing_twice(session, partner, admin, mails, at):
    addresses = [Address("ada@example.org"), Address("bob@example.org"), Address("ada@example.org")]
    first = invite(partner.programme, addresses, None, by=admin.id, at=at)
    second = invite(partner.programme, addresses, None, by=admin.id, at=at + DAY)

    assert outcomes(first.rows) == [Outcome.NEW, Outcome.NEW, Outcome.DUPLICATE]
    assert outcomes(second.rows) == [Outcome.ALREADY_INVITED, Outcome.ALREADY_INVITED, Outcome.DUPLICATE]
    assert (first.sent, second.sent, len(mails())) == (2, 0, 2)


def test_a_lapsed_invitation_gets_a_new_link_and_the_old_one_stays_dead(session, partner, admin, ada, mails, at):
    _, old = make_invitation(partner, "ada@example.org", at=at - 40 * DAY)
    invite(partner.programme, [Address("ada@example.org")], None, by=admin.id, at=at)

    with pytest.raises(LinkGone):
        accept(old, ada.user_id, at)
    assert accept(token_in(mails("invitation")[0]), ada.user_id, at)


def test_too_long_a_message_is_refused_before_anything_is_sent(session, partner, admin, mails, at):
    with pytest.raises(InvalidInput):
        invite(partner.programme, [Address("ada@example.org")], "x" * (MESSAGE_MAX + 1), by=admin.id, at=at)

    assert mails() == []


def test_sending_again_kills_the_old_link(session, partner, admin, ada, link, mails, at):
    resend(the_invitation(session).id, by=admin.id, at=at + DAY)
    new = token_in(mails("invitation")[0])

    with pytest.raises(LinkGone):
        accept(link, ada.user_id, at + DAY)
    assert accept(new, ada.user_id, at + DAY)


def test_a_second_click_on_send_again_sends_no_second_mail(session, partner, admin, link, mails, at):
    invitation = the_invitation(session)
    resend(invitation.id, by=admin.id, at=at + DAY)

    with pytest.raises(JustSent):
        resend(invitation.id, by=admin.id, at=at + DAY + timedelta(seconds=2))
    assert len(mails("invitation")) == 1


def test_nothing_is_sent_again_after_an_answer(session, partner, admin, ada, link, at):
    accept(link, ada.user_id, at)
    invitation = the_invitation(session)

    with pytest.raises(AlreadyAnswered, match="accepted"):
        resend(invitation.id, by=admin.id, at=at + DAY)
    with pytest.raises(AlreadyAnswered, match="accepted"):
        withdraw(invitation.id, by=admin.id, at=at + DAY)


def test_a_withdrawn_link_is_dead_and_no_mail_says_so(session, partner, admin, ada, link, mails, at):
    invitation = the_invitation(session)
    withdraw(invitation.id, by=admin.id, at=at)
    withdraw(invitation.id, by=admin.id, at=at)

    with pytest.raises(LinkGone):
        accept(link, ada.user_id, at)
    assert invitation.state(at) is InvitationState.WITHDRAWN
    assert mails() == []


@pytest.mark.parametrize("stop", [Stop.PARTNER, Stop.ALL])
def test_who_wants_no_more_invitations_gets_none(session, partner, admin, link, mails, at, stop):
    decline(link, None, at, stop)
    report = invite(partner.programme, [Address("ada@example.org")], None, by=admin.id, at=at + 60 * DAY)

    assert outcomes(report.rows) == [Outcome.OPTED_OUT]
    assert mails() == []


def test_a_no_to_one_partner_is_no_no_to_others(session, partner, link, at):
    decline(link, None, at, Stop.PARTNER)

    other = make_partner("Contoso")

    assert outcomes(invite(other.programme, [Address("ada@example.org")], None, by=None, at=at).rows) == [Outcome.NEW]


def test_who_opted_out_is_not_written_to_again_by_hand(session, partner, admin, link, mails, at):
    stop_invitations(link, Stop.PARTNER, at)

    with pytest.raises(WantsNone):
        resend(the_invitation(session).id, by=admin.id, at=at + DAY)
    assert mails() == []


def test_who_withdrew_their_application_can_be_invited_anew(session, partner, admin, ada, link, mails, at):
    application = accept(link, ada.user_id, at)
    withdraw_application(application, at)
    report = invite(partner.programme, [Address("ada@example.org")], None, by=admin.id, at=at + DAY)
    again = accept(token_in(mails("invitation")[0]), ada.user_id, at + DAY)

    assert outcomes(report.rows) == [Outcome.RENEWED]
    assert again == application
    assert session.get_one(Application, again).state == "draft"
    assert len(mails("application_opened")) == 2


def test_the_audit_log_knows_who_invited_but_no_address(session, partner, admin, at):
    invite(partner.programme, [Address("ada@example.org")], "Come!", by=admin.id, at=at)
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "invitation.sent")).one()

    assert (event.actor_id, event.partner_id, event.at) == (admin.id, partner.id, at)
    assert "ada@" not in str([event.before, event.after, event.reason])
