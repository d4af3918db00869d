"""Mails that come back: whose invitation they mark, and what is no report about a mail of ours. Rule I-3, RFC 3464."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.errors import InvalidInput
from core.outbox import OutboxMail
from partners.addresses import Address
from partners.invitations.bounces import read_report, take_in
from partners.invitations.reminding import SILENCE, remind
from partners.inviting import invite, resend
from partners.models import Invitation
from tests.factories import sign_in

DAY = timedelta(days=1)


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
