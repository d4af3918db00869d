"""What holders of badges read in their mails. Rules E-10..E-12."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from badges import services
from badges.sweep import sweep
from core.outbox import OutboxMail
from tests.app.posting import arriving
from tests.factories import make_award, make_expert, make_freelancer, make_hold, make_partner, make_user

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


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
        return message["Subject"], text.get_content(), html.get_content()

    return find


def test_the_mail_of_an_award_says_what_it_is_and_where_to_see_it(session, letter):
    partner, ada = make_partner(), make_freelancer(make_user(name="Ada <b>Byron</b>"))
    award = services.award(partner.programme.achievement_id, ada.id, by=None, at=AT)

    subject, text, html = letter("award_awarded")

    assert subject == "You are a Northwind Expert now"
    assert f"http://laurel.test/badges/{award.id}" in text
    assert "http://laurel.test/me/badges" in text
    assert "Ada <b>Byron</b>" in text
    assert "<b>Byron" not in html


def test_the_mail_of_a_grace_says_what_is_open_until_when_and_what_to_do(session, letter):
    make_expert(jss_pct=70)
    sweep(AT)

    subject, *bodies = letter("award_grace")

    assert subject == "Your badge Northwind Expert needs your attention by 16 March 2026"
    for body in bodies:
        assert "Your Job Success Score is 70 %, and 80 % is needed." in body
        assert "The score is updated every day" in body
        assert "16 March 2026" in body


def test_the_mail_of_a_suspension_names_every_cause_and_what_brings_it_back(session, letter):
    award = make_expert(visibility="private", english_level="basic")
    make_hold(award.freelancer)
    sweep(AT)

    subject, *bodies = letter("award_suspended")

    assert subject == "Your badge Northwind Expert is suspended"
    for body in bodies:
        assert "has an open hold (awaiting verification, since 2 March 2026)" in body
        assert "Verify your identity" in body
        assert "Your profile is private" in body
        assert "Your English level is basic" in body


def test_the_mail_of_a_return_says_since_when_the_badge_is_held(session, letter):
    award = make_expert(visibility="private")
    sweep(AT)
    award.freelancer.visibility = "public"
    session.commit()
    sweep(AT + DAY)

    subject, text, _ = letter("award_reinstated")

    assert subject == "Your badge Northwind Expert is active again"
    assert "since 2 March 2026" in text


def test_the_mail_of_a_return_into_grace_says_what_remains(session, letter):
    award = make_expert(visibility="private", jss_pct=70)
    sweep(AT)
    award.freelancer.visibility = "public"
    session.commit()
    sweep(AT + DAY)

    _, text, html = letter("award_reinstated")

    for body in (text, html):
        assert "until" in body
        assert "17 March 2026" in body
        assert "Your Job Success Score is 70 %" in body


def test_the_mail_of_a_grace_that_is_over_says_that_nothing_is_left_to_do(session, letter):
    award = make_expert(jss_pct=70)
    sweep(AT)
    award.freelancer.jss_pct = 90
    session.commit()
    sweep(AT + DAY)

    subject, text, _ = letter("award_reinstated")

    assert subject == "All is well with your badge Northwind Expert"
    assert "nothing left to do" in text


def test_the_mail_of_a_revocation_gives_the_reason_and_says_how_to_answer(session, letter):
    award = make_expert()
    services.revoke(award.id, "The certificate was <not> yours.", by=None, at=AT)

    subject, text, html = letter("award_revoked")

    assert subject == "Your badge Northwind Expert was revoked"
    assert "The certificate was <not> yours." in text
    assert "The certificate was &lt;not&gt; yours." in html
    assert "answer on your page" in text


def test_the_mail_of_an_end_names_both_days(session, letter):
    make_award(make_partner(), make_freelancer(), expires_at=AT + DAY)
    sweep(AT + DAY)

    subject, text, _ = letter("award_expired")

    assert subject == "The time of your badge Northwind Expert is over"
    assert "from 2 March 2026 to 3 March 2026" in text


def test_mails_go_to_the_address_that_the_person_signs_in_with(session):
    user = make_user(email="new@example.org")
    make_award(make_partner(), make_freelancer(user, email="old@example.org", jss_pct=70))
    sweep(AT)

    assert session.scalar(sa.select(OutboxMail.to_address)) == "new@example.org"
