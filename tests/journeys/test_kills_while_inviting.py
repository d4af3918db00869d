"""Web and worker processes are killed again and again while thousands are invited and accept. Rules I-5, X-1, X-2.

The clients are impatient: whoever gets no answer asks again. What was answered is stored and in the log, once.
"""

import http.client
import os
import re
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crowd import ask, inside
from tests.factories import make_member, make_partner
from tests.journeys.conftest import wait_until
from tests.live import laurel

pytestmark = pytest.mark.slow

INVITED, LISTS, ACCEPTS, KILLS, CLIENTS = 5_000, 5, 2_000, 20, 6
ADDRESSES = [f"p{number}@example.org" for number in range(INVITED)]
MESSAGE_ID, TO = re.compile(rb"^Message-ID: (\S+)", re.M), re.compile(rb"^To: (\S+)", re.M)
LINK = re.compile(rb"/invitations/[\w-]{32}(?![\w-])")
#: Every so many kills of the web it is all of it, not one of its processes.
WHOLE = 5


class Laurel:
    """A service under attack, and all that its clients were told."""

    def __init__(self, service, crowd):
        self.service, self.crowd = service, crowd
        self.web = service.start_web()
        self.answers = Counter()
        self.repeats = 0
        self.applications = {}
        self.over = False

    def insist(self, path, headers, **fields):
        """Post a form until there is an answer; each time anew, as a person does who sees no page."""
        deadline, body = time.monotonic() + 120, self.crowd.form(**fields)
        while time.monotonic() < deadline:
            try:
                answer = ask(self.service.port, "POST", path, headers, body)
            except (OSError, http.client.HTTPException):
                self.repeats += 1
                time.sleep(0.05)
                continue
            self.answers[answer.status] += 1
            return answer
        raise AssertionError(f"nobody answers {path}")

    def kill_web(self, number):
        """Kill one of the web's processes, or now and then all of them at once; then it is started anew."""
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split()
        if number % WHOLE and children:
            os.kill(int(children[number % len(children)]), signal.SIGKILL)
            return
        os.killpg(self.web.pid, signal.SIGKILL)
        self.web.wait()
        self.web = self.service.start_web()


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacked")
    with laurel(folder, web=False, worker=False) as service, inside(service) as crowd:
        yield Laurel(service, crowd)


def test_forty_kills_lose_nothing_double_nothing_and_repeat_a_mail_at_most_for_each(attacked):
    partner = make_partner("Northwind", slug="northwind")
    [pat] = attacked.crowd.signed_in(make_member(partner).id)
    cookies = dict(zip(ADDRESSES, attacked.crowd.freelancers(*ADDRESSES[:ACCEPTS]), strict=False))
    deeds = (
        lambda: bring_and_send(attacked, pat),
        lambda: accept_all(attacked, cookies),
        lambda: kill_the_web(attacked),
        lambda: kill_the_worker(attacked),
    )
    with ThreadPoolExecutor(len(deeds)) as pool:
        for deed in [pool.submit(deed) for deed in deeds]:
            deed.result()

    assert attacked.repeats >= KILLS // WHOLE, "no client noticed a thing"
    assert set(attacked.answers) <= {303, 409}, attacked.answers
    each_was_sent_once_but_for_the_kills(attacked)
    what_was_answered_is_stored_and_logged_once(attacked)


def bring_and_send(attacked, pat):
    """Bring the addresses in as lists and send each; one that was sent before its sender was told says so."""
    size, home = INVITED // LISTS, "/console/northwind/invitations/lists"
    for first in range(0, INVITED, size):
        some = "\n".join(ADDRESSES[first : first + size])
        brought = attacked.insist(home, pat, addresses=some)
        assert brought.status == 303
        assert attacked.insist(f"{brought.location}/send", pat).status in (303, 409)


def accept_all(attacked, cookies):
    """Each of those with an account accepts by the link in their mail, soon after it came."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        for address, path in links_that_come(attacked, set(cookies)):
            pool.submit(accept, attacked, address, path, cookies[address])
    assert len(attacked.applications) == ACCEPTS


def accept(attacked, address, path, cookie):
    answer = attacked.insist(path, cookie, answer="accept")
    if answer.status == 303:
        attacked.applications[address] = answer.location


def links_that_come(attacked, wanted):
    """Yield (address, path of its link) of each wanted invitation, as their mails come in."""
    read, deadline = 0, time.monotonic() + 300
    while wanted:
        assert time.monotonic() < deadline, f"{len(wanted)} invitations did not come"
        mails = attacked.service.mailbox.raw[read:]
        read += len(mails)
        for mail in mails:
            address = TO.search(mail)[1].decode()
            if address in wanted and (link := LINK.search(mail)):
                wanted.remove(address)
                yield address, link[0].decode()
        time.sleep(0.05)


def kill_the_web(attacked):
    """Kill the web as each further part of the accepts is answered."""
    for number in range(KILLS):
        due = ACCEPTS * number // (KILLS + 1)
        wait_until(lambda due=due: len(attacked.applications) > due, f"{due} had accepted", 300)
        attacked.kill_web(number)


def kill_the_worker(attacked):
    """Kill the worker as each further part of the invitations has left; then let it end its work."""
    mailbox = attacked.service.mailbox
    for number in range(1, KILLS + 1):
        worker, due = attacked.service.start_worker(), INVITED * number // (KILLS + 1)
        wait_until(lambda due=due: len(mailbox.raw) >= due, f"{due} mails had left", 300)
        worker.kill()
        worker.wait()
    attacked.service.start_worker()


def each_was_sent_once_but_for_the_kills(attacked):
    service = attacked.service
    unsent = "SELECT 1 FROM outbox_mails WHERE sent_at IS NULL LIMIT 1"
    wait_until(lambda: not service.sql(unsent), "every mail had left", 300)
    [(stored,)] = service.sql("SELECT count(*) FROM outbox_mails")
    times = Counter(MESSAGE_ID.search(mail)[1] for mail in service.mailbox.raw)

    assert len(times) == INVITED + ACCEPTS
    # Whoever accepted before a mail could be repeated to them is not sent the repeat: it is called off. Rule I-6.
    assert len(times) - KILLS <= stored <= len(times)
    assert sum(times.values()) <= INVITED + ACCEPTS + KILLS
    assert max(times.values()) <= 2


def what_was_answered_is_stored_and_logged_once(attacked):
    service = attacked.service
    stored = {f"/me/applications/{each}" for (each,) in service.sql("SELECT id FROM applications")}
    logged = dict(service.sql("SELECT action, count(DISTINCT subject_id) FROM audit_events GROUP BY 1"))
    twice = "SELECT 1 FROM audit_events WHERE action <> 'invitations.list_sent' GROUP BY action, subject_id"

    assert set(attacked.applications.values()) == stored
    assert len(stored) == ACCEPTS
    assert service.sql("SELECT count(*), count(accepted_at) FROM invitations") == [(INVITED, ACCEPTS)]
    assert service.sql(f"{twice} HAVING count(*) > 1") == []
    assert logged["invitation.sent"] == INVITED
    assert logged["invitation.accepted"] == logged["application.opened"] == ACCEPTS
