"""Who is not to be invited, reminders, and mails that come back. Rules I-3, I-6, RFC 8058, RFC 3464."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.errors import InvalidInput, NotFound
from core.outbox import OutboxMail
from core.secrets import new_token
from partners.accepting import accept
from partners.addresses import Address
from partners.answering import decline, mark_opened
from partners.invitations import lists, stops
from partners.invitations.bounces import read_report, take_in
from partners.invitations.codes import stop_code
from partners.invitations.reminding import MOST, SILENCE, remind
from partners.inviting import invite, resend
from partners.models import Invitation, OptOut
from partners.rules import LinkGone, Outcome, Stop
from tests.app.posting import arriving
from tests.factories import make_invitation, make_partner, make_user, sign_in

DAY = timedelta(days=1)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def opt_outs(session):
    return session.execute(sa.select(OptOut.email, OptOut.partner_id).order_by(OptOut.email)).all()


def token_in(mail):
    return mail.words()["path"].removeprefix("/invitations/")


# One click


def test_the_mail_offers_one_click_and_a_post_there_stops_this_partner(client, session, partner, mails, at):
    invite(partner.programme, [Address("ada@example.org")], None, by=None, at=at)
    message = arriving(mails("invitation")[0])
    address = message["List-Unsubscribe"].strip("<>").removeprefix("http://laurel.test")

    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert client.get(address).status_code == 200
    assert opt_outs(session) == []
    assert client.post(address, data=ONE_CLICK).status_code == 303
    assert opt_outs(session) == [("ada@example.org", partner.id)]


def test_one_click_needs_no_session_and_no_form_of_ours(app, session, partner, at):
    invitation, _ = make_invitation(partner, "ada@example.org")
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = app.test_client().post(f"/stop/{stop_code(invitation.id)}", data=ONE_CLICK)
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert answer.status_code == 303
    assert opt_outs(session) == [("ada@example.org", partner.id)]


def test_the_code_outlives_a_resent_link_and_opens_nothing(client, session, partner, admin, at):
    invitation, _ = make_invitation(partner, "ada@example.org", at=at - DAY)
    code = stop_code(invitation.id)
    resend(invitation.id, by=admin.id, at=at)

    assert client.get(f"/invitations/{code}").status_code == 410
    client.post(f"/stop/{code}", data={"stop": "all"})
    assert opt_outs(session) == [("ada@example.org", None)]


def test_codes_that_we_did_not_write_get_the_same_answer_and_do_nothing(client, session, partner, at):
    invitation, token = make_invitation(partner, "ada@example.org")
    good = stop_code(invitation.id)
    pages, codes = set(), (good, good[:-2] + "AA", token, "x", "A" * 54)
    for code in codes:
        shown = client.get(f"/stop/{code}").text
        shown = re.sub(r'name="csrf_token"[^>]*', "", shown)  # it tells the second
        pages.add(shown.replace(f"/stop/{code}", "").split("<main")[1].split("</main>")[0])
    for code in codes:
        if code != good:
            assert client.post(f"/stop/{code}", data=ONE_CLICK).status_code == 303

    assert len(pages) == 1
    assert opt_outs(session) == []


def test_saying_no_drops_what_waits_to_be_sent(session, partner, mails, at):
    invite(partner.programme, [Address("ada@example.org")], None, by=None, at=at)
    invite(make_partner("Contoso").programme, [Address("ada@example.org")], None, by=None, at=at)
    stops.opt_out("ada@example.org", partner.id, at)

    assert len(mails("invitation")) == 1


# The lists of those not to be invited


def test_whom_the_team_puts_on_its_list_is_not_invited_by_it_and_can_be_taken_off(session, partner, admin, at):
    stops.add(["Ada@Example.org", "ada@example.org"], partner.id, "Left us.", by=admin.id, at=at)
    found = lists.bring(partner.programme, b"ada@example.org", "", None, by=None, at=at)
    (row,) = stops.stopped(partner.id, None).items

    assert found.counts == {Outcome.OPTED_OUT: 1}
    stops.take_off(row.id, partner.id, by=admin.id, at=at)
    again = lists.bring(partner.programme, b"ada@example.org", "", None, by=None, at=at)
    assert again.counts == {Outcome.NEW: 1}


def test_a_list_for_all_binds_every_partner(session, partner, at):
    stops.add(["ada@example.org"], None, None, by=make_user("staff").id, at=at)

    assert lists.bring(partner.programme, b"ada@example.org", "", None, by=None, at=at).counts == {"opted_out": 1}


def test_what_people_said_themselves_is_theirs_to_take_back(session, partner, admin, at):
    stops.add(["ada@example.org"], partner.id, None, by=admin.id, at=at)
    stops.opt_out("ada@example.org", partner.id, at)
    (row,) = stops.stopped(partner.id, None).items

    with pytest.raises(NotFound):
        stops.take_off(row.id, partner.id, by=admin.id, at=at)


def test_the_pages_show_and_change_the_lists(client, session, partner, admin, at):
    sign_in(client, admin)
    address = f"/console/{partner.slug}/invitations/not-to-invite"
    client.post(address, data={"addresses": "ada@example.org\nbob@example.org", "note": "Left."})

    assert "bob@example.org" in client.get(address).text
    assert client.post(address, data={"addresses": "oops"}).status_code == 422
    row = session.scalars(sa.select(OptOut).where(OptOut.email == "bob@example.org")).one()
    client.post(f"{address}/{row.id}/remove")
    assert "bob@example.org" not in client.get(address).text


# Reminders


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


# Bounces

REPORT = """From: MAILER-DAEMON@mx.example.org
To: no-reply@laurel.test
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 2 Mar 2026 09:00:00 +0000

Final-Recipient: rfc822; ada@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 No such
 user

--b
Content-Type: {kind}

{given_back}
--b--
"""


def report(mail, action="failed", status="5.1.1", kind="text/rfc822-headers"):
    given_back = f"Message-ID: <{mail.id}@laurel.test>\nSubject: x\n"
    return REPORT.format(action=action, status=status, kind=kind, given_back=given_back).encode()


@pytest.fixture
def mailed(session, partner, mails, at):
    """Ada's invitation, and its mail that was sent."""
    invite(partner.programme, [Address("ada@example.org")], None, by=None, at=at)
    mail = mails("invitation")[0]
    mail.sent_at = at
    session.commit()
    return session.scalars(sa.select(Invitation)).one(), mail


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_mail_that_came_back_marks_its_invitation_and_ends_reminders(session, mailed, at, kind):
    invitation, mail = mailed
    (bounce,) = read_report(report(mail, kind=kind))

    assert take_in(bounce, at)
    assert not take_in(bounce, at)
    session.refresh(invitation)
    assert invitation.bounce_reason == "smtp; 550 5.1.1 No such user"
    assert remind(at + SILENCE) == 0


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("failed", "4.2.2"), ("delivered", "2.0.0")])
def test_what_is_only_late_changes_nothing(session, mailed, at, action, status):
    invitation, mail = mailed
    (bounce,) = read_report(report(mail, action, status))

    assert not take_in(bounce, at)
    session.refresh(invitation)
    assert invitation.bounced_at is None


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\xff\xfe\x00", REPORT.encode(), b"Content-Type: multipart/report\n\n"]
)
def test_what_is_no_report_about_a_mail_of_ours_is_refused(session, data, at):
    with pytest.raises(InvalidInput):
        read_report(data)


def test_a_report_about_a_mail_that_is_no_invitation_does_nothing(session, at):
    mail = OutboxMail(
        key="k", template="password_changed", to_address="a@x.org", context={}, created_at=at, due_at=at, attempts=0
    )
    session.add(mail)
    session.commit()
    (bounce,) = read_report(report(mail))

    assert not take_in(bounce, at)


def test_an_operator_hands_reports_over_as_files_or_by_a_pipe(app, session, mailed, tmp_path, at):
    _, mail = mailed
    path = tmp_path / "report.eml"
    path.write_bytes(report(mail))
    run = app.test_cli_runner()

    assert "1 invitation marked" in run.invoke(args=["mail", "bounces", str(path)]).output
    assert "0 invitations marked" in run.invoke(args=["mail", "bounces"], input=report(mail)).output
    assert run.invoke(args=["mail", "bounces"], input=b"hello").exit_code == 1


def test_a_bounced_address_is_shown_to_the_team_and_can_be_tried_again(client, session, partner, admin, mailed, at):
    invitation, mail = mailed
    take_in(read_report(report(mail))[0], at)
    sign_in(client, admin)

    assert "Came back: smtp; 550" in client.get(f"/console/{partner.slug}/invitations").text
    resend(invitation.id, by=admin.id, at=at + DAY)
    session.refresh(invitation)
    assert invitation.bounced_at is None


def test_no_to_all_by_page_stops_all(client, session, partner, at):
    invitation, _ = make_invitation(partner, "ada@example.org")
    client.post(f"/stop/{stop_code(invitation.id)}", data={"stop": Stop.ALL})

    assert opt_outs(session) == [("ada@example.org", None)]
