"""`flask feed …` as an operator meets it."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from badges.models import Award
from freelancers.cli import feed_cli
from freelancers.models import Freelancer
from tests.factories import make_expert

PUBLIC_CSV = Path(__file__).parents[2] / "app" / "demo_data" / "global_freelancers_raw.csv"


@pytest.fixture
def feed(app, session, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    runner = app.test_cli_runner()

    def do(*words):
        session.remove()
        return runner.invoke(feed_cli, [str(word) for word in words])

    return do


def people(session):
    return session.scalar(sa.select(sa.func.count()).select_from(Freelancer))


def test_an_import_says_which_mapping_it_took_and_what_it_did(feed, session):
    result = feed("import", PUBLIC_CSV)

    assert result.exit_code == 0
    assert "with the mapping public_csv (guessed)" in result.output
    assert "1,000 rows: 1,000 created, 0 updated, 0 unchanged, 0 refused." in result.output
    assert "Columns not used: gender, age." in result.output
    assert people(session) == 1000


def test_a_dry_run_says_so_and_stores_nothing(feed, session):
    result = feed("import", PUBLIC_CSV, "--dry-run")

    assert (result.exit_code, people(session)) == (0, 0)
    assert "nothing stored" in result.output
    assert "1,000 created" in result.output


def test_refused_rows_end_in_code_2_with_line_column_value_and_reason(feed, session, tmp_path):
    path = tmp_path / "feed.ndjson"
    path.write_text(
        "".join(
            json.dumps({"marketplace_id": f"k{i}", "name": "[bold]Ada", "jss_pct": 95 + i}) + "\n" for i in range(40)
        )
    )

    result = feed("import", path, "--mapping", "laurel")

    assert (result.exit_code, people(session)) == (2, 6)
    assert "6 created" in result.output
    assert "34 refused" in result.output
    assert "the first 20 of 34" in result.output
    assert "jss_pct" in result.output
    assert "101" in result.output
    assert "is more than 100" in result.output
    assert "feed.ndjson.refused.ndjson" in result.output
    assert len((tmp_path / "feed.ndjson.reasons.ndjson").read_text().splitlines()) == 34


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere.csv"], "There is no file"),
        (["{here}/bad.csv", "--mapping", "public_csv"], "lacks what the mapping public_csv reads"),
        (["{here}/bad.csv"], "fits none of the mappings"),
        (["{here}/bad.csv", "--mapping", "nothing"], 'There is no mapping file "nothing"'),
    ],
)
def test_what_cannot_be_imported_ends_in_code_1_with_a_sentence(words, says, feed, session, tmp_path):
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")

    result = feed("import", *(word.format(here=tmp_path) for word in words))

    assert (result.exit_code, people(session)) == (1, 0)
    assert says in result.output
    assert "Traceback" not in result.output


def test_the_mappings_that_come_with_laurel_are_listed(feed):
    output = feed("mappings").output

    assert all(name in output for name in ("graphql", "laurel", "public_csv"))


def test_the_badges_of_those_whom_an_import_changed_follow_at_once_and_no_others(feed, session, tmp_path, at):
    ada, bo = make_expert(), make_expert()
    keys = [award.freelancer.marketplace_id for award in (ada, bo)]
    session.execute(sa.update(Freelancer).where(Freelancer.marketplace_id == keys[1]).values(visibility="private"))
    session.commit()
    ids = [award.id for award in (ada, bo)]
    path = tmp_path / "feed.ndjson"
    path.write_text(json.dumps({"marketplace_id": keys[0], "visibility": "private"}) + "\n")

    result = feed("import", path)

    assert "Looked at the badges of 1 person whom it made or changed; 1 badge changed." in result.output
    assert [session.get(Award, each).suspended_at is None for each in ids] == [False, True], "the sweep finds Bo"
    assert "Nobody changed" in feed("import", path).output
    assert "badges" not in feed("import", path, "--dry-run").output
