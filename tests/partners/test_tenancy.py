"""A partner sees its own and nobody else's; each duty may do what it is for. Rule X-4, over every route there is."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.tokens import create_token
from badges.attesting import Said, attest
from badges.eligibility.partner_rules import PartnerRules
from badges.passed import said_of
from badges.services import set_partner_rules
from core.database import new_id
from core.permissions import Access, Duty, Scope, declared
from partners.interest import show_interest
from partners.invitations import letters, lists
from partners.invitations.campaigns import open_campaign
from partners.models import Member
from tests.factories import (
    make_application,
    make_design,
    make_expert,
    make_freelancer,
    make_invitation,
    make_member,
    make_partner,
    make_user,
    sign_in,
)

CONSOLE = "partners_console."


def make_version(partner, at):
    """Requirements of the partner that are scheduled."""
    later = at + timedelta(days=9)
    return set_partner_rules(partner.programme.achievement_id, PartnerRules(), effective_at=later, by=None, at=at)


def routes(app):
    """Every (rule, method) of the console's pages that this package serves."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(CONSOLE)
        for method in sorted(rule.methods & {"GET", "POST"})
    ]


@pytest.fixture
def theirs(session, at):
    """Another partner, with one of everything."""
    other = make_partner("Contoso")
    invitation, _ = make_invitation(other, "somebody@example.org")
    make_member(other)
    expert = make_expert(other)
    attest(other.id, [(expert.freelancer_id, Said("review", "Portfolio", at.date()))], by=None, at=at)
    applied = make_freelancer(make_user())
    return other, {
        "application_id": make_application(other, applied).id,
        "freelancer_id": applied.id,
        "invitation_id": invitation.id,
        "interest_id": show_interest(make_freelancer(make_user()).id, other.id, None, at).id,
        "member_id": session.scalars(sa.select(Member.id).where(Member.partner_id == other.id)).one(),
        "version_id": make_version(other, at).id,
        "freelancer": expert.freelancer_id,
        "attestation_id": said_of(expert.freelancer_id, other.id)[0].id,
        "key": "not-ours",
        "file_id": new_id(),
        "list_id": lists.bring(other.programme, b"new@example.org", "", None, by=None, at=at).id,
        "token_id": create_token("theirs", {Scope.FINDINGS}, 30, partner_id=other.id, by=None, at=at)[0].id,
        "letter_id": kept_letter(other.programme, at),
        "campaign_id": open_campaign(other.programme, "Fair", 9, at.date(), by=None, at=at).id,
        "stop_id": new_id(),
        "design": make_design(other.programme.achievement_id, at),
    }


def kept_letter(programme, at):
    """A letter that a programme's team keeps for invitations."""
    letters.keep(programme.id, programme.partner_id, "Usual", "Come!", "Hello.", by=None, at=at)
    return letters.letters_of(programme.id)[0].id


def ask(client, rule, method, slug, ids):
    path = rule.rule.replace("<partner>", slug)
    path = re.sub(r"<any\((\w+)[^>]*>", r"\1", path)
    path = re.sub(r"<(?:uuid:)?(\w+)>", lambda found: str(ids[found[1]]), path)
    form = {"decision": "select", "action": "up", "duty": "viewer", "user_id": str(ids["member_id"])}
    return client.open(path, method=method, data=form if method == "POST" else None)


def stored(session):
    session.expire_all()
    tables = (
        "invitations",
        "applications",
        "reviews",
        "review_settings",
        "conflicts_of_interest",
        "application_notes",
        "saved_views",
        "interests",
        "members",
        "programmes",
        "partner_rules",
        "requirement_drafts",
        "attestations",
        "outbox_mails",
        "audit_events",
    )
    return {
        name: session.execute(sa.text(f"SELECT to_jsonb(t) FROM {name} t ORDER BY 1")).scalars().all()
        for name in tables
    }


def test_ids_of_another_partner_are_not_there_on_any_route(app, client, session, partner, admin, theirs, at):
    _, ids = theirs
    sign_in(client, admin)
    before = stored(session)
    asked = [(rule, method) for rule, method in routes(app) if re.search(r"<(?!partner)", rule.rule)]

    assert len(asked) >= 9
    for rule, method in asked:
        assert ask(client, rule, method, partner.slug, ids).status_code == 404, (rule.rule, method)
    assert stored(session) == before


def test_another_partners_console_is_not_there_on_any_route(app, client, session, admin, theirs, at):
    other, ids = theirs
    sign_in(client, admin)
    before = stored(session)

    for rule, method in routes(app):
        assert ask(client, rule, method, other.slug, ids).status_code == 404, (rule.rule, method)
    assert stored(session) == before


@pytest.mark.parametrize("role", ["freelancer", "staff", "partner"])
def test_nobody_else_has_a_console(app, client, session, partner, theirs, at, role):
    _, ids = theirs
    sign_in(client, make_user(role))

    for rule, method in routes(app):
        assert ask(client, rule, method, partner.slug, ids).status_code == 404, (rule.rule, method)


def test_a_viewer_sees_and_changes_nothing(app, client, session, partner, theirs, at):
    _, ids = theirs
    sign_in(client, make_member(partner, duty="viewer"))
    before = stored(session)

    for rule, method in routes(app):
        if rule.endpoint == f"{CONSOLE}leave_team":  # anybody may go: see test_team
            continue
        if method == "POST":
            assert ask(client, rule, method, partner.slug, ids).status_code == 403, rule.rule
        elif "<uuid" not in rule.rule:
            shown = 200 if declared(app.view_functions[rule.endpoint]).duty is Duty.VIEWER else 403
            assert ask(client, rule, method, partner.slug, ids).status_code == shown, rule.rule
    assert stored(session) == before


@pytest.mark.parametrize(
    ("endpoint", "duty"),
    [
        ("home", Duty.VIEWER), ("invitations", Duty.VIEWER), ("applications", Duty.VIEWER),
        ("application", Duty.VIEWER),
        ("programme", Duty.VIEWER), ("team", Duty.VIEWER), ("decide", Duty.REVIEWER),
        ("bring_list", Duty.MANAGER), ("invitation_list", Duty.VIEWER), ("choose_columns", Duty.MANAGER),
        ("letter", Duty.MANAGER), ("remove_letter", Duty.MANAGER), ("send_list", Duty.MANAGER),
        ("campaign_links", Duty.VIEWER), ("open_campaign", Duty.MANAGER), ("campaign", Duty.MANAGER),
        ("poster", Duty.MANAGER), ("qr_code", Duty.MANAGER), ("end_campaign", Duty.MANAGER),
        ("not_to_invite", Duty.VIEWER), ("add_not_to_invite", Duty.MANAGER), ("remove_not_to_invite", Duty.MANAGER),
        ("pace_list", Duty.MANAGER), ("drop_list", Duty.MANAGER), ("resend_invitation", Duty.MANAGER),
        ("withdraw_invitation", Duty.MANAGER), ("confirm_person", Duty.MANAGER), ("invite_interested", Duty.MANAGER),
        ("save_programme", Duty.MANAGER), ("add_step", Duty.MANAGER), ("change_step", Duty.MANAGER),
        ("application_form", Duty.VIEWER), ("preview_form", Duty.VIEWER), ("new_step", Duty.MANAGER),
        ("edit_step", Duty.MANAGER), ("application_file", Duty.VIEWER),
        ("requirements", Duty.VIEWER), ("requirements_draft", Duty.VIEWER), ("change_draft", Duty.MANAGER),
        ("new_requirement", Duty.MANAGER), ("add_requirement", Duty.MANAGER), ("edit_requirement", Duty.MANAGER),
        ("save_requirement", Duty.MANAGER), ("schedule_requirements", Duty.MANAGER),
        ("confirm_requirements", Duty.MANAGER), ("call_off_requirements", Duty.MANAGER),
        ("trainings", Duty.VIEWER), ("person_trainings", Duty.VIEWER), ("preview_trainings", Duty.REVIEWER),
        ("note_trainings", Duty.REVIEWER), ("note_training", Duty.REVIEWER), ("withdraw_training", Duty.REVIEWER),
        ("ticked", Duty.REVIEWER), ("decide_many", Duty.REVIEWER), ("compare", Duty.VIEWER), ("person", Duty.VIEWER),
        ("review", Duty.REVIEWER), ("note", Duty.REVIEWER), ("conflict", Duty.REVIEWER),
        ("lift_conflict", Duty.MANAGER), ("save_view", Duty.REVIEWER), ("forget_view", Duty.REVIEWER),
        ("review_settings", Duty.VIEWER), ("save_review_settings", Duty.MANAGER),
        ("badge", Duty.VIEWER), ("save_badge", Duty.MANAGER), ("discard_badge", Duty.MANAGER),
        ("use_badge_again", Duty.MANAGER), ("earlier_badge", Duty.VIEWER), ("badge_preview", Duty.VIEWER),
        ("badge_remarks", Duty.VIEWER), ("save_logo", Duty.MANAGER), ("remove_logo", Duty.MANAGER),
        ("exports", Duty.MANAGER), ("make_export", Duty.MANAGER),
        ("add_member", Duty.ADMIN), ("change_duty", Duty.ADMIN),
        ("remove_member", Duty.ADMIN), ("tokens", Duty.ADMIN),
        ("make_token", Duty.ADMIN), ("revoke", Duty.ADMIN),
        ("send_member_link", Duty.ADMIN), ("leave_team", Duty.VIEWER),
    ],
)  # fmt: skip
def test_each_duty_may_do_what_it_is_for(app, endpoint, duty):
    permission = declared(app.view_functions[CONSOLE + endpoint])

    assert (permission.access, permission.duty) == (Access.MEMBER, duty)


def test_the_table_of_duties_names_every_route(app):
    named = {each[0] for mark in test_each_duty_may_do_what_it_is_for.pytestmark for each in mark.args[1]}

    assert {rule.endpoint.removeprefix(CONSOLE) for rule, _ in routes(app)} == named


@pytest.mark.parametrize("path", ["applications/1", "applications/not-a-uuid", "invitations/1/resend", "team/x/remove"])
def test_an_id_that_is_none_is_not_found(client, partner, admin, at, path):
    sign_in(client, admin)

    assert client.get(f"/console/{partner.slug}/{path}").status_code == 404
    assert client.post(f"/console/{partner.slug}/{path}").status_code == 404


def test_ids_of_another_partner_in_forms_and_queries_are_not_there(client, session, partner, admin, theirs, at):
    """Two thousand of another partner's applications, one by one and all together: 404, and nothing changed. X-4."""
    _, ids = theirs
    sign_in(client, admin)
    own = make_application(partner, make_freelancer(make_user()))
    before, base = stored(session), f"/console/{partner.slug}/applications"
    many = " ".join([str(ids["application_id"]), *(str(new_id()) for _ in range(999))])
    for asked in (
        client.post(f"{base}/ticked", data={"do": "select", "id": [str(own.id), str(ids["application_id"])]}),
        client.post(f"{base}/ticked", data={"do": "compare", "id": str(ids["application_id"])}),
        client.post(f"{base}/decisions", data={"decision": "select", "ids": f"{own.id} {ids['application_id']}"}),
        client.post(f"{base}/decisions", data={"decision": "keep", "ids": many}),
        client.get(f"{base}/compare", query_string={"id": [str(own.id), str(ids["application_id"])]}),
    ):
        assert asked.status_code == 404
    assert stored(session) == before
