"""People who registered through an invitation are found again by the feed. docs/feed.md, rules E-7 and I-4."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from freelancers.feed import mapping
from freelancers.feed.importing import import_feed
from freelancers.models import Freelancer, Observation
from freelancers.services import register_newcomer
from tests.factories import make_freelancer, make_user

pytestmark = pytest.mark.usefixtures("either_way")
LAUREL = mapping.find("laurel")
WHOLE = {"name": "Ada Byron", "visibility": "public", "completeness_stated_pct": 100}


@pytest.fixture
def feed(session, at, tmp_path):
    def do(*rows, at=at, **options):
        path = tmp_path / "feed.ndjson"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        report = import_feed(path, LAUREL, by=None, at=at, **options)
        session.expire_all()
        return report

    return do


@pytest.fixture
def ada(session, at):
    """Somebody who registered through an invitation sent to ada@example.org."""
    user = make_user(email="ada@example.org")
    return register_newcomer("Ada", "Ada@Example.org", user.id, at=at)


def people(session):
    return session.scalar(sa.select(sa.func.count()).select_from(Freelancer))


def figures(report):
    return report.created, report.updated, report.unchanged, report.refused


def test_a_row_with_the_same_address_adopts_the_profile(feed, session, ada, at):
    was, user_id = ada.marketplace_id, ada.user_id

    report = feed({"marketplace_id": "~01ada", "email": "ADA@example.org", **WHOLE})

    assert figures(report) == (0, 1, 0, 0)
    assert people(session) == 1
    assert (ada.marketplace_id, ada.is_provisional, ada.user_id) == ("~01ada", False, user_id)
    assert (ada.name, ada.visibility, ada.completeness_pct) == ("Ada Byron", "public", 100)
    assert ("marketplace_id", was, "~01ada") in report.changes[0].fields
    assert list(report.affected_ids) == [ada.id]
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "freelancer.adopted")).one()
    assert (event.subject_id, event.before, event.after) == (
        ada.id,
        {"marketplace_id": was},
        {"marketplace_id": "~01ada"},
    )


def test_after_that_the_same_file_changes_nothing(feed, session, ada, at):
    row = {"marketplace_id": "~01ada", "email": "ada@example.org"}

    assert figures(feed(row)) == (0, 1, 0, 0), "the key alone is a change"
    assert figures(feed(row, at=at + timedelta(days=1))) == (0, 0, 1, 0)
    assert people(session) == 1


def test_a_newcomer_stays_one_until_the_first_score_arrives(feed, session, ada, at):
    feed({"marketplace_id": "~01ada", "email": "ada@example.org", **WHOLE})
    assert (ada.jss_pct, ada.first_scored_at) == (None, None)

    later = at + timedelta(days=90)
    feed({"marketplace_id": "~01ada", "jss_pct": 70}, at=later)

    assert (ada.jss_pct, ada.first_scored_at, ada.jss_observed_at) == (70, later, later)
    scores = sa.select(Observation.value).where(Observation.figure == "jss_pct", Observation.freelancer_id == ada.id)
    assert list(session.scalars(scores)) == [70]


def test_a_score_in_the_adopting_row_ends_the_exception_at_once(feed, session, ada, at):
    feed({"marketplace_id": "~01ada", "email": "ada@example.org", "jss_pct": 91, **WHOLE})

    assert (ada.jss_pct, ada.first_scored_at) == (91, at)


def test_a_row_may_name_the_provisional_key_itself(feed, session, ada, at):
    report = feed({"marketplace_id": ada.marketplace_id, "jss_pct": 70, **WHOLE})

    assert figures(report) == (0, 1, 0, 0)
    assert people(session) == 1
    assert (ada.visibility, ada.jss_pct, ada.first_scored_at) == ("public", 70, at)
    assert ada.is_provisional, "the marketplace's own key may still follow"
    feed({"marketplace_id": "~01ada", "email": "ada@example.org"}, at=at + timedelta(days=1))
    assert (ada.marketplace_id, ada.jss_pct, ada.first_scored_at) == ("~01ada", 70, at)


def test_two_rows_with_the_address_adopt_nothing(feed, session, ada, at):
    was = ada.marketplace_id

    report = feed(
        {"marketplace_id": "~01", "email": "ada@example.org"}, {"marketplace_id": "~02", "email": "ada@example.org"}
    )

    assert figures(report) == (2, 0, 0, 0)
    assert report.adoptions == []
    assert (ada.marketplace_id, ada.is_provisional) == (was, True)


def test_somebody_else_with_the_address_stands_in_the_way(feed, session, ada, at):
    make_freelancer(email="ada@example.org", marketplace_id="known")
    was = ada.marketplace_id

    report = feed({"marketplace_id": "~01", "email": "ada@example.org"})

    assert figures(report) == (1, 0, 0, 0)
    assert ada.marketplace_id == was


def test_a_known_person_who_takes_on_the_address_adopts_nobody(feed, session, ada, at):
    make_freelancer(email="other@example.org", marketplace_id="known")

    report = feed({"marketplace_id": "known", "email": "ada@example.org"})

    assert figures(report) == (0, 1, 0, 0)
    assert ada.is_provisional
    assert people(session) == 2


def test_a_file_that_names_both_keys_adopts_nobody_and_loses_nothing(feed, session, ada, at):
    was = ada.marketplace_id

    report = feed({"marketplace_id": was, "title": "Analyst"}, {"marketplace_id": "~01", "email": "ada@example.org"})

    assert figures(report) == (1, 1, 0, 0)
    assert (ada.marketplace_id, ada.title, ada.is_provisional) == (was, "Analyst", True)


def test_a_stranger_and_a_row_without_an_address_leave_the_newcomer_alone(feed, session, ada, at):
    report = feed({"marketplace_id": "~01", "email": "eve@example.org"}, {"marketplace_id": "~02", "name": "Ada"})

    assert figures(report) == (2, 0, 0, 0)
    assert ada.is_provisional


def test_a_trial_run_adopts_nobody_for_good(feed, session, ada, at):
    was = ada.marketplace_id

    report = feed({"marketplace_id": "~01ada", "email": "ada@example.org", **WHOLE}, dry_run=True)

    assert [one.becomes for one in report.adoptions] == ["~01ada"]
    assert (ada.marketplace_id, ada.is_provisional) == (was, True)
    assert session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 1, "her registration alone"
