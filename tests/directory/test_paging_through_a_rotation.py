"""A hundred visitors page through a directory while it rotates, and while others come and go. Rule D-4."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from threading import Condition

from core import clock
from core.database import joined_transaction
from directory.models import LandingPage
from directory.rotation import rotate
from tests.factories import make_award, make_freelancer, make_hold

VISITORS, AT_ONCE = 100, 10
LISTED_ALWAYS, COME_AND_GO = 50, 10
HOUR = timedelta(hours=1)
_CARD = re.compile(r'card-name"><a href="/experts/northwind/people/([0-9a-f-]{36})"')
_NEXT = re.compile(r'rel="next" href="(/experts/northwind\?[^"]+)"')


class Rotations:
    """How often the directory rotated; each visitor looks at a page only after it did so once more."""

    def __init__(self):
        self.count, self._changed = 0, Condition()

    def happened(self):
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait_for_another(self):
        with self._changed:
            before = self.count
            assert self._changed.wait_for(lambda: self.count > before, timeout=120)


def visit(client, rotations):
    """Page to the end; return who was featured on the first page, and everybody in the list, in order."""
    address, listed, featured = "/experts/northwind", [], None
    while address:
        page = client.get(address)
        assert page.status_code == 200
        above, _, below = page.text.partition('id="experts"')
        featured = _CARD.findall(above) if featured is None else featured
        listed += _CARD.findall(below)
        following = _NEXT.search(below)
        address = unescape(following[1]) if following else None
        if address:
            rotations.wait_for_another()
    return featured, listed


def experts(partner, count):
    people = [make_freelancer() for _ in range(count)]
    for person in people:
        make_award(partner, person)
    return people


def goes_on(rotations, partner, restless, at):
    """Let an hour pass: another period, somebody else held or released, somebody new, and midnight now and then."""
    now = at + rotations.count * HOUR
    person = restless[rotations.count % len(restless)]
    with joined_transaction():
        held = [hold for hold in person.holds if hold.lifted_at is None]
        for hold in held:
            hold.lifted_at, hold.lift_reason = now, "Fine."
    if not held:
        make_hold(person, "policy_restriction")
    if rotations.count % 5 == 0:
        experts(partner, 1)
    assert rotate(now, partner.id) == 1
    clock.use(lambda: now)
    rotations.happened()


def test_nobody_sees_a_person_twice_or_misses_one_while_it_rotates(app, session, at, northwind):
    with joined_transaction():
        session.get(LandingPage, northwind.id).period_hours = 1
    always = {str(person.id) for person in experts(northwind, LISTED_ALWAYS)}
    restless, rotations = experts(northwind, COME_AND_GO), Rotations()
    goes_on(rotations, northwind, restless, at)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        visits = [threads.submit(visit, app.test_client(), rotations) for _ in range(VISITORS)]
        while not all(each.done() for each in visits):
            goes_on(rotations, northwind, restless, at)
        seen = [each.result() for each in visits]

    assert rotations.count > 2 * VISITORS / AT_ONCE, "it rotated between any two pages of a visit"
    assert len({tuple(featured) for featured, _ in seen}) > 1, "visitors came in different periods"
    assert all(len(listed) == len(set(listed)) for _, listed in seen), "nobody is seen twice"
    assert all(always <= set(listed) for _, listed in seen), "nobody who was always there is missed"
