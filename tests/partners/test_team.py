"""A partner's team: who joins, who leaves and what goes with them, and what each duty may do."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from accounts.errors import LinkEnded
from accounts.services import choose_password
from core.audit import AuditEvent
from core.database import session as database
from core.errors import DomainError, InvalidInput
from core.permissions import Access, Duty, declared
from partners import team
from partners.duties import DEEDS, DUTIES
from partners.models import Member
from partners.queries import membership
from tests.factories import make_member, make_partner, make_user, sign_in

PASSWORD = "three unrelated words"


def invite(partner, by, at, address="rita@northwind.example", duty=Duty.REVIEWER, **words):
    return team.add_member(partner, address, address.split("@")[0].title(), duty, by=by.id, at=at, **words)


def token_of(mails, app, number=-1):
    with app.app_context():
        return mails("account_invitation")[number].words()["path"].rsplit("/", 1)[1]


def place_of(session, user):
    return session.scalars(sa.select(Member).where(Member.user_id == user.id, Member.left_at.is_(None))).one()


# The invitation


def test_a_word_to_a_coworker_stands_in_their_mail(app, partner, admin, mails, at):
    invite(partner, admin, at, message="  We need your eyes.  ")

    words = mails("account_invitation")[0].words()
    assert (words["inviter"], words["message"]) == ("Pat Partner", "We need your eyes.")
    with pytest.raises(InvalidInput):
        invite(partner, admin, at, "bo@northwind.example", message="x" * (team.WORD_MAX + 1))
    assert len(mails()) == 1


def test_a_coworker_is_invited_in_the_browser(client, session, partner, admin, mails, at):
    sign_in(client, admin)
    form = {"name": "Rita", "email": "rita@northwind.example", "duty": "reviewer", "message": "Come!"}
    page = client.post(f"/console/{partner.slug}/team", data=form, follow_redirects=True).text

    assert "Rita gets a mail, and is in as soon as they have chosen a password." in page
    assert "Invited, not here yet" in page
    again = client.post(f"/console/{partner.slug}/team", data=form)
    assert again.status_code == 409
    assert "Rita has a place in the team" in again.text
    assert len(mails()) == 1


def test_who_has_not_come_in_gets_the_link_again(client, session, partner, admin, mails, at):
    member = invite(partner, admin, at)
    sign_in(client, admin)
    address = f"/console/{partner.slug}/team/{member.id}/link"

    assert client.post(address).status_code == 303
    choose_password(token_of(mails, client.application, 0), PASSWORD, at)
    assert client.post(address).status_code == 409


# Leaving


def test_who_is_removed_loses_access_with_the_next_request(client, app, session, partner, admin, at):
    rita = make_member(partner, duty="manager")
    sign_in(client, rita)
    assert client.get(f"/console/{partner.slug}").status_code == 200
    team.remove_member(place_of(session, rita).id, by=admin.id, at=at)

    assert client.get(f"/console/{partner.slug}").status_code == 404
    assert client.post(f"/console/{partner.slug}/programme", data={"summary": "Mine."}).status_code == 404


def test_whom_the_leaver_invited_and_who_has_not_come_in_is_no_longer_invited(session, partner, admin, mails, at, app):
    second = make_member(partner)
    came = invite(partner, second, at, "came@northwind.example")
    choose_password(token_of(mails, app), PASSWORD, at)
    invite(partner, second, at, "slow@northwind.example")
    slow = token_of(mails, app)
    invite(partner, admin, at, "other@northwind.example")
    other = token_of(mails, app)

    assert team.remove_member(place_of(session, second).id, by=admin.id, at=at) == ("Slow",)
    session.expire_all()
    assert session.get(Member, came.id).left_at is None
    assert choose_password(other, PASSWORD, at)
    with pytest.raises(LinkEnded):
        choose_password(slow, PASSWORD, at)
    members = sa.select(AuditEvent.action).where(AuditEvent.action.like("member.%")).order_by(AuditEvent.id)
    assert session.scalars(members).all()[-2:] == ["member.removed", "member.invitation_withdrawn"]


def test_a_link_lives_on_where_another_team_waits_for_the_same_person(session, partner, admin, mails, at, app):
    member = invite(partner, admin, at)
    other = make_partner("Contoso")
    invite(other, make_member(other), at)
    team.remove_member(member.id, by=admin.id, at=at)

    assert choose_password(token_of(mails, app), PASSWORD, at).id == member.user_id


def test_anybody_may_leave_but_the_last_admin(client, session, partner, admin, at):
    viewer = make_member(partner, make_user("partner"), duty="viewer")
    sign_in(client, viewer)
    assert client.post(f"/console/{partner.slug}/team/leave").status_code == 303
    assert membership(viewer.id, partner.slug) is None

    sign_in(client, admin)
    assert client.post(f"/console/{partner.slug}/team/leave").status_code == 409
    assert membership(admin.id, partner.slug) is not None


def test_an_admin_who_has_not_come_in_looks_after_nobody(session, partner, admin, at):
    invited = invite(partner, admin, at, duty=Duty.ADMIN)

    with pytest.raises(team.LastAdmin):
        team.remove_member(place_of(session, admin).id, by=admin.id, at=at)
    with pytest.raises(team.LastAdmin):
        team.change_duty(place_of(session, admin).id, Duty.VIEWER, by=admin.id, at=at)
    team.remove_member(invited.id, by=admin.id, at=at)


@pytest.mark.parametrize("verb", ["remove", "demote", "both"])
def test_admins_who_end_each_other_at_the_same_moment_leave_one(app, session, partner, admin, at, verb):
    for _ in range(4):
        make_member(partner, make_user("partner"))
    ids = list(session.scalars(sa.select(Member.id)))
    session.commit()
    gate = threading.Barrier(len(ids))

    def end(place):
        with app.app_context():
            gate.wait()
            try:
                if verb == "remove" or (verb == "both" and place % 2):
                    return team.remove_member(ids[place], by=None, at=at)
                return team.change_duty(ids[place], Duty.VIEWER, by=None, at=at)
            except DomainError as refused:
                return refused
            finally:
                database.remove()

    with ThreadPoolExecutor(len(ids)) as pool:
        answers = list(pool.map(end, range(len(ids))))
    left = session.scalars(sa.select(Member).where(Member.left_at.is_(None), Member.duty == Duty.ADMIN)).all()

    assert len(left) == 1
    assert sum(isinstance(answer, team.LastAdmin) for answer in answers) == 1


# Who may do what


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.words)
def test_the_page_says_what_routes_declare(app, deed):
    for endpoint in deed.endpoints:
        permission = declared(app.view_functions[endpoint])
        assert (permission.access, permission.duty) == (Access.MEMBER, deed.duty), endpoint


@pytest.mark.parametrize("duty", Duty)
def test_everybody_reads_who_may_do_what(client, partner, at, duty):
    sign_in(client, make_member(partner, duty=duty))
    page = client.get(f"/console/{partner.slug}/team").text

    assert f"You are {'an' if duty is Duty.ADMIN else 'a'} {duty}." in page
    assert page.count('aria-label="may"') == sum(duty_.covers(deed.duty) for deed in DEEDS for duty_, _ in DUTIES)
    assert ("Invite a coworker" in page) is (duty is Duty.ADMIN)


def test_a_refusal_says_what_is_needed(client, partner, at):
    sign_in(client, make_member(partner, duty="viewer"))
    refused = client.post(f"/console/{partner.slug}/team", data={})

    assert refused.status_code == 403
    assert "is viewer; this needs admin" in refused.text


def test_a_member_of_another_team_is_not_there(client, session, partner, admin, at):
    theirs = place_of(session, make_member(make_partner("Contoso")))
    sign_in(client, admin)
    for verb in ("duty", "remove", "link"):
        address = f"/console/{partner.slug}/team/{theirs.id}/{verb}"
        assert client.post(address, data={"duty": "viewer"}).status_code == 404
    session.expire_all()
    assert (theirs.duty, theirs.left_at) == ("admin", None)
