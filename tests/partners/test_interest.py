"""Those without an invitation ask for one. Rule I-2."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.errors import Conflict, InvalidInput
from partners.accepting import accept
from partners.answering import decline
from partners.interest import NOTE_MAX, answer_with_invitation, show_interest
from partners.invitation_queries import waiting_interests
from partners.models import Interest
from partners.rules import Outcome, Stop
from tests.factories import make_application, make_freelancer, make_invitation, make_partner, make_user

DAY = timedelta(days=1)


def test_asking_twice_brings_the_request_up_to_date(session, partner, ada, at):
    show_interest(ada.id, partner.id, "First", at)
    show_interest(ada.id, partner.id, "Second", at + DAY)
    interest = session.scalars(sa.select(Interest)).one()

    assert (interest.note, interest.asked_at) == ("Second", at + DAY)


def test_only_the_asked_partner_sees_it(session, partner, ada, at):
    other = make_partner("Contoso")
    show_interest(ada.id, partner.id, None, at)

    assert [each.freelancer_id for each in waiting_interests(partner.programme)] == [ada.id]
    assert waiting_interests(other.programme) == []


def test_the_partner_may_answer_with_an_invitation_and_it_waits_no_longer(session, partner, admin, mails, at):
    ada = make_freelancer(make_user(email="account@example.org"), email="feed@example.org")
    interest = show_interest(ada.id, partner.id, None, at)
    report = answer_with_invitation(interest, None, by=admin.id, at=at)
    (mail,) = mails("invitation")

    assert (report.sent, mail.to_address) == (1, "account@example.org")
    assert waiting_interests(partner.programme) == []
    assert accept(mail.words()["path"].removeprefix("/invitations/"), ada.user_id, at)


def test_nobody_asks_where_they_have_applied(session, partner, ada, at):
    make_application(partner, ada)

    with pytest.raises(Conflict):
        show_interest(ada.id, partner.id, None, at)


def test_a_wish_for_an_invitation_outweighs_an_earlier_no(session, partner, admin, ada, at):
    _, token = make_invitation(partner, "ada@example.org", at=at - 40 * DAY, expires_at=at + DAY)
    decline(token, None, at, Stop.ALL)
    interest = show_interest(ada.id, partner.id, None, at + DAY)
    report = answer_with_invitation(interest, None, by=admin.id, at=at + 2 * DAY)

    assert report.rows[0].outcome is not Outcome.OPTED_OUT


def test_a_note_has_its_limits(session, partner, ada, at):
    with pytest.raises(InvalidInput):
        show_interest(ada.id, partner.id, "x" * (NOTE_MAX + 1), at)


def test_somebody_without_any_address_cannot_be_invited(session, partner, admin, at):
    unknown = make_freelancer(email=None)
    interest = show_interest(unknown.id, partner.id, None, at)

    with pytest.raises(Conflict, match="No address"):
        answer_with_invitation(interest, None, by=admin.id, at=at)
