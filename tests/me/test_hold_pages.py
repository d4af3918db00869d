"""A hold has a page for whoever is held: signed in, or by the link in the mail when they cannot sign in. Rule H-6."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.models import Role
from core import clock
from core.outbox import OutboxMail
from freelancers.holds import HOLDS, HoldKind
from freelancers.queries import open_holds
from freelancers.services import lift_hold, place_hold
from freelancers.support.codes import LINK_LIFETIME, hold_code
from freelancers.support.queries import thread_of_hold
from tests.factories import PASSWORD, make_freelancer, make_user, sign_in
from tests.staff.reading import page, text_of

APPEAL = {"text": "It was my brother, who has the same name."}


@pytest.fixture
def user(session):
    return make_user()


@pytest.fixture
def ada(user, at):
    return make_freelancer(user)


def held(ada, at, kind=HoldKind.BLOCK):
    return place_hold(ada.id, kind, "Two accounts.", by=None, at=at)


def path_in(session, template):
    mail = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == template)).one()
    return mail.words()["path"]


@pytest.mark.parametrize("kind", HoldKind)
def test_the_link_in_the_mail_says_everything_and_takes_the_appeal_without_a_sign_in(client, session, ada, at, kind):
    hold = held(ada, at, kind)
    link = path_in(session, "hold_placed")

    said = page(client, link)
    terms = HOLDS[kind]
    for word in (terms.name, "Two accounts.", terms.lifted_when, "2 March 2026, 09:00 UTC"):
        assert word in said.replace("&#39;", "'"), "H-6"
    assert client.post(link, data=APPEAL).status_code == 303
    assert thread_of_hold(hold.id).messages[0].text == APPEAL["text"]
    assert "it comes by 4 March 2026" in page(client, link)
    assert client.get("/me").status_code == 302, "it begins no session"
    assert client.get(path_in(session, "appeal_received")).status_code == 200


def test_whoever_is_kept_from_signing_in_is_led_to_the_appeal(client, user, ada, at):
    held(ada, at)
    answer = client.post("/sign-in", data={"email": user.email, "password": PASSWORD})

    assert answer.status_code == 403
    link = next(part.split('"')[0] for part in answer.text.split('href="') if part.startswith("/holds/"))
    assert "Two accounts." in page(client, link)


def test_a_link_opens_no_other_hold_and_no_word_of_ours_can_be_made_up(client, session, ada, at):
    hold, other = held(ada, at), held(make_freelancer(), at)
    code = hold_code(hold.id, at)

    for wrong in ("", "x", "é", "A" * 64, code[:-1], code[:-1] + ("A" if code[-1] != "A" else "B")):
        assert client.get(f"/holds/{wrong}").status_code == 404
        assert client.post(f"/holds/{wrong}", data=APPEAL).status_code in (404, 405)
    spliced = hold_code(other.id, at)[:22] + code[22:]
    assert client.get(f"/holds/{spliced}").status_code == 404
    assert thread_of_hold(hold.id) is thread_of_hold(other.id) is None


def test_a_link_ends_and_then_sends_a_new_one_to_its_mailbox_only(client, session, ada, at):
    hold = held(ada, at)
    link = path_in(session, "hold_placed")
    clock.use(lambda: at + LINK_LIFETIME + timedelta(seconds=1))

    assert client.get(link).status_code == client.post(link, data=APPEAL).status_code == 410
    assert thread_of_hold(hold.id) is None
    assert "Look into your mail" in text_of(client.post(f"{link}/again"))
    new = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert new.to_address == ada.email
    assert client.get(new.words()["path"]).status_code == 200


def test_a_lifted_hold_says_so_and_takes_no_appeal(client, session, ada, at):
    hold = held(ada, at)
    link = path_in(session, "hold_placed")
    lift_hold(hold.id, "It was somebody else.", by=None, at=at)

    assert "It was somebody else." in page(client, link)
    assert client.post(link, data=APPEAL).status_code == 409


def test_signed_in_the_same_is_on_ones_own_pages(client, user, ada, at):
    hold = held(ada, at, HoldKind.POLICY_RESTRICTION)
    sign_in(client, user)

    assert f'href="/me/holds/{hold.id}"' in client.get("/me").text
    address = f"/me/holds/{hold.id}"
    assert "Write why the hold should be lifted." in text_of(client.post(address, data={"text": " "}))
    assert client.post(address, data=APPEAL).status_code == 303
    assert "Your appeal" in page(client, address)
    thread = thread_of_hold(hold.id)
    assert client.get(f"/me/support/{thread.id}").headers["Location"] == address


def test_anothers_hold_is_not_there(client, ada, at):
    hold = held(ada, at, HoldKind.POLICY_RESTRICTION)
    make_freelancer(other := make_user())
    sign_in(client, other)

    assert client.get(f"/me/holds/{hold.id}").status_code == 404
    assert client.post(f"/me/holds/{hold.id}", data=APPEAL).status_code == 404


def test_staff_decide_an_appeal_where_they_answer_it(client, user, ada, at):
    hold = held(ada, at, HoldKind.POLICY_RESTRICTION)
    sign_in(client, user)
    client.post(f"/me/holds/{hold.id}", data=APPEAL)
    sign_in(client, make_user(Role.STAFF))
    there = f"/staff/support/{thread_of_hold(hold.id).id}"
    words = {"text": "You sent your brother's document along."}

    assert "Choose what becomes of the hold." in text_of(client.post(there, data=words))
    assert client.post(there, data=words | {"decision": "keep"}).status_code == 303
    assert open_holds(ada.id) == [hold]
    assert client.post(there, data={"text": "He was seen in a call today.", "decision": "lift"}).status_code == 303
    assert open_holds(ada.id) == []
    assert "Their appeal" in page(client, f"/staff/freelancers/{ada.id}")


def test_staff_place_a_hold_with_an_end_make_it_stricter_and_tell_again(client, session, ada, at):
    sign_in(client, make_user(Role.STAFF))
    address = f"/staff/freelancers/{ada.id}"
    form = {"kind": "policy_restriction", "reason": "Fees outside.", "ends_on": "2026-03-09"}

    assert client.post(f"{address}/holds", data=form | {"kind": "verification_failed"}).status_code == 422
    assert client.post(f"{address}/holds", data=form).status_code == 303
    (hold,) = open_holds(ada.id)
    assert hold.ends_at.isoformat() == "2026-03-09T00:00:00+00:00"
    assert "It ends by itself on 9 March 2026" in page(client, address)
    stricter = f"{address}/holds/{hold.id}/escalate"
    assert client.post(stricter, data={"kind": "awaiting_verification", "reason": "Hm."}).status_code == 422
    session.expire_all()
    assert client.post(stricter, data={"kind": "block", "reason": "A second time."}).status_code == 303
    (block,) = open_holds(ada.id)
    assert client.post(f"{address}/holds/{block.id}/notice").status_code == 303
    assert "Became stricter: A second time." in page(client, address)
