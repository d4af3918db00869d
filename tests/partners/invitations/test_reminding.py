"""Reminders of invitations: two at most, none after an answer, and links to the same invitation. Rules I-3, I-6."""

from datetime import timedelta

import pytest

from core.secrets import new_token
from partners.accepting import accept
from partners.answering import decline, mark_opened
from partners.invitations import lists, stops
from partners.invitations.reminding import MOST, SILENCE, remind
from partners.inviting import resend
from partners.rules import LinkGone
from tests.factories import make_invitation

DAY = timedelta(days=1)


def token_in(mail):
    return mail.words()["path"].removeprefix("/invitations/")


def test_who_does_not_answer_is_reminded_twice_and_no_more(session, partner, mails, at):
    make_invitation(partner, "ada@example.org", expires_at=at + 300 * DAY)
    sent = [remind(at + day * DAY) for day in range(60)]

    assert sum(sent) == MOST == len(mails("invitation_reminder"))
    assert [day for day, count in enumerate(sent) if count] == [SILENCE.days, 2 * SILENCE.days]


@pytest.mark.parametrize("what", ["accepted_at", "declined_at", "withdrawn_at", "bounced_at"])
def test_nobody_is_reminded_after_an_answer_or_for_nothing(session, partner, ada, at, what):
    make_invitation(partner, "ada@example.org", **{what: at})

    assert remind(at + SILENCE) == 0


def test_neither_who_wants_none_nor_whose_list_does_not_remind_nor_who_waits_is_reminded(session, partner, mails, at):
    make_invitation(partner, "never@x.org")
    stops.opt_out("never@x.org", None, at)
    make_invitation(partner, "later@x.org", at=at + SILENCE, expires_at=at + 60 * DAY)
    quiet = lists.bring(partner.programme, b"quiet@x.org", "", None, by=None, at=at)
    quiet.reminds = False
    session.commit()
    make_invitation(partner, "quiet@x.org", list_id=quiet.id)

    assert remind(at + SILENCE) == 0


def test_the_link_of_a_reminder_opens_the_same_invitation_until_it_is_sent_again(session, partner, ada, mails, at):
    invitation, first = make_invitation(partner, "ada@example.org")
    remind(at + SILENCE)
    link = token_in(mails("invitation_reminder")[0])
    mark_opened(link, at + SILENCE)
    session.refresh(invitation)
    assert invitation.opened_at == at + SILENCE

    resend(invitation.id, by=None, at=at + SILENCE)
    for dead in (first, link):
        with pytest.raises(LinkGone):
            accept(dead, ada.user_id, at + SILENCE)


def test_both_links_can_be_accepted_and_an_answer_drops_the_reminder_that_waits(session, partner, ada, mails, at):
    make_invitation(partner, "ada@example.org")
    remind(at + SILENCE)
    link = token_in(mails("invitation_reminder")[0])
    accept(link, ada.user_id, at + SILENCE)

    assert mails("invitation_reminder") == []


def test_a_reminders_link_declines_too(session, partner, mails, at):
    invitation, _ = make_invitation(partner, "ada@example.org")
    remind(at + SILENCE)
    decline(token_in(mails("invitation_reminder")[0]), None, at + SILENCE)
    session.refresh(invitation)

    assert invitation.declined_at == at + SILENCE


def test_a_code_for_another_invitation_or_made_up_opens_nothing(session, partner, client, at):
    make_invitation(partner, "ada@example.org")
    for token in (new_token(), "A" * 54, "_" * 54, "%00"):
        assert client.get(f"/invitations/{token}").status_code in (404, 410)
