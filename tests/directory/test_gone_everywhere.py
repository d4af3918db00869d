"""Whoever is suspended or removed is gone from all that is public within a second, whichever process answers. D-7."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from badges import services as badges
from directory import editing, services
from directory.rotation import rotate
from freelancers.holds import HoldKind
from tests.badges.live import now, running_with_app
from tests.crowd import ask
from tests.factories import make_award, make_freelancer, make_hold, make_partner, make_use_case

#: Each is asked over so many connections of its own, so that either process of the web server answers some.
ASKED = 8
WITHIN_S = 1.0
PUBLISHED = (
    "/experts/northwind",
    "/es/experts/northwind",
    "/experts/northwind?skill=SQL",
    "/experts/northwind?q=ada",
    "/experts/northwind/migrating",
    "/experts/northwind/turns",
    "/experts/northwind/embed",
    "/experts/northwind/embed.json",
    "/sitemap-people.xml",
)
DEEDS = {
    "suspended": lambda held: make_hold(held.freelancer, HoldKind.BLOCK, at=now()),
    "removed": lambda held: services.remove_from_directory(held.id, "Not current.", by=None, at=now()),
    "revoked": lambda held: badges.revoke(held.id, "Sold answers.", by=None, at=now()),
}


def answers(live, people):
    """Return what every address says, to each of those who ask at once: {address: [(ETag, body), …]}."""
    asked = {path: [people.submit(ask, live.port, "GET", path) for _ in range(ASKED)] for path in PUBLISHED}
    came = {path: [one.result() for one in ones] for path, ones in asked.items()}
    return {path: [(dict(one.headers)["ETag"], one.body) for one in ones] for path, ones in came.items()}


@pytest.mark.slow
def test_within_a_second_nobody_is_shown_who_is_gone(tmp_path):
    with running_with_app(tmp_path) as (live, _app), ThreadPoolExecutor(16) as people:
        northwind = make_partner("Northwind", slug="northwind")
        case = make_use_case(northwind, at=now())
        gone = {
            deed: make_award(northwind, make_freelancer(name=f"Ada {deed}", skills=["SQL"], at=now()), at=now())
            for deed in DEEDS
        }
        make_award(northwind, make_freelancer(name="Grace", skills=["SQL"], at=now()), at=now())
        for held in gone.values():
            editing.choose_for_use_case(case.id, held.id, by=None, at=now())
        rotate(now())
        before = answers(live, people)
        for deed, held in gone.items():
            name = f"Ada {deed}".encode()
            id_ = str(held.freelancer_id).encode()
            assert all(name in body or id_ in body for ones in before.values() for _, body in ones)

            DEEDS[deed](held)
            time.sleep(WITHIN_S)
            after = answers(live, people)

            for path, ones in after.items():
                assert not [body for _, body in ones if name in body or id_ in body], path
                assert not {etag for etag, _ in ones} & {etag for etag, _ in before[path]}, path
            before = after
