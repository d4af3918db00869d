"""A partner's console, as its team uses it. Rules I-4, I-5, R-2, R-3."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from partners.answering import ask_to_confirm
from partners.interest import show_interest
from partners.models import Application, Invitation, Member
from tests.factories import (
    make_application,
    make_expert,
    make_freelancer,
    make_invitation,
    make_member,
    make_user,
    sign_in,
)

DAY = timedelta(days=1)


@pytest.fixture
def console(client, partner, admin):
    """A browser of the partner's admin; `at` of the console's pages is its address."""
    sign_in(client, admin)
    client.at = f"/console/{partner.slug}"
    return client


def one(session, model):
    return session.scalars(sa.select(model).execution_options(populate_existing=True)).one()


def test_an_empty_console_says_how_to_begin(console, at):
    for page in ("", "/invitations", "/applications", "/applications?tab=kept", "/programme", "/team"):
        answer = console.get(console.at + page)
        assert answer.status_code == 200
    assert "Three steps to your first experts" in console.get(console.at).text
    assert "No invitations yet" in console.get(f"{console.at}/invitations").text


def test_home_counts_what_waits_and_how_far_people_got(console, session, partner, ada, at):
    invitation, _ = make_invitation(partner, "ada@example.org", accepted_at=at, freelancer_id=ada.id)
    make_invitation(partner, "new@example.org")
    make_application(partner, ada, invitation_id=invitation.id)
    text = console.get(console.at).text

    assert "Applications to decide on" in text
    assert "Ada Byron sent an application" in text
    assert text.count("</tr>") == 7


def test_the_list_is_filtered_by_state_and_paged(console, session, partner, at):
    for number in range(30):
        make_invitation(partner, f"p{number}@x.org", at=at - number * timedelta(minutes=1))
    make_invitation(partner, "no@x.org", declined_at=at, at=at - 2 * DAY)
    first = console.get(f"{console.at}/invitations")
    following = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = console.get(following)

    assert first.text.count('data-label="Address"') == 24
    assert second.text.count('data-label="Address"') == 7
    assert "no@x.org" in console.get(f"{console.at}/invitations?state=declined").text
    assert "p1@x.org" not in console.get(f"{console.at}/invitations?state=declined").text
    assert console.get(f"{console.at}/invitations?state=nonsense").status_code == 200
    assert console.get(f"{console.at}/invitations?cursor=nonsense").status_code == 422


def test_send_again_and_withdraw(console, session, partner, mails, at):
    invitation, _ = make_invitation(partner, "ada@example.org", at=at - DAY)
    again = console.post(f"{console.at}/invitations/{invitation.id}/resend", follow_redirects=True)

    assert "A new link is on its way to ada@example.org" in again.text
    assert console.post(f"{console.at}/invitations/{invitation.id}/resend").status_code == 409
    gone = console.post(f"{console.at}/invitations/{invitation.id}/withdraw", follow_redirects=True)
    assert "is withdrawn" in gone.text
    assert one(session, Invitation).withdrawn_at == at
    assert mails("invitation") == []  # called off before it left


def test_a_person_is_confirmed_where_the_inviter_sees_both_addresses(console, session, link, at):
    bob = make_freelancer(make_user(email="bob@example.org", name="Bob"))
    ask_to_confirm(link, bob.user_id, at)
    shown = console.get(f"{console.at}/invitations").text
    address = f"{console.at}/invitations/{one(session, Invitation).id}/confirm"

    assert "bob@example.org" in shown
    assert console.post(address).status_code == 422
    assert console.post(address, data={"user_id": str(one(session, Invitation).id)}).status_code == 409
    assert console.post(address, data={"user_id": str(bob.user_id)}).status_code == 303
    assert one(session, Invitation).confirmed_at == at


def test_interest_is_answered_with_an_invitation(console, session, partner, ada, mails, at):
    interest = show_interest(ada.id, partner.id, "I know it well.", at)

    assert "I know it well." in console.get(f"{console.at}/invitations").text
    console.post(f"{console.at}/interests/{interest.id}/invite")
    assert [mail.to_address for mail in mails("invitation")] == ["ada@example.org"]
    assert "I know it well." not in console.get(f"{console.at}/invitations").text


def test_the_queue_has_the_longest_waiting_first_with_what_they_meet(console, session, partner, at):
    for days, jss in ((1, 95), (9, 70)):
        who = make_freelancer(make_user(name=f"Waits {days}"), jss_pct=jss)
        make_application(partner, who, at=at - days * DAY)
    text = console.get(f"{console.at}/applications").text

    assert text.index("Waits 9") < text.index("Waits 1")
    assert "4 of 5 met" in text
    assert "All 5 met" in text


def test_applications_of_one_day_have_waited_the_same_number_of_days(console, session, partner, at):
    for hours in (9.5, 23.5):  # both on the day before, at 23:30 and at 9:30
        make_application(partner, make_freelancer(make_user()), at=at - hours * DAY / 24)

    assert console.get(f"{console.at}/applications").text.count('class="num nums">1</td>') == 2


def test_drafts_and_withdrawn_applications_are_not_the_partners_to_see(console, session, partner, ada, at):
    draft = make_application(partner, ada, submitted=False)
    gone = make_application(partner, make_freelancer(make_user(name="Gone")), withdrawn_at=at)

    for tab in ("to_decide", "kept", "waiting", "selected"):
        assert "Ada Byron" not in console.get(f"{console.at}/applications?tab={tab}").text
    for application in (draft, gone):
        assert console.get(f"{console.at}/applications/{application.id}").status_code == 404
        decision = console.post(f"{console.at}/applications/{application.id}/decision", data={"decision": "select"})
        assert decision.status_code == 404


def test_the_first_reviewer_to_look_puts_an_application_in_review(console, session, partner, ada, at):
    application = make_application(partner, ada)
    page = console.get(f"{console.at}/applications/{application.id}")

    assert "A warehouse for a bank." in page.text
    assert "All 5 requirements met" in page.text
    assert one(session, Application).reviewed_at == at


def test_a_viewers_look_changes_nothing_and_offers_no_decision(app, session, partner, ada, at):
    application = make_application(partner, ada)
    client = app.test_client()
    sign_in(client, make_member(partner, make_user("partner"), duty="viewer"))
    page = client.get(f"/console/{partner.slug}/applications/{application.id}")

    assert page.status_code == 200
    assert "Your decision" not in page.text
    assert one(session, Application).reviewed_at is None


def decide(console, application, decision, seen="in_review"):
    address = f"{console.at}/applications/{application.id}/decision"
    return console.post(address, data={"decision": decision, "seen": seen}, follow_redirects=True)


def test_selecting_gives_the_badge(console, session, partner, ada, mails, at):
    page = decide(console, make_application(partner, ada), "select")

    assert "Ada Byron is selected and holds your badge" in page.text
    assert [mail.template for mail in mails()] == ["award_awarded"]


def test_keeping_on_file_tells_nobody_and_selecting_later_works(console, session, partner, ada, mails, at):
    application = make_application(partner, ada)
    kept = decide(console, application, "keep")

    assert "Nobody was told" in kept.text
    assert mails() == []
    assert "Ada Byron" in console.get(f"{console.at}/applications?tab=kept").text
    assert "holds your badge" in decide(console, application, "select", seen="kept_on_file").text


def test_deciding_on_what_somebody_else_decided_says_who_did(console, session, partner, ada, at):
    rita = make_member(partner, make_user("partner", name="Rita Reviewer"), duty="reviewer")
    application = make_application(partner, ada, kept_at=at, kept_by=rita.id)
    late = decide(console, application, "select", seen="in_review")

    assert late.status_code == 409
    assert "Rita Reviewer kept the application of Ada Byron on file." in late.text


def test_an_unknown_decision_is_refused(console, session, partner, ada, at):
    assert decide(console, make_application(partner, ada), "reject").status_code == 422


def test_who_is_selected_too_early_stands_in_a_queue_of_their_own(console, session, partner, at):
    bob = make_freelancer(make_user(name="Bob"), jss_pct=70)
    page = decide(console, make_application(partner, bob), "select")

    assert "The badge follows by itself" in page.text
    assert "Bob" in console.get(f"{console.at}/applications?tab=waiting").text


def test_an_experts_application_leads_to_the_badge(console, session, partner, at):
    award = make_expert(partner)
    text = console.get(f"{console.at}/applications/{one(session, Application).id}").text

    assert f"/badges/{award.id}" in text


def test_the_programmes_words_are_changed(console, session, partner, at):
    form = {"summary": "Be ours.", "benefits": "One\r\n\r\nTwo\r\n"}
    page = console.post(f"{console.at}/programme", data=form, follow_redirects=True)

    assert "Saved." in page.text
    assert partner.programme.benefits == ["One", "Two"]
    assert console.post(f"{console.at}/programme", data={"summary": ""}).status_code == 422
    assert console.post(f"{console.at}/programme", data={"summary": "x", "benefits": "y\n" * 13}).status_code == 422


def test_steps_are_changed_without_a_script(console, session, partner, at):
    form = {"kind": "certificate", "prompt": "Your certificate", "hint": "", "required": "y"}
    added = console.post(f"{console.at}/programme/steps", data=form, follow_redirects=True)
    key = partner.programme.steps[-1]["key"]

    assert "Your certificate" in added.text
    for action in ("up", "down", "up"):
        console.post(f"{console.at}/programme/steps/{key}", data={"action": action})
    session.refresh(partner.programme)
    assert [step["kind"] for step in partner.programme.steps] == ["certificate", "question"]
    console.post(f"{console.at}/programme/steps/{key}", data={"action": "remove"})
    session.refresh(partner.programme)
    assert len(partner.programme.steps) == 1
    assert console.post(f"{console.at}/programme/steps/{key}", data={"action": "up"}).status_code == 404
    assert console.post(f"{console.at}/programme/steps/{key}", data={"action": "burn"}).status_code == 422
    assert console.post(f"{console.at}/programme/steps", data=form | {"prompt": ""}).status_code == 422
    assert console.post(f"{console.at}/programme/steps", data=form | {"kind": "dance"}).status_code == 422


def test_the_team_grows_changes_and_shrinks(console, session, partner, mails, at):
    form = {"name": "Rita", "email": "rita@northwind.example", "duty": "reviewer"}
    assert "Rita gets a mail" in console.post(f"{console.at}/team", data=form, follow_redirects=True).text
    assert console.post(f"{console.at}/team", data=form).status_code == 409
    assert console.post(f"{console.at}/team", data=form | {"email": "no"}).status_code == 422
    rita = session.scalars(sa.select(Member).where(Member.duty == "reviewer")).one()

    assert console.post(f"{console.at}/team/{rita.id}/duty", data={"duty": "manager"}).status_code == 303
    assert console.post(f"{console.at}/team/{rita.id}/duty", data={"duty": "king"}).status_code == 422
    assert "no longer in your team" in console.post(f"{console.at}/team/{rita.id}/remove", follow_redirects=True).text
    assert [mail.template for mail in mails()] == ["account_invitation"]


def test_the_last_admin_stays(console, session, admin, at):
    own = session.scalars(sa.select(Member).where(Member.user_id == admin.id)).one()
    refused = console.post(f"{console.at}/team/{own.id}/remove")

    assert refused.status_code == 409
    assert "Make somebody else an admin first." in refused.text
    assert 'href="/start">Go to your pages' in refused.text


def test_who_leaves_has_no_console_from_the_next_request_on(console, session, partner, admin, at):
    make_member(partner, make_user("partner"), duty="admin")
    own = session.scalars(sa.select(Member).where(Member.user_id == admin.id)).one()

    assert console.post(f"{console.at}/team/{own.id}/remove").location == "/start"
    assert console.get(console.at).status_code == 404


def test_what_applicants_write_is_text_and_never_markup(console, session, partner, ada, at):
    application = make_application(partner, ada, answers={"why": "<script>alert(1)</script>"})

    assert "<script>alert" not in console.get(f"{console.at}/applications/{application.id}").text
