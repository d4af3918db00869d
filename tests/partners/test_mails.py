"""What invited people, applicants and inviters read in their mails."""

import pytest
import sqlalchemy as sa

from core.outbox import OutboxMail
from partners.accepting import accept
from partners.addresses import Address
from partners.answering import ask_to_confirm
from partners.applying import submit
from partners.deciding import select
from partners.inviting import confirm_person, invite
from partners.models import Invitation
from tests.app.posting import arriving
from tests.factories import make_application, make_award, make_freelancer, make_user


@pytest.fixture
def letter(session):
    """The last mail of a kind, rendered: (subject, text, html)."""

    def find(template):
        mail = session.scalars(
            sa.select(OutboxMail).where(OutboxMail.template == template).order_by(OutboxMail.created_at.desc())
        ).first()
        message = arriving(mail)
        text, html = message.iter_parts()
        assert "You get this because" in text.get_content()
        assert "You get this because" in html.get_content()
        return message, text.get_content(), html.get_content()

    return find


def test_an_invitation_says_who_invites_to_what_until_when_and_how_to_stop(session, partner, admin, letter, at):
    invite(partner.programme, [Address("ada@example.org", "Ada <b>")], "Come!\n\n<script>", by=admin.id, at=at)
    message, text, html = letter("invitation")

    assert message["Subject"] == "Northwind invites you to become a verified expert"
    assert "Pat Partner of Northwind" in text
    assert "Come!\n\n<script>" in text
    assert "1 April 2026" in text
    assert "http://laurel.test/invitations/" in text
    assert message["List-Unsubscribe"].startswith("<http://laurel.test/stop/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "<script>" not in html
    assert "Ada <b>" not in html


def test_an_invitation_without_name_inviter_or_message_reads_well(session, partner, letter, at):
    invite(partner.programme, [Address("ada@example.org")], None, by=None, at=at)
    _, text, html = letter("invitation")

    assert text.splitlines()[0] == "Northwind invites you to become a verified expert"
    assert "Hello there,\n" in text
    assert "None" not in text + html


def test_who_is_asked_reads_both_addresses_and_who_asked_reads_the_answer(session, partner, admin, link, letter, at):
    bob = make_freelancer(make_user(email="bob@example.org", name="Bob"))
    ask_to_confirm(link, bob.user_id, at)
    _, asked, _ = letter("invitation_asked")
    confirm_person(session.scalars(sa.select(Invitation.id)).one(), by=admin.id, at=at)
    _, confirmed, _ = letter("invitation_confirmed")

    assert "ada@example.org" in asked
    assert "bob@example.org" in asked
    assert f"http://laurel.test/console/{partner.slug}/invitations" in asked
    assert "ada@example.org" in confirmed


def test_an_applicant_reads_where_their_application_is_and_what_comes_next(session, partner, ada, link, letter, at):
    application = accept(link, ada.user_id, at)
    submit(application, {"why": "A warehouse."}, at)

    for template in ("application_opened", "application_sent"):
        _, text, html = letter(template)
        assert f"http://laurel.test/me/applications/{application}" in text
        assert f"http://laurel.test/me/applications/{application}" in html


def test_who_is_selected_too_early_reads_every_open_point_with_what_to_do(session, partner, admin, letter, at):
    bob = make_freelancer(make_user(), jss_pct=70, visibility="private")
    select(make_application(partner, bob).id, by=admin.id, at=at)
    message, text, html = letter("application_waiting")

    assert message["Subject"] == "Northwind has selected you"
    assert "2 requirements are still open" in text
    for body in (text, html):
        assert "70 %" in body
        assert body.count("What to do next:") == 2


def test_who_holds_the_badge_already_reads_that_it_goes_on(session, partner, admin, ada, letter, at):
    make_award(partner, ada)
    select(make_application(partner, ada).id, by=admin.id, at=at)

    assert "goes on as it is" in letter("application_selected")[1]
