"""From “verify your identity” to the mark: device, pictures, a call of two browsers, the outcome. Rules H-2..H-4."""

from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from tests.browsing import chromium, needs_browser
from tests.journeys.conftest import PASSWORD, feed, press

pytestmark = needs_browser

ADA = "ada@example.org"
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def browser():
    """Chromium with a camera that shows a moving picture, and a microphone that beeps."""
    with chromium(*FAKE) as one:
        yield one


def picture(size, colour=(20, 90, 160)):
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return {"name": "card.png", "mimeType": "image/png", "buffer": made.getvalue()}


def is_fit(somebody):
    """Say that the open page is accessible and as wide as its window."""
    found = Axe().run(somebody.page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa"]}}).response
    assert [each["id"] for each in found["violations"]] == [], somebody.page.url
    assert somebody.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, somebody.page.url


def test_somebody_who_is_asked_is_verified_in_a_call_and_held_no_more(service, staff, person, tmp_path):
    staff_person = ask_ada(service, staff, tmp_path)
    ada = person(width=390, height=800).sign_in(ADA, PASSWORD)
    ada.go("/me/identity")
    ada.sees("You are asked to verify your identity", "Please be done by")
    is_fit(ada)

    try_the_device(ada)
    send_pictures(ada)
    agent_is_there(staff_person)
    press(ada, "Come in now")
    ada.page.reload()  # it loads itself again every quarter of a minute: now there is time to look
    ada.sees("You are next")
    is_fit(ada)
    both_talk(ada, staff_person)
    verify(staff_person)

    ada.go("/me/identity")
    ada.sees("Identity verified", "Clients see this mark, and nothing else")
    service.mailbox.wait_for(ADA, subject="Your identity is verified")
    service.mailbox.wait_for(ADA, subject="lifted")
    assert service.sql("SELECT count(*) FROM holds WHERE lifted_at IS NULL") == [(0,)]


def ask_ada(service, staff, folder):
    """The feed names Ada, who gets an account; staff ask her to verify her identity."""
    feed(service, folder, {"marketplace_id": "m1", "name": "Ada Byron", "email": ADA, "identity_verified": False})
    [(ada_id,)] = service.sql("SELECT id FROM freelancers")
    words = ("users", "create", ADA, "--role", "freelancer", "--freelancer", ada_id, "--password-stdin")
    service.cli(*words, stdin=PASSWORD)
    staff.go(f"/staff/freelancers/{ada_id}")
    staff.page.get_by_text("Place a hold", exact=True).click()
    form = staff.page.locator("form", has=staff.page.locator("input[name=kind]"))
    form.locator("input[name=kind][value=awaiting_verification]").check()
    form.locator("textarea[name=reason]").fill("A routine check.")
    staff.click("Place the hold")
    return staff


def try_the_device(ada):
    """The fake camera and microphone are found to work."""
    ada.follow("Check this device")
    ada.sees("Chrome")
    ada.page.get_by_role("button", name="Try them").click()
    ada.page.get_by_text("You can call from this device").wait_for(timeout=30_000)
    ada.sees("Good: it works", "You see yourself below")
    is_fit(ada)
    ada.follow("Identity", exact=True)


def send_pictures(ada):
    """A document with faults is told all of them at once; then both pictures are sent."""
    ada.follow("Send a picture of yourself")
    ada.page.get_by_label("Picture of yourself").set_input_files(picture((800, 800)))
    ada.click("Send it")
    ada.sees("under lock")
    ada.follow("Check or send your document")
    ada.page.get_by_label("Picture of your document").set_input_files(picture((500, 300)))
    ada.click("Send it")
    ada.sees("500 × 300", "The name on the document is missing", "all four corners", "the front")
    ada.console[:] = [line for line in ada.console if "422" not in line]  # the browser notes the refusal, too
    is_fit(ada)
    ada.page.get_by_label("Picture of your document").set_input_files(picture((1_200, 800)))
    ada.fill(**{"Your name, as the document has it": "Ada Byron"})
    ada.page.get_by_label("All four corners can be seen").check()
    ada.page.get_by_label("It is the front").check()
    ada.click("Send it")
    ada.sees("Your document is with us, under lock")


def agent_is_there(agent):
    """The one of the staff becomes an agent."""
    agent.go("/staff/identity")
    is_fit(agent)
    agent.follow("Agents and their time")
    agent.page.get_by_label("Somebody of the staff").select_option(index=0)
    agent.click("Add as an agent")
    agent.sees("They verify people from now on")
    is_fit(agent)


def both_talk(ada, agent):
    """The agent takes her; both open the room, and each one's browser shows the other."""
    agent.go("/staff/identity")
    agent.sees("Ada Byron")
    agent.click("Take the next person")
    agent.sees("Ada Byron is yours", "What they sent")
    is_fit(agent)
    with agent.context.expect_page() as opened:
        agent.page.get_by_role("link", name="Open the call").click()
    at_agent = opened.value
    ada.page.get_by_role("link", name="Open the call").wait_for(timeout=40_000)
    with ada.context.expect_page() as opened:
        ada.page.get_by_role("link", name="Open the call").click()
    at_ada = opened.value
    for room in (at_agent, at_ada):
        room.get_by_text("You are connected.").wait_for(timeout=60_000)
        room.wait_for_function("document.querySelector('[data-other]').videoWidth > 0", timeout=30_000)


def verify(agent):
    """The agent ticks the whole checklist, by keyboard, and records the outcome."""
    boxes = agent.page.locator("input[type=checkbox]")
    for number in range(boxes.count()):
        boxes.nth(number).focus()
        agent.page.keyboard.press("Space")
    agent.page.get_by_label("Everything holds: verified").focus()
    agent.page.keyboard.press("Space")
    agent.click("Record it")
    agent.sees("Ada Byron is verified, and told so by mail")
