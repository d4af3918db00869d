"""The house keeps its shape: who imports whom, how large things are, who may use a route, and who reads the time."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.permissions import declared

ROOT = Path(__file__).parents[1]
FRONT_ROOMS = ("staff", "me", "api")
PACKAGES = ("app", *FRONT_ROOMS, "privacy", "directory", "partners", "badges", "freelancers", "accounts", "core")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
PAGES = [path for path in TEMPLATES if "email" not in path.parts]

FILE_LINES = 320
TEST_FILE_LINES = 400
FUNCTION_LINES = 36

#: Pure modules: facts in, reasons out. They know neither the web nor the database.
PURE = (
    "badges/eligibility/rules.py",
    "badges/eligibility/policy.py",
    "badges/eligibility/partner_rules.py",
    "badges/eligibility/facts.py",
    "badges/eligibility/findings.py",
    "core/wording.py",
    "badges/eligibility/conditions.py",
    "badges/eligibility/meeting.py",
    "badges/eligibility/contradictions.py",
    "badges/eligibility/path.py",
    "badges/eligibility/path_words.py",
    "badges/eligibility/reaching.py",
    "badges/closeness.py",
    "freelancers/rules.py",
    "freelancers/holds.py",
    "freelancers/ownership.py",
    "freelancers/profile/parts.py",
    "freelancers/profile/pictures.py",
    "freelancers/support/rules.py",
    "freelancers/approval/addresses.py",
    "freelancers/approval/duplicates.py",
    "freelancers/approval/findings.py",
    "freelancers/approval/screening.py",
    "freelancers/approval/snapshot.py",
    "freelancers/approval/texts.py",
    "freelancers/approval/vocabulary.py",
    "freelancers/feed/values.py",
    "freelancers/feed/money.py",
    "freelancers/feed/names.py",
    "freelancers/feed/record.py",
    "freelancers/feed/misfits.py",
    "partners/rules.py",
    "directory/case_rules.py",
    "directory/content.py",
    "directory/rules.py",
    "directory/facets.py",
    "directory/filters.py",
    "directory/typed.py",
    "directory/word_index.py",
    "core/errors.py",
    "core/clock.py",
    "badges/upkeep.py",
    "badges/design/outlines.py",
    "badges/design/lettering.py",
    "badges/design/ornaments.py",
    "badges/design/rules.py",
    "badges/design/drawing.py",
    "badges/design/card.py",
    "badges/design/checks.py",
    "badges/design/logos.py",
    "badges/design/painting.py",
    "core/colours.py",
    "badges/credentials/baking.py",
    "badges/credentials/bits.py",
    "badges/credentials/contexts.py",
    "badges/credentials/documents.py",
    "badges/credentials/linked_data.py",
    "badges/credentials/proofs.py",
    "badges/credentials/signing.py",
    "badges/credentials/tokens.py",
    "badges/checking/reading.py",
    "badges/checking/keys.py",
    "badges/checking/securing.py",
    "badges/checking/stating.py",
    "badges/checking/checking.py",
    "partners/states.py",
    "partners/addresses.py",
    "partners/steps.py",
    "partners/rule_form.py",
    "partners/rule_draft.py",
    "partners/history.py",
    "partners/today.py",
    "partners/funnel.py",
    "core/paging.py",
    "core/tables.py",
    "core/strict_json.py",
    "core/slugs.py",
    "core/reasons.py",
    "core/placeholders.py",
    "core/uploads.py",
    "api/docs_page.py",
    "partners/review/rules.py",
    "partners/review/view.py",
    "directory/pool_rules.py",
)


def name(path):
    return path.relative_to(ROOT).as_posix()


def tree(path):
    return ast.parse(path.read_text("utf-8"))


def imported(path):
    """Return the top-level names of everything that a module imports."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_imports_run_one_way_only():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_fits_a_reader(path):
    assert len(path.read_text("utf-8").splitlines()) <= FILE_LINES


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_a_file_of_tests_fits_a_reader_too(path):
    assert len(path.read_text("utf-8").splitlines()) <= TEST_FILE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_function_fits_a_screen(path):
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    long = [(f.name, f.end_lineno - f.lineno + 1) for f in functions if f.end_lineno - f.lineno >= FUNCTION_LINES]

    assert not long


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_says_what_it_is(path):
    assert ast.get_docstring(tree(path)), "a module begins with a sentence that says what it is"
    assert path.stem not in {"utils", "helpers", "common", "misc"}


@pytest.mark.parametrize("place", PURE)
def test_pure_modules_know_neither_web_nor_database(place):
    assert not imported(ROOT / place) & {"flask", "sqlalchemy", "werkzeug", "flask_login", "psycopg"}


SERVICES = [
    path
    for path in SOURCES
    if path.parent.name not in {"app", "core", "demo", "staff", "me", "building", "api", "console"}
    and path.stem not in {"views", "console", "cli", "forms", "sessions", "jobs", "models"}
]


@pytest.mark.parametrize("path", SERVICES, ids=name)
def test_services_and_queries_know_nothing_of_the_web(path):
    assert not imported(path) & {"flask", "flask_login", "flask_wtf", "wtforms", "werkzeug"}


READS_THE_TIME = re.compile(r"datetime\.(?:now|utcnow|today)\(|date\.today\(|\btime\.time\(|\bfunc\.now\(")
SQL_READS_THE_TIME = re.compile(r"\bnow\(\)|CURRENT_TIMESTAMP|(?:statement|clock)_timestamp\(", re.I)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_only_the_clock_reads_the_time(path):
    if name(path) == "core/clock.py":
        return
    without_words = re.sub(r'""".*?"""|#[^\n]*', "", path.read_text("utf-8"), flags=re.S)
    texts = [n.value for n in ast.walk(tree(path)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]

    assert not READS_THE_TIME.findall(without_words)
    assert not [text for text in texts if SQL_READS_THE_TIME.search(text)]


@pytest.mark.parametrize("path", SERVICES, ids=name)
def test_only_views_jobs_and_commands_ask_the_clock(path):
    assert "clock.now" not in path.read_text("utf-8"), "services and queries are handed `at`"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_transaction_ends_in_one_place_alone(path):
    if name(path) == "core/database.py":
        return
    calls = {
        node.func.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "session"
    }

    assert "commit" not in calls


VIEWS = [path for path in SOURCES if path.stem in {"views", "console"} or path.parent.name == "console"]


@pytest.mark.parametrize("path", VIEWS, ids=name)
def test_views_build_no_queries(path):
    assert "sqlalchemy" not in imported(path)


def test_every_route_and_method_declares_whom_it_is_for(app):
    by_extensions = {"static", "bootstrap.static"}
    silent = [
        f"{rule.rule} {sorted(rule.methods)}"
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in by_extensions and declared(app.view_functions[rule.endpoint]) is None
    ]

    assert not silent


def test_an_undeclared_route_keeps_the_service_from_starting(app):
    from flask import Flask

    from app.access import UndeclaredRoute, refuse_undeclared

    other = Flask("other")
    other.add_url_rule("/open-door", view_func=lambda: "come in", endpoint="open_door")

    with pytest.raises(UndeclaredRoute, match="/open-door"):
        refuse_undeclared(other)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_hold_no_inline_script_or_style(path):
    text = path.read_text("utf-8")
    data = '<script type="application/ld+json">{{ thing|tojson }}</script>'  # for search engines: no browser runs it

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)", text.replace(data, ""))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_load_nothing_from_elsewhere(path):
    assert not re.search(r"(?:src|href)=\"https?://", path.read_text("utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_form_that_posts_is_protected(path):
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text("utf-8"), flags=re.S | re.I):
        assert "csrf" in form
