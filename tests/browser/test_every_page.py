"""Every page that somebody can reach by its links: accessible, whole at 390 pixels, nothing from elsewhere."""

from collections import Counter
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException

from app.demo.accounts import ACCOUNTS, PASSWORDS
from core.languages import DEFAULT, parted
from core.permissions import Access, declared
from tests.accessible import faults
from tests.browsing import Person, needs_browser

pytestmark = needs_browser

#: How many pages of a kind are opened: two for those who see most, one for people in special straits.
SEEN_OF_A_KIND = {"anyone": 2, "expert": 2, "admin": 2, "staff": 2}
#: Nobody, and the first of each kind of demo account.
VISITORS = {"anyone": None} | {account.what: account for account in reversed(ACCOUNTS)}


TRANSLATED = "translated "


def kind_of(app, path):
    """Return the route that a path belongs to, or None for what is no page; all other languages are one kind more."""
    language, path = parted(path)
    try:
        endpoint, _ = app.url_map.bind("laurel.test").match(path, method="GET")
    except HTTPException:
        return None
    if endpoint.endswith("static"):
        return None
    return endpoint if language == DEFAULT else TRANSLATED + endpoint


def links_of(person):
    """Return the addresses of this service that the page leads to, each once."""
    found = person.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    here = [link.split("#")[0] for link in found if link.startswith(person.base_url)]
    return dict.fromkeys(link for link in here if link)


def is_public(app, kind):
    """Say whether the route, whatever language it is in, is the same for everybody."""
    return declared(app.view_functions[kind.removeprefix(TRANSLATED)]).access is Access.PUBLIC


def reachable(app, person, start, most_of):
    """Walk from `start` along the links, to as many pages of a kind as `most_of` says; yield each once it is open."""
    waiting, known, kinds = [person.base_url + start], {person.base_url + start}, Counter()
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(app, urlsplit(address).path)
        assert kind is not None, f"a link leads to {address}, which is no page"
        if kinds[kind] >= most_of(kind):
            continue
        kinds[kind] += 1
        answer = person.page.request.get(address, max_redirects=0)
        if "text/html" not in answer.headers.get("content-type", "") or answer.status in (302, 303):
            assert answer.status < 400, f"{address} answers {answer.status}"
            continue
        answer = person.go(address)
        assert answer.status == 200, f"{address} answers {answer.status}"
        yield address
        for link in links_of(person):
            if link not in known:
                known.add(link)
                waiting.append(link)


@pytest.mark.parametrize("visitor", VISITORS)
def test_every_page_is_accessible_and_fits(app, demo, browser, visitor):
    person = Person(browser, demo.url)
    start = "/"
    if account := VISITORS[visitor]:
        person.sign_in(account.address, PASSWORDS[account.role])
        start = account.start

    def most_of(kind):
        if kind.startswith(TRANSLATED):
            return int(visitor == "anyone")
        # What is public is the same for everybody, so one visitor sees it.
        return SEEN_OF_A_KIND.get(visitor, 1) if visitor == "anyone" or not is_public(app, kind) else 0

    wrong, visited = [], 0
    for address in reachable(app, person, start, most_of):
        visited += 1
        wrong += faults(person, address)
    wrong += [f"console: {line}" for line in person.console] + [f"from elsewhere: {url}" for url in person.elsewhere]
    person.close()

    assert visited >= 5
    assert not wrong, "\n".join(wrong)
