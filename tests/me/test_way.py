"""A person's own way: the steps from where they stand, the next one a link. Rule H-5."""

import re

import pytest

from freelancers.holds import HoldKind
from tests.factories import make_freelancer, make_hold, make_user, sign_in
from tests.freelancers.identity.conftest import send_pictures


@pytest.fixture
def user(session, at):
    return make_user()


def ways(client, user):
    """Return the steps of each way on the person's home, and where the first leads."""
    sign_in(client, user)
    html = client.get("/me").text
    section = re.search(r'<section id="way">.*?</section>', html, re.S)
    if section is None:
        return None
    found = {}
    for part in section[0].split("<h3>")[1:]:
        steps = re.findall(r"<li.*?</li>", part, re.S)
        words = [re.sub(r"<[^>]+>", "", re.search(r"<p>(.*?)</p>", step, re.S)[1]) for step in steps]
        link = re.search(r'href="([^"]+)"', steps[0]) if steps else None
        found[part.split("<")[0]] = words, link and link[1]
    return found


def test_the_complaint_has_a_way_without_a_public_photo(client, user):
    person = make_freelancer(user, photo_url=None, completeness_pct=87)
    hold = make_hold(person, HoldKind.VERIFICATION_FAILED)
    found = ways(client, user)

    verified, first = found["To be verified"]
    assert first == "/me/identity"
    assert verified[-1].startswith("Verify your identity in a short video call")
    eligible, _ = found["To be eligible"]
    assert not any("Add a photo" in step for step in eligible), "H-5"
    assert eligible[-1].startswith("Fill in your profile, without a photo")
    assert hold.lifted_at is None


def test_what_was_sent_for_a_verification_is_not_asked_for_again(client, user, at):
    person = make_freelancer(user)
    send_pictures(person, at)

    assert ways(client, user)["To be verified"] == (["Verify your identity in a short video call"], "/me/identity")


def test_a_restriction_is_answered_on_its_own_page(client, user):
    hold = make_hold(make_freelancer(user, identity_verified=True), HoldKind.POLICY_RESTRICTION)

    assert ways(client, user)["To be eligible"] == (
        ["Answer the reason given with the restriction"],
        f"/me/holds/{hold.id}",
    )


def test_whoever_is_suspended_asks_support_first(client, user):
    make_freelancer(user, identity_verified=True, account_state="suspended")

    assert ways(client, user)["To be eligible"][1] == "/me/support/new?about=other"


def test_whoever_has_arrived_is_shown_no_way(client, user):
    make_freelancer(user, identity_verified=True)

    assert ways(client, user) is None
