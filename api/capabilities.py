"""What somebody may do at the moment, for the marketplace and for partners' programs. Rules H, H-1, H-6."""

from __future__ import annotations

from typing import Any

from api import examples
from api.blueprint import gives, program, route
from api.schemas import CapabilitiesSchema
from core import clock
from core.answers import base_url
from core.permissions import Access, Scope, allow
from freelancers.capabilities import Stop, capabilities
from freelancers.queries import open_holds
from partners.people import person_called

TAG = "What people may do"


@route("GET", "/freelancers/<path:marketplace_id>/capabilities", TAG)
@allow(Access.PROGRAM, Scope.FINDINGS)
@gives(CapabilitiesSchema, example=examples.CAPABILITIES)
def may(marketplace_id: str) -> dict[str, Any]:
    """Ask what somebody may do

    One answer for each action that a hold can stop, with every hold that stops it: ask before you let somebody send a
    proposal, change their photo, withdraw or be hired. A partner's token finds its own people, and is not told why a
    hold was placed: that is between the marketplace and the person.
    """
    at, person = clock.now(), person_called(marketplace_id, program().partner_id)
    found = capabilities(open_holds(person.id))
    told = {stop.kind: _told(stop, with_reason=program().partner_id is None) for stop in found.holds}
    return {
        "marketplace_id": person.marketplace_id,
        "evaluated_at": at.isoformat(),
        "capabilities": [
            {
                "action": each.action,
                "words": each.words,
                "allowed": each.allowed,
                "stopped_by": [stop.kind for stop in each.stopped_by],
            }
            for each in found.all
        ],
        "holds": list(told.values()),
        "active_proposals": found.proposals,
        "existing_contracts": found.contracts,
    }


def _told(stop: Stop, *, with_reason: bool) -> dict[str, Any]:
    return {
        "kind": stop.kind,
        "name": stop.name,
        "reason": stop.reason if with_reason else None,
        "since_at": stop.since_at.isoformat(),
        "ends_at": stop.ends_at.isoformat() if stop.ends_at else None,
        "lifted_when": stop.lifted_when,
        "decided_by": stop.decided_by,
        "appeal_url": f"{base_url()}/me/holds/{stop.id}" if with_reason else None,
    }
