"""What happens with a link. Rules I-3, I-4, I-6, E-7."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.errors import BadPassword, EmailTaken
from accounts.models import User
from badges.models import JoinedThrough
from core.errors import Conflict
from freelancers.models import Freelancer
from partners.accepting import NotAddressed, NotAFreelancer, accept
from partners.answering import ask_to_confirm, decline, mark_opened, register_newcomer, stop_invitations
from partners.inviting import confirm_person
from partners.models import Application, Invitation, OptOut
from partners.opened_link import opened_link
from partners.rules import LinkGone, Stop, Viewer
from tests.factories import PASSWORD, make_application, make_freelancer, make_invitation, make_partner, make_user

DAY = timedelta(days=1)
LATER = timedelta(days=31)


def the_invitation(session):
    return session.scalars(sa.select(Invitation).execution_options(populate_existing=True)).one()


def whose(session, application_id):
    return session.get_one(Application, application_id).freelancer_id


def test_accepting_opens_one_application_and_says_so_once(session, partner, ada, link, mails, at):
    first = accept(link, ada.user_id, at)
    second = accept(link, ada.user_id, at + DAY)

    opened = session.get_one(Application, first)
    assert first == second
    assert (opened.freelancer_id, opened.state) == (ada.id, "draft")
    assert [mail.to_address for mail in mails("application_opened")] == ["ada@example.org"]


def test_opening_keeps_the_first_moment_and_nothing_else(session, link, at):
    before = the_invitation(session).__dict__ | {}
    mark_opened(link, at + DAY)
    mark_opened(link, at + 2 * DAY)
    after = the_invitation(session)

    changed = {name for name, value in before.items() if name[0] != "_" and getattr(after, name) != value}
    assert changed == {"opened_at"}
    assert after.opened_at == at + DAY


@pytest.mark.parametrize("written", ["ADA@Example.org", "ada@example.org"])
def test_the_address_counts_in_whatever_case(session, partner, at, written):
    _, token = make_invitation(partner, "ada@example.org")
    freelancer = make_freelancer(make_user(email="other@example.org"), email=written)

    assert whose(session, accept(token, freelancer.user_id, at)) == freelancer.id


def test_another_account_may_not_accept(session, link, at):
    bob = make_freelancer(make_user(email="bob@example.org"))

    with pytest.raises(NotAddressed):
        accept(link, bob.user_id, at)
    assert session.scalar(sa.select(sa.func.count()).select_from(Application)) == 0


def test_an_account_without_a_profile_may_not_accept(session, link, admin, at):
    with pytest.raises(NotAFreelancer):
        accept(link, admin.id, at)


def test_once_the_partner_confirms_the_other_account_may_accept(session, partner, admin, link, mails, at):
    bob = make_freelancer(make_user(email="bob@example.org", name="Bob"))
    ask_to_confirm(link, bob.user_id, at)
    ask_to_confirm(link, bob.user_id, at)
    (asked,) = mails("invitation_asked")

    with pytest.raises(NotAddressed):
        accept(link, bob.user_id, at)
    confirm_person(the_invitation(session).id, by=admin.id, at=at, user_id=bob.user_id)

    assert asked.to_address == admin.email
    assert asked.context["asker_address"] == "bob@example.org"
    assert [mail.to_address for mail in mails("invitation_confirmed")] == ["bob@example.org"]
    assert whose(session, accept(link, bob.user_id, at)) == bob.id


def test_a_confirmation_is_for_the_account_that_was_seen(session, partner, admin, link, at):
    bob = make_freelancer(make_user(email="bob@example.org"))
    eve = make_freelancer(make_user(email="eve@example.org"))
    ask_to_confirm(link, bob.user_id, at)
    ask_to_confirm(link, eve.user_id, at)

    with pytest.raises(Conflict):
        confirm_person(the_invitation(session).id, by=admin.id, at=at, user_id=bob.user_id)
    confirm_person(the_invitation(session).id, by=admin.id, at=at, user_id=eve.user_id)
    with pytest.raises(Conflict):
        ask_to_confirm(link, bob.user_id, at)
    with pytest.raises(NotAddressed):
        accept(link, bob.user_id, at)


def test_the_invited_person_may_still_accept_after_somebody_else_was_confirmed(session, admin, ada, link, at):
    bob = make_freelancer(make_user(email="bob@example.org"))
    ask_to_confirm(link, bob.user_id, at)
    confirm_person(the_invitation(session).id, by=admin.id, at=at)

    assert whose(session, accept(link, ada.user_id, at)) == ada.id
    with pytest.raises(LinkGone):
        accept(link, bob.user_id, at)


def test_the_link_ends_to_the_second(session, partner, ada, at):
    invitation, token = make_invitation(partner, "ada@example.org")

    with pytest.raises(LinkGone):
        accept(token, ada.user_id, invitation.expires_at)
    assert accept(token, ada.user_id, invitation.expires_at - timedelta(seconds=1))


@pytest.mark.parametrize(
    "verb",
    [
        lambda token, ada, at: accept(token, ada.user_id, at),
        lambda token, ada, at: decline(token, ada.user_id, at),
        lambda token, ada, at: ask_to_confirm(token, ada.user_id, at),
        lambda token, ada, at: register_newcomer(token, "Ada", PASSWORD, at),
        lambda token, ada, at: opened_link(token, None, at),
    ],
)
def test_a_dead_link_is_the_same_error_whatever_killed_it(session, partner, ada, at, verb):
    dead = [
        "unknown",
        make_invitation(partner, "a@x.org", at=at - LATER)[1],
        make_invitation(partner, "b@x.org", withdrawn_at=at)[1],
        make_invitation(partner, "c@x.org", accepted_at=at)[1],
    ]
    said = set()
    for token in dead:
        with pytest.raises(LinkGone) as gone:
            verb(token, ada, at)
        said.add((gone.value.status, gone.value.title, gone.value.detail, gone.value.next_step))

    assert len(said) == 1


def test_declining_needs_no_account_and_may_be_said_twice(session, partner, link, mails, at):
    decline(link, None, at)
    decline(link, None, at + DAY, Stop.PARTNER)
    invitation = the_invitation(session)

    assert (invitation.declined_at, invitation.freelancer_id) == (at, None)
    assert session.scalars(sa.select(OptOut.partner_id)).all() == [partner.id]
    assert mails() == []


def test_whoever_declines_signed_in_is_remembered_as_the_one_who_did(session, ada, link, at):
    decline(link, ada.user_id, at)

    assert the_invitation(session).freelancer_id == ada.id


def test_after_accepting_there_is_nothing_to_decline(session, ada, link, at):
    accept(link, ada.user_id, at)

    with pytest.raises(LinkGone):
        decline(link, ada.user_id, at)


@pytest.mark.parametrize("stop", [Stop.PARTNER, Stop.ALL])
def test_even_a_dead_link_can_stop_further_invitations(session, partner, at, stop):
    _, token = make_invitation(partner, "ada@example.org", at=at - LATER)
    stop_invitations(token, stop, at)
    stop_invitations(token, stop, at)
    stop_invitations("unknown", stop, at)

    assert session.scalars(sa.select(OptOut.email)).all() == ["ada@example.org"]


def test_an_application_made_by_another_invitation_stays_as_it_is(session, partner, ada, link, mails, at):
    earlier = make_application(partner, ada)

    assert accept(link, ada.user_id, at) == earlier.id
    assert earlier.submitted_at == at
    assert mails("application_opened") == []


def test_a_newcomer_gets_account_and_profile_and_has_joined_through_the_partner(session, partner, link, at):
    user = register_newcomer(link, "Ada Byron", PASSWORD, at)
    profile = session.scalars(sa.select(Freelancer)).one()
    joined = session.scalars(sa.select(JoinedThrough)).one()

    assert (user.email, user.role, user.name) == ("ada@example.org", "freelancer", "Ada Byron")
    assert (profile.user_id, profile.is_provisional, profile.visibility) == (user.id, True, "private")
    assert (joined.freelancer_id, joined.issuer_id, joined.joined_at) == (profile.id, partner.id, at)
    assert whose(session, accept(link, user.id, at)) == profile.id


def test_whom_the_marketplace_knows_gets_an_account_and_is_no_newcomer(session, partner, link, at):
    known = make_freelancer(email="ada@example.org")
    user = register_newcomer(link, "Ada", PASSWORD, at)
    session.refresh(known)

    assert known.user_id == user.id
    assert session.scalars(sa.select(JoinedThrough)).all() == []


def test_an_address_with_an_account_is_not_given_a_second_one(session, ada, link, at):
    with pytest.raises(EmailTaken):
        register_newcomer(link, "Ada", PASSWORD, at)


def test_a_profile_with_an_account_under_another_address_is_not_taken_over(session, link, at):
    known = make_freelancer(make_user(email="work@example.org"), email="ada@example.org")
    owner = known.user_id

    with pytest.raises(Conflict):
        register_newcomer(link, "Ada", PASSWORD, at)
    session.expire_all()
    assert session.get(Freelancer, known.id).user_id == owner
    assert session.scalar(sa.select(User).where(User.email == "ada@example.org")) is None


def test_a_bad_password_leaves_nothing_behind(session, link, at):
    with pytest.raises(BadPassword):
        register_newcomer(link, "Ada", "short", at)

    assert session.scalars(sa.select(Freelancer)).all() == []


def test_what_the_link_shows_depends_on_who_looks(session, partner, admin, ada, link, at):
    bob = make_freelancer(make_user(email="bob@example.org"))

    assert opened_link(link, None, at).viewer is Viewer.STRANGER
    assert opened_link(link, admin.id, at).viewer is Viewer.NO_FREELANCER
    assert opened_link(link, ada.user_id, at).viewer is Viewer.INVITED
    assert opened_link(link, bob.user_id, at).viewer is Viewer.OTHER
    ask_to_confirm(link, bob.user_id, at)
    assert opened_link(link, bob.user_id, at).viewer is Viewer.ASKED
    accept(link, ada.user_id, at)
    assert opened_link(link, ada.user_id, at).viewer is Viewer.DONE
    with pytest.raises(LinkGone):
        opened_link(link, bob.user_id, at)


def test_nobody_sees_a_checklist_but_their_own(session, partner, ada, link, at):
    bob = make_freelancer(make_user(email="bob@example.org"), jss_pct=70)

    assert opened_link(link, None, at).findings is None
    assert any(not finding.met for finding in opened_link(link, bob.user_id, at).findings)
    assert all(finding.met for finding in opened_link(link, ada.user_id, at).findings)


def test_a_link_of_one_partner_shows_nothing_of_another(session, partner, link, at):
    make_partner("Contoso")

    assert opened_link(link, None, at).invitation.programme.partner.id == partner.id
