"""What an import stores: all rows accounted for, nothing twice, figures with their dates, all or nothing."""

import json
from datetime import UTC, timedelta

import pytest
import sqlalchemy as sa

from freelancers.feed import mapping
from freelancers.feed.errors import FeedError, ImportRunning
from freelancers.feed.importing import import_feed
from freelancers.models import Freelancer, Observation
from freelancers.services import register_newcomer
from tests.factories import make_user
from tests.freelancers.feed.reading import counts, fingerprint, person

pytestmark = pytest.mark.usefixtures("either_way")


def seen(session, key, figure):
    rows = sa.select(Observation.value, Observation.observed_at).join(
        Freelancer, Freelancer.id == Observation.freelancer_id
    )
    return session.execute(
        rows.where(Freelancer.marketplace_id == key, Observation.figure == figure).order_by(Observation.observed_at)
    ).all()


def test_a_changed_figure_is_kept_with_the_date_it_was_seen(feed, session, at):
    feed({"marketplace_id": "a", "name": "Ada", "jss_pct": 84, "jobs_count": 3})
    later = at + timedelta(days=30)
    feed({"marketplace_id": "a", "name": "Ada", "jss_pct": 70, "jobs_count": 3}, at=later)
    gone = later + timedelta(days=1)
    feed({"marketplace_id": "a", "name": "Ada", "jss_pct": None, "jobs_count": 3}, at=gone)

    assert seen(session, "a", "jss_pct") == [(84, at), (70, later), (None, gone)]
    assert seen(session, "a", "jobs_count") == [(3, at)]
    ada = person(session, "a")
    assert (ada.jss_pct, ada.jss_observed_at, ada.first_scored_at) == (None, gone, at)


def test_a_row_may_say_itself_when_its_figures_were_seen(feed, session, at):
    feed({"marketplace_id": "a", "name": "Ada", "jss_pct": 84, "observed_at": "2026-02-01T10:00:00+02:00"})

    assert person(session, "a").jss_observed_at.astimezone(UTC).isoformat() == "2026-02-01T08:00:00+00:00"
    assert (
        feed({"marketplace_id": "a", "name": "Ada", "jss_pct": 84, "observed_at": "2026-02-20T10:00:00Z"}).unchanged
        == 1
    )


def test_what_a_row_does_not_mention_stays_and_null_empties(feed, session):
    feed(
        {
            "marketplace_id": "a",
            "name": "Ada",
            "title": "Analyst",
            "city": "London",
            "skills": ["maths"],
            "video_url": "https://a.example.org/v",
        }
    )
    report = feed({"marketplace_id": "a", "city": None, "education": [{"school": "Home"}]})

    ada = person(session, "a")
    assert (ada.name, ada.title, ada.city, ada.skills) == ("Ada", "Analyst", None, ["maths"])
    assert ada.profile["video_url"] == "https://a.example.org/v"
    assert ada.profile["education"] == [{"school": "Home", "degree": None, "from": None, "to": None}]
    assert [name for name, _, _ in report.changes[0].fields] == ["city", "education", "completeness_pct"]


def test_completeness_is_computed_from_all_parts_and_the_stated_figure_wins(feed, session, at):
    whole = {
        "photo_url": "https://p.example.org/a.png",
        "overview": "I count.",
        "employment": [{"title": "Analyst"}],
        "skills": ["maths"],
    }
    feed({"marketplace_id": "a", "name": "Ada", **whole})
    assert person(session, "a").completeness_pct == 50

    feed({"marketplace_id": "a", "completeness_stated_pct": 100}, at=at + timedelta(days=1))
    assert person(session, "a").completeness_pct == 100
    assert seen(session, "a", "completeness_pct") == [(50, at), (100, at + timedelta(days=1))]


def test_a_person_the_feed_does_not_name_is_called_by_the_key_and_is_not_public(feed, session):
    feed({"marketplace_id": "~01abc", "jss_pct": 90})

    unnamed = person(session, "~01abc")
    assert (unnamed.name, unnamed.visibility, unnamed.completeness_pct) == ("~01abc", "private", 0)


def test_files_of_refused_rows_never_replace_others(feed):
    paths = {feed({"marketplace_id": "a", "jss_pct": 101}).refused_path for _ in range(3)}

    assert len(paths) == 3
    assert all(path.exists() and path.stat().st_mode & 0o077 == 0 for path in paths)


def test_a_second_row_about_the_same_person_is_refused(feed, session):
    report = feed(
        {"marketplace_id": "a", "name": "Ada"},
        {"marketplace_id": "b", "name": "Bo"},
        {"marketplace_id": "a", "name": "Eve"},
    )

    assert counts(report) == (3, 2, 0, 0, 1)
    assert "already in line 1" in report.refusals[0].defects[0].reason
    assert person(session, "a").name == "Ada"


def test_a_failure_half_way_leaves_nothing(session, at, tmp_path):
    before = fingerprint(session)
    path = tmp_path / "feed.ndjson"
    good = "".join(json.dumps({"marketplace_id": f"k{i}", "name": "N"}) + "\n" for i in range(12_000))
    path.write_text(good + "{broken\n")

    with pytest.raises(FeedError, match="line 12,001"):
        import_feed(path, mapping.find("laurel"), by=None, at=at)

    assert fingerprint(session) == before
    assert [p.name for p in tmp_path.iterdir()] == ["feed.ndjson"]


def test_texts_of_all_kinds_arrive_unchanged(feed, session):
    odd = 'Tab\tback\\slash "quote" {brace} \\N NULL é ü 名前 👩‍💻'
    feed(
        {
            "marketplace_id": "a\\b",
            "name": "O'Brien; DROP TABLE",
            "overview": f"{odd}\nsecond line",
            "skills": ['C"', "a\\b", "x,y", "{z}", "NULL"],
        }
    )

    stored = person(session, "a\\b")
    assert stored.overview == f"{odd}\nsecond line"
    assert stored.skills == ['C"', "a\\b", "x,y", "{z}", "NULL"]


def test_two_imports_at_once_do_not_mix(feed, session, app):
    from core.database import db
    from freelancers.feed.importing import _LOCK

    with db.engine.connect() as other:
        other.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        with pytest.raises(ImportRunning):
            feed({"marketplace_id": "a", "name": "Ada"})

    assert feed({"marketplace_id": "a", "name": "Ada"}).created == 1


def test_the_public_graphql_shape_is_read(feed, session):
    report = feed(
        {
            "personalData": {
                "title": "Data engineer",
                "description": "I move data.",
                "profileUrl": "https://www.example.com/freelancers/~01ab2c",
                "chargeRate": {"rawValue": "55.5", "currency": "EUR"},
                "address": {"countryName": "Germany", "cityName": "Köln", "timezone": "UTC+01:00"},
            },
            "aggregates": {"jobSuccessScore": 97, "topRatedStatus": "top_rated"},
            "skills": [{"preferredLabel": "SQL"}, {"preferredLabel": "Python"}],
            "verifications": {"idVerified": True},
            "availability": {"name": "More than 30 hrs/week"},
        },
        used=mapping.find("graphql"),
    )

    assert counts(report) == (1, 1, 0, 0, 0)
    one = person(session, "~01ab2c")
    assert (one.hourly_rate_cents, one.currency, one.country, one.timezone) == (5550, "EUR", "DE", "Etc/GMT-1")
    assert (one.jss_pct, one.talent_badge, one.skills, one.identity_verified) == (
        97,
        "top_rated",
        ["SQL", "Python"],
        True,
    )


def test_what_became_of_each_row_is_told_in_order_where_it_is_asked_for(feed, session):
    feed({"marketplace_id": "same", "name": "Same"}, {"marketplace_id": "old", "name": "Old", "jss_pct": 80})
    rows = (
        {"marketplace_id": "new", "name": "New"},
        {"marketplace_id": "bad", "jss_pct": 101, "country": "Utopia"},
        {"marketplace_id": "same", "name": "Same"},
        {"marketplace_id": "old", "name": "Old", "jss_pct": 81, "title": "Engineer"},
        {"marketplace_id": "new", "name": "New again"},
    )
    report = feed(*rows, each_row=True)
    told = [(row.line, row.key, row.result.value, sorted(row.fields)) for row in report.rows.values()]

    assert told == [
        (1, "new", "created", []),
        (2, "bad", "refused", []),
        (3, "same", "unchanged", []),
        (4, "old", "updated", ["jss_pct", "title"]),
        (5, "new", "refused", []),
    ]
    assert {defect.column for defect in report.rows[2].defects} == {"jss_pct", "country"}
    assert feed(*rows).rows is None


def test_whoever_is_adopted_by_the_feed_is_told_as_updated(feed, session, at):
    register_newcomer("Nia New", "nia@example.org", make_user(email="nia@example.org").id, at=at)
    report = feed({"marketplace_id": "m77", "name": "Nia New", "email": "nia@example.org"}, each_row=True)

    assert [(row.result.value, row.fields) for row in report.rows.values()] == [("updated", ("marketplace_id",))]
