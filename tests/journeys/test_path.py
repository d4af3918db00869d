"""Somebody not yet eligible sees the way, tries a change, does what is needed, and reads why it was decided so."""

import re

from tests.browsing import needs_browser
from tests.journeys.conftest import add_partner, apply, feed, invite, publish_page, register

pytestmark = needs_browser

ADA = "ada@example.org"
ROW = {"marketplace_id": "m1", "name": "Ada Byron", "email": ADA}


def test_from_what_is_missing_to_a_path_that_is_done(service, staff, person, tmp_path):
    feed(service, tmp_path, ROW | {"visibility": "private", "jss_pct": 78})
    pat = add_partner(service, staff, person)
    publish_page(pat)
    [link] = invite(service, pat, ADA)
    ada = person(width=390, height=844)
    register(ada, link, "Ada Byron")
    application = apply(ada)

    ada.follow("Your path, step by step")
    steps_stand_in_order(ada)
    she_tries_another_score(ada)
    she_does_it_by_keyboard(ada)
    a_score_that_is_none_is_told(ada)

    feed(service, tmp_path, ROW)
    ada.go(application)
    ada.follow("What if something changed?")
    ada.sees("You meet everything that Northwind asks for.", "Northwind decides")
    ada.does_not_see("Make your profile public")
    she_reads_why(ada)
    staff_read_the_same(staff)


def steps_stand_in_order(ada):
    ada.sees("2 steps, in an order that can be done")
    assert ada.page.locator(".path h3").all_inner_texts() == [
        "Make your profile public",
        "Raise your Job Success Score by 2 points, to 80 %",
        "Northwind decides",
    ]
    width = ada.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "the page is wider than the phone"


def she_tries_another_score(ada):
    ada.fill(What_if_my_Job_Success_Score_were="85")
    ada.click("Show me")
    ada.sees(
        "What if, and not how you stand", "If your Job Success Score were 85 %", "Then 1 requirement would be open."
    )
    assert "score=85" in ada.page.url


def she_does_it_by_keyboard(ada):
    ada.page.get_by_label("Make your profile public").focus()
    ada.page.keyboard.press("Space")
    ada.page.keyboard.press("Enter")
    ada.page.wait_for_url(re.compile("if=visibility"))
    ada.sees("Then everything would be met.", "How you stand now")
    ada.follow("Back to how I stand")
    ada.does_not_see("What if, and not how you stand")


def a_score_that_is_none_is_told(ada):
    ada.fill(What_if_my_Job_Success_Score_were="many")
    ada.click("Show me")
    ada.sees("There is something to put right", "A score is a whole number from 0 to 100.")


def she_reads_why(ada):
    ada.follow("Receipts", exact=True)
    ada.sees("An application was sent or changed", "Not everything met")
    ada.page.locator("table.data a").first.click()
    ada.sees("Decided again today: the same", "78 %", "private")


def staff_read_the_same(staff):
    staff.follow("Freelancers", exact=True)
    staff.follow("Ada Byron")
    staff.follow("Receipts of every decision about them")
    staff.page.locator("table.data a").first.click()
    staff.sees("Decided again today: the same", "78 %", "private")
