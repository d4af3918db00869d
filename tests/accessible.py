"""Whether an open page is accessible, as axe sees it, and fits its window."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
#: What may be right on a desk by day, and wrong on a phone by night.
BY_NIGHT = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}}
#: axe describes what it is asked for alone: all that is right as well takes it twice as long.
_ASKED = {"resultTypes": ["violations"]}


def violations(person, rules=WCAG):
    """Return what axe finds on the page by these rules, in a line each."""
    result = Axe().run(person.page, options=rules | _ASKED).response["violations"]
    return [f"{one['id']}: {one['help']}: {[n['html'][:120] for n in one['nodes'][:3]]}" for one in result]


def overflows(person):
    """Say by how many pixels the page is wider than the window."""
    return person.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def is_sound(person):
    """Assert that the page is accessible and no wider than its window, as it is."""
    assert not violations(person), person.page.url
    assert overflows(person) <= 0, person.page.url


def faults(person, address):
    """Return what is wrong with the open page, on a desk by day and on a phone by night."""
    found = []
    for width, scheme, rules in ((1280, "light", WCAG), (390, "dark", BY_NIGHT)):
        person.page.set_viewport_size({"width": width, "height": 900})
        person.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colours half-way
        found += [f"{address} at {width}: {each}" for each in violations(person, rules)]
        if (wider := overflows(person)) > 0:
            found.append(f"{address} at {width}: {wider} px wider than the window")
    return found
