"""Open campaign links: a cap, an end, and never one too many. Rules I-1, I-3, I-4."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from core.errors import InvalidInput
from partners.accepting import NotAFreelancer, accept
from partners.answering import register_newcomer
from partners.applying import withdraw_application
from partners.invitations.campaigns import end_campaign, link_path, open_campaign
from partners.invitations.models import Campaign
from partners.models import Application, Invitation
from partners.open_link import accept_openly, ask_for_own_link
from partners.rules import LinkGone
from tests.factories import PASSWORD, make_freelancer, make_invitation, make_partner, make_user, sign_in

DAY = timedelta(days=1)


@pytest.fixture
def campaign(partner, admin, at):
    return open_campaign(partner.programme, "Spring fair", 3, (at + 9 * DAY).date(), by=admin.id, at=at)


@pytest.fixture
def token(campaign):
    return link_path(campaign).removeprefix("/invitations/")


def taken(session):
    session.rollback()
    return session.scalar(sa.select(Campaign.taken))


def somebody():
    return make_freelancer(make_user(password=None))


def test_whoever_has_the_link_accepts_and_takes_one_place_however_often(session, token, ada, mails, at):
    first = accept_openly(token, ada.user_id, at)
    again = accept_openly(token, ada.user_id, at)

    assert first == again
    assert taken(session) == 1
    assert len(mails("application_opened")) == 1
    invitation = session.scalars(sa.select(Invitation)).one()
    assert (invitation.email, invitation.accepted_at, invitation.campaign_id is None) == ("ada@example.org", at, False)


def test_the_places_are_the_places(session, token, at):
    for _ in range(3):
        accept_openly(token, somebody().user_id, at)
    late = somebody()

    with pytest.raises(LinkGone):
        accept_openly(token, late.user_id, at)
    assert taken(session) == 3
    assert session.scalar(sa.select(sa.func.count()).select_from(Application)) == 3
    assert session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 3


def test_after_its_last_day_or_its_end_the_link_is_gone_like_any_other(
    client, session, campaign, token, ada, admin, at
):
    with pytest.raises(LinkGone):
        accept_openly(token, ada.user_id, at + 10 * DAY)
    end_campaign(campaign.id, by=admin.id, at=at)

    assert client.get(f"/invitations/{token}").status_code == 410
    with pytest.raises(LinkGone):
        accept_openly(token, ada.user_id, at)
    with pytest.raises(LinkGone):
        ask_for_own_link(token, "new@example.org", at)


def test_an_unanswered_personal_invitation_is_accepted_by_it(session, partner, token, ada, link, at):
    accept_openly(token, ada.user_id, at)

    with pytest.raises(LinkGone):
        accept(link, make_freelancer(make_user()).user_id, at)
    assert session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 1


def test_who_withdrew_may_come_again(session, token, ada, at):
    application = accept_openly(token, ada.user_id, at)
    withdraw_application(application, at)

    assert session.get_one(Application, accept_openly(token, ada.user_id, at + DAY)).state == "draft"
    assert taken(session) == 2


def test_opening_it_takes_nothing(client, session, campaign, token, at):
    for _ in range(5):
        assert client.get(f"/invitations/{token}").status_code == 200
        assert client.head(f"/invitations/{token}").status_code == 200

    assert taken(session) == 0
    assert session.scalars(sa.select(Invitation)).all() == []


def test_only_the_hash_is_stored(session, token, at):
    stored = session.execute(sa.text("SELECT string_agg(c::text, '') FROM campaigns c")).scalar()
    logged = str([(e.after, e.before) for e in session.scalars(sa.select(AuditEvent))])

    assert len(token) >= 43
    assert token not in stored + logged


def test_who_has_no_account_gets_a_link_of_their_own_and_takes_a_place_by_accepting(session, token, mails, at):
    ask_for_own_link(token, "new@example.org", at)
    ask_for_own_link(token, "new@example.org", at)
    (mail,) = mails("invitation")
    own = mail.words()["path"].removeprefix("/invitations/")

    assert taken(session) == 0
    user = register_newcomer(own, "New Comer", PASSWORD, at)
    accept(own, user.id, at)
    assert taken(session) == 1


def test_own_links_are_no_way_round_the_cap_and_no_mail_cannon(session, token, mails, at):
    for number in range(3):
        ask_for_own_link(token, f"p{number}@example.org", at)
    with pytest.raises(LinkGone):
        ask_for_own_link(token, "p4@example.org", at)
    for _ in range(3):
        accept_openly(token, somebody().user_id, at)
    own = mails("invitation")[0].words()["path"].removeprefix("/invitations/")
    user = register_newcomer(own, "New Comer", PASSWORD, at)
    with pytest.raises(LinkGone):
        accept(own, user.id, at)

    assert taken(session) == 3


@pytest.mark.parametrize("days", [-1, 400])
def test_the_last_day_lies_within_a_year(partner, admin, at, days):
    with pytest.raises(InvalidInput):
        open_campaign(partner.programme, "Fair", 3, (at + days * DAY).date(), by=admin.id, at=at)


def test_somebody_of_a_team_cannot_apply(session, token, admin, at):
    with pytest.raises(NotAFreelancer):
        accept_openly(token, admin.id, at)


def test_pages_open_show_print_and_end_a_link(client, session, partner, admin, at):
    sign_in(client, admin)
    home = f"/console/{partner.slug}/invitations/campaigns"
    opened = client.post(home, data={"name": "Fair", "cap": "500", "last_day": "2026-03-31"})
    shown = client.get(opened.location).text

    assert "http://laurel.test/invitations/" in shown
    assert "0 of 500" in shown
    assert client.get(f"{opened.location}/code.svg").data.startswith(b"<?xml")
    assert client.get(f"{opened.location}/code.png").data.startswith(b"\x89PNG")
    assert "500 places, until 31 March 2026" in client.get(f"{opened.location}/poster").text
    assert client.post(home, data={"name": "", "cap": "x", "last_day": ""}).status_code == 422
    assert client.post(home, data={"name": "F", "cap": "0", "last_day": "2026-03-31"}).status_code == 422
    client.post(f"{opened.location}/end")
    assert "no longer works" in client.get(opened.location).text


def test_the_page_of_a_link_leads_freelancers_strangers_and_others(client, session, partner, token, ada, mails, at):
    stranger = client.get(f"/invitations/{token}").text
    assert "Send me my own link" in stranger
    sent = client.post(f"/invitations/{token}/own-link", data={"email": "new@example.org"}, follow_redirects=True)
    assert "one is on its way" in sent.text
    assert client.post(f"/invitations/{token}/own-link", data={"email": "oops"}).status_code == 422
    assert client.post(f"/invitations/{token}", data={"answer": "accept"}).status_code == 303
    assert [mail.to_address for mail in mails("invitation")] == ["new@example.org"]


def test_another_partners_campaign_is_not_theirs(client, session, partner, admin, at):
    other = make_partner("Contoso")
    theirs = open_campaign(other.programme, "Fair", 3, at.date(), by=admin.id, at=at)
    make_invitation(other, "x@x.org")
    sign_in(client, admin)

    assert client.get(f"/console/{partner.slug}/invitations/campaigns/{theirs.id}").status_code == 404
    assert client.get(f"/console/{partner.slug}/invitations/campaigns/{theirs.id}/code.svg").status_code == 404
