"""What a badge carries about its holder is the holder's own choice. Rules B-1, B-4, X-2, X-3."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from badges.credentials.models import BadgeChoice
from badges.credentials.tokens import taken_apart
from core.audit import AuditEvent
from tests.factories import make_award, make_expert, make_freelancer, make_partner, make_user, sign_in

WORK = (
    {"title": "A warehouse for a bank", "url": "https://example.org/bank"},
    {"title": "Without a link"},
    {"title": "Bad \x07 words", "url": "https://example.org/other"},
    {"title": "A script", "url": "javascript:alert(1)"},
    {"title": "No address", "url": "https://example.org/ a b"},
)
PROFILE = "https://market.example/ada"


@pytest.fixture
def ada(client, at):
    user = make_user()
    sign_in(client, user)
    return make_freelancer(user, name="Ada Byron", profile_url=PROFILE, profile={"portfolio": list(WORK)})


@pytest.fixture
def award(ada):
    return make_award(make_partner("Northwind"), ada)


def contents(client, award):
    return client.get(f"/me/badges/{award.id}/contents")


def choose(client, award, **chosen):
    return client.post(f"/me/badges/{award.id}/contents", data=chosen)


def badge(client, award):
    """What both forms of a badge say, without what secures them."""
    proved = json.loads(client.get(f"/badges/{award.id}.json").text)
    claimed = taken_apart(client.get(f"/badges/{award.id}.jwt").text).claims
    assert claimed["credentialSubject"] == proved["credentialSubject"]
    assert claimed.get("evidence") == proved.get("evidence")
    return proved


def test_unless_chosen_a_badge_carries_nothing_but_a_fingerprint(client, award):
    said = badge(client, award)

    assert "evidence" not in said
    assert "Ada" not in json.dumps(said)
    assert "checked" not in contents(client, award).text


def test_only_pieces_with_an_address_that_a_badge_can_carry_are_offered(client, award):
    page = contents(client, award).text

    assert page.count('name="pieces"') == 2
    assert "javascript:" not in page


def test_what_is_chosen_stands_in_the_badge_and_on_its_page(client, award):
    before = badge(client, award)
    answer = choose(client, award, shows_name="y", shows_profile="y", pieces=[WORK[0]["url"], WORK[2]["url"]])
    said = badge(client, award)

    assert answer.status_code == 303
    assert said["credentialSubject"]["identifier"][1] == {
        "type": "IdentityObject", "hashed": False, "identityHash": "Ada Byron", "identityType": "name"}  # fmt: skip
    assert said["evidence"] == [
        {"id": PROFILE, "type": ["Evidence"], "name": "Profile on the marketplace"},
        {"id": "https://example.org/bank", "type": ["Evidence"], "name": "A warehouse for a bank"},
        {"id": "https://example.org/other", "type": ["Evidence"], "name": "Bad  words"},
    ]
    assert said["proof"][0]["proofValue"] != before["proof"][0]["proofValue"]
    page = client.get(f"/badges/{award.id}").text
    assert '<a href="https://example.org/bank" rel="nofollow noopener">A warehouse for a bank</a>' in page
    checked = client.post("/badges/verify", data={"badge": json.dumps(said)}).text
    assert "This badge is valid" in checked
    assert contents(client, award).text.count(" checked") == 4
    assert len(client.get(f"/badges/{award.id}/v2.json").json["evidence"]) == 3


def test_choosing_is_noted_once_and_choosing_nothing_forgets_it(client, session, award):
    before = badge(client, award)
    for _ in range(2):
        choose(client, award, shows_name="y", pieces=[WORK[0]["url"]])
    assert session.scalar(sa.select(sa.func.count()).select_from(BadgeChoice)) == 1
    choose(client, award)

    events = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "award.contents_chosen")).all()
    assert [(event.before["shows_name"], event.after["shows_name"]) for event in events] == [
        (False, True),
        (True, False),
    ]
    assert [event.after["pieces"] for event in events] == [1, 0]
    assert "example.org" not in json.dumps([event.after | event.before for event in events])
    assert session.scalar(sa.select(sa.func.count()).select_from(BadgeChoice)) == 0
    assert badge(client, award) == before


def test_what_leaves_the_profile_leaves_the_badge(client, session, ada, award):
    choose(client, award, shows_name="y", shows_profile="y", pieces=[WORK[0]["url"]])
    ada.profile = {"portfolio": []}
    session.commit()
    assert [each["id"] for each in badge(client, award)["evidence"]] == [PROFILE]

    ada.visibility = "private"
    session.commit()
    said = badge(client, award)
    assert "evidence" not in said
    assert "Ada" not in json.dumps(said)
    assert "Shown for it" not in client.get(f"/badges/{award.id}").text


def test_without_a_profile_address_it_is_not_offered(client, session, ada, award):
    ada.profile_url = None
    session.commit()

    assert "shows_profile" not in contents(client, award).text
    assert choose(client, award, shows_profile="y").status_code == 303
    assert "evidence" not in badge(client, award)


def test_a_piece_that_is_not_on_the_profile_is_refused(client, session, award):
    answer = choose(client, award, pieces=["https://example.org/of-somebody-else"])

    assert answer.status_code == 422
    assert "not on your profile any more" in answer.text
    assert session.scalar(sa.select(sa.func.count()).select_from(BadgeChoice)) == 0


def test_what_a_badge_of_somebody_else_carries_is_not_mine_to_choose(client, session, award):
    theirs = make_expert()

    assert contents(client, theirs).status_code == 404
    assert choose(client, theirs, shows_name="y").status_code == 404
    assert session.scalar(sa.select(sa.func.count()).select_from(BadgeChoice)) == 0
