"""A partner builds its page: typed, seen at two widths, put in order by keys and by dragging, published. Rule D-1."""

from accounts.models import Role
from app.demo.accounts import PASSWORDS
from directory.console.page_forms import contrast_note
from tests.browsing import Person, needs_browser

pytestmark = needs_browser

BUILDER = "/console/quernstone/page"
COLOURS = ("#f2c14e", "#000000", "#ffffff", "#767676", "#e4572e")


def order(person):
    return person.page.locator("[data-place] h3").all_inner_texts()


def saved(person):
    """Wait until what was typed is in the draft."""
    person.page.get_by_text("Saved in the draft.", exact=True).wait_for()


def test_a_manager_builds_the_page_and_publishes_it(demo, browser):
    ada, visitor = Person(browser, demo.url, width=1280, height=900), Person(browser, demo.url, width=390, height=844)
    ada.sign_in("ada@quernstone.example", PASSWORDS[Role.PARTNER])
    ada.go(BUILDER)
    ada.page.get_by_label("Headline").fill("Warehouses, and those who build them")
    saved(ada)
    inside = ada.page.frame_locator("[data-preview]")
    inside.get_by_role("heading", name="Warehouses, and those who build them").wait_for()
    assert inside.locator("html").evaluate("root => root.clientWidth") == 390
    ada.page.get_by_text("Desktop", exact=True).click()
    assert inside.locator("html").evaluate("root => root.clientWidth") == 1280
    visitor.go("/experts/quernstone")
    visitor.sees("Warehouses that answer in seconds")

    before = order(ada)
    ada.page.get_by_role("button", name="Down Use cases").focus()
    ada.page.keyboard.press("Enter")
    assert order(ada)[:2] == [before[1], before[0]]
    assert ada.page.evaluate("document.activeElement.value") == "places:use_cases"
    ada.page.get_by_text("Use cases is now at place 2 of 7.").wait_for(state="attached")
    grip, first = (
        ada.page.locator("[data-place=links] [data-grip]"),
        ada.page.locator("[data-place] .section-bar").first,
    )
    grip.scroll_into_view_if_needed()
    grip.hover()
    ada.page.mouse.down()
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    ada.page.mouse.move(box["x"] + 20, box["y"] + 2, steps=5)
    ada.page.mouse.up()
    assert order(ada)[0] == "Your links"
    saved(ada)

    ada.click("Save and publish")
    ada.sees("The page is published.")
    visitor.go("/experts/quernstone")
    visitor.sees("Warehouses, and those who build them", "More from Quernstone")
    assert not ada.console
    assert not visitor.console


def test_the_contrast_follows_each_colour_with_the_figures_of_the_service(demo, browser):
    ada = Person(browser, demo.url, width=390, height=844)
    ada.sign_in("ada@quernstone.example", PASSWORDS[Role.PARTNER])
    ada.go(BUILDER)
    for colour in COLOURS:
        ada.page.get_by_label("Colour", exact=True).fill(colour)
        ada.page.get_by_text(contrast_note(colour)).wait_for()
    with ada.page.expect_response("**/page"):
        ada.page.get_by_label("Colour", exact=True).fill("red;}")
    ada.page.get_by_text("Not saved. Enter a colour as # and six digits").wait_for()


def test_sections_are_put_in_order_without_a_script(demo, browser):
    ada = Person(browser, demo.url, width=390, height=844, java_script_enabled=False)
    ada.sign_in("ada@quernstone.example", PASSWORDS[Role.PARTNER])
    ada.go(BUILDER)
    before = order(ada)
    ada.page.get_by_role("button", name=f"Down {before[0]}").click()
    ada.sees("The draft is saved.")

    assert order(ada) == [before[1], before[0], *before[2:]]
