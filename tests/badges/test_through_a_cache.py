"""What becomes of a badge shows within a minute through a cache that obeys what we tell it. Rules B-2, B-3, E-12."""

from __future__ import annotations

import http.client
import json
import re
import time
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from badges import services
from badges.credentials.bits import is_set, unpacked
from badges.credentials.places import give_places
from badges.sweep import sweep
from core.database import session
from freelancers.models import Hold
from tests.badges.live import now, running_with_app
from tests.crowd import ask_on
from tests.factories import make_award, make_freelancer, make_hold, make_partner, make_token

WITHIN_S = 60
_AGE = re.compile(r"max-age=(\d+)")


class Cache:
    """A cache between somebody and us: it keeps what it may, for as long as it may, and asks by ETag otherwise."""

    def __init__(self, url, token):
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
        self._token = token
        self._kept = {}
        self.fresh, self.still_good, self.new = 0, 0, 0

    def close(self):
        self._connection.close()

    def get(self, address):
        """Return the body at an address, from us or from what is kept."""
        kept = self._kept.get(address)
        if kept and time.monotonic() < kept["until"]:
            self.fresh += 1
            return kept["body"]
        headers = {"If-None-Match": kept["etag"]} if kept and kept["etag"] else {}
        if address.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self._token}"
        answer, body = ask_on(self._connection, address, headers)
        if answer.status == 304:
            self.still_good += 1
            body = kept["body"]
        else:
            self.new += 1
        self._keep(address, answer, body)
        return body

    def _keep(self, address, answer, body):
        says = answer.headers.get("Cache-Control", "")
        if "no-store" in says or "private" in says or answer.status not in (200, 304):
            self._kept.pop(address, None)
            return
        age = _AGE.search(says)
        until = time.monotonic() + (int(age[1]) if age and "no-cache" not in says else 0)
        self._kept[address] = {"until": until, "etag": answer.headers.get("ETag"), "body": body}


class Seen:
    """How a badge stands in each of the places where it is shown or checked, through the cache."""

    def __init__(self, cache, award):
        self._cache, self._award = cache, award
        page = f"/badges/{award.id}"
        entry = json.loads(cache.get(f"{page}.json"))["credentialStatus"]
        self._suspension = urlsplit(entry["statusListCredential"]).path
        self._index = int(entry["statusListIndex"])

    def __call__(self):
        get, page = self._cache.get, f"/badges/{self._award.id}"
        image, html = get(f"{page}.svg").decode(), get(page).decode()
        program = f"/api/v1/partners/north/freelancers/{self._award.freelancer.marketplace_id}/eligibility"
        return {
            "image": self._word(image.split("</openbadges:credential>")[-1]),
            "page": re.search(r"<title>[^(]*\((\w+)\)", html)[1],
            "API": json.loads(get(program))["badge"]["award"]["status"],
            "2.0": "revoked" if "revoked" in json.loads(get(f"{page}/v2.json")) else "active",
            "list": "set" if self._bit(self._suspension) else "clear",
            "list of revoked": "set" if self._bit(self._suspension.replace("suspension", "revocation")) else "clear",
            "picture": get(f"{page}.png")[:4],
        }

    def _bit(self, address):
        said = json.loads(self._cache.get(address))["credentialSubject"]["encodedList"]
        return is_set(unpacked(said), self._index)

    def _word(self, image):
        return next((word for word in ("suspended", "revoked") if word in image.lower()), "active")

    def wait_for(self, word):
        """Wait until the badge stands so in all places; return how many seconds that took."""
        began = time.monotonic()
        while (seen := self()) != everywhere(word):
            assert time.monotonic() - began < WITHIN_S, seen
            time.sleep(0.2)
        return time.monotonic() - began


def everywhere(word):
    """Return what is seen where, once the badge stands so in all places."""
    wanted = {"image": word, "page": word, "API": word}
    wanted |= {"2.0": "active" if word == "active" else "revoked", "list": "clear" if word == "active" else "set"}
    return wanted | {"list of revoked": "set" if word == "revoked" else "clear", "picture": b"\x89PNG"}


@pytest.mark.slow
def test_suspended_reinstated_and_revoked_show_within_a_minute_through_a_cache(tmp_path):
    with running_with_app(tmp_path) as (live, _app), closing(Cache(live.url, make_token(at=now()))) as cache:
        award = make_award(make_partner("North", slug="north"), make_freelancer(at=now()), at=now())
        give_places([award.id], now())
        seen = Seen(cache, award)
        pictures = [cache.get(f"/badges/{award.id}.png")]
        assert seen.wait_for("active") < WITHIN_S

        for _ in range(2):
            hold = make_hold(award.freelancer, at=now())
            assert seen.wait_for("suspended") < WITHIN_S
            time.sleep(1)  # what a picture shows is looked at here alone, and may be so old
            pictures.append(cache.get(f"/badges/{award.id}.png"))
            lift(hold)
            assert seen.wait_for("active") < WITHIN_S

        hold = make_hold(award.freelancer, at=now())
        services.revoke(award.id, "The certificate was somebody else's.", by=None, at=now())
        assert seen.wait_for("revoked") < WITHIN_S
        lift(hold)
        sweep(now())
        time.sleep(1)
        assert seen() == everywhere("revoked")

        assert pictures[0] != pictures[1] == pictures[2]
        assert cache.still_good, "the cache was never told that what it keeps is still good"


def lift(hold):
    session.get_one(Hold, hold.id).lifted_at = now()
    session.commit()
