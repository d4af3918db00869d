"""A browser that loads a link ahead, or opens it without a click, uses nothing up; its secret goes nowhere. I-3."""

import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from core import clock
from core.cluster import programs
from partners.invitations.campaigns import link_path, open_campaign
from tests.browsing import Person, needs_browser
from tests.crowd import inside
from tests.factories import make_invitation, make_member, make_partner
from tests.journeys.conftest import wait_until

pytestmark = needs_browser

GRACE = "grace@example.org"


@contextmanager
def another_site(*links):
    """Serve a page elsewhere that has links loaded ahead; give its address and what it was sent."""
    ahead = "".join(f'<link rel="prefetch" href="{link}"><a href="{link}">x</a>' for link in links)
    page, asked = f"<!doctype html><title>Elsewhere</title>{ahead}", []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(dict(self.headers))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def links(service):
    """A personal link and a campaign's."""
    with inside(service):
        at, partner = clock.now(), make_partner("Northwind", slug="northwind")
        _, token = make_invitation(partner, GRACE, at=at)
        campaign = open_campaign(partner.programme, "Fair", 9, at.date(), by=make_member(partner).id, at=at)
        return [
            f"{service.environment['LAUREL_BASE_URL']}{path}" for path in (f"/invitations/{token}", link_path(campaign))
        ]


def test_loaded_ahead_or_opened_without_a_click_nothing_is_used_and_the_secret_goes_nowhere(service, browser, links):
    stood = "SELECT email, accepted_at, declined_at, opened_at FROM invitations"
    somebody, sent = Person(browser, service.url), []
    somebody.context.on("request", lambda request: sent.append((request.url, request.all_headers().get("referer", ""))))
    with another_site(*links) as (elsewhere, asked):
        somebody.go(elsewhere)
        wait_until(lambda: service.log_text().count('"/invitations/<token>"') >= 2, "the browser had loaded ahead")
        assert service.sql(stood) == [(GRACE, None, None, None)], "nobody has looked yet"
        for link in links:
            somebody.go(link)
            somebody.page.wait_for_load_state("networkidle")
            somebody.page.evaluate("address => { location.href = address }", elsewhere)
            somebody.page.wait_for_url(elsewhere)
        somebody.go(links[0])
        somebody.follow("Sign in to answer")
    somebody.close()

    [(email, accepted_at, declined_at, opened_at)] = service.sql(stood)
    assert (email, accepted_at, declined_at) == (GRACE, None, None)
    assert opened_at is not None
    assert service.sql("SELECT taken, opened_at IS NOT NULL FROM campaigns") == [(0, True)]
    assert service.sql("SELECT count(*) FROM applications") == [(0,)]
    assert len(asked) >= 3
    tokens = [urlsplit(link).path.rsplit("/", 1)[-1] for link in links]
    named = [*(str(headers) for headers in asked), *(referer for _, referer in sent), service.log_text(), dump(service)]
    assert not [text for text in named for token in tokens if token in text or token.encode().hex() in text]


def dump(service):
    """Return all that a copy of the database holds, as an operator makes it."""
    words = [programs() / "pg_dump", "--dbname", service.database_url.replace("+psycopg", "")]
    return subprocess.run(words, capture_output=True, check=True, timeout=120).stdout.decode()
