"""Two hundred clicks on one link at the same moment, over HTTP, against the real server. Rules I-3, X-1."""

import http.client
import re
import threading
from collections import Counter
from urllib.parse import urlencode, urlsplit

import pytest

from tests.browsing import needs_browser
from tests.journeys.conftest import add_partner, feed, invite, register

pytestmark = [needs_browser, pytest.mark.xdist_group("journeys")]

CLIENTS = 200
EVE = "eve@example.org"


def test_two_hundred_accepts_make_one_application_and_one_mail(service, staff, person, tmp_path):
    feed(service, tmp_path, {"marketplace_id": "m1", "name": "Eve Eager", "email": EVE})
    admin = add_partner(service, staff, person)
    [link] = invite(service, admin, EVE)
    eve = register(person(), link, "Eve Eager")
    body = urlencode({"answer": "accept", "csrf_token": token_of(eve)})
    headers = {
        "Cookie": "; ".join(f"{one['name']}={one['value']}" for one in eve.context.cookies()),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    outcomes, ready = [], threading.Barrier(CLIENTS)

    def accept():
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        ready.wait()
        try:
            connection.request("POST", urlsplit(link).path, body, headers)
            answer = connection.getresponse()
            outcomes.append((answer.status, answer.getheader("Location")))
        except OSError as error:
            outcomes.append((type(error).__name__, None))
        finally:
            connection.close()

    clients = [threading.Thread(target=accept) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()

    assert len(outcomes) == CLIENTS
    assert len(Counter(outcomes)) == 1, Counter(outcomes)
    [(status, place)] = set(outcomes)
    assert status == 303
    assert service.sql("SELECT '/me/applications/' || id FROM applications") == [(place,)]
    service.mailbox.wait_for(EVE, subject="application")
    assert service.sql("SELECT count(*) FROM outbox_mails WHERE template = 'application_opened'") == [(1,)]


def token_of(somebody):
    """Return the form protection of the page that is open."""
    return re.search(r'name="csrf_token" value="([^"]+)"', somebody.page.content())[1]
