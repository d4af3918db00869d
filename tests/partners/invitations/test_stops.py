"""Who is not to be invited: one click that stops, and the lists. Rules I-3, I-6, RFC 8058."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.errors import NotFound
from partners.addresses import Address
from partners.invitations import lists, stops
from partners.invitations.codes import stop_code
from partners.inviting import invite, resend
from partners.models import OptOut
from partners.rules import Outcome, Stop
from tests.app.posting import arriving
from tests.factories import make_invitation, make_partner, make_user, sign_in

DAY = timedelta(days=1)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def opt_outs(session):
    return session.execute(sa.select(OptOut.email, OptOut.partner_id).order_by(OptOut.email)).all()


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


def test_no_to_all_by_page_stops_all(client, session, partner, at):
    invitation, _ = make_invitation(partner, "ada@example.org")
    client.post(f"/stop/{stop_code(invitation.id)}", data={"stop": Stop.ALL})

    assert opt_outs(session) == [("ada@example.org", None)]
