"""Requirements, their trial, trainings and the path, by keyboard alone, on a phone, with nothing for axe to say."""

import re
from datetime import UTC, datetime, timedelta

from tests.accessible import is_sound
from tests.browsing import needs_browser
from tests.journeys.conftest import ADMIN, PASSWORD, add_partner, apply, feed, invite, register, select

pytestmark = needs_browser

CLEO, DAN = "cleo@example.org", "dan@example.org"


def test_by_keyboard_alone(service, staff, person, tmp_path):
    cleo = northwind_has_an_expert_and_an_applicant(service, staff, person, tmp_path)
    pat = person(width=390, height=844).sign_in(ADMIN, PASSWORD)

    pat_builds(pat)
    pat_tries_it_out(pat)
    pat_schedules_it(pat)
    pat_notes_who_passed(pat)
    cleo_finds_her_way(cleo)


def northwind_has_an_expert_and_an_applicant(service, staff, person, folder):
    skilled = {"skill_experience": [{"skill": "SQL", "jobs": 4, "hours": 90}], "timezone": "Europe/Vienna"}
    feed(
        service,
        folder,
        {"marketplace_id": "m1", "name": "Cleo Short", "email": CLEO, **skilled},
        {"marketplace_id": "m2", "name": "Dan Enough", "email": DAN, "timezone": "Asia/Tokyo"},
    )
    admin = add_partner(service, staff, person)
    links = invite(service, admin, CLEO, DAN)
    apply(register(person(), links[1], "Dan Enough"))
    select(admin, "Dan Enough")
    cleo = person(width=390, height=844)
    apply(register(cleo, links[0], "Cleo Short"))
    return cleo


def pat_builds(pat):
    pat.press("Requirements")
    is_sound(pat)
    pat.press("Change your requirements")
    pat.press("Add a requirement")
    is_sound(pat)
    pat.press("Training passed")
    pat.type_into("Name of the training", "Northwind Basics")
    enter(pat)
    pat.sees("The training “Northwind Basics”, passed and not lapsed", "0 of 2 meet this now")

    pat.press("Add a requirement")
    pat.press("Shared working hours")
    pat.type_into("Number of hours", "9").type_into("Shared with this time zone", "Brelin")
    enter(pat)
    pat.sees("There is something to put right", "is not the name of a time zone")
    assert [line for line in pat.console if "422" in line] == pat.console, "a form that is not taken is answered so"
    pat.console.clear()
    is_sound(pat)
    replace(pat, "Number of hours", "4")
    replace(pat, "Shared with this time zone", "berlin")
    enter(pat)
    pat.sees("At least 4 hours of the working day", "1 of 2 meets this now")

    pat.press("Add a group where any one is enough")
    pat.press("Add a requirement to group 3")
    pat.press("Jobs with a skill")
    pat.type_into("Number of jobs", "10").type_into("With this skill", "sql")
    enter(pat)
    pat.press("Add a requirement to group 3")
    pat.press("Finished jobs")
    pat.tab_to("At least").page.keyboard.press("ArrowDown")
    assert pat.page.get_by_label("At most").is_checked()
    pat.page.keyboard.press("ArrowUp")
    pat.type_into("Number of jobs", "20")
    enter(pat)
    pat.sees("Any one of these is enough", "At least 10 finished jobs with the skill sql")
    pat.press(re.compile(r"Remove\W+At least 20 finished jobs"), "Space")
    pat.does_not_see("At least 20 finished jobs")
    is_sound(pat)


def pat_tries_it_out(pat):
    pat.press("See whom it affects")
    pat.sees("Of your 1 expert, 1 would have 14 days", "Dan Enough", "Shared working hours: ")
    is_sound(pat)
    pat.tab_to("Your experts by country").page.keyboard.press("Enter")
    pat.sees("Enter grace")
    pat.press("Lose", "Enter")
    assert pat.page.url.endswith("show=loses#people")
    pat.press("Choose a day")


def pat_schedules_it(pat):
    day = datetime.now(UTC).date() + timedelta(days=20)
    is_sound(pat)
    pat.type_into("The day", f"{day:%m%d%Y}")
    pat.press("Go on")
    pat.sees("1 expert is told today")
    is_sound(pat)
    pat.press("Schedule it")
    pat.sees("Northwind Basics")


def pat_notes_who_passed(pat):
    today = datetime.now(UTC).date()
    pat.press("Trainings and reviews")
    pat.sees("Nobody yet")
    is_sound(pat)
    assert pat.page.get_by_label("Its name").input_value() == "Northwind Basics"
    pat.type_into("Passed on", f"{today:%m%d%Y}").type_into("Who", f"{DAN}\nsomebody@example.org")
    pat.press("See what this does")
    pat.sees("Nothing has been noted yet", "1 person will be noted", "Is not one of your applicants or experts")
    is_sound(pat)
    pat.press("Note 1 person")
    pat.press("Dan Enough")
    pat.sees("Training “Northwind Basics”", "does not lapse")
    is_sound(pat)
    pat.tab_to("Take this back").page.keyboard.press("Enter")
    pat.type_into("Reason", "It was another Dan.")
    pat.press("Take it back")
    pat.sees("It was another Dan.")


def cleo_finds_her_way(cleo):
    cleo.press("Home")
    cleo.press("Applications")
    cleo.press("Northwind")
    cleo.press("What if something changed?")
    cleo.sees("You meet everything that Northwind asks for.")
    is_sound(cleo)
    cleo.type_into("What if my Job Success Score were", "12")
    enter(cleo)
    cleo.sees("What if, and not how you stand", "Then 1 requirement would be open.")
    is_sound(cleo)
    cleo.press("Back to how I stand")


def enter(somebody):
    """Press Enter in a field, and wait for the page that comes."""
    with somebody.page.expect_navigation():
        somebody.page.keyboard.press("Enter")


def replace(somebody, name, text):
    """Go to a field, which selects what is in it, and type over that."""
    somebody.tab_to(name).page.keyboard.press("Control+A")
    somebody.page.keyboard.type(text)
