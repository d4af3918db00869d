"""Two hundred clicks on one link at the same moment, over HTTP, against the real server. Rules I-3, X-1."""

import http.client
import threading
from collections import Counter
from urllib.parse import urlencode, urlsplit

from tests.browsing import needs_browser
from tests.journeys.conftest import add_partner, all_mails_leave, feed, invite, register, subjects_to

pytestmark = needs_browser

CLIENTS = 200
EVE = "eve@example.org"


def test_two_hundred_accepts_at_once_make_one_application_and_one_mail(service, staff, person, tmp_path):
    feed(service, tmp_path, {"marketplace_id": "m1", "name": "Eve Eager", "email": EVE})
    pat = add_partner(service, staff, person)
    [link] = invite(service, pat, EVE)
    eve = register(person(), link, "Eve Eager")

    outcomes = all_at_once(service.port, urlsplit(link).path, *what_her_browser_would_send(eve))

    [(application,)] = service.sql("SELECT id FROM applications")
    assert Counter(outcomes) == {(303, f"/me/applications/{application}"): CLIENTS}
    eve.follow("Eve Eager")
    eve.sees("Finish your application to Northwind")
    all_mails_leave(service)
    assert subjects_to(service, EVE)[1:] == ["Your application to Northwind is open"]
    assert service.sql("SELECT count(*) FROM audit_events WHERE action = 'invitation.accepted'") == [(1,)]


def what_her_browser_would_send(eve):
    """Return the body and the headers of the press on "Accept and start" on the page that is open."""
    button = eve.page.get_by_role("button", name="Accept and start")
    token = button.locator("xpath=ancestor::form").locator("input[name=csrf_token]").input_value()
    headers = {
        "Cookie": "; ".join(f"{each['name']}={each['value']}" for each in eve.context.cookies()),
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": eve.page.url,
    }
    return urlencode({"answer": "accept", "csrf_token": token}), headers


def all_at_once(port, path, body, headers):
    """Send the same by CLIENTS clients, each over its own connection; return the status and place each was told."""
    outcomes, ready = [], threading.Barrier(CLIENTS)

    def accept():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.connect()
            ready.wait()
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            outcomes.append((answer.status, answer.getheader("Location")))
        except OSError as error:
            outcomes.append((type(error).__name__, str(error)))
        finally:
            connection.close()

    clients = [threading.Thread(target=accept) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return outcomes
