"""Keys are rotated and withdrawn while many fetch badges from real servers: none fails to verify, none is lost. B-1."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from badges.checking.checking import Verdict, check
from badges.checking.fetching import NotFetched
from badges.checking.keys import NoKey, address_of
from badges.checking.reading import read
from badges.checking.securing import check_signed
from badges.credentials import keyring
from core.database import session
from tests.app.waiting import wait_until
from tests.badges.live import now, running_with_app
from tests.crowd import ask_on
from tests.factories import make_award, make_freelancer, make_partner

BADGES, CLIENTS = 12, 4
FORMS = ("json", "jwt", "svg", "png")
#: A new key is published for so long before it signs, and an old one after it no longer does: a minute in earnest.
LEAD = timedelta(seconds=3)
#: Who asks for the keys within so many seconds of what they sign finds them listed: what was fetched may be as old as
#: rule D-7 allows. On a machine that stands still for longer, it is looked at again.
HOLDS_S = LEAD.total_seconds() - 1
#: What is done to the keys, each once what signs after the one before was fetched.
DEEDS = ("rotate", "rotate", "withdraw", "rotate")


class Visitor(threading.Thread):
    """Fetches badges in every form, and then the issuer's keys, and checks each by them."""

    def __init__(self, live, ids, until):
        super().__init__(daemon=True)
        self._base, self._ids, self._until = live.url, ids, until
        self._connection = http.client.HTTPConnection(urlsplit(live.url).netloc, timeout=60)
        self.good, self.bad, self.keys = [], [], set()

    def run(self):
        wanted = itertools.cycle(itertools.product(self._ids, FORMS))
        while not self._until.is_set():
            award, form = next(wanted)
            try:
                self._look(award, form)
            except Exception as error:
                self.bad.append((time.monotonic(), award, form, repr(error)))
                self.close()  # what is left of an answer would be read for the next one's

    def close(self):
        self._connection.close()

    def get(self, address):
        answer, data = ask_on(self._connection, address.removeprefix(self._base))
        if answer.status != 200:
            raise NotFetched(f"{address} answers {answer.status}")
        return data

    def _look(self, award, form):
        brought = self.signed(f"/badges/{award}.{form}")
        token, document = brought.token, brought.document
        said = token.claims if token else document
        self.keys.add((token.header["kid"] if token else document["proof"][0]["verificationMethod"]).rsplit("-", 1)[1])
        self.signed(said["credentialStatus"]["statusListCredential"])
        self.good.append((award, form))

    def signed(self, address):
        """Return what is fetched there, checked by the keys that are listed just afterwards."""
        while True:
            asked_s = time.monotonic()
            brought = read(self.get(address))
            try:
                check_signed(brought, self.document)
            except NoKey:
                if time.monotonic() - asked_s < HOLDS_S:
                    raise
            else:
                return brought

    def document(self, did):
        """Return the keys of an issuer as they are listed now, after what they sign was fetched."""
        return json.loads(self.get(address_of(did).replace("https://", "http://")))

    def states(self, address):
        return self.get(address)


def change(deed, sealer):
    """Do to the keys what an operator does."""
    if deed == "rotate":
        keyring.rotate(sealer, now())
    else:
        keyring.withdraw(keyring.signers(sealer, now()).ed25519_number, sealer, now())


def all_numbers():
    """Return the numbers of all keys there are or were."""
    session.rollback()
    return {key.number for key in keyring.all_keys()}


def seen(visitors):
    """Return the numbers of the keys by which something that was fetched is signed."""
    return {int(key) for visitor in visitors for key in list(visitor.keys)}


def fetched_badly(visitors):
    """Return each badge that could not be fetched or did not verify: when, which, in which form, and why."""
    return [each for visitor in visitors for each in list(visitor.bad)]


def wait_for(met, visitors):
    """Wait until something is so, as long as all that is fetched verifies."""

    def met_or_broken():
        return fetched_badly(visitors) or met()

    wait_until(met_or_broken, timeout_s=120)
    assert not fetched_badly(visitors)


@contextmanager
def visiting(live, ids):
    """Let visitors fetch badges for as long as the block takes, whatever becomes of it."""
    stop = threading.Event()
    visitors = [Visitor(live, ids[number:] + ids[:number], stop) for number in range(CLIENTS)]
    for visitor in visitors:
        visitor.start()
    try:
        yield visitors
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join(30)
            visitor.close()


def least_fetched(visitors, ids):
    """Return how often the badge and form was fetched, and verified, that was fetched least."""
    fetched = Counter(each for visitor in visitors for each in list(visitor.good))
    return min(fetched[each] for each in itertools.product(ids, FORMS))


@pytest.mark.slow
def test_while_keys_change_every_badge_that_is_fetched_verifies(tmp_path, monkeypatch):
    monkeypatch.setattr(keyring, "LEAD", LEAD)
    with running_with_app(tmp_path) as (live, app):
        north = make_partner("North", slug="north")
        ids = [make_award(north, make_freelancer(at=now()), at=now()).id for _ in range(BADGES)]
        with visiting(live, ids) as visitors:
            for deed in DEEDS:
                change(deed, app.extensions["laurel_key_sealer"])
                time.sleep(LEAD.total_seconds())
                wait_for(lambda: seen(visitors) == all_numbers(), visitors)
            wait_for(lambda: least_fetched(visitors, ids) >= 2, visitors)

        assert not fetched_badly(visitors)
        last = Visitor(live, ids, threading.Event())
        for award, form in itertools.product(ids, FORMS):
            assert check(last.get(f"/badges/{award}.{form}"), last, now()).verdict is Verdict.VALID
        last.close()
