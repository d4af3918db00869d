"""A badge as Open Badges 2.0 has it: hosted, linked, and judged by that version's own verifier. Rules B-1, B-2, B-4."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges import services
from badges.credentials.choosing import Choice, choose
from badges.credentials.documents import identity_hash
from badges.models import Achievement
from tests.badges.credentials.conftest import BASE
from tests.factories import make_award, make_freelancer, make_hold, make_partner, make_user

DAY = timedelta(days=1)


@pytest.fixture
def north(secure, now, client, session):
    return make_partner("North", slug="north")


def said(client, award):
    return client.get(f"/badges/{award.id}/v2.json")


def found_from(client, *awards):
    """Return all that somebody fetches who checks these badges, by address."""
    documents = {}

    def get(address):
        answer = client.get(address.removeprefix(BASE))
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        body = {"data": base64.b64encode(answer.data).decode()} if answer.mimetype == "image/png" else {
            "text": answer.text}  # fmt: skip
        documents[address] = {"type": answer.content_type, "status": answer.status_code, **body}
        return answer

    for award in awards:
        document = get(f"{BASE}/badges/{award.id}/v2.json").json
        if "badge" in document:
            described = get(document["badge"]).json
            get(described["image"])
            get(described["issuer"])
    return documents


def test_it_says_for_whom_what_and_since_when_and_that_it_is_hosted(client, now, north):
    award = make_award(north, make_freelancer(email="Ada@Example.org"), at=now - DAY, expires_at=now + DAY)
    document = said(client, award).json

    assert document["verification"] == {"type": "hosted"}
    assert document["id"] == f"{BASE}/badges/{award.id}/v2.json"
    assert document["recipient"]["identity"] == identity_hash("ada@example.org", document["recipient"]["salt"])
    assert "Ada" not in json.dumps(document)
    assert document["expires"] > document["issuedOn"]
    described = client.get(document["badge"].removeprefix(BASE)).json
    assert (described["name"], described["issuer"]) == ("North Expert", f"{BASE}/issuers/north/v2.json")
    issuer = client.get("/issuers/north/v2.json").json
    assert (issuer["name"], issuer["type"]) == ("North", "Issuer")
    assert "@" in issuer["email"]
    assert client.get(described["image"].removeprefix(BASE)).data.startswith(b"\x89PNG")


def test_the_page_of_a_badge_links_to_it_for_older_systems(client, now, north):
    award = make_award(north, make_freelancer(), at=now)

    assert f'href="/badges/{award.id}/v2.json"' in client.get(f"/badges/{award.id}").text


def test_suspended_it_is_taken_back_for_now_and_revoked_it_is_gone(client, session, now, north):
    award = make_award(north, make_freelancer(), at=now)
    hold = make_hold(award.freelancer, at=now)
    suspended = said(client, award)
    assert (suspended.status_code, suspended.json["revoked"]) == (200, True)
    assert "may count again" in suspended.json["revocationReason"]
    assert "recipient" not in suspended.json

    hold.lifted_at = now
    session.commit()
    assert "revoked" not in said(client, award).json

    services.revoke(award.id, "The certificate was somebody else's.", by=None, at=now)
    gone = said(client, award)
    assert (gone.status_code, gone.json["revoked"]) == (410, True)
    assert "somebody else" not in gone.text


def test_a_hidden_badge_is_in_no_version_there(client, now, north):
    award = make_award(north, make_freelancer(), at=now)
    services.hide(award.id, now, by=None)

    assert said(client, award).status_code == 404


def test_who_has_no_address_is_known_by_the_badge(client, now, north):
    award = make_award(north, make_freelancer(email=None), at=now)

    assert said(client, award).json["recipient"] == {
        "type": "id", "hashed": False, "identity": f"{BASE}/badges/{award.id}#holder"}  # fmt: skip


@pytest.mark.slow
def test_the_verifier_of_that_version_agrees_in_every_state(verifiers, client, session, now, north):
    odd = make_partner("Odd", slug="odd")
    words = {"name": 'خبير "q" 🦜 \x01 Zoë', "description": "Lines\nand <b>marks</b> & more."}
    session.execute(sa.update(Achievement).where(Achievement.issuer_id == odd.id).values(**words))
    session.commit()

    def award(state, partner=north):
        user = make_user()
        piece = {"title": "A warehouse", "url": "https://example.org/work"}
        holder = make_freelancer(user, email=user.email, profile={"portfolio": [piece]})
        given = make_award(partner, holder, at=now - 2 * DAY, expires_at=now - DAY if state == "expired" else now + DAY)
        if state == "suspended":
            make_hold(holder, at=now)
        if state == "revoked":
            services.revoke(given.id, "The certificate was somebody else's.", by=None, at=now)
        if state == "with evidence":
            choose(given, Choice(True, False, ("https://example.org/work",)), by=None, at=now)
        return given

    states = ("active", "with evidence", "suspended", "revoked", "expired", "odd")
    awards = [award(state, odd if state == "odd" else north) for state in states]
    documents = found_from(client, *awards)
    asked = [(f"{BASE}/badges/{each.id}/v2.json", each.freelancer.email) for each in awards]

    verdicts = dict(zip(states, verifiers.hosted(asked, documents), strict=True))

    assert {state for state in states if verdicts[state]["accepted"]} == {"active", "with evidence", "odd"}, verdicts
    assert verdicts["active"]["recipient"] == asked[0][1]
    assert verdicts["active"]["version"] == "2.0"
    (other,) = verifiers.hosted([(asked[0][0], "somebody.else@example.org")], documents)
    assert not other["accepted"]
