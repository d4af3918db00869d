"""Where a page of a directory tells what its visitor had in sight. Rule D-5."""

from __future__ import annotations

import threading
import time

from flask import Blueprint, request
from flask_login import current_user
from werkzeug.wrappers import Response

from core import clock
from core.errors import DomainError, NotAllowed, NotFound
from core.permissions import Access, allow
from directory import queries
from directory.seen import demand, exposure
from directory.seen.rules import BODY_MAX_BYTES, from_our_page, is_a_person, read_report

blueprint = Blueprint("directory_seen", __name__)


class TooMany(DomainError):
    """More page views were told than people can look at."""

    status = 429
    title = "Too many at once"


class Pace:
    """At most `most` in a second, in this process, whoever asks: so nothing about anybody has to be kept for it."""

    def __init__(self, most: int) -> None:
        self._most, self._turn, self._second, self._count = most, threading.Lock(), 0, 0

    def take(self, now_s: float) -> bool:
        """Say whether there is room for one more in the second of `now_s`, and take it."""
        with self._turn:
            if int(now_s) != self._second:
                self._second, self._count = int(now_s), 0
            self._count += 1
            return self._count <= self._most


PACE = Pace(most=200)


@blueprint.post("/experts/<partner>/seen")
@allow(Access.PUBLIC)
def seen(partner: str) -> Response:
    """Count what was in sight of a client: of people in browsers alone, and of nobody who is signed in. Rule D-5."""
    landing = queries.page_of_partner(partner)
    if landing is None or landing.published_at is None:
        raise NotFound("There is no page of experts under this address.", "Start from all programmes.")
    if not from_our_page(dict(request.headers)):
        raise NotAllowed("Only a directory's own pages tell what was seen on them. Nothing was counted.")
    if not PACE.take(time.monotonic()):
        raise TooMany("More page views were told at once than this service counts.", "Nothing has to be done.")
    report = read_report(request.stream.read(BODY_MAX_BYTES + 1))
    if is_a_person(dict(request.headers)) and not current_user.is_authenticated:
        exposure.count_seen(landing.partner_id, report, clock.now())
        demand.count_search(landing, report, clock.now())
    return Response(status=204, headers={"Cache-Control": "no-store"})
