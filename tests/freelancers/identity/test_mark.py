"""Clients see the mark "identity verified", never the documents; a feed takes it away from nobody. Rule H-4."""

import json

from freelancers.feed import mapping
from freelancers.feed.importing import import_feed
from freelancers.holds import HoldKind
from freelancers.identity.models import Ending
from freelancers.models import Freelancer
from tests.factories import make_expert, make_hold
from tests.freelancers.identity.conftest import make_call, send_pictures

MARK = "Identity verified"


def pages(award):
    """Return where a client meets an expert: the card, the person's page, the badge's page."""
    base = f"/experts/{award.achievement.issuer.slug}"
    return [base, f"{base}/people/{award.freelancer_id}", f"/badges/{award.id}"]


def test_the_mark_stands_on_card_person_and_badge_and_only_where_it_is_true(client, session, northwind):
    award = make_expert(northwind)
    assert [MARK in client.get(page).text for page in pages(award)] == [False] * 3
    award.freelancer.identity_verified = True
    session.commit()
    assert [MARK in client.get(page).text for page in pages(award)] == [True] * 3
    make_hold(award.freelancer, HoldKind.POLICY_RESTRICTION)

    assert MARK not in client.get(pages(award)[2]).text, "who the holder is is not told then"


def test_nothing_of_the_pictures_is_on_a_public_page(client, session, northwind, at):
    award = make_expert(northwind, identity_verified=True)
    kept = send_pictures(award.freelancer, at)
    for page in pages(award):
        shown = client.get(page).text
        assert not [one for one in kept.values() if str(one.id) in shown or one.stored_as in shown]
        assert "/staff/identity" not in shown


def imported(session, tmp_path, at, **row):
    """Let a feed name somebody; return them as they are then."""
    path = tmp_path / "feed.ndjson"
    path.write_text(json.dumps({"marketplace_id": "v1", "name": "Vera"} | row) + "\n")
    import_feed(path, mapping.find("laurel"), by=None, at=at)
    session.expire_all()
    return session.query(Freelancer).filter_by(marketplace_id="v1").one()


def test_a_feed_that_knows_nothing_of_our_call_takes_the_mark_from_nobody(session, tmp_path, at):
    vera = imported(session, tmp_path, at, identity_verified=True)
    assert not imported(session, tmp_path, at, identity_verified=False).identity_verified, "it was the feed's own"
    make_call(session, vera, at, ended_at=at, ending=Ending.VERIFIED)
    vera = session.get(Freelancer, vera.id)
    vera.identity_verified = True
    session.commit()

    assert imported(session, tmp_path, at, identity_verified=False, title="Analyst").identity_verified
    assert session.get(Freelancer, vera.id).title == "Analyst"


def test_a_feed_gives_the_mark_to_nobody_whose_verification_failed_here(session, tmp_path, at):
    vera = imported(session, tmp_path, at, identity_verified=False)
    make_call(session, vera, at, ended_at=at, ending=Ending.FAILED)

    assert not imported(session, tmp_path, at, identity_verified=True, title="Analyst").identity_verified
