"""Commands that try rules and prove that nobody is caught between them; bad ones are told so. E-13, H-5."""

import json

import pytest
import sqlalchemy as sa

from badges.models import PartnerRulesVersion
from tests.app.conftest import words
from tests.factories import make_expert, make_partner


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
