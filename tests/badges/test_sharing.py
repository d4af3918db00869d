"""How a badge is shared: links, a snippet, a code. Rules B-3, B-4."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from badges import services
from badges.public import shown_badge
from badges.sharing import sharing
from tests.factories import make_award, make_expert, make_freelancer, make_hold, make_partner


def test_linkedin_is_told_who_what_when_and_where(session, at):
    ends = datetime(2027, 12, 31, tzinfo=UTC)
    award = make_award(make_partner("Ñ & Co", slug="n"), make_freelancer(), expires_at=ends)

    link = sharing(shown_badge(award.id, at), f"http://laurel.test/badges/{award.id}").linkedin

    assert urlsplit(link).netloc == "www.linkedin.com"
    assert {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()} == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Ñ & Co Expert",
        "organizationName": "Ñ & Co",
        "issueYear": "2026",
        "issueMonth": "3",
        "expirationYear": "2027",
        "expirationMonth": "12",
        "certUrl": f"http://laurel.test/badges/{award.id}",
        "certId": str(award.id),
    }


def test_the_snippet_is_a_picture_with_a_link_and_no_script(session, at):
    partner = make_partner("x", slug="x")
    award = make_award(partner, make_freelancer())
    award.achievement.name = '"><script>alert(1)</script>'
    session.commit()

    embed = sharing(shown_badge(award.id, at), "https://laurel.test/badges/1").embed
    root = ElementTree.fromstring(embed.replace("></a>", "/></a>"))

    assert [node.tag for node in root.iter()] == ["a", "img"]
    assert root[0].attrib["src"] == "https://laurel.test/badges/1.svg"


def test_the_page_offers_every_form_and_each_is_there(client, at):
    award = make_expert()
    text = client.get(f"/badges/{award.id}").text

    for form in (".png", ".svg", ".json", ".jwt", "/qr.svg"):
        assert f"/badges/{award.id}{form}" in text
        assert client.get(f"/badges/{award.id}{form}").status_code == 200
    assert f'<meta property="og:image" content="http://laurel.test/badges/{award.id}/card.png">' in text


def test_a_badge_that_does_not_count_is_not_offered_to_a_profile(client, at):
    award = make_expert()
    make_hold(award.freelancer)

    assert "linkedin" not in client.get(f"/badges/{award.id}").text


@pytest.mark.parametrize("form", ["", ".json", ".jwt", ".svg", ".png"])
def test_a_cache_that_asks_shows_a_change_with_the_next_request_and_back(client, session, at, form):
    """B-2: what a cache keeps it must ask about each time; the state of signed forms stands in their list."""
    award = make_expert()
    address = f"/badges/{award.id}{form}"
    if form in (".json", ".jwt"):
        listed = json.loads(client.get(f"/badges/{award.id}.json").text)["credentialStatus"]["statusListCredential"]
        address = listed.removeprefix("http://laurel.test") + form.removeprefix(".json")
    before = client.get(address)
    assert before.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    held = {"If-None-Match": before.headers["ETag"]}
    assert client.get(address, headers=held).status_code == 304

    hold = make_hold(award.freelancer)
    during = client.get(address, headers=held)
    hold.lifted_at = at
    session.commit()
    after = client.get(address, headers={"If-None-Match": during.headers["ETag"]})

    assert (during.status_code, after.status_code) == (200, 200)
    assert after.data == before.data


def test_revoked_stays_revoked_in_every_form(client, session, at):
    award = make_expert()
    services.revoke(award.id, "The certificate was somebody else's.", by=None, at=at)

    said = client.get(f"/badges/{award.id}.json").text
    assert '"statusPurpose": "revocation"' in said
    assert client.get(f"/badges/{award.id}.json").text == said
