"""Partners, programmes and teams."""

import pytest
import sqlalchemy as sa

from accounts.errors import EmailTaken
from badges.models import Achievement, Issuer
from core.errors import Conflict, InvalidInput, NotFound
from core.permissions import Duty
from partners import form_building, services, team
from partners.models import Member
from partners.queries import membership
from partners.states import StepKind
from tests.factories import make_member, make_partner, make_user


def test_a_new_partner_has_issuer_badge_programme_and_an_invited_admin(session, mails, at):
    staff = make_user("staff")
    partner = services.create_partner(
        "northwind", " Northwind ", colour="#243B7A", website="https://northwind.example",
        admin_email="Pat@Northwind.example", admin_name="Pat", by=staff.id, at=at,
    )  # fmt: skip
    member = session.scalars(sa.select(Member)).one()

    assert (partner.name, partner.colour) == ("Northwind", "#243b7a")
    assert session.get(Issuer, partner.id).slug == "northwind"
    assert session.get(Achievement, partner.programme.achievement_id).name == "Northwind Expert"
    assert (member.user.email, member.duty) == ("pat@northwind.example", "admin")
    assert [mail.template for mail in mails()] == ["account_invitation"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "No Spaces"}, {"slug": "-x"}, {"slug": ""}, {"slug": "x" * 61}, {"name": " "}, {"name": "x" * 81},
        {"colour": "red"}, {"colour": "#12345"}, {"website": "javascript:alert(1)"}, {"website": "northwind.example"},
    ],
)  # fmt: skip
def test_what_a_partner_cannot_be_called_is_refused(session, at, wrong):
    with pytest.raises(InvalidInput):
        services.create_partner(**({"slug": "northwind", "name": "Northwind"} | wrong), by=None, at=at)

    assert session.scalars(sa.select(Issuer)).all() == []


def test_a_short_name_belongs_to_one_partner(session, at):
    services.create_partner("northwind", "Northwind", by=None, at=at)

    with pytest.raises(Conflict):
        services.create_partner("northwind", "Another", by=None, at=at)


def test_a_partner_is_created_whole_or_not_at_all(session, ada, at):
    with pytest.raises(EmailTaken):
        services.create_partner("contoso", "Contoso", admin_email="ada@example.org", by=None, at=at)

    assert session.scalars(sa.select(Issuer)).all() == []


def test_a_programme_speaks_in_its_partners_words(session, partner, admin, at):
    services.update_programme(partner.programme.id, summary=" New ", benefits=[" One ", "", "Two"], by=admin.id, at=at)
    session.refresh(partner.programme)

    assert (partner.programme.summary, partner.programme.benefits) == ("New", ["One", "Two"])


@pytest.mark.parametrize(
    "wrong", [{"summary": ""}, {"summary": "x" * 1001}, {"benefits": ["x" * 201]}, {"benefits": list("abcdefghijklm")}]
)
def test_a_programme_has_its_limits(session, partner, admin, at, wrong):
    with pytest.raises(InvalidInput):
        services.update_programme(
            partner.programme.id, **({"summary": "New", "benefits": []} | wrong), by=admin.id, at=at
        )


def prompts(session, partner):
    session.refresh(partner.programme)
    return [step["prompt"] for step in partner.programme.steps]


def test_steps_are_added_moved_and_removed(session, partner, admin, at):
    own, by = partner.programme.id, {"by": admin.id, "at": at}
    for kind in (StepKind.CERTIFICATE, StepKind.PORTFOLIO):
        form_building.add_step(own, kind, f"Your {kind}", required=True, **by)
    first, certificate, portfolio = (step["key"] for step in partner.programme.steps)
    form_building.move_step(own, portfolio, -2, **by)
    form_building.move_step(own, portfolio, -1, **by)

    assert prompts(session, partner) == ["Your portfolio", "What have you built with it?", "Your certificate"]
    form_building.remove_step(own, first, **by)
    form_building.remove_step(own, first, **by)
    assert prompts(session, partner) == ["Your portfolio", "Your certificate"]
    with pytest.raises(NotFound):
        form_building.move_step(own, first, 1, **by)
    assert certificate != portfolio


def test_a_step_asks_something_and_there_are_not_too_many(session, partner, admin, at):
    with pytest.raises(InvalidInput):
        form_building.add_step(partner.programme.id, StepKind.QUESTION, "  ", required=True, by=admin.id, at=at)
    for number in range(19):
        form_building.add_step(partner.programme.id, StepKind.QUESTION, str(number), required=True, by=admin.id, at=at)
    with pytest.raises(InvalidInput, match="at most 20"):
        form_building.add_step(partner.programme.id, StepKind.QUESTION, "One more", required=True, by=admin.id, at=at)


def test_a_coworker_has_one_place_in_a_team(session, partner, admin, at):
    member = team.add_member(partner, "rita@northwind.example", "Rita", Duty.REVIEWER, by=admin.id, at=at)

    with pytest.raises(team.AlreadyMember):
        team.add_member(partner, "RITA@northwind.example", "Rita", Duty.ADMIN, by=admin.id, at=at)
    team.remove_member(member.id, by=admin.id, at=at)
    assert membership(member.user_id, partner.slug) is None
    assert team.add_member(partner, "rita@northwind.example", "Rita", Duty.VIEWER, by=admin.id, at=at)


def test_one_person_may_work_for_two_partners(session, partner, admin, at):
    other = make_partner("Contoso")

    assert team.add_member(other, admin.email, admin.name, Duty.VIEWER, by=None, at=at).user_id == admin.id


def test_a_freelancers_account_joins_no_team(session, partner, admin, ada, at):
    with pytest.raises(EmailTaken):
        team.add_member(partner, "ada@example.org", "Ada", Duty.VIEWER, by=admin.id, at=at)


def test_a_team_keeps_an_admin(session, partner, admin, at):
    own = session.scalars(sa.select(Member).where(Member.user_id == admin.id)).one()

    with pytest.raises(team.LastAdmin):
        team.remove_member(own.id, by=admin.id, at=at)
    with pytest.raises(team.LastAdmin):
        team.change_duty(own.id, Duty.MANAGER, by=admin.id, at=at)
    make_member(partner, make_user("partner"), duty="admin")
    team.change_duty(own.id, Duty.MANAGER, by=admin.id, at=at)
    assert membership(admin.id, partner.slug).duty == "manager"


def test_who_has_left_cannot_be_changed(session, partner, admin, at):
    member = team.add_member(partner, "rita@northwind.example", "Rita", Duty.REVIEWER, by=admin.id, at=at)
    team.remove_member(member.id, by=admin.id, at=at)

    with pytest.raises(NotFound):
        team.change_duty(member.id, Duty.ADMIN, by=admin.id, at=at)


@pytest.mark.parametrize("slug", ["new", "staff", "Console"])
def test_a_short_name_that_pages_of_ours_have_is_refused_wherever_it_is_typed(session, at, slug):
    with pytest.raises(InvalidInput, match="kept for pages of Laurel"):
        services.create_partner(slug, "Northwind", by=None, at=at)
