"""The story of the complaint, in two browsers: a photo to be verified, and to be verified for a photo. Rule H-5.

Somebody selected by a partner lacks a photo, is asked to verify their identity, and is held, so that they cannot add
one. Led by the pages alone, on a phone, they become verified in a call, an expert and listed, without a public photo
and without writing to support. Rules H-2..H-6, R-3.
"""

from io import BytesIO

import pytest
from PIL import Image

from tests.accessible import is_sound
from tests.browsing import chromium, needs_browser
from tests.journeys.conftest import add_partner, apply, feed, invite, press, publish_page, register, select

pytestmark = needs_browser

ADA = "ada@example.org"
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
#: All but a photo: what is required, and the 50 % of further parts. Rule C.
NO_PHOTO = {
    "marketplace_id": "m1", "name": "Ada Byron", "email": ADA, "identity_verified": False,
    "overview": "Warehouses.", "completeness_stated_pct": None,
    "employment": [{"title": "Engineer"}] * 3, "education": [{"school": "Delft"}],
    "linked_accounts": [{"kind": "code", "url": "https://code.example/ada"}],
    "certificates": [{"name": "SQL"}, {"name": "Airflow"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    """Chromium with a camera that shows a moving picture, and a microphone that beeps."""
    with chromium(*FAKE) as one:
        yield one


def picture(size, colour=(20, 90, 160)):
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return {"name": "card.png", "mimeType": "image/png", "buffer": made.getvalue()}


def test_whoever_has_no_photo_and_is_held_for_it_is_verified_awarded_and_listed(service, staff, person, tmp_path):
    feed(service, tmp_path, NO_PHOTO)
    pat = add_partner(service, staff, person)
    publish_page(pat)
    ada = she_is_selected_and_waits(service, pat, person)
    agent = she_is_held(service, staff)

    she_is_led_to_verification(ada)
    try_the_device(ada)
    send_pictures(ada)
    agent_is_there(agent)
    press(ada, "Come in now")
    ada.page.reload()  # it loads itself again every quarter of a minute: now there is time to look
    ada.sees("You are next")
    is_sound(ada)
    both_talk(ada, agent)
    verify(agent)

    she_is_verified(service, ada)
    she_is_listed_without_a_photo(service, ada, person)
    assert service.sql("SELECT count(*) FROM support_threads") == [(0,)]
    the_old_policy_is_refused(agent)


def she_is_selected_and_waits(service, pat, person):
    """The badge waits for what only the photo lacks. Rule R-3."""
    [link] = invite(service, pat, ADA)
    ada = person(width=390, height=844)
    register(ada, link, "Ada Byron")
    apply(ada)
    select(pat, "Ada Byron")
    return ada


def she_is_held(service, staff):
    """Staff ask her to verify her identity, which stops changes to her photo."""
    [(ada_id,)] = service.sql("SELECT id FROM freelancers")
    staff.go(f"/staff/freelancers/{ada_id}")
    staff.page.get_by_text("Place a hold", exact=True).click()
    form = staff.page.locator("form", has=staff.page.locator("input[name=kind]"))
    form.locator("input[name=kind][value=awaiting_verification]").check()
    form.locator("textarea[name=reason]").fill("A routine check.")
    staff.click("Place the hold")
    return staff


def she_is_led_to_verification(ada):
    """From the photo that cannot be added, and from the hold itself, every page leads to the same one."""
    ada.go("/me/profile/photo")
    ada.sees("Your photo cannot be changed now", "It needs no public photo", "You have no photo yet")
    ada.go("/me")
    ada.sees("What to do next", "Your account is on hold", "A routine check.", "Give a reference picture")
    is_sound(ada)
    ada.follow("Answer or appeal it")
    ada.sees("What lifts it", "Who decides", "It needs no public photo")
    is_sound(ada)
    press(ada, "Verify your identity")
    ada.sees("You are asked to verify your identity", "Please be done by", "It is no public photo")
    is_sound(ada)


def she_is_verified(service, ada):
    ada.go("/me/identity")
    ada.sees("Identity verified", "Clients see this mark, and nothing else")
    service.mailbox.wait_for(ADA, subject="Your identity is verified")
    service.mailbox.wait_for(ADA, subject="lifted")
    assert service.sql("SELECT count(*) FROM holds WHERE lifted_at IS NULL") == [(0,)]


def she_is_listed_without_a_photo(service, ada, person):
    """The badge that waited is hers. Clients see the check sign, and no picture of her. Rule H-4."""
    service.cli("sweep")
    service.mailbox.wait_for(ADA, subject="You are a Northwind Expert now")
    ada.go("/me")
    ada.sees("Northwind Expert", "Active").does_not_see("on hold")
    client = person(width=390, height=844)
    client.go("/experts/northwind")
    client.sees("Ada Byron", "Identity verified")
    client.follow("Ada Byron")
    client.sees("Identity verified")
    assert client.page.locator("main .verified svg").count() == 1
    assert client.page.locator("main img[src*=photo], main img[src*=picture]").count() == 0
    is_sound(client)


def the_old_policy_is_refused(staff):
    """The rules of the complaint, tried by staff, are refused with the circle spelled out. Rule H-5."""
    staff.go("/staff/policy")
    staff.follow("try other rules")
    for step, need in (
        ("Add a photo to your profile", "A verified identity"),
        ("in a short video call", "A public photo"),
    ):
        rule = staff.page.locator("details", has_text=step).first
        rule.locator("summary").click()
        rule.get_by_label(need).check()
    staff.click("Prove these rules")
    staff.sees(
        "Somebody would be caught in these rules",
        "A public photo comes from “Add a photo to your profile”, which needs a verified identity.",
        "A verified identity comes from “Verify your identity in a short video call”, which needs a public photo.",
    )
    staff.console[:] = [line for line in staff.console if "422" not in line]  # the browser notes the refusal, too
    is_sound(staff)


def try_the_device(ada):
    """The fake camera and microphone are found to work."""
    ada.follow("Check this device")
    ada.sees("Chrome")
    ada.page.get_by_role("button", name="Try them").click()
    ada.page.get_by_text("You can call from this device").wait_for(timeout=30_000)
    ada.sees("Good: it works", "You see yourself below")
    is_sound(ada)
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
    is_sound(ada)
    ada.page.get_by_label("Picture of your document").set_input_files(picture((1_200, 800)))
    ada.fill(**{"Your name, as the document has it": "Ada Byron"})
    ada.page.get_by_label("All four corners can be seen").check()
    ada.page.get_by_label("It is the front").check()
    ada.click("Send it")
    ada.sees("Your document is with us, under lock")


def agent_is_there(agent):
    """The one of the staff becomes an agent."""
    agent.go("/staff/identity")
    is_sound(agent)
    agent.follow("Agents and their time")
    agent.page.get_by_label("Somebody of the staff").select_option(index=0)
    agent.click("Add as an agent")
    agent.sees("They verify people from now on")
    is_sound(agent)


def both_talk(ada, agent):
    """The agent takes her; both open the room, and each one's browser shows the other."""
    agent.go("/staff/identity")
    agent.sees("Ada Byron")
    agent.click("Take the next person")
    agent.sees("Ada Byron is yours", "What they sent")
    is_sound(agent)
    with agent.context.expect_page() as opened:
        agent.page.get_by_role("link", name="Open the call").click()
    at_agent = opened.value
    ada.page.reload()
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
