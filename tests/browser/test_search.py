"""A client searches, ticks and compares: by keyboard on a phone, and without a script. Rule D-6."""

from tests.browsing import Person, needs_browser

pytestmark = needs_browser

EXPERTS = "/experts/quernstone"


def test_a_client_without_a_script_finds_and_compares(demo, browser):
    client = Person(browser, demo.url, width=390, height=844, java_script_enabled=False)
    client.go(f"{EXPERTS}?q=pyton&sort=rate")
    client.sees("Nobody has the word “pyton”", "fit your search")
    ticks = client.page.locator("input[name=id]")
    ticks.nth(0).check()
    ticks.nth(2).check()

    client.click("Compare those ticked")

    client.sees("Side by side")
    assert client.page.locator("article").count() == 2


def test_a_client_by_keyboard_is_led_on_and_keeps_a_shortlist_from_page_to_page(demo, browser):
    client = Person(browser, demo.url, width=390, height=844)
    client.go(f"{EXPERTS}?q=sql")
    client.page.get_by_label("Name, skill or words").focus()
    client.page.keyboard.press("Control+a")
    client.page.keyboard.type("da")
    client.page.locator("#suggestions option").first.wait_for(state="attached")
    client.page.keyboard.type("shboards")
    client.page.keyboard.press("Enter")
    client.page.wait_for_url("**q=dashboards**")
    client.page.locator("input[name=id]").nth(0).focus()
    client.page.keyboard.press("Space")
    client.sees("1 of up to 4 on your shortlist")

    client.go(f"{EXPERTS}?q=forecasting")
    client.page.locator("input[name=id]").nth(0).focus()
    client.page.keyboard.press("Space")
    client.sees("2 of up to 4 on your shortlist")
    client.page.get_by_role("button", name="Compare those ticked").focus()
    client.page.keyboard.press("Enter")
    client.page.wait_for_url("**/compare?**")

    assert client.page.locator("article").count() == 2
    assert client.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert client.console == []


def test_the_address_says_all_so_that_the_back_button_works(demo, browser):
    client = Person(browser, demo.url)
    client.go(f"{EXPERTS}?skill=SQL&rate_max=5")
    client.sees("Nobody fits all of this")
    client.page.locator(".loosen a.btn").first.click()
    client.sees("fit your search")

    client.page.go_back()

    client.sees("Nobody fits all of this")
