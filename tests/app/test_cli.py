"""Commands do what they say, and when they cannot, they say why in one sentence and exit with 1."""

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from accounts.models import Role, User
from accounts.services import authenticate
from accounts.token_queries import program_of_token
from badges.models import PartnerRulesVersion
from core import clock
from core.outbox import OutboxMail
from core.permissions import Scope
from freelancers.holds import HoldKind
from partners.models import Member, Partner
from tests.conftest import AT
from tests.factories import make_expert, make_freelancer, make_hold, make_partner

PASSWORD = "three unrelated words"


@pytest.fixture
def run(app, session, at):
    """Run a command; gives the result with its output, errors apart."""
    return app.test_cli_runner().invoke


def words(result):
    return " ".join(result.output.split())


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


# Policies


def test_a_simulation_says_what_rules_in_a_file_would_do_and_changes_nothing(run, session, tmp_path):
    northwind = make_partner("Northwind", slug="northwind")
    make_expert(northwind, jobs_count=4)
    make_expert(northwind, jobs_count=40)
    rules = tmp_path / "rules.json"
    rules.write_text('{"rules": [{"fact": "jobs_count", "operator": "at_least", "value": 10}]}')

    result = run(args=["policy", "simulate", str(rules), "--partner", "northwind"])
    assert result.exit_code == 0
    assert "experts 2 0 0 1 1" in words(result)
    assert "everybody 2 1 0 1 1" in words(result)
    assert session.scalar(sa.select(sa.func.count()).select_from(PartnerRulesVersion)) == 0


def test_a_simulation_of_a_base_policy_is_one_for_every_partner(run, session):
    make_expert(make_partner("Northwind", slug="northwind"), jss_pct=85)
    make_expert(make_partner("Contoso", slug="contoso"), jss_pct=95)
    base = '{"label": "stricter", "effective_at": "2026-04-01T00:00:00+00:00", "min_jss_pct": 90}'

    said = words(run(args=["policy", "simulate", "-"], input=base))
    assert "northwind experts 1 0 0 1 0" in said
    assert "contoso experts 1 0 0 0 1" in said


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"rules": [{"fact": "shoe_size", "operator": "at_least", "value": 42}]}', "rules[0].fact is one of"),
        ('{"rules": [' + '{"any": [' * 10_000 + "]}" * 10_000 + "]}", "too deeply"),
        ('{"rules": [{"fact": "jss_pct", "operator": "at_least", "value": 70}]}', "is at least 80, which the"),
        ('{"rules": [{"fact": "certificate", "operator": "held", "value": "x\'; DROP TABLE awards"}]}', "a command to"),
        ("no JSON", "The file is no JSON"),
    ],
)
def test_rules_that_cannot_be_asked_for_are_refused_with_the_reason(run, session, content, says):
    make_partner("Northwind", slug="northwind")
    result = run(args=["policy", "simulate", "-", "--partner", "northwind"], input=content)

    assert result.exit_code == 1
    assert says in words(result)


def test_rules_of_nobody_are_simulated_for_nobody(run):
    result = run(args=["policy", "simulate", "-", "--partner", "contoso"], input='{"rules": []}')

    assert "No partner is called contoso" in words(result)


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


def test_a_check_of_the_rules_says_which_ways_there_are(run):
    said = run(args=["policy", "check"])

    assert said.exit_code == 0
    assert "From each of 8,192 states there is a way" in said.output
    assert "3. Verify your identity" in said.output


def test_a_check_names_the_circle_that_other_rules_would_make(run, tmp_path):
    steps = [
        {"words": "Verify", "needs": ["photo"], "gives": ["verified"]},
        {"words": "Add a photo", "needs": ["verified"], "asks": ["change_photo"], "gives": ["photo"]},
    ]
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"steps": steps}), encoding="utf-8")
    said = run(args=["policy", "check", str(file)])

    assert said.exit_code == 1
    assert "A verified identity comes from “Verify”, which needs a public photo." in said.output


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "The file is no JSON"),
        ("[]", "The file is no object with steps, stops or both."),
        ('{"steps": [{"words": "Fly", "needs": ["wings"], "over": 1}]}', "steps[0].over: A step has no such part."),
        ('{"steps": [{"words": "Fly", "needs": ["wings"]}]}', "steps[0].needs: 'wings' is not known here; known are"),
        ('{"steps": [7]}', "steps[0]: A step is an object with words that say what is done."),
        ('{"stops": {"moon": []}}', "stops: 'moon' is not known here; known are awaiting_verification"),
        ('{"stops": {"block": ["sing"]}}', "stops.block: 'sing' is not known here"),
        ('{"stops": 3}', "stops: 3 is not known here"),
    ],
    ids=range(8),
)
def test_rules_to_check_that_cannot_be_read_are_refused_with_the_place(run, tmp_path, content, says):
    file = tmp_path / "rules.json"
    file.write_text(content, encoding="utf-8")
    said = run(args=["policy", "check", str(file)])

    assert said.exit_code == 1
    assert says in said.output
