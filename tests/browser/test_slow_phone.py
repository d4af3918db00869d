"""A partner's page comes light and still to a client with a slow phone. Design decision 5.

How soon it is painted is measured by `benchmarks.slow_phone`: a busy machine would fail a test of it.
"""

import pytest

from benchmarks.slow_phone import first_view
from tests.browsing import Person, needs_browser

pytestmark = needs_browser

SENT_BYTES_MAX = 150_000
SHIFT_MAX = 0.05
#: The bytes that were sent for each of our own files.
SENT = """Object.fromEntries(performance.getEntriesByType("resource")
  .filter(each => each.name.includes("/static/")).map(each => [each.name, each.transferSize]))"""


@pytest.mark.parametrize("path", ["/experts/quernstone", "/de/experts/quernstone", "/experts/quernstone?q=sql"])
def test_a_partners_page_is_light_and_nothing_in_it_moves(demo, browser, path):
    first_view(browser, demo.url + path)  # the processes read their templates, and pack what they send

    view = first_view(browser, demo.url + path)

    assert view.sent_bytes < SENT_BYTES_MAX
    assert view.shift < SHIFT_MAX
    assert view.console == ()


def test_what_comes_with_laurel_is_sent_once(demo, browser):
    client = Person(browser, demo.url)
    client.go("/experts/quernstone")
    client.page.wait_for_load_state("networkidle")

    client.go("/experts/quernstone?q=sql")

    client.page.wait_for_load_state("networkidle")
    sent = client.page.evaluate(SENT)
    assert len(sent) >= 4
    assert set(sent.values()) == {0}
    client.close()
