"""The staff's pages about freelancers: found, held, and their badges revoked."""

import re

import pytest
import sqlalchemy as sa

from badges.models import Award
from core.outbox import OutboxMail
from freelancers.holds import HoldKind
from freelancers.models import Hold
from freelancers.queries import open_holds
from freelancers.services import place_hold
from tests.factories import (
    make_expert,
    make_freelancer,
    make_hold,
    make_partner,
)
from tests.staff.reading import page, text_of


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
