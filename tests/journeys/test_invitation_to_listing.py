"""The main job, once through: from the feed to the listing, a hold that hides, and the lift that brings back."""

from urllib.parse import urlsplit

import pytest

from tests.browsing import needs_browser
from tests.journeys.conftest import add_partner, answer, apply, feed, invite, publish_page, register, select
from tests.live import link_in, text_of

pytestmark = [needs_browser, pytest.mark.xdist_group("journeys")]

ADA = "ada@example.org"
PAGE = "/experts/northwind"


def test_from_the_invitation_to_the_listing_and_through_a_hold(service, staff, person, tmp_path):
    assert "1 created" in feed(service, tmp_path, {"marketplace_id": "m1", "name": "Ada Byron", "email": ADA})

    admin = add_partner(service, staff, person)
    admin.go("/console/northwind/programme")
    admin.page.get_by_text("Add a step").click()
    admin.page.locator("input[name=prompt]").fill("Whom would you like to help?")
    admin.click("Add it")
    admin.sees("Whom would you like to help?")
    publish_page(admin)
    [link] = invite(service, admin, ADA)

    visitor = person(width=390, height=844)
    visitor.go(link)
    visitor.sees("Northwind invites you", "Whom would you like to help?", "Sign in to answer")
    ada = register(person(), link, "Ada Byron")
    ada.sees("How you stand today", "All 5 requirements met")
    ada.click("Accept and start")
    ada.click("Save draft")
    ada.sees("Draft")
    answer(ada)

    select(admin, "Ada Byron")
    admin.sees("Selected")
    awarded = service.mailbox.wait_for(ADA, subject="Expert now")
    badge = link_in(awarded, "/badges/")
    visitor.go(badge)
    visitor.sees("Ada Byron", "Northwind Expert", "Active")

    service.cli("rotate")
    visitor.go(PAGE)
    visitor.sees("Ada Byron", "Featured")
    visitor.follow("Ada Byron")
    visitor.sees("Data engineer", "Job Success Score")
    person_page = visitor.page.url

    staff.go("/staff/freelancers?q=Ada")
    staff.follow("Ada Byron")
    ada_for_staff = staff.page.url
    staff.page.get_by_text("Place a hold").click()
    staff.page.locator("input[type=radio][value=verification_failed]").check()
    staff.page.locator("textarea[name=reason]").first.fill("The call did not take place.")
    staff.click("Place the hold")

    assert "Ada Byron" not in visitor.context.request.get(service.url + PAGE).text(), "gone with the very next request"
    assert visitor.context.request.get(person_page).status == 404
    visitor.go(badge)
    visitor.sees("Suspended")
    held = service.mailbox.wait_for(ADA, subject="hold")
    assert "The call did not take place." in text_of(held)
    service.mailbox.wait_for(ADA, subject="suspended")
    ada.go("/me")
    ada.sees("on hold", "The call did not take place.")

    staff.go(ada_for_staff)
    staff.page.locator("details.confirm summary", has_text="Lift").first.click()
    staff.page.locator("details[open] textarea[name=reason]").fill("The call took place today.")
    staff.click("Lift the hold")

    visitor.go(PAGE)
    visitor.sees("Ada Byron", "Featured")
    visitor.go(badge)
    visitor.sees("Active")
    service.mailbox.wait_for(ADA, subject="lifted")
    service.mailbox.wait_for(ADA, subject="active again")


def test_opening_the_link_uses_nothing_up_and_its_secret_is_nowhere_but_in_the_mail(service, staff, person, tmp_path):
    admin = person().sign_in("pat@northwind.example", "a long enough password")
    [link] = invite(service, admin, "grace@example.org")
    token = urlsplit(link).path.rsplit("/", 1)[-1]
    scanner = person()
    for _ in range(20):
        assert scanner.context.request.get(link).status == 200
        assert scanner.context.request.head(link).status == 200

    answers = "SELECT accepted_at, declined_at FROM invitations WHERE email = 'grace@example.org'"
    assert service.sql(answers) == [(None, None)]
    grace = register(person(), link, "Grace Hopper")
    apply(grace)
    assert token not in service.log_text()
    for table in ("invitations", "outbox_mails", "audit_events"):
        assert service.sql(f"SELECT 1 FROM {table} t WHERE t::text LIKE %s", f"%{token}%") == []
