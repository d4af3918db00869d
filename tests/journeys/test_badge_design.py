"""An admin designs the badge by keyboard, sees it meanwhile, and every badge wears it once they use it. Rule B-3."""

from tests.accessible import faults
from tests.browsing import needs_browser
from tests.journeys.conftest import ADMIN, PASSWORD, add_partner, press, tab_to

pytestmark = needs_browser

PUBLIC = "/issuers/northwind/badge.svg?size=512"


def type_over(pat, label, text):
    tab_to(pat, label)
    pat.page.keyboard.press("Control+A")
    pat.page.keyboard.type(text)


def worn(pat):
    return pat.page.request.get(PUBLIC).text()


def test_a_badge_is_designed_seen_and_used_by_keyboard_alone(service, staff, person):
    wide = add_partner(service, staff, person)
    before = worn(wide)
    press(wide, "Badge")
    wide.sees("Your badge", "Can it be read?")
    choose_a_shield(wide)
    type_over(wide, "Ground", "#f2c14e")
    wide.page.get_by_text("are hard to read").wait_for()
    assert worn(wide) == before

    press(wide, "Use this design")
    wide.sees("There is something to put right", "are hard to read")
    type_over(wide, "Ground", "#7a1f3d")
    wide.page.get_by_text("Words on the ground read well").wait_for()
    press(wide, "Use this design")
    wide.sees("Every badge of yours wears this design from now on", "Worn now")

    assert "#7a1f3d" in worn(wide)
    assert not faults(wide, "the badge's design")
    without_a_script_the_draft_is_the_preview(person)
    wide.console = [line for line in wide.console if "409" not in line]  # the refusal, which Chromium tells


def choose_a_shield(pat):
    tab_to(pat, "Circle")
    for _ in range(4):
        pat.page.keyboard.press("ArrowRight")
    pat.page.locator("[data-preview][src*='shape=shield']").first.wait_for()
    assert all_pictures_show(pat)


def all_pictures_show(pat):
    """Say whether every picture came within some seconds; each is asked for anew when something changes."""
    shown = "[...document.images].every(image => image.complete && image.naturalWidth > 0)"
    for _ in range(50):
        if pat.page.evaluate(shown):
            return True
        pat.page.wait_for_timeout(100)
    return False


def without_a_script_the_draft_is_the_preview(person):
    plain = person(width=390, java_script_enabled=False).sign_in(ADMIN, PASSWORD)
    before = worn(plain)
    plain.go("/console/northwind/badge")
    plain.page.get_by_label("Accent", exact=True).fill("#00a3a3")
    plain.click("Save the draft and look")
    plain.sees("The draft is saved. No badge has changed.")

    preview = plain.page.locator("[data-preview]").first.get_attribute("src")
    assert "#00a3a3" in plain.page.request.get(preview).text()
    assert worn(plain) == before
