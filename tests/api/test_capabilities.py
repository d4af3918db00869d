"""Every hold stops what rule H says, and nothing else: in the service, in the API and on each page that tells of it."""

import re
from datetime import timedelta
from itertools import chain, combinations

import pytest

from accounts.models import Role
from freelancers.capabilities import capabilities
from freelancers.holds import ACTION_NAMES, HOLDS, Action, HoldKind
from freelancers.queries import open_holds
from freelancers.services import lift_hold, place_hold
from freelancers.support.codes import hold_code
from tests.factories import make_application, make_freelancer, make_user, sign_in

KINDS = list(HoldKind)
TOGETHER = list(chain.from_iterable(combinations(KINDS, many) for many in range(len(KINDS) + 1)))


def of(person):
    return f"/freelancers/{person.marketplace_id}/capabilities"


def place(person, kinds, at):
    return [place_hold(person.id, kind, f"Because of {kind}.", by=None, at=at) for kind in kinds]


def stopped(kinds):
    """Return what the union of the holds' rows stops."""
    return {action for action in Action if any(action in HOLDS[kind].stops for kind in kinds)}


@pytest.mark.parametrize("kinds", TOGETHER, ids=lambda kinds: "+".join(kinds) or "none")
def test_holds_together_stop_what_any_of_them_stops_in_service_api_and_page(client, marketplace, session, at, kinds):
    user = make_user()
    person = make_freelancer(user)
    place(person, kinds, at)

    served = capabilities(open_holds(person.id))
    assert {each.action for each in served.all if not each.allowed} == stopped(kinds)
    assert [served.may(action) for action in Action] == [action not in stopped(kinds) for action in Action]

    told = marketplace.get(of(person)).json
    assert {each["action"] for each in told["capabilities"] if not each["allowed"]} == stopped(kinds)
    for each in told["capabilities"]:
        assert set(each["stopped_by"]) == {kind for kind in kinds if Action(each["action"]) in HOLDS[kind].stops}
    assert {each["reason"] for each in told["holds"]} == {f"Because of {kind}." for kind in kinds}

    for hold in open_holds(person.id):
        assert shown(client, f"/holds/{hold_code(hold.id, at)}") == HOLDS[HoldKind(hold.kind)].stops, (
            "by the mail's link"
        )
    if Action.LOG_IN not in stopped(kinds):
        sign_in(client, user)
        assert shown(client, "/me") == stopped(kinds)
    sign_in(client, make_user(Role.STAFF))
    assert shown(client, f"/staff/freelancers/{person.id}") == stopped(kinds)


def shown(client, address):
    """Return the actions that a page says are stopped, whoever reads it."""
    found = re.findall(r"(?:Until it is lifted you|They) cannot</dt>\s*<dd>([^<]*)", client.get(address).text)
    said = ", ".join(found).replace("their", "your")
    return {action for action, words in ACTION_NAMES.items() if words in said}


@pytest.mark.parametrize("kinds", TOGETHER, ids=lambda kinds: "+".join(kinds) or "none")
def test_lifting_any_one_of_them_leaves_what_the_others_stop(session, at, kinds):
    for lifted in kinds:
        person = make_freelancer()
        holds = dict(zip(kinds, place(person, kinds, at), strict=True))
        lift_hold(holds[lifted].id, "Answered.", by=None, at=at + timedelta(days=1))
        served = capabilities(open_holds(person.id))
        others = [kind for kind in kinds if kind != lifted]
        assert {each.action for each in served.all if not each.allowed} == stopped(others)


def test_lifting_one_hold_leaves_the_other(marketplace, session, at):
    person = make_freelancer()
    awaiting, restriction = place(person, [HoldKind.AWAITING_VERIFICATION, HoldKind.POLICY_RESTRICTION], at)

    lift_hold(restriction.id, "Answered.", by=None, at=at + timedelta(days=1))
    told = marketplace.get(of(person)).json
    assert [each["kind"] for each in told["holds"]] == [awaiting.kind]
    assert {each["action"] for each in told["capabilities"] if not each["allowed"]} == {"new_proposals", "change_photo"}


def test_a_partner_is_told_what_its_people_may_but_not_why(partners, northwind, at):
    own, other = make_freelancer(), make_freelancer()
    make_application(northwind, own)
    place(own, [HoldKind.BLOCK], at)

    told = partners.get(of(own))
    assert [each["reason"] for each in told.json["holds"]] == [None]
    assert "Because of" not in told.text
    assert partners.get(of(other)).status_code == 404
