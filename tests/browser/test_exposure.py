"""Visitors in a real browser: what is in sight counts, what is below the fold does not. Rule D-5."""

import pytest

from tests.app.waiting import wait_until
from tests.browsing import Person, chromium, needs_browser

pytestmark = needs_browser

EXPERTS = "/experts/quernstone"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
PERSON = "Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false });"
IN_SIGHT = """() => [...document.querySelectorAll('[data-seen=shown] [data-award]')].filter((card) => {
  const { top, bottom, height } = card.getBoundingClientRect();
  return (Math.min(bottom, innerHeight) - Math.max(top, 0)) / height >= 0.5;
}).map((card) => card.dataset.award)"""


@pytest.fixture(scope="module")
def browser():
    # Said by a flag: what a page sends as it is left carries the browser's own words, not those of its context.
    with chromium(f"--user-agent={BROWSER}") as one:
        yield one


@pytest.fixture
def nothing_yet(demo):
    for table in ("exposure", "counted", "demand"):
        demo.sql(f"DELETE FROM directory_{table}")
    return demo


def visitor(browser, demo, height, script=PERSON):
    somebody = Person(browser, demo.url, width=1280, height=height)
    somebody.context.add_init_script(script)
    return somebody


def look(somebody, long_enough=True):
    """Look at the page, for longer than a second or not, and go on."""
    if long_enough:
        somebody.page.wait_for_timeout(2_000)
    somebody.go("/skills")
    somebody.page.wait_for_timeout(500)


def shown(demo):
    return {str(award): count for award, count in demo.sql("SELECT award_id, shown FROM directory_exposure")}


def test_what_is_in_sight_counts_and_what_is_below_the_fold_does_not(nothing_yet, browser):
    tall, flat = visitor(browser, nothing_yet, 2400), visitor(browser, nothing_yet, 300)
    tall.go(EXPERTS)
    flat.go(EXPERTS)
    in_sight = tall.page.evaluate(IN_SIGHT)
    assert flat.page.evaluate(IN_SIGHT) == []

    look(tall)
    look(flat)

    assert in_sight
    wait_until(lambda: shown(nothing_yet) == dict.fromkeys(in_sight, 1))
    assert tall.console == []


def test_a_glance_and_a_driven_browser_do_not_count(nothing_yet, browser):
    driven, hasty = visitor(browser, nothing_yet, 2400, script=""), visitor(browser, nothing_yet, 2400)
    driven.go(EXPERTS)
    look(driven)
    hasty.go(EXPERTS)
    look(hasty, long_enough=False)

    assert shown(nothing_yet) == {}


def test_a_search_and_an_experts_page_tell_what_they_are(nothing_yet, browser):
    client = visitor(browser, nothing_yet, 2400)
    client.go(f"{EXPERTS}?country=XX&skill=SQL")
    look(client)
    client.go(f"{EXPERTS}?skill=SQL")
    client.page.wait_for_timeout(2_000)
    client.page.locator("#experts article a").first.click()
    look(client)

    seen = "SELECT sum(viewed), sum(shown), sum(found) > 1 FROM directory_exposure"
    wait_until(lambda: nothing_yet.sql(seen) == [(1, 0, True)])
    assert nothing_yet.sql("SELECT searches, nobody FROM directory_demand WHERE kind = 'all'") == [(2, 1)]
