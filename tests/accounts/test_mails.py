"""The mails of accounts, as they are delivered."""

import pytest
import sqlalchemy as sa

from accounts import services
from accounts.models import Role
from core.outbox import OutboxMail
from tests.app.posting import arriving
from tests.factories import make_user

BASE = "https://laurel.test"


@pytest.fixture
def letter(session):
    """Render the only mail that waits: its subject, text and HTML."""

    def read():
        message = arriving(session.scalars(sa.select(OutboxMail)).one(), "Laurel <no-reply@laurel.test>", BASE)
        text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
        return message["Subject"], text, html

    return read


def test_an_invitation_to_a_team_leads_to_choosing_a_password(at, letter):
    services.invite_user("pat@example.org", "Pat", Role.PARTNER, by=None, at=at, about="Northwind's team on Laurel")
    subject, text, html = letter()

    assert subject == "Your account for Northwind's team on Laurel"
    for body in (text, html):
        assert f"{BASE}/password/" in body
        assert "seven days" in body
        assert "pat@example.org" in body


def test_somebody_who_is_here_already_is_told_of_one_more_team(at, letter):
    pat = make_user(Role.PARTNER)
    services.invite_user(pat.email, "Pat", Role.PARTNER, by=None, at=at, about="Contoso's team on Laurel")
    subject, text, html = letter()

    assert subject == "You were added: Contoso's team on Laurel"
    for body in (text, html):
        assert f"{BASE}/start" in body
        assert "/password/" not in body


def test_a_forgotten_password_comes_with_its_link(at, letter):
    ada = make_user()
    services.send_password_link(ada.email, at)
    subject, text, html = letter()

    assert subject == "Choose a new password"
    for body in (text, html):
        assert f"{BASE}/password/" in body
        assert "one hour" in body


def test_a_changed_password_says_what_to_do_if_it_was_not_you(at, letter):
    ada = make_user()
    services.change_password(ada.id, "four new unrelated words", at, by=ada.id)
    subject, text, html = letter()

    assert subject == "Your password was changed"
    for body in (text, html):
        assert f"{BASE}/forgot-password" in body


def test_a_name_cannot_write_into_the_mail(at, letter):
    services.invite_user(
        "pat@example.org", "<b>Pat</b>", Role.PARTNER, by=None, at=at, about="A & <i>B</i>\r\nBcc: x@y.z"
    )
    subject, _, html = letter()

    assert "\n" not in subject
    assert "<b>Pat</b>" not in html
    assert "<i>B</i>" not in html
