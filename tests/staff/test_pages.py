"""The staff's pages, as staff meet them: whom they are for, what they show, and what they change."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from accounts.models import Role, User
from core.outbox import OutboxMail, enqueue
from freelancers.holds import HoldKind
from freelancers.models import Hold
from freelancers.queries import open_holds
from freelancers.services import place_hold, register_newcomer
from partners.models import Interest, Member, Partner
from tests.factories import (
    make_application,
    make_expert,
    make_freelancer,
    make_hold,
    make_invitation,
    make_member,
    make_partner,
    make_user,
    sign_in,
)
from tests.staff.reading import events, page, text_of

PAGES = ["", "/partners", "/partners/new", "/freelancers", "/imports", "/audit", "/mail"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_stands_while_there_is_nothing_yet(path, staff):
    page(staff, f"/staff{path}")


@pytest.mark.parametrize("role", [Role.PARTNER, Role.FREELANCER])
def test_for_everybody_else_none_of_it_exists(role, app, client, session, at):
    ada = make_expert().freelancer
    sign_in(client, make_user(role))

    for path in [*PAGES, f"/freelancers/{ada.id}", "/partners/northwind"]:
        assert client.get(f"/staff{path}").status_code == 404
    assert client.post(f"/staff/freelancers/{ada.id}/holds", data={"kind": "block", "reason": "x"}).status_code == 404
    assert open_holds(ada.id) == []


def test_whoever_is_not_signed_in_is_led_to_the_sign_in(client, at):
    assert "/sign-in" in client.get("/staff/freelancers").headers["Location"]


@pytest.mark.parametrize(
    "path", ["freelancers/nobody", "freelancers/00000000-0000-4000-8000-000000000007", "partners/nobody"]
)
def test_what_is_not_there_is_404(path, staff):
    page(staff, f"/staff/{path}", 404)


def test_the_home_says_how_the_marketplace_stands_and_what_waits(staff, session, at):
    award = make_expert(make_partner("Northwind"))
    make_hold(award.freelancer, HoldKind.AWAITING_VERIFICATION, at=at - timedelta(days=8))
    register_newcomer("New Person", "new@example.org", make_user().id, at=at)
    enqueue("hold_placed", "a@example.org", {}, key="k", at=at)
    session.scalars(sa.select(OutboxMail)).one().mark_failed(at, "no such mailbox", for_good=True)
    session.commit()

    said = page(staff, "/staff")

    assert "Open holds 1" in said
    assert "Suspended 1" in said
    for waits in (
        "Mails given up 1",
        "Verifications not done in time 1",
        "Partners without an admin who can sign in 1",
        "Newcomers the feed has not named yet 1",
    ):
        assert waits in said
    assert "registered as a newcomer: New Person" in said


# Partners


def new_partner(staff, **values):
    filled = {"name": "Southwind", "colour": "#243b7a", "admin_name": "Pia", "admin_email": "pia@southwind.example"}
    return staff.post("/staff/partners/new", data=filled | values)


def test_a_partner_is_created_with_its_first_admin_who_is_invited(staff, session, sam):
    answer = new_partner(staff, name="Süd & Wind", website="https://sudwind.example")

    made = session.scalars(sa.select(Partner)).one()
    assert (made.slug, made.colour, made.website) == ("sud-wind", "#243b7a", "https://sudwind.example")
    assert answer.status_code == 303
    assert "Pia" in page(staff, answer.headers["Location"])
    assert (
        session.scalars(sa.select(User.email).join(Member, Member.user_id == User.id)).one() == "pia@southwind.example"
    )
    assert session.scalars(sa.select(OutboxMail)).one().to_address == "pia@southwind.example"
    assert events(session, "partner.created")[0].actor_id == sam.id


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"name": ""}, "Write the partner's name"),
        ({"slug": "New"}, "kept for pages of Laurel"),
        ({"slug": "a b"}, "small letters, digits and hyphens"),
        ({"name": "名前"}, "small letters, digits and hyphens"),
        ({"admin_email": "pia"}, "e-mail address like"),
        ({"website": "ftp://x"}, "begins with https"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_a_partner_is_said_and_nothing_is_created(values, says, staff, session):
    answer = new_partner(staff, **values)

    assert answer.status_code == 422
    assert says in text_of(answer).replace("&#39;", "'")
    assert session.scalars(sa.select(Partner)).all() == []


def test_without_a_name_nothing_is_said_of_the_short_name_that_is_made_of_it(staff, session):
    assert "small letters, digits and hyphens, such as" not in text_of(new_partner(staff, name=""))


def test_a_taken_short_name_is_told_and_what_was_typed_stays(staff, session):
    make_partner("Northwind", slug="northwind")

    answer = new_partner(staff, name="Northwind")

    assert answer.status_code == 409
    assert "belongs to another" in text_of(answer)
    assert 'value="pia@southwind.example"' in answer.get_data(as_text=True)
    assert session.scalar(sa.select(sa.func.count()).select_from(Partner)) == 1


def test_a_partners_page_shows_its_team_invitations_applications_and_requests(staff, session, at):
    partner = make_partner("Northwind", slug="northwind")
    make_member(partner, make_user(Role.PARTNER, name="Pat Partner"))
    make_member(partner, make_user(Role.PARTNER, name="Una Invited", password=None), duty="viewer")
    make_invitation(partner, "ida@example.org")
    make_application(partner, make_freelancer())
    keen = make_freelancer(name="Kim Keen")
    session.add(Interest(partner_id=partner.id, freelancer_id=keen.id, note="Ten years of it.", asked_at=at))
    session.commit()

    said = page(staff, "/staff/partners/northwind")

    for shown in ("Pat Partner", "To decide 1", "Invited 1", "Kim Keen", "Ten years of it.", "Page is public"):
        assert shown in said
    assert said.count("Send the link again") == 1
    assert "Northwind" in page(staff, "/staff/partners")


def test_somebody_invited_to_a_team_is_sent_the_link_again_until_they_have_a_password(staff, session, at):
    partner = make_partner("Northwind", slug="northwind")
    make_member(partner, make_user(Role.PARTNER, email="una@northwind.example", password=None))
    make_member(partner, make_user(Role.PARTNER))
    first, second = session.scalars(sa.select(Member).order_by(Member.id))

    assert staff.post(f"/staff/partners/northwind/team/{first.id}/link").status_code == 303
    assert staff.post(f"/staff/partners/northwind/team/{second.id}/link").status_code == 409
    assert staff.post(f"/staff/partners/northwind/team/{uuid4()}/link").status_code == 404

    assert [mail.to_address for mail in session.scalars(sa.select(OutboxMail))] == ["una@northwind.example"]


# Log and mail


def test_the_log_says_who_did_what_and_why_and_can_be_narrowed_down(staff, session, sam, at):
    ada = make_freelancer(name="Ada Byron")
    place_hold(ada.id, HoldKind.BLOCK, "Fraud.", by=sam.id, at=at)
    register_newcomer("New Person", "new@example.org", make_user().id, at=at)

    everything = page(staff, "/staff/audit")
    assert "Sam Staff placed a hold: Ada Byron" in everything
    assert "Kind: block" in everything
    assert "Told: yes" in everything
    assert "registered as a newcomer" in everything
    holds = page(staff, "/staff/audit?action=hold.")
    assert "placed a hold" in holds
    assert "registered" not in holds
    hold_id = session.scalars(sa.select(Hold.id)).one()
    assert "registered" not in page(staff, f"/staff/audit?about={hold_id}")
    assert staff.get("/staff/audit?about=nonsense").status_code == 422


def test_the_log_is_paged(staff, session, at):
    for i in range(30):
        register_newcomer(f"Person {i:02}", f"p{i}@example.org", make_user().id, at=at + timedelta(minutes=i))

    html = staff.get("/staff/audit").get_data(as_text=True)
    following = re.search(r'rel="next" href="([^"]+)"', html)[1].replace("&amp;", "&")

    assert "Person 29" in html
    assert "Person 05" not in html
    assert "Person 05" in page(staff, following)


def test_a_mail_that_was_given_up_is_tried_again_once(staff, session, sam, at):
    enqueue("hold_lifted", "ada@example.org", {}, key="k", at=at)
    mail = session.scalars(sa.select(OutboxMail)).one()
    mail.mark_failed(at, "550 no such mailbox", for_good=True)
    session.commit()

    assert "550 no such mailbox" in page(staff, "/staff/mail")
    assert staff.post(f"/staff/mail/{mail.id}/again").status_code == 303
    assert staff.post(f"/staff/mail/{mail.id}/again").status_code == 409
    assert staff.post(f"/staff/mail/{uuid4()}/again").status_code == 404

    session.expire_all()
    assert (mail.failed_at, mail.attempts, mail.due_at) == (None, 0, at)
    assert events(session, "mail.tried_again")[0].actor_id == sam.id
    assert "ada@example.org" in page(staff, "/staff/mail?heap=waiting")


def test_a_mail_whose_secret_is_wiped_says_so_instead(staff, session, at):
    enqueue("password_link", "ada@example.org", {}, key="k", at=at, secrets={"path": "/password/x"})
    mail = session.scalars(sa.select(OutboxMail)).one()
    mail.mark_failed(at, "550 no such mailbox", for_good=True)
    session.commit()

    said = page(staff, "/staff/mail")

    assert "secret link is wiped" in said
    assert "Try again" not in said
    assert staff.post(f"/staff/mail/{mail.id}/again").status_code == 409
