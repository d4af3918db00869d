"""The staff's pages, as staff meet them: whom they are for, what they show, and what they change."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import sqlalchemy as sa

from accounts.models import Role, User
from badges.models import Award
from core.audit import AuditEvent
from core.outbox import OutboxMail, enqueue
from freelancers.holds import HoldKind
from freelancers.models import FeedImport, Freelancer, Hold
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


@pytest.fixture
def sam(session):
    return make_user(Role.STAFF, name="Sam Staff")


@pytest.fixture
def staff(client, sam, at):
    sign_in(client, sam)
    return client


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def page(staff, address, status=200):
    answer = staff.get(address)
    assert answer.status_code == status, text_of(answer)
    return text_of(answer)


def events(session, action):
    return list(session.scalars(sa.select(AuditEvent).where(AuditEvent.action == action)))


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


# Freelancers


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Ada Byron", "Bo Lund", "Cy Adams"}),
        ("q=ada", {"Ada Byron", "Cy Adams"}),
        ("q=BYR", {"Ada Byron"}),
        ("q=bo@", {"Bo Lund"}),
        ("q=~02", {"Cy Adams"}),
        ("q=%25", set()),
        ("q=yron", set()),
        ("q=a%00da", {"Ada Byron", "Cy Adams"}),
        ("show=held", {"Bo Lund"}),
        ("show=overdue", set()),
        ("show=without_address", {"Cy Adams"}),
        ("country=DE", {"Bo Lund"}),
        ("country=DE&q=ada", set()),
        ("show=nonsense", {"Ada Byron", "Bo Lund", "Cy Adams"}),
    ],
)
def test_freelancers_are_found_by_name_address_id_hold_and_country(query, found, staff, session, at):
    make_freelancer(name="Ada Byron", email="ada@example.org", marketplace_id="~00")
    bo = make_freelancer(name="Bo Lund", email="bo@example.org", marketplace_id="~01", country="DE")
    make_freelancer(name="Cy Adams", email=None, marketplace_id="~02")
    make_hold(bo)

    said = page(staff, f"/staff/freelancers?{query}")

    assert {name for name in ("Ada Byron", "Bo Lund", "Cy Adams") if name in said} == found


def test_pages_follow_one_another_without_gap_or_repeat(staff, session, at):
    names = [f"{letter}{'x' * (i % 3)} Person {i:02}" for i, letter in enumerate("zyéAbBcß" * 8)]
    for name in names:
        make_freelancer(name=name)

    seen, address = [], "/staff/freelancers"
    while address:
        html = staff.get(address).get_data(as_text=True)
        seen += re.findall(r"Person \d\d", html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = following and following[1].replace("&amp;", "&")

    assert sorted(seen) == sorted(name[-9:] for name in names)


@pytest.mark.parametrize("cursor", ["x", "WyJhIiwgMV0", "WyJhIl0"])
def test_a_damaged_link_to_a_later_page_is_told(cursor, staff):
    for place in ("freelancers", "audit", "mail"):
        assert staff.get(f"/staff/{place}?cursor={cursor}").status_code == 422


def test_a_persons_page_shows_facts_checklist_badges_applications_and_history(staff, session, at):
    award = make_expert(make_partner("Northwind"), jss_pct=79)
    ada = award.freelancer
    place_hold(ada.id, HoldKind.POLICY_RESTRICTION, "Fees outside.", by=None, at=at)

    said = page(staff, f"/staff/freelancers/{ada.id}")

    for shown in (
        "Data engineer",
        "79 %",
        "Northwind Expert",
        "Suspended",
        "Selected",
        "Fees outside.",
        "Laurel placed a hold",
        "be hired directly",
        "the marketplace&#39;s staff",
        "Profile complete 100 %",
    ):
        assert shown in said


def test_placing_a_hold_tells_the_person_and_lifting_it_too(staff, session, sam, at):
    ada = make_expert().freelancer
    address = f"/staff/freelancers/{ada.id}"

    answer = staff.post(f"{address}/holds", data={"kind": "verification_failed", "reason": " The face differs. "})
    assert answer.status_code == 303
    said = page(staff, address)
    assert "Verification failed" in said
    assert f"a mail to {ada.email} is on its way" in said
    (hold,) = open_holds(ada.id)
    assert (hold.reason, hold.placed_by) == ("The face differs.", sam.id)

    assert staff.post(f"{address}/holds/{hold.id}/lift", data={"reason": "Verified by call."}).status_code == 303
    session.expire_all()
    assert open_holds(ada.id) == []
    said = page(staff, address)
    assert "Lifted: Verified by call." in said
    assert "Sam Staff lifted a hold" in said
    assert [mail.template for mail in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))] == [
        "hold_placed",
        "hold_lifted",
    ]


def test_a_hold_without_kind_or_reason_is_refused_and_the_form_says_why(staff, session, at):
    ada = make_freelancer()

    answer = staff.post(f"/staff/freelancers/{ada.id}/holds", data={"reason": "  "})

    assert answer.status_code == 422
    said = text_of(answer)
    assert "Choose the kind of hold." in said
    assert "Write the reason." in said
    assert open_holds(ada.id) == []


def test_a_second_hold_of_the_kind_and_a_second_lift_are_told(staff, session, at):
    ada = make_freelancer()
    address = f"/staff/freelancers/{ada.id}"
    hold = {"kind": "block", "reason": "Fraud."}
    staff.post(f"{address}/holds", data=hold)

    assert staff.post(f"{address}/holds", data=hold).status_code == 409
    (placed,) = open_holds(ada.id)
    lift = f"{address}/holds/{placed.id}/lift"
    assert staff.post(lift, data={"reason": ""}).status_code == 422
    assert staff.post(lift, data={"reason": "A mistake."}).status_code == 303
    assert staff.post(lift, data={"reason": "A mistake."}).status_code == 409


def test_a_hold_is_lifted_only_where_it_belongs(staff, session, at):
    hold, other = make_hold(make_freelancer()), make_freelancer()

    assert staff.post(f"/staff/freelancers/{other.id}/holds/{hold.id}/lift", data={"reason": "x"}).status_code == 404
    session.expire_all()
    assert session.get(Hold, hold.id).lifted_at is None


def test_who_has_no_address_is_held_and_staff_see_that_nobody_was_told(staff, session, at):
    ada = make_freelancer(email=None)
    address = f"/staff/freelancers/{ada.id}"

    staff.post(f"{address}/holds", data={"kind": "block", "reason": "Fraud."})

    said = page(staff, address)
    assert "nobody was told" in said
    assert "No mail reaches them" in said
    assert session.scalars(sa.select(OutboxMail)).all() == []


def test_a_badge_is_revoked_with_a_reason_once(staff, session, sam, at):
    award = make_expert(make_partner("Northwind"))
    address = f"/staff/freelancers/{award.freelancer_id}"
    revoke = f"{address}/badges/{award.id}/revoke"

    assert staff.post(revoke, data={"reason": " "}).status_code == 422
    assert staff.post(f"/staff/freelancers/{make_freelancer().id}/badges/{award.id}/revoke").status_code == 404
    assert staff.post(revoke, data={"reason": "Sold their account."}).status_code == 303
    assert staff.post(revoke, data={"reason": "Again."}).status_code == 409

    session.expire_all()
    kept = session.get(Award, award.id)
    assert (kept.revoke_reason, kept.revoked_by) == ("Sold their account.", sam.id)
    said = page(staff, address)
    assert "Revoked" in said
    assert "Revoke the badge" not in said
    assert "Sam Staff revoked a badge: Northwind Expert, Ada Byron" in said


# Imports

ROWS = b'{"marketplace_id": "a", "name": "Ada", "jss_pct": 84}\n{"marketplace_id": "b", "jss_pct": 140}\n'


def upload(staff, content=ROWS, name="feed.ndjson", **values):
    data = {"file": (BytesIO(content), name), "mapping": "", **values}
    return staff.post("/staff/imports", data=data, content_type="multipart/form-data")


def test_a_file_is_imported_and_every_refused_row_is_told_with_its_reason(staff, session, sam):
    answer = upload(staff)

    said = text_of(answer)
    assert answer.status_code == 200
    for shown in ("Created 1", "Refused 1", "jss_pct", "140", "mapping laurel (guessed)"):
        assert shown in said
    assert '"jss_pct": 140}'.replace('"', "&#34;") in answer.get_data(as_text=True)
    assert session.scalars(sa.select(Freelancer.name)).all() == ["Ada"]
    assert events(session, "feed.imported")[0].actor_id == sam.id
    assert "feed.ndjson" in page(staff, "/staff/imports")


def test_a_trial_reports_the_same_and_keeps_nothing(staff, session):
    said = text_of(upload(staff, dry_run="y"))

    assert "Tried, nothing kept" in said
    assert "Created 1" in said
    assert session.scalars(sa.select(Freelancer)).all() == []
    assert session.scalars(sa.select(FeedImport)).all() == []


def test_refused_rows_come_back_as_a_file_that_can_be_imported(staff, session):
    bad = ROWS.splitlines(keepends=True)[1].decode()

    answer = staff.post("/staff/imports/refused", data={"name": "../feed.ndjson.refused.ndjson", "rows": bad})

    assert answer.headers["Content-Disposition"] == "attachment; filename=feed.ndjson.refused.ndjson"
    assert "html" not in answer.mimetype
    assert upload(staff, answer.data.replace(b"140", b"40")).status_code == 200
    assert session.scalars(sa.select(Freelancer.jss_pct)).all() == [40]
    assert staff.post("/staff/imports/refused").status_code == 422


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "empty.csv", "is empty"),
        (b"PK\x03\x04....", "book.xlsx", "workbook"),
        (b"a,b\n1,2\n", "..\\odd/na\x01me.csv", "name.csv fits none of the mappings"),
        (b"[{}]", "list.json", "one JSON array"),
    ],
)
def test_what_cannot_be_imported_is_explained_on_the_form(content, name, says, staff, session):
    answer = upload(staff, content, name)

    assert answer.status_code == 422
    said = text_of(answer)
    assert says in said
    assert "/tmp" not in said
    assert session.scalars(sa.select(FeedImport)).all() == []


def test_a_file_beyond_the_limit_is_turned_away_whole(staff, session):
    kind = "multipart/form-data; boundary=x"
    answer = staff.post("/staff/imports", data=b"--x" + b" " * 8_000_000, content_type=kind)

    assert answer.status_code == 413
    assert session.scalars(sa.select(Freelancer)).all() == []


def test_no_file_is_said_and_an_unknown_mapping_too(staff):
    said = text_of(staff.post("/staff/imports", data={"mapping": ""}, content_type="multipart/form-data"))

    assert "Choose a file." in said
    assert upload(staff, mapping="/etc/passwd").status_code == 422


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
