"""A freelancer's home: the next step, holds, invitations, badges, applications, requirements, score, programmes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.models import Role, User
from core import clock
from core.outbox import OutboxMail
from freelancers.holds import HoldKind
from freelancers.models import Observation
from partners.models import Interest, Invitation
from tests.factories import (
    make_application,
    make_award,
    make_freelancer,
    make_hold,
    make_invitation,
    make_newcomer,
    make_partner,
    make_user,
    sign_in,
)

OVERVIEW = (
    "I move Oracle warehouses to Snowflake for insurers: four last year, the largest with 900 tables. Models in dbt, "
    "tests for every source, and lessons for analysts who will look after all of it."
)


@pytest.fixture
def ada(client, at):
    """Ada, signed in, who meets everything."""
    user = make_user(name="Ada Byron")
    freelancer = make_freelancer(user)
    sign_in(client, user)
    return freelancer


def next_step(page):
    return page.text.split("What to do next</p>")[1].split("</section>")[0]


def test_the_home_welcomes_by_name(client, ada):
    assert "Welcome, Ada Byron" in client.get("/me").text


def test_somebody_who_has_nothing_to_do_is_told_so(client, ada):
    assert "There is nothing to do now" in next_step(client.get("/me"))


def test_an_open_requirement_is_the_next_step(client, session, ada):
    ada.jss_pct = 70
    session.commit()

    page = client.get("/me")
    assert "Job Success Score" in next_step(page)
    assert "#requirements" in next_step(page)


def test_a_newcomer_is_not_asked_for_what_they_are_spared(client, session, at):
    newcomer = make_newcomer(make_partner())
    sign_in(client, session.get_one(User, newcomer.user_id))

    page = client.get("/me")
    assert "There is nothing to do now" in next_step(page)
    assert "All 2 requirements met" in page.text
    for title in ("Active account", "Job Success Score", "Fluent English"):
        assert f"{title}: not asked yet" in page.text


def test_what_will_soon_be_lost_is_the_next_step_of_somebody_with_nothing_open(client, session, at, ada):
    make_award(make_partner(), ada)
    for days, value in ((70, 88), (45, 85), (0, 82)):
        seen_at = at - timedelta(days=days)
        session.add(Observation(freelancer_id=ada.id, figure="jss_pct", value=value, observed_at=seen_at))
    ada.jss_pct = 82
    session.commit()

    page = client.get("/me")

    assert "Look ahead: Northwind Expert" in next_step(page)
    assert "2 points above the 80 % that is needed, and falling: 88 % in December 2025" in next_step(page)
    assert "What lies ahead" in client.get("/me/badges").text


def test_a_draft_comes_before_a_requirement(client, session, ada):
    ada.jss_pct = 70
    session.commit()
    application = make_application(make_partner(), ada, submitted=False)

    assert f"/me/applications/{application.id}" in next_step(client.get("/me"))


def test_an_invitation_comes_before_a_draft_and_can_be_sent_again(client, session, at, ada):
    make_application(make_partner(), ada, submitted=False)
    invitation, _ = make_invitation(make_partner("Contoso"), ada.email)
    page = client.get("/me")
    assert "Contoso invites you" in next_step(page)
    assert "1 April 2026" in next_step(page)

    clock.use(lambda: at + timedelta(minutes=5))
    assert client.post(f"/me/invitations/{invitation.id}/send").status_code == 303
    assert "It is on its way to" in client.get("/me").text
    assert session.scalars(sa.select(OutboxMail.to_address)).all() == [ada.email]
    client.post(f"/me/invitations/{invitation.id}/send")
    assert "a moment ago" in client.get("/me").text
    assert len(session.scalars(sa.select(OutboxMail.to_address)).all()) == 1


def test_an_invitation_of_somebody_else_cannot_be_sent(client, session, ada):
    invitation, _ = make_invitation(make_partner(), "bob@example.org")
    before = session.get(Invitation, invitation.id).token_hash

    assert client.post(f"/me/invitations/{invitation.id}/send").status_code == 404
    assert session.get(Invitation, invitation.id).token_hash == before


def test_a_badge_in_grace_comes_before_an_invitation_and_says_until_when(client, at, ada):
    partner = make_partner("Northwind")
    ada.jss_pct = 70
    make_award(partner, ada, grace_began_at=at, grace_ends_at=at + timedelta(days=14))
    make_invitation(make_partner(), ada.email)

    step = next_step(client.get("/me"))
    assert "Keep your badge: Northwind Expert" in step
    assert "16 March 2026" in step


@pytest.mark.parametrize(
    ("kind", "stops", "decides"),
    [
        (HoldKind.AWAITING_VERIFICATION, "send new proposals, change your photo", "A verification agent"),
        (HoldKind.POLICY_RESTRICTION, "be shown in search and directories", "The marketplace&#39;s staff"),
    ],
)
def test_a_hold_comes_first_and_says_all_that_it_must(client, at, ada, kind, stops, decides):
    """Why, since when, what it stops, what lifts it, and who decides. Rule H-6."""
    make_hold(ada, kind, reason="Two accounts share one device.", at=at - timedelta(days=3))
    make_invitation(make_partner(), ada.email)
    page = client.get("/me")

    assert "Your account is on hold" in next_step(page)
    for words in ("Two accounts share one device.", "27 February 2026", stops, decides, "What lifts it"):
        assert words in page.text


def test_what_verification_lifts_leads_to_it_before_all_else(client, at, ada):
    make_hold(ada, HoldKind.POLICY_RESTRICTION, at=at - timedelta(days=3))
    make_hold(ada, HoldKind.VERIFICATION_FAILED)

    step = next_step(client.get("/me"))
    assert "Verify your identity" in step
    assert 'href="/me/identity"' in step


def test_somebody_new_whose_profile_is_ready_is_asked_to_submit_it(client, session, ada):
    ada.is_provisional, ada.overview, ada.profile = True, OVERVIEW, {"education": [{"school": "Turin"}]}
    session.commit()
    assert "Submit your profile" in next_step(client.get("/me"))

    client.post("/me/approval", data={"after": "0"})
    assert "Submit your profile" not in next_step(client.get("/me"))


def test_a_profile_that_would_be_declined_at_once_is_not_to_be_submitted_yet(client, session, ada):
    ada.is_provisional, ada.overview = True, None
    session.commit()

    assert "Submit your profile" not in next_step(client.get("/me"))


def test_a_selection_that_waits_says_for_what(client, session, at, ada):
    ada.visibility = "private"
    session.commit()
    make_application(make_partner("Contoso"), ada, selected_at=at)

    step = next_step(client.get("/me"))
    assert "Contoso has selected you" in step
    assert "public" in step


def test_badges_and_applications_show_how_they_stand(client, at, ada):
    make_award(make_partner("Northwind"), ada)
    make_application(make_partner("Contoso"), ada, kept_at=at, reviewed_at=at)
    page = client.get("/me").text

    assert "Northwind Expert" in page
    assert "Under consideration" in page
    assert "Kept on file" not in page
    assert "In review" not in page


def test_the_score_shows_its_margin_and_how_it_moved(client, session, at, ada):
    ada.jss_pct = 82
    for days, value in ((60, 90), (30, None), (0, 82)):
        session.add(
            Observation(freelancer_id=ada.id, figure="jss_pct", value=value, observed_at=at - timedelta(days=days))
        )
    session.commit()
    page = client.get("/me").text

    assert "82 %" in page
    assert "points above the 80 %" in page
    assert "2 points above the 80 % that is needed, and falling: 90 % " in page
    assert "It is close to the limit." in page
    assert "no score" in page


def test_without_a_score_it_says_how_one_comes(client, session, ada):
    ada.jss_pct, ada.jss_observed_at, ada.first_scored_at = None, None, None
    session.commit()

    assert "at least two finished jobs with two clients" in client.get("/me").text


# Interest


def test_a_programme_that_one_is_not_in_can_be_asked_once(client, session, at, ada):
    partner = make_partner("Contoso")
    where = f"/me/interest/{partner.slug}"
    assert where in client.get("/me").text
    assert "What have you done with Contoso?" in client.get(where).text

    assert client.post(where, data={"note": "I run it for a bank."}).status_code == 303
    assert "You asked on" in client.get("/me").text
    assert where not in client.get("/me").text
    clock.use(lambda: at + timedelta(days=1))
    client.post(where, data={"note": "Again."})
    interest = session.scalars(sa.select(Interest)).one()
    assert (interest.note, interest.asked_at) == ("I run it for a bank.", at)


def test_who_withdrew_an_application_may_ask_again(client, session, at, ada):
    partner = make_partner()
    session.add(Interest(partner_id=partner.id, freelancer_id=ada.id, asked_at=at - timedelta(days=9)))
    session.commit()
    make_application(partner, ada, at=at - timedelta(days=5), withdrawn_at=at - timedelta(days=5))

    assert client.post(f"/me/interest/{partner.slug}").status_code == 303
    session.expire_all()
    assert session.scalars(sa.select(Interest.asked_at)).one() == at


def test_a_note_that_is_too_long_comes_back_whole(client, ada):
    partner = make_partner()
    page = client.post(f"/me/interest/{partner.slug}", data={"note": "a" * 1001})

    assert page.status_code == 422
    assert "a" * 1001 in page.text


def test_programmes_that_one_is_in_or_that_are_not_published_are_not_offered(client, at, ada):
    invited, applied, badged, hidden = (make_partner(name) for name in ("Invited", "Applied", "Badged", "Later"))
    make_invitation(invited, ada.email)
    make_application(applied, ada)
    make_award(badged, ada)
    unpublished = make_partner("Unpublished", published=False)
    page = client.get("/me").text

    assert f"/me/interest/{hidden.slug}" in page
    for partner in (invited, applied, badged, unpublished):
        assert f"/me/interest/{partner.slug}" not in page
        assert client.post(f"/me/interest/{partner.slug}").status_code == 404


def test_asking_is_a_post(client, session, ada):
    partner = make_partner()
    client.get(f"/me/interest/{partner.slug}")

    assert session.scalars(sa.select(Interest)).all() == []


# Who may see it


def test_an_account_without_a_profile_is_told_what_is_missing(client, at):
    user = make_user()
    sign_in(client, user)
    page = client.get("/me")

    assert page.status_code == 200
    assert "Your profile is not here yet" in page.text
    assert user.email in page.text
    for path in ("/me/profile", "/me/applications", "/me/badges"):
        assert client.get(path).location == "/me"


@pytest.mark.parametrize("path", ["/me", "/me/profile", "/me/applications", "/me/badges", "/me/account"])
def test_own_pages_are_for_freelancers_who_are_signed_in(client, at, path):
    assert client.get(path).location == f"/sign-in?next={path}"
    sign_in(client, make_user(Role.PARTNER))
    assert client.get(path).status_code == 404


def test_a_block_lets_nobody_in_and_says_why(client, at):
    user = make_user()
    make_hold(make_freelancer(user), HoldKind.BLOCK, reason="Somebody else's documents.")
    page = sign_in(client, user)

    assert page.status_code == 403
    for words in ("block since 2 March 2026", "Somebody else&#39;s documents.", "marketplace&#39;s staff"):
        assert words in page.text


def test_a_block_ends_the_visit_of_somebody_who_is_in(client, ada):
    make_hold(ada, HoldKind.BLOCK)

    assert client.get("/me").location == "/sign-in?next=/me"


def test_the_other_holds_let_people_in(client, ada):
    for kind in set(HoldKind) - {HoldKind.BLOCK}:
        make_hold(ada, kind)

    assert client.get("/me").status_code == 200
