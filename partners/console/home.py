"""The first page of a console: what waits, how far people get, what happened last."""

from __future__ import annotations

from datetime import timedelta

from flask import url_for
from werkzeug.wrappers import Response

from core import clock
from core.permissions import Access, allow
from partners import application_queries, invitation_queries
from partners.application_queries import Happening, Queue
from partners.console.blueprint import blueprint, own_programme, page

FUNNEL_DAYS = 90
_SAID = {
    "accepted": "{} accepted your invitation",
    "declined": "{} declined your invitation",
    "applied": "{} sent an application",
    "selected": "{} was selected",
}


@blueprint.get("")
@allow(Access.MEMBER)
def home(partner: str) -> Response:
    """Show how the programme stands today."""
    at, programme = clock.now(), own_programme()
    counts = application_queries.queue_counts(programme.id)
    return page(
        "partners/console_home.html",
        waiting=_waiting(partner, counts),
        counts=counts,
        queues=Queue,
        funnel=invitation_queries.funnel(programme.id, at - timedelta(days=FUNNEL_DAYS)),
        funnel_days=FUNNEL_DAYS,
        latest=[_told(partner, each) for each in application_queries.latest(programme.id)],
    )


def _waiting(partner: str, counts: dict[Queue, int]) -> list[dict[str, object]]:
    programme = own_programme()
    invitations = url_for("partners_console.invitations", partner=partner)
    queue = url_for("partners_console.applications", partner=partner)
    asking = len(invitation_queries.asking_to_be_confirmed(programme.id, clock.now()))
    interested = len(invitation_queries.waiting_interests(programme))
    found = (
        ("Applications to decide on", counts[Queue.TO_DECIDE], queue),
        ("People who ask whether an invitation is theirs", asking, f"{invitations}#confirm"),
        ("People who would like an invitation", interested, f"{invitations}#interested"),
    )
    return [{"label": label, "count": count, "url": url} for label, count, url in found if count]


def _told(partner: str, happening: Happening) -> dict[str, object]:
    url = happening.application_id and url_for(
        "partners_console.application", partner=partner, application_id=happening.application_id
    )
    return {"title": _SAID[happening.kind].format(happening.name), "at": happening.at, "url": url}
