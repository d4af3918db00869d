"""The public page of a badge, its image, and the check. Rules B-2..B-4."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest

from badges import services
from badges.design.rules import OURS
from core import clock
from freelancers.holds import HoldKind
from tests.factories import make_award, make_expert, make_freelancer, make_hold, make_newcomer, make_partner

DAY = timedelta(days=1)
UNKNOWN = "01900000-0000-7000-8000-00000000abcd"


def page(client, award, **more):
    return client.get(f"/badges/{award.id}", **more)


def image(client, award):
    return client.get(f"/badges/{award.id}.svg")


def words(drawing):
    """Return every text in an SVG image."""
    root = ElementTree.fromstring(drawing.data)
    return [
        node.text for node in root.iter() if not node.tag.endswith("}credential") and node.text and node.text.strip()
    ]


def test_the_page_says_who_issued_it_for_what_since_when_and_how_it_stands(client, at):
    award = make_expert(profile_url="https://market.example/ada")

    answer = page(client, award)

    assert answer.status_code == 200
    for said in (
        "Ada Byron",
        "Northwind Expert",
        "Knows Northwind inside out.",
        "Northwind awarded this badge on 2 March 2026, and it counts today.",
        "A Job Success Score of at least 80 %",
        "https://market.example/ada",
        "No end date",
        '<meta property="og:title" content="Ada Byron: Northwind Expert (active)">',
        f'<meta property="og:url" content="http://laurel.test/badges/{award.id}">',
    ):
        assert said in answer.text
    assert "Set-Cookie" not in answer.headers


def test_nothing_private_stands_on_the_page_or_in_the_image(client, at):
    award = make_expert(email="ada@secret.example", jss_pct=93, overview="Overview text", country="PT")
    make_hold(award.freelancer, HoldKind.AWAITING_VERIFICATION, reason="Something odd about the papers.")

    for answer in (page(client, award), image(client, award)):
        for secret in ("secret.example", "93 %", "Overview text", "papers", "awaiting", "Portugal"):
            assert secret not in answer.text
    assert "Ada" not in image(client, award).text


@pytest.mark.parametrize(
    "hidden", [{"visibility": "private"}, {"visibility": "marketplace"}, {"account_state": "closed"}]
)
def test_the_name_goes_when_the_profile_is_not_public(client, at, hidden):
    answer = page(client, make_expert(profile_url="https://market.example/ada", **hidden))

    assert "Ada" not in answer.text
    assert "market.example" not in answer.text
    assert "profile is not public" in answer.text


@pytest.mark.parametrize(("kind", "named"), [(HoldKind.AWAITING_VERIFICATION, True), (HoldKind.BLOCK, False)])
def test_the_name_goes_while_a_hold_keeps_the_person_from_being_shown(client, at, kind, named):
    award = make_expert()
    make_hold(award.freelancer, kind)

    assert ("Ada Byron" in page(client, award).text) is named


def test_a_hold_and_its_lifting_show_at_the_next_request(client, session, at):
    award = make_expert()
    hold = make_hold(award.freelancer, at=at - DAY)

    assert "This badge is suspended since 1 March 2026" in page(client, award).text
    assert "badge: Suspended" in words(image(client, award))[0]
    hold.lifted_at = at
    session.commit()
    assert "it counts today" in page(client, award).text
    assert "badge: Active" in words(image(client, award))[0]


def test_a_badge_in_grace_is_active_to_the_public(client, session, at):
    award = make_expert(jss_pct=70)
    award.grace_began_at, award.grace_ends_at = at, at + 14 * DAY
    session.commit()

    answer = page(client, award)

    assert "it counts today" in answer.text
    assert "race" not in answer.text


def test_a_revoked_badge_says_so_and_keeps_the_reason_to_itself(client, at):
    award = make_expert()
    services.revoke(award.id, "The certificate was somebody else's.", by=None, at=at)

    answer = page(client, award)

    assert "This badge was revoked on 2 March 2026. It does not count any more." in answer.text
    assert "certificate was" not in answer.text
    assert "badge: Revoked" in words(image(client, award))[0]


def test_an_expired_badge_says_so(client, at):
    award = make_award(make_partner(), make_freelancer(), expires_at=at)

    assert "The time of this badge was over on 2 March 2026." in page(client, award).text
    assert "badge: Expired" in words(image(client, award))[0]


def test_a_held_newcomers_badge_is_active(client, at):
    partner = make_partner()
    newcomer = make_newcomer(partner)
    award = make_award(partner, newcomer)
    make_hold(newcomer, HoldKind.BLOCK)

    assert "it counts today" in page(client, award).text
    assert "Ada" not in page(client, award).text


def test_a_hidden_badge_looks_like_none(client, at):
    award = make_expert()
    services.hide(award.id, at, None)

    hidden, none = page(client, award), client.get(f"/badges/{UNKNOWN}")

    assert (hidden.status_code, none.status_code) == (404, 404)
    assert "its holder chose not to show it" in hidden.text
    assert "Ada" not in hidden.text
    assert image(client, award).status_code == 404
    services.unhide(award.id, at, None)
    assert page(client, award).status_code == 200


@pytest.mark.parametrize("place", ["/badges/nothing", "/badges/1.svg", "/badges/%00", f"/badges/{UNKNOWN}x"])
def test_an_address_that_names_no_badge_is_not_found(client, session, place):
    assert client.get(place).status_code == 404


@pytest.mark.parametrize("ending", ["", ".svg"])
def test_a_cache_asks_each_time_and_is_told_when_nothing_changed(client, session, at, ending):
    award = make_expert()
    place = f"/badges/{award.id}{ending}"
    first = client.get(place)
    tag = first.headers["ETag"]

    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert not tag.startswith("W/")
    clock.use(lambda: at + timedelta(hours=1))
    assert client.get(place, headers={"If-None-Match": tag}).status_code == 304
    services.revoke(award.id, "So.", by=None, at=at)
    changed = client.get(place, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.headers["ETag"] != tag) == (200, True)


def test_the_image_needs_no_script_and_no_style_of_ours(client, at):
    answer = image(client, make_expert())

    assert answer.mimetype == "image/svg+xml"
    root = ElementTree.fromstring(answer.data)
    drawn = {"svg", "title", "g", "path", "clipPath"}
    assert {node.tag.split("}")[1] for node in root.iter()} == drawn | {"credential"}
    assert not any(name in ("style", "href") or name.startswith("on") for node in root.iter() for name in node.attrib)


@pytest.mark.parametrize("name", ["<script>alert(1)</script> & Söhne", "\x0bVertical", "W" * 90, "Very " * 30 + "long"])
def test_the_image_stands_whatever_a_partner_is_called(client, session, at, name):
    award = make_expert()
    award.achievement.name = award.achievement.issuer.name = name
    session.commit()

    assert len([word for word in words(image(client, award)) if len(word) > 22]) <= 1  # the title alone
    assert page(client, award).status_code == 200


def test_the_image_of_what_does_not_count_is_grey(client, at):
    active, suspended = make_expert(), make_expert(visibility="private")

    assert OURS.accent in image(client, active).text
    assert OURS.accent not in image(client, suspended).text


@pytest.mark.parametrize(
    "form",
    [
        "{id}",
        "  {id} ",
        "{ID}",
        "http://laurel.test/badges/{id}",
        "http://localhost/badges/{id}.svg?x=1#y",
        "laurel.test/badges/{id}",
    ],
)
def test_a_check_leads_to_the_badge_that_was_meant(client, at, form):
    award = make_expert()
    typed = form.format(id=award.id, ID=str(award.id).upper())

    answer = client.get("/badges/verify", query_string={"badge": typed})

    assert (answer.status_code, answer.location) == (303, f"/badges/{award.id}")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Paste the address or the text of a badge"),
        ("   ", "Paste the address or the text of a badge"),
        ("hello", "That is not the address of a badge"),
        (f"https://evil.example/badges/{UNKNOWN}", "That address belongs to evil.example, not to us"),
        (f"//evil.example/badges/{UNKNOWN}", "That address belongs to evil.example, not to us"),
        (UNKNOWN, "No badge is shown at this address"),
        (f"{UNKNOWN} {UNKNOWN}", "more than one badge"),
        ("http://[", "That is not the address of a badge"),
        ("\x00", "That is not the address of a badge"),
        ("a" * 5000, "That is not the address of a badge"),
    ],
)
def test_a_check_says_what_was_wrong(client, session, at, typed, said):
    answer = client.get("/badges/verify", query_string={"badge": typed})

    assert answer.status_code == 422
    assert said in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_check_of_a_hidden_badge_finds_none(client, at):
    award = make_expert()
    services.hide(award.id, at, None)

    assert "No badge is shown" in client.get("/badges/verify", query_string={"badge": str(award.id)}).text


def test_the_check_says_what_it_tells_before_anything_is_typed(client, session):
    answer = client.get("/badges/verify")

    assert answer.status_code == 200
    assert "What the answer tells you" in answer.text
    assert "There is something to put right" not in answer.text
    assert client.get("/badges/verify", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
