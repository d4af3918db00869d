"""Whom the marketplace could invite, and why. Rules I-1, I-2, I-6."""

import pytest

from accounts.models import Role
from partners.interest import show_interest
from partners.invitations.stops import opt_out
from partners.invitations.suggestions import invite_suggested, suggestions
from tests.factories import (
    make_application,
    make_expert,
    make_freelancer,
    make_hold,
    make_invitation,
    make_user,
    sign_in,
)


def names(found):
    return [each.freelancer.name for each in found]


def test_who_meets_every_rule_is_suggested_the_most_active_first_and_says_why(session, partner, at):
    make_freelancer(name="Few", jobs_count=3, hours_worked=900)
    make_freelancer(name="Many", jobs_count=40, hours_worked=10, jss_pct=99)
    make_freelancer(name="Low score", jobs_count=90, jss_pct=70)
    make_hold(make_freelancer(name="Held", jobs_count=80))
    found = suggestions(partner.programme, at)

    assert names(found) == ["Many", "Few"]
    assert found[0].reasons == (
        "Meets every rule today", "40 finished jobs", "10 hours of work", "Job Success Score 99 %"
    )  # fmt: skip


def test_nobody_is_suggested_who_was_invited_applied_holds_the_badge_or_wants_none(session, partner, at):
    make_invitation(partner, make_freelancer().email, declined_at=at)
    make_application(partner, make_freelancer())
    make_expert(partner)
    opt_out(make_freelancer().email, None, at)
    make_freelancer(email=None)

    assert suggestions(partner.programme, at) == []


def test_inviting_takes_only_who_is_suggested_still(session, partner, mails, at):
    good, bad = make_freelancer(), make_freelancer(jss_pct=10)
    report = invite_suggested(partner.programme, [good.id, bad.id], by=None, at=at)

    assert report.sent == 1
    assert [mail.to_address for mail in mails("invitation")] == [good.email]
    assert suggestions(partner.programme, at) == []


@pytest.fixture
def staff(client):
    sign_in(client, make_user(Role.STAFF))
    return client


def test_staff_invite_from_the_page(staff, session, partner, mails, at):
    person = make_freelancer(name="Ada Byron", jobs_count=12)
    address = f"/staff/partners/{partner.slug}/suggestions"
    shown = staff.get(address).text

    assert "Ada Byron" in shown
    assert "12 finished jobs" in shown
    sent = staff.post(address, data={"person": [str(person.id)]}, follow_redirects=True)
    assert "1 invitation is on the way." in sent.text
    assert "Nobody to suggest" in sent.text
    assert staff.post(address, data={"person": ["oops"]}).status_code == 422


def test_staff_answer_an_interest(staff, session, partner, ada, mails, at):
    interest = show_interest(ada.id, partner.id, "I know it well.", at)
    assert "I know it well." in staff.get(f"/staff/partners/{partner.slug}").text
    staff.post(f"/staff/partners/{partner.slug}/interests/{interest.id}/invite")

    assert [mail.to_address for mail in mails("invitation")] == ["ada@example.org"]
