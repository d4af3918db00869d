"""The pages behind a link. Rules I-3, I-4, I-6, E-7."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.models import User
from badges.models import JoinedThrough
from core import clock
from partners.models import Application, Invitation, OptOut
from tests.factories import PASSWORD, make_freelancer, make_invitation, make_user, sign_in

LATER = timedelta(days=31)


def user_of(session, freelancer):
    return session.get(User, freelancer.user_id)


def rows(session):
    """Everything stored that an answer could have changed."""
    session.expire_all()
    return {
        table: session.execute(sa.text(f"SELECT to_jsonb(t) FROM {table} t ORDER BY 1")).scalars().all()
        for table in ("invitations", "applications", "opt_outs", "users", "freelancers", "audit_events", "outbox_mails")
    }


def without_opened(stored):
    return stored | {"invitations": [row | {"opened_at": None} for row in stored["invitations"]]}


def test_a_stranger_sees_the_programme_and_nothing_of_anybody(client, session, partner, ada, link, at):
    page = client.get(f"/invitations/{link}")

    assert page.status_code == 200
    assert "Northwind invites you" in page.text
    assert "What have you built with it?" in page.text
    assert "A Job Success Score of at least 80 %" in page.text
    assert "95 %" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_opening_a_link_changes_nothing_but_opened_and_looking_ahead_not_even_that(client, session, link, at):
    before = rows(session)
    client.head(f"/invitations/{link}")
    client.get(f"/invitations/{link}", headers={"Sec-Purpose": "prefetch"})
    assert rows(session) == before
    for _ in range(3):
        client.get(f"/invitations/{link}")
    after = rows(session)

    assert after["invitations"][0]["opened_at"]
    assert without_opened(after) == without_opened(before)


def test_the_register_page_changes_nothing_when_it_is_opened(client, session, link, at):
    before = rows(session)
    client.get(f"/invitations/{link}/register")

    assert rows(session) == before


def test_the_invited_person_sees_their_checklist_and_accepts(client, session, ada, link, at):
    sign_in(client, user_of(session, ada))
    assert "How you stand today" in client.get(f"/invitations/{link}").text
    answer = client.post(f"/invitations/{link}", data={"answer": "accept"})
    application = session.scalars(sa.select(Application)).one()

    assert (answer.status_code, answer.location) == (303, f"/me/applications/{application.id}")
    again = client.get(f"/invitations/{link}")
    assert again.status_code == 200
    assert f"/me/applications/{application.id}" in again.text
    assert client.post(f"/invitations/{link}", data={"answer": "accept"}).location == answer.location


def test_accepting_needs_a_sign_in_that_leads_back(client, session, link, at):
    answer = client.post(f"/invitations/{link}", data={"answer": "accept"})

    assert answer.status_code == 303
    assert answer.location == f"/sign-in?next=/invitations/{link}"
    assert session.scalars(sa.select(Application)).all() == []


def dead_links(partner):
    return {
        "unknown": "x" * 32,
        "expired": make_invitation(partner, "a@x.org", expires_at=clock.now())[1],
        "withdrawn": make_invitation(partner, "b@x.org", withdrawn_at=clock.now())[1],
        "accepted": make_invitation(partner, "c@x.org", accepted_at=clock.now())[1],
        "declined": make_invitation(partner, "d@x.org", declined_at=clock.now())[1],
    }


def neutral(text, token):
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", text)
    return re.sub(r"[0-9a-f]{32}", "", text).replace(token, "TOKEN")


@pytest.mark.parametrize("signed_in", [False, True])
def test_every_dead_link_looks_the_same(client, session, partner, ada, at, signed_in):
    if signed_in:
        sign_in(client, user_of(session, ada))
    said = set()
    for token in dead_links(partner).values():
        page = client.get(f"/invitations/{token}")
        said.add((page.status_code, neutral(page.text, token)))
        for answer in ("accept", "decline", "ask"):
            if signed_in or answer == "decline":
                if answer == "decline" and "declined" in token:
                    continue
                client.post(f"/invitations/{token}", data={"answer": answer})

    assert len(said) == 1
    assert said.pop()[0] == 410


@pytest.mark.parametrize("kind", ["unknown", "expired", "withdrawn", "accepted", "declined"])
def test_even_a_dead_link_stops_invitations_with_the_same_words(client, session, partner, at, kind):
    token = dead_links(partner)[kind]
    answer = client.post(f"/invitations/{token}/no-more", data={"stop": "all"}, follow_redirects=True)

    assert answer.status_code == 200
    assert "Invitations to the address of this link end now." in answer.text
    assert session.scalar(sa.select(sa.func.count()).select_from(OptOut)) == (0 if kind == "unknown" else 1)


@pytest.mark.parametrize(("stop", "left"), [("none", 0), ("partner", 1), ("all", 1), ("nonsense", 0)])
def test_declining_needs_no_account(client, session, link, at, stop, left):
    answer = client.post(f"/invitations/{link}", data={"answer": "decline", "stop": stop}, follow_redirects=True)

    assert answer.status_code == 200
    assert "You declined." in answer.text
    assert session.scalars(sa.select(Invitation.declined_at)).one() == at
    assert session.scalar(sa.select(sa.func.count()).select_from(OptOut)) == left


def test_another_account_may_ask_and_is_told_to_wait(client, session, ada, link, at):
    bob = make_user(email="bob@example.org")
    make_freelancer(bob)
    sign_in(client, bob)

    assert "Ask Northwind to confirm" in client.get(f"/invitations/{link}").text
    assert client.post(f"/invitations/{link}", data={"answer": "accept"}).status_code == 403
    page = client.post(f"/invitations/{link}", data={"answer": "ask"}, follow_redirects=True)
    assert "Northwind is asked" in page.text


def test_an_account_that_does_not_apply_is_told_so(client, session, admin, link, at):
    sign_in(client, admin)

    assert "not a freelancer" in client.get(f"/invitations/{link}").text
    assert client.post(f"/invitations/{link}", data={"answer": "accept"}).status_code == 403


def test_an_unknown_answer_is_refused(client, session, link, at):
    assert client.post(f"/invitations/{link}", data={"answer": "perhaps"}).status_code == 422


def test_a_newcomer_registers_is_signed_in_and_accepts(client, session, partner, link, at):
    page = client.get(f"/invitations/{link}/register")
    assert "ada@example.org" in page.text
    form = {"name": "Ada Byron", "password": PASSWORD, "email": "eve@example.org"}
    registered = client.post(f"/invitations/{link}/register", data=form)

    assert (registered.status_code, registered.location) == (303, f"/invitations/{link}")
    assert session.scalars(sa.select(User.email).where(User.role == "freelancer")).all() == ["ada@example.org"]
    assert "Accept and start" in client.get(registered.location).text
    assert client.post(f"/invitations/{link}", data={"answer": "accept"}).status_code == 303
    assert session.scalars(sa.select(JoinedThrough.issuer_id)).one() == partner.id


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "", "password": PASSWORD}, "Write your name."),
        ({"name": "Ada", "password": "short"}, "at least 10 characters"),
        ({"name": "Ada", "password": "ada@example.org"}, "e-mail address"),
        ({"name": "x" * 121, "password": PASSWORD}, "At most 120 characters."),
    ],
)
def test_a_form_that_cannot_be_taken_comes_back_with_what_to_mend(client, session, link, at, form, words):
    page = client.post(f"/invitations/{link}/register", data=form)

    assert page.status_code == 422
    assert words in page.text
    assert session.scalars(sa.select(User)).all() == []


def test_who_has_an_account_is_led_to_sign_in_and_back(client, session, ada, link, at):
    shown = client.get(f"/invitations/{link}/register")
    tried = client.post(f"/invitations/{link}/register", data={"name": "Ada", "password": PASSWORD})

    assert (shown.status_code, tried.status_code) == (200, 409)
    for page in (shown, tried):
        assert "You have an account already" in page.text
        assert f"/sign-in?next=/invitations/{link}" in page.text
    landed = client.post(
        f"/sign-in?next=/invitations/{link}",
        data={"email": "ada@example.org", "password": PASSWORD, "next": f"/invitations/{link}"},
    )
    assert landed.location == f"/invitations/{link}"


def test_a_profile_with_another_account_is_not_taken_over_and_the_page_says_what_to_do(client, session, link, at):
    make_freelancer(make_user(email="work@example.org"), email="ada@example.org")
    page = client.post(f"/invitations/{link}/register", data={"name": "Ada", "password": PASSWORD})

    assert page.status_code == 409
    assert "Sign in with that account" in page.text


def test_whoever_is_signed_in_needs_no_registration(client, session, ada, link, at):
    sign_in(client, user_of(session, ada))

    assert client.get(f"/invitations/{link}/register").location == f"/invitations/{link}"


def test_dead_links_register_nobody(client, session, partner, at):
    for token in dead_links(partner).values():
        assert client.get(f"/invitations/{token}/register").status_code == 410
        tried = client.post(f"/invitations/{token}/register", data={"name": "Ada", "password": PASSWORD})
        assert tried.status_code == 410
    assert session.scalars(sa.select(User)).all() == []


def test_no_page_or_log_line_names_the_secret_elsewhere(client, session, link, at, capfd):
    client.get(f"/invitations/{link}")
    client.get(f"/invitations/{link}/register")
    client.post(f"/invitations/{link}", data={"answer": "decline"})

    assert link not in capfd.readouterr().err


def test_the_message_and_name_of_an_invitation_are_text_and_never_markup(client, session, partner, at):
    _, token = make_invitation(partner, "ada@example.org", message="<script>alert(1)</script>", name="<b>Ada</b>")

    assert "<script>alert" not in client.get(f"/invitations/{token}").text
    assert "<b>Ada" not in client.get(f"/invitations/{token}/register").text


@pytest.mark.parametrize("part", ["accepted_at", "declined_at", "withdrawn_at"])
def test_links_that_ended_are_gone_for_posts_too(client, session, partner, at, part):
    _, token = make_invitation(partner, "ada@example.org", **{part: at})
    client.get(f"/invitations/{token}")

    assert client.post(f"/invitations/{token}", data={"answer": "accept"}).status_code in (303, 410)
    assert session.scalars(sa.select(Application)).all() == []
