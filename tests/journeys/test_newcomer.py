"""A newcomer: badged on a complete and public profile alone, and held to all rules from their first score on."""

import pytest

from tests.browsing import needs_browser
from tests.journeys.conftest import add_partner, apply, feed, invite, publish_page, register, select
from tests.live import link_in, text_of

pytestmark = [needs_browser, pytest.mark.xdist_group("journeys")]

NIA = "nia@example.org"
NEW = {"marketplace_id": "m77", "name": "Nia New", "email": NIA, "english_level": None}


def let_days_pass(service, days):
    """Move what the grace began and ends back by so many days: as if they had passed since."""
    service.sql(
        "UPDATE awards SET grace_began_at = grace_began_at - make_interval(days => %s), "
        "grace_ends_at = grace_ends_at - make_interval(days => %s) WHERE grace_ends_at IS NOT NULL",
        days,
        days,
    )


def test_a_newcomers_badge_lasts_until_a_first_score_asks_for_more(service, staff, person, tmp_path):
    admin = add_partner(service, staff, person)
    publish_page(admin)
    [link] = invite(service, admin, NIA)
    nia = register(person(), link, "Nia New")
    application = apply(nia)

    assert "1 updated" in feed(service, tmp_path, NEW | {"jss_pct": None}), "the feed adopts who registered first"
    nia.go(application)
    nia.sees("requirements met")
    select(admin, "Nia New")
    badge = link_in(service.mailbox.wait_for(NIA, subject="Expert now"), "/badges/")
    visitor = person()
    visitor.go(badge)
    visitor.sees("Nia New", "Active")

    feed(service, tmp_path, NEW | {"jss_pct": 70, "english_level": "fluent"})
    service.cli("sweep")
    grace = service.mailbox.wait_for(NIA, subject="attention")
    assert "70 %" in text_of(grace)
    nia.go("/me/badges")
    nia.sees("In grace", "70 %")
    visitor.go(badge)
    visitor.sees("Active")

    let_days_pass(service, 15)
    service.cli("sweep")
    service.mailbox.wait_for(NIA, subject="suspended")
    visitor.go(badge)
    visitor.sees("Suspended")
    visitor.go("/experts/northwind")
    visitor.does_not_see("Nia New")
