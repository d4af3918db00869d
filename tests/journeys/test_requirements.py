"""A partner builds its requirements, by keyboard and without a script, tries them, and gives them a day. E-6, E-13."""

import re
from datetime import UTC, datetime, timedelta

from core import wording
from tests.browsing import needs_browser
from tests.journeys.conftest import (
    ADMIN,
    PASSWORD,
    add_partner,
    all_mails_leave,
    apply,
    feed,
    invite,
    press,
    register,
    select,
    tab_to,
)
from tests.live import text_of

pytestmark = needs_browser

CLEO, DAN = "cleo@example.org", "dan@example.org"


def test_requirements_are_built_tried_scheduled_and_called_off(service, staff, person, tmp_path):
    begins_on = datetime.now(UTC).date() + timedelta(days=30)
    northwind_has_two_experts(service, staff, person, tmp_path)
    pat = person(width=390, java_script_enabled=False).sign_in(ADMIN, PASSWORD)

    pat_asks_for_ten_jobs_by_keyboard(pat)
    pat_sees_a_contradiction_and_mends_it(pat)
    pat_adds_a_group(pat)
    pat_tries_it_out(pat)
    pat_schedules_it(pat, begins_on)
    cleo_reads_what_is_open_for_her(service, begins_on)
    pat_calls_it_off(pat)
    mail = service.mailbox.wait_for(CLEO, subject="Called off")
    assert f"nothing changes for Northwind Expert on {wording.day(begins_on)}" in mail["Subject"]
    all_mails_leave(service)
    assert not [mail for mail in service.mailbox.to(DAN) if "asks for" in mail["Subject"]], "Dan has enough"


def northwind_has_two_experts(service, staff, person, folder):
    feed(
        service,
        folder,
        {"marketplace_id": "m1", "name": "Cleo Short", "email": CLEO, "jobs_count": 4, "country": "AT"},
        {"marketplace_id": "m2", "name": "Dan Enough", "email": DAN, "jobs_count": 40, "country": "DE"},
    )
    admin = add_partner(service, staff, person)
    for (address, name), link in zip(
        ((CLEO, "Cleo Short"), (DAN, "Dan Enough")), invite(service, admin, CLEO, DAN), strict=True
    ):
        apply(register(person(), link, name))
        select(admin, name)
        service.mailbox.wait_for(address, subject="Expert now")


def pat_asks_for_ten_jobs_by_keyboard(pat):
    pat.follow("Requirements")
    pat.sees("You ask for nothing of your own", "2", "of 2 freelancers", "Nothing else is planned")
    press(pat, "Change your requirements")
    press(pat, "Add a requirement")
    press(pat, "Finished jobs")
    tab_to(pat, "Number of jobs")
    pat.page.keyboard.type("10")
    pat.page.keyboard.press("Enter")
    pat.page.wait_for_url("**/draft#asked")
    pat.sees("At least 10 finished jobs", "1 of 2 meets this now", "with what is asked now, it is 2")


def pat_sees_a_contradiction_and_mends_it(pat):
    pat.follow("Add a requirement")
    pat.follow("Finished jobs")
    pat.page.get_by_label("At most").check()
    pat.fill(Number_of_jobs="5")
    pat.click("Add it to the draft")
    pat.sees("This cannot be asked for yet", "finished jobs would be at least 10 and at most 5")
    pat.does_not_see("See whom it affects")
    pat.click(re.compile(r"Remove\W+At most 5 finished jobs"))
    pat.does_not_see("This cannot be asked for yet")


def pat_adds_a_group(pat):
    pat.click("Add a group where any one is enough")
    pat.sees("This group is empty")
    for fact, typed in (("Country", {"Countries": "Germany, Austria"}), ("Hours worked", {"Number_of_hours": "500"})):
        pat.follow("Add a requirement to group 2")
        pat.follow(fact)
        pat.fill(**typed)
        pat.click("Add it to the draft")
    pat.sees("Germany or Austria", "or", "At least 500 hours worked")


def pat_tries_it_out(pat):
    pat.follow("See whom it affects")
    pat.sees("Of your 2 experts, 1 would have 14 days", "Cleo Short", "Finished jobs: 4", "By country", "Austria")
    pat.does_not_see("Dan Enough")
    wider = pat.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0


def pat_schedules_it(pat, begins_on):
    pat.follow("Choose a day")
    pat.fill(The_day=begins_on.isoformat())
    pat.click("Go on")
    pat.sees(f"From {wording.day(begins_on)}, you ask for", "1 expert is told today")
    pat.click("Schedule it")
    pat.page.wait_for_url("**/requirements")
    flashed = pat.page.locator("body").inner_text()
    assert f"asked for from {wording.day(begins_on)}. 1 expert is told." in flashed


def cleo_reads_what_is_open_for_her(service, begins_on):
    text = " ".join(text_of(service.mailbox.wait_for(CLEO, subject="More is asked for")).split())
    for words in (
        f"from {wording.day(begins_on)}, Northwind asks for this of everybody who holds Northwind Expert",
        "At least 10 finished jobs",
        "Your profile shows 4 finished jobs, and at least 10 are needed.",
        "Finish 6 more jobs on the marketplace.",
        f"you keep your badge until {wording.day(begins_on + timedelta(days=14))}",
    ):
        assert words in text, text


def pat_calls_it_off(pat):
    pat.page.get_by_text("Call this off").click()
    pat.click("Call it off", exact=True)
    pat.sees("Nothing else is planned")
