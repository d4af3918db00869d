"""A team reviews by keyboard alone, and finds in the kept pool whom its page needs. Rules R-2, R-4, R-5."""

import csv
import io
from pathlib import Path

import pytest

from tests.accessible import overflows, violations
from tests.browsing import needs_browser
from tests.journeys.conftest import (
    ADMIN,
    PASSWORD,
    add_partner,
    all_mails_leave,
    apply,
    feed,
    invite,
    publish_page,
    register,
    subjects_to,
)

pytestmark = [needs_browser, pytest.mark.slow]

PEOPLE = {
    "Ada Able": ("ada@example.org", {"skills": ["SQL", "dbt"]}),
    "Bea Later": ("bea@example.org", {"skills": ["dbt", "Airflow"]}),
    "Cy Short": ("cy@example.org", {"jss_pct": 70}),
}


def sound(person):
    """Assert that the open page is accessible and as wide as its window, on a desk and on a phone."""
    for width in (1280, 390):
        person.page.set_viewport_size({"width": width, "height": 900})
        assert not violations(person), person.page.url
        assert overflows(person) <= 0, f"{person.page.url} at {width}"
    person.page.set_viewport_size({"width": 1280, "height": 900})


def press(person, *keys):
    """Press keys one after the other, and wait for the page that comes."""
    for key in keys:
        person.page.keyboard.press(key)
    person.page.wait_for_load_state()


def arrives(person, *words):
    """Wait for the page that shows the first of these words; assert that it shows them all."""
    person.page.get_by_text(words[0]).first.wait_for()
    person.page.wait_for_load_state()
    return person.sees(*words)


def focused(person):
    return person.page.evaluate("document.activeElement.innerText || document.activeElement.name || ''")


@pytest.fixture
def team(service, staff, person, tmp_path):
    """Northwind with a rubric, and three who applied: Ada and Bea meet everything, Cy's score is too low."""
    feed(
        service,
        tmp_path,
        *({"marketplace_id": f"m-{n}", "name": name, "email": address, **facts}
          for n, (name, (address, facts)) in enumerate(PEOPLE.items())),
    )  # fmt: skip
    pat = add_partner(service, staff, person)
    publish_page(pat)
    links = invite(service, pat, *(address for address, _ in PEOPLE.values()))
    for name, link in zip(PEOPLE, links, strict=True):
        apply(register(person(), link, name))
    all_mails_leave(service)
    return pat


def test_a_team_reviews_by_keyboard_alone_and_finds_an_expert_in_the_pool(service, team, person):
    writes_a_rubric(team)
    mails = len(service.mailbox.mails)
    pat_works_through_the_queue_by_keyboard(team)
    all_mails_leave(service)
    assert len(service.mailbox.mails) == mails + 1, "one selection, one mail; keeping on file sends none"
    assert subjects_to(service, PEOPLE["Ada Able"][0])[-1] == "You are a Northwind Expert now"
    keys_can_be_turned_off(team)

    pat_writes_a_use_case(team)
    pat_finds_bea_in_the_pool(team)
    all_mails_leave(service)
    assert subjects_to(service, PEOPLE["Bea Later"][0])[-1] == "You are a Northwind Expert now"
    assert subjects_to(service, PEOPLE["Cy Short"][0])[-1] == "Northwind has your application"
    pat_takes_an_export_along(team)
    works_without_a_script(service, person)


def writes_a_rubric(pat):
    pat.follow("Applications", exact=True)
    pat.follow("How you review")
    pat.page.get_by_label("Name").first.fill("Depth of experience")
    sound(pat)
    pat.click("Save how we review")
    pat.sees("This is how your team reviews from now on")
    pat.follow("Applications", exact=True)


def pat_works_through_the_queue_by_keyboard(pat):
    """From here on the mouse rests: Ada is scored, noted and selected; the other two are kept together."""
    sound(pat)
    press(pat, "j", "j", "k")
    assert focused(pat) == "Ada Able"
    press(pat, "?")
    assert pat.page.get_by_role("dialog").is_visible()
    press(pat, "Escape", "Enter")
    pat.page.wait_for_url("**/applications/*")
    arrives(pat, "Your decision", "1 of 3 in")
    sound(pat)
    press(pat, "r")
    press(pat, "ArrowRight", "ArrowRight", "ArrowRight", "Tab", "Tab", "Enter")
    arrives(pat, "Your review is in", "of 5, by one reviewer")
    press(pat, "n")
    pat.page.keyboard.type("Call her on Monday, said j and k.")
    press(pat, "Tab", "Enter")
    arrives(pat, "Your comment stands for the team", "Call her on Monday, said j and k.")
    press(pat, "j")
    pat.page.wait_for_function("document.querySelector('h1').innerText === 'Bea Later'")
    press(pat, "k")
    pat.page.wait_for_function("document.querySelector('h1').innerText === 'Ada Able'")
    press(pat, "s")
    assert focused(pat).startswith("Select Ada Able"), "the key only goes there; Enter decides"
    press(pat, "Enter")
    arrives(pat, "Ada Able is selected and holds your badge from now on", "Bea Later")
    press(pat, "u")
    pat.page.wait_for_function("document.querySelector('h1').innerText === 'Applications'")
    press(pat, "a", "f")
    arrives(pat, "What this would do", "No mail goes out", "Kept on file")
    sound(pat)
    press(pat, "s", "Enter")
    arrives(pat, "2 kept on file: nobody was told", "Nobody waits for a decision")


def keys_can_be_turned_off(pat):
    pat.page.get_by_role("button", name="Keyboard shortcuts").click()
    pat.page.get_by_role("button", name="Turn the keys off").click()
    press(pat, "Escape")
    pat.follow("Kept on file")
    press(pat, "j")
    assert focused(pat) != "Bea Later"
    press(pat, "?")
    pat.page.get_by_role("button", name="Keyboard shortcuts").click()
    pat.page.get_by_role("button", name="Turn the keys on").click()
    press(pat, "Escape", "j")
    assert focused(pat) in ("Bea Later", "Cy Short")


def pat_writes_a_use_case(pat):
    pat.go(f"{pat.page.url.split('/applications')[0]}/page/use-cases/new")
    pat.fill(Name="Airflow pipelines", Summary="Nightly pipelines in Airflow that heal themselves.")
    pat.page.locator("main form button.btn-primary").first.click()
    pat.page.wait_for_load_state()


def pat_finds_bea_in_the_pool(pat):
    pat.follow("Applications", exact=True)
    pat.follow("Kept on file")
    pat.follow("Rank them for a use case that needs experts")
    pat.sees("For “Airflow pipelines”", "nobody yet", "Speaks of what it is about: airflow")
    sound(pat)
    assert pat.text.index("Bea Later") < pat.text.index("Cy Short")
    press(pat, "a", "c")
    pat.page.wait_for_url("**/compare*")
    arrives(pat, "Side by side", "Bea Later", "Cy Short", "Open: Job Success Score")
    sound(pat)
    pat.click("Select Bea Later")
    pat.sees("Bea Later is selected and holds your badge from now on")


def pat_takes_an_export_along(pat):
    pat.follow("Exports", exact=True)
    sound(pat)
    with pat.page.expect_download() as waiting:
        pat.page.get_by_role("button", name="CSV of all applications").click()
    pat.page.get_by_text("3 rows in northwind-applications").wait_for()
    text = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
    assert {row["name"] for row in csv.DictReader(io.StringIO(text, newline=""))} == set(PEOPLE)


def works_without_a_script(service, person):
    plain = person(java_script_enabled=False)
    plain.sign_in(ADMIN, PASSWORD)
    plain.follow("Applications", exact=True)
    plain.follow("Kept on file")
    plain.page.get_by_label("Tick Cy Short").check()
    plain.click("Select those ticked")
    plain.sees("What this would do", "Selected, waiting for:", "Job Success Score", "1 mail goes out")
    plain.click("Select 1 application")
    plain.sees("1 selected: the badge follows once what is open is met")
