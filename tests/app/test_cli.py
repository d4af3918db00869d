"""Commands do what they say, and when they cannot, they say why in one sentence and exit with 1."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from accounts.models import Role, User
from accounts.services import authenticate
from accounts.token_queries import program_of_token
from core import clock
from core.outbox import OutboxMail
from core.permissions import Scope
from freelancers.holds import HoldKind
from partners.models import Member, Partner
from tests.app.conftest import words
from tests.conftest import AT
from tests.factories import make_expert, make_freelancer, make_hold, make_partner

PASSWORD = "three unrelated words"


def user(session, email):
    session.rollback()
    return session.scalars(sa.select(User).where(User.email == email)).one()


# Accounts


def test_a_member_of_staff_is_created_and_can_sign_in(run, session):
    result = run(
        args=["users", "create", "Robin@laurel.example", "--role", "staff", "--password-stdin"], input=PASSWORD
    )

    assert (result.exit_code, words(result)) == (0, "Created the account of robin@laurel.example, staff.")
    assert authenticate("robin@laurel.example", PASSWORD, AT).role == Role.STAFF


def test_a_member_of_a_team_joins_it_with_a_duty(run, session):
    partner = make_partner("Northwind", slug="northwind")
    command = ["users", "create", "ada@northwind.example", "--role", "partner", "--partner", "northwind"]

    result = run(args=[*command, "--duty", "reviewer", "--password-stdin"], input=f"{PASSWORD}\n")

    assert result.exit_code == 0, result.output
    member = session.scalars(sa.select(Member)).one()
    assert (member.partner_id, member.duty, member.user.email) == (partner.id, "reviewer", "ada@northwind.example")


def test_a_freelancer_gets_an_account_for_their_profile_by_either_id(run, session):
    first, second = make_freelancer(marketplace_id="~01ada").id, make_freelancer().id

    for number, reference in enumerate(("~01ada", str(second))):
        command = ["users", "create", f"f{number}@example.org", "--role", "freelancer", "--freelancer", reference]
        result = run(args=[*command, "--password-stdin"], input=PASSWORD)
        assert result.exit_code == 0, result.output

    session.rollback()
    from freelancers.models import Freelancer

    assert session.get(Freelancer, first).user_id == user(session, "f0@example.org").id
    assert session.get(Freelancer, second).user_id == user(session, "f1@example.org").id


def test_without_a_password_they_are_sent_a_link(run, session):
    result = run(args=["users", "create", "robin@laurel.example", "--role", "staff"])

    assert "A link to choose a password is on its way" in words(result)
    assert session.scalars(sa.select(OutboxMail.template)).all() == ["account_invitation"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["users", "create", "no address", "--role", "staff", "--password-stdin"], "is not an e-mail address"),
        (["users", "create", "a@example.org", "--role", "staff", "--password-stdin"], "at least 10 characters"),
        (
            ["users", "create", "a@example.org", "--role", "partner", "--partner", "none"],
            "No partner is called none. Create it first",
        ),
        (
            ["users", "create", "a@example.org", "--role", "freelancer", "--freelancer", "x1"],
            "No freelancer has the id x1. Import their profile first",
        ),
        (["partners", "create", "Not A Slug", "Name"], "The short name has"),
        (["partners", "create", "ok", "Name", "--colour", "red"], "The colour is written like"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_stores_nothing(run, session, arguments, said):
    result = run(args=arguments, input="short")

    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert len(result.stderr.strip().splitlines()) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(Partner)) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--role", "partner"],
        ["--role", "staff", "--partner", "northwind"],
        ["--role", "staff", "--freelancer", "x"],
        ["--role", "king"],
    ],
)
def test_options_that_do_not_go_together_are_refused_before_anything_is_done(run, session, arguments):
    assert run(args=["users", "create", "a@example.org", *arguments]).exit_code == 2


def test_an_address_that_is_taken_is_said_so(run, session):
    make_partner("Northwind", slug="northwind")
    run(args=["users", "create", "a@example.org", "--role", "staff", "--password-stdin"], input=PASSWORD)

    command = ["users", "create", "a@example.org", "--role", "partner", "--partner", "northwind"]
    result = run(args=command)

    assert result.exit_code == 1
    assert "This address already has an account" in result.stderr


# Partners


def test_a_partner_is_created_with_its_first_admin(run, session):
    command = ["partners", "create", "northwind", "Northwind", "--admin", "ada@northwind.example"]
    result = run(args=[*command, "--admin-name", "Ada", "--colour", "#243b7a"])

    assert result.exit_code == 0, result.output
    assert "http://laurel.test/console/northwind" in result.output
    session.rollback()
    partner = session.scalars(sa.select(Partner)).one()
    assert (partner.slug, partner.name, partner.colour) == ("northwind", "Northwind", "#243b7a")
    assert session.scalars(sa.select(Member)).one().duty == "admin"
    assert session.scalars(sa.select(OutboxMail.to_address)).all() == ["ada@northwind.example"]


# Work


def test_a_sweep_says_what_it_changed(run, session):
    assert "Every badge stands as it should." in run(args=["sweep"]).output
    make_hold(make_expert().freelancer, HoldKind.BLOCK)

    assert "Changed: 1 suspended." in run(args=["sweep"]).output


def test_a_rotation_says_how_many_pages_it_drew(run, session):
    make_expert()

    assert "Drew 1 page." in run(args=["rotate"]).output
    assert "Every page is drawn already." in run(args=["rotate"]).output


def test_a_rotation_can_be_drawn_for_another_day(run, session):
    make_expert(at=AT)

    assert "Drew 1 page." in run(args=["rotate", "--period", "2026-03-20"]).output
    assert run(args=["rotate", "--period", "soon"]).exit_code == 2


def test_mails_are_delivered_and_counted(run, session, settings):
    for number in range(3):
        run(args=["users", "create", f"r{number}@laurel.example", "--role", "staff"])

    assert "Sent 2; 1 is due still." in run(args=["outbox", "deliver", "--limit", "2"]).output
    assert "Sent 1; 0 are due still." in run(args=["outbox", "deliver"]).output
    assert len(list(settings.mail_folder.glob("*.eml"))) >= 3


def test_a_database_that_is_away_is_one_sentence(run, monkeypatch):
    def away(*_args, **_options):
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr("app.timetable.maintain", away)
    result = run(args=["sweep"])

    assert result.exit_code == 1
    assert result.stderr == "The database does not answer, and nothing was changed: connection refused\n"


def test_every_command_is_there_and_explains_itself(run):
    for command in (
        ["feed", "import"], ["feed", "mappings"], ["users", "create"], ["partners", "create"], ["sweep"], ["rotate"],
        ["outbox", "deliver"], ["worker"], ["demo", "load"], ["demo", "accounts"],
    ):  # fmt: skip
        result = run(args=[*command, "--help"])
        assert result.exit_code == 0
        assert len(result.output.splitlines()) > 3


def test_accounts_of_a_demo_that_is_not_loaded_are_not_shown(run):
    result = run(args=["demo", "accounts"])

    assert result.exit_code == 0
    assert "The demo is not loaded here" in result.output
    assert clock.now() == AT


# Tokens


def test_a_token_is_printed_alone_so_that_a_script_can_take_it(run, session):
    partner = make_partner("Northwind", slug="northwind")
    result = run(args=["tokens", "create", "Sync", "--scope", "findings", "--partner", "northwind", "--days", "30"])

    known = program_of_token(result.stdout.strip(), AT)
    assert result.exit_code == 0
    assert (known.name, known.partner_id, known.scopes) == ("Sync", partner.id, {Scope.FINDINGS})
    assert "findings until 1 April 2026" in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--scope", "findings", "--partner", "nobody"), "No partner is called nobody."),
        (("--scope", "feed", "--partner", "northwind"), "Profiles come from the marketplace alone."),
    ],
)
def test_a_token_that_cannot_be_is_refused_in_a_sentence(run, session, options, said):
    make_partner("Northwind", slug="northwind")
    result = run(args=["tokens", "create", "Sync", *options])

    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
