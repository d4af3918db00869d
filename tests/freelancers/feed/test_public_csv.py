"""The public CSV, a thousand rows as somebody else wrote them: read as meant, again, altered, mended."""

import csv
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from freelancers.feed import mapping
from freelancers.feed.importing import import_feed
from freelancers.models import FeedImport, Freelancer
from tests.freelancers.feed.reading import counts, fingerprint, person

pytestmark = pytest.mark.usefixtures("either_way")


PUBLIC_CSV = Path(__file__).parents[3] / "app" / "demo_data" / "global_freelancers_raw.csv"


@pytest.fixture
def public(session, at, tmp_path):
    """Import the public CSV, or an altered copy, and return the report."""

    def do(path=PUBLIC_CSV, at=at, **options):
        return import_feed(path, mapping.find("public_csv"), by=None, at=at, refused_folder=tmp_path, **options)

    return do


def altered(tmp_path, changes):
    """Write a copy of the public CSV with `changes` as {(row index, column): value}; return its path."""
    with PUBLIC_CSV.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for (index, column), value in changes.items():
        rows[index][column] = value
    path = tmp_path / "altered.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_every_row_of_the_public_csv_is_accounted_for(public, session):
    report = public()

    assert counts(report) == (1000, 1000, 0, 0, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(Freelancer)) == 1000
    assert report.ignored_columns == ("gender", "age")
    assert len(set(report.affected_ids)) == 1000


def test_the_public_csv_is_read_as_it_is_meant(public, session):
    public()
    vanessa = person(
        session, "FL250002"
    )  # FL250002,Vanessa Garcia,…,Australia,English,Mobile Apps,34.0,USD 100,3.3,1,84%

    assert (vanessa.name, vanessa.country, vanessa.hourly_rate_cents, vanessa.currency) == (
        "Vanessa Garcia",
        "AU",
        10_000,
        "USD",
    )
    assert (vanessa.jss_pct, vanessa.rating, vanessa.years_experience) == (84, Decimal("3.30"), 34)
    assert (vanessa.account_state, vanessa.english_level, vanessa.skills) == ("active", "native", ["Mobile Apps"])
    nicole = person(session, "FL250001")  # not active, no rating, no score
    assert (nicole.account_state, nicole.rating, nicole.jss_pct, nicole.english_level) == ("closed", None, None, None)
    assert person(session, "FL250003").rating is None, "0.0 is nobody's rating"


def test_the_same_file_again_changes_nothing(public, session, at):
    public()
    before = fingerprint(session)

    report = public(at=at + timedelta(days=1))

    assert counts(report) == (1000, 0, 0, 1000, 0)
    assert fingerprint(session) == before
    assert len(report.affected_ids) == 0


def test_ten_altered_cells_are_reported_and_nothing_else(public, session, at, tmp_path):
    public()
    changes = {
        (0, "name"): "Nicole Kidd",
        (1, "client_satisfaction"): "79%",
        (2, "hourly_rate (USD)"): "$55",
        (3, "is_active"): "yes",
        (4, "country"): "Spain",
        (5, "primary_skill"): "Sculpture",
        (6, "rating"): "4.95",
        (7, "years_of_experience"): "44.0",
        (8, "language"): "Welsh",
        (999, "client_satisfaction"): "12",
    }

    report = public(altered(tmp_path, changes), at=at + timedelta(days=1))

    assert counts(report) == (1000, 0, 10, 990, 0)
    assert [change.line for change in report.changes] == [index + 2 for index, _ in changes]
    told = {change.key: change.fields for change in report.changes}
    assert told["FL250001"] == (("name", "Ms. Nicole Kidd", "Nicole Kidd"),)
    assert told["FL250002"] == (("jss_pct", "84", "79"),)
    assert told["FL250003"] == (("hourly_rate_cents", "5000", "5500"),)
    assert len(set(report.affected_ids)) == 10


def test_other_spellings_of_the_same_values_are_no_change(public, at, tmp_path):
    public()

    report = public(
        altered(
            tmp_path, {(1, "client_satisfaction"): "84", (1, "hourly_rate (USD)"): "$100", (1, "is_active"): "True"}
        )
    )

    assert counts(report) == (1000, 0, 0, 1000, 0)


def test_two_feeds_with_different_fields_complement_each_other(public, feed, session, at):
    public()
    assert counts(feed({"marketplace_id": "FL250002", "title": "App builder"})) == (1, 0, 1, 0, 0)

    assert counts(public(at=at + timedelta(days=1))) == (1000, 0, 0, 1000, 0)
    assert person(session, "FL250002").title == "App builder"


def test_a_trial_run_reports_the_same_and_stores_nothing(public, session):
    before = fingerprint(session)

    trial = public(dry_run=True)

    assert fingerprint(session) == before
    assert counts(trial) == counts(public()) == (1000, 1000, 0, 0, 0)


def test_an_import_leaves_its_figures_in_the_log(public, session, at):
    report = public()

    stored = session.scalars(sa.select(FeedImport)).one()
    assert (stored.id, stored.created, stored.mapping_name, stored.started_at) == (
        report.import_id,
        1000,
        "public_csv",
        at,
    )
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "feed.imported")).one()
    assert event.after == {"file": PUBLIC_CSV.name, "created": 1000, "updated": 0, "unchanged": 0, "refused": 0}


def test_refused_rows_can_be_mended_and_fed_again(public, session, tmp_path):
    report = public(
        altered(tmp_path, {(4, "client_satisfaction"): "140%", (9, "country"): "Atlantis", (9, "rating"): "seven"})
    )

    assert counts(report) == (1000, 998, 0, 0, 2)
    first, second = report.refusals
    assert (first.line, first.key, first.defects[0].column, first.defects[0].value) == (
        6,
        "FL250005",
        "client_satisfaction",
        "140%",
    )
    assert [d.column for d in second.defects] == ["country", "rating"], "all that is wrong is said at once"
    reasons = [json.loads(line) for line in report.reasons_path.read_text("utf-8").splitlines()]
    assert [r["line"] for r in reasons] == [6, 11]

    mended = (
        report.refused_path.read_text("utf-8")
        .replace("140%", "40%")
        .replace("Atlantis", "Greece")
        .replace("seven", "4.0")
    )
    report.refused_path.write_text(mended, "utf-8")
    assert counts(public(report.refused_path)) == (2, 2, 0, 0, 0)
    assert person(session, "FL250010").country == "GR"
