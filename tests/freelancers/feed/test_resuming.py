"""A large import that is stopped anywhere goes on: everybody once, nobody half, told and logged once. Rule X-1."""

import json
import os
import signal
from datetime import timedelta
from multiprocessing import Value

import psycopg
import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from core.database import db
from freelancers.feed import importing, mapping, merging, staging
from freelancers.feed.errors import FeedError, ImportRunning, ImportStopped
from freelancers.feed.importing import _LOCK, import_feed
from freelancers.feed.run import unfinished
from freelancers.models import FeedImport, Freelancer, Observation
from freelancers.services import register_newcomer
from tests.factories import make_user

pytestmark = pytest.mark.usefixtures("in_parts")

LAUREL = mapping.find("laurel")
ROWS = [{"marketplace_id": f"k{number:02}", "name": f"Name {number}", "jss_pct": 80 + number} for number in range(20)]
#: In the second chunk, the fifth and the last.
BAD = (ROWS[4]["marketplace_id"], ROWS[13]["marketplace_id"], ROWS[19]["marketplace_id"])


class Killed(BaseException):
    """Stands for the end of the process: nobody catches it."""


@pytest.fixture
def feed(session, at, tmp_path):
    def do(rows=ROWS, at=at, name="feed.ndjson", **options):
        path = tmp_path / name
        path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), "utf-8")
        return import_feed(path, LAUREL, by=None, at=at, **options)

    return do


@pytest.fixture
def killed(monkeypatch, session):
    """Let the import end when something is done for the nth time, and then be whole again."""

    def do(what, method, times, run, error=Killed):
        usual, begun = getattr(what, method), Value("i")  # counted wherever it runs, in copies of this process too

        def dying(*args, **kwargs):
            with begun.get_lock():
                begun.value += 1
                is_over = begun.value > times
            if is_over:
                raise error
            return usual(*args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(what, method, dying)
            with pytest.raises(error if error is Killed else ImportStopped) as caught:
                run()
        session.rollback()
        return caught.value

    return do


MOMENTS = {
    "reading, nothing staged": (staging.Staging, "stage", 0),
    "reading": (staging.Staging, "stage", 3),
    "the file read, nothing stored": (importing, "adopt", 0),
    "storing, nothing stored": (merging.Merging, "merge", 0),
    "storing": (merging.Merging, "merge", 4),
    "all stored": (importing, "finish", 0),
}


def people(session):
    session.rollback()
    return sorted(session.execute(sa.select(Freelancer.marketplace_id, Freelancer.name, Freelancer.jss_pct)).all())


def counts(report):
    return report.read, report.created, report.updated, report.unchanged, report.refused


def actions(session):
    return sorted(session.scalars(sa.select(AuditEvent.action)))


def table(session, name):
    return session.scalar(sa.text("SELECT to_regclass(:name)"), {"name": name})


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_import_stopped_anywhere_is_finished_by_the_next(moment, feed, killed, session, at):
    rows = [{**row, "jss_pct": 300} if row["marketplace_id"] in BAD else row for row in ROWS]
    killed(*MOMENTS[moment], lambda: feed(rows))
    had_stored = {row[0] for row in people(session)}

    told = []
    report = feed(rows, at=at + timedelta(hours=1), resuming=told.append)

    assert counts(report) == (20, 17, 0, 0, 3)
    assert people(session) == sorted((r["marketplace_id"], r["name"], r["jss_pct"]) for r in rows if r["jss_pct"] < 101)
    assert len(set(report.affected_ids)) == len(report.affected_ids) == 17, "those stored before the end as well"
    assert session.scalar(sa.select(sa.func.count()).select_from(Observation)) == 17 * 2, "a score and a completeness"
    assert actions(session) == ["feed.imported"]
    logged = session.scalars(sa.select(FeedImport)).one()
    assert (logged.created, logged.refused) == (17, 3)
    refused = [json.loads(line)["marketplace_id"] for line in report.refused_path.read_text().splitlines()]
    assert refused == list(BAD)
    assert [refusal.key for refusal in report.refusals] == list(BAD)
    assert len(list(report.refused_path.parent.iterdir())) == 3, "the feed, refused rows and reasons, and nothing else"
    assert bool(told) == (moment != "reading, nothing staged")
    if told:
        assert told == [report.resumed]
        assert told[0].since == logged.started_at == at
        assert (told[0].read > 0, told[0].stored > 0) == (True, bool(had_stored))
    assert table(session, "feed_run") is None
    assert counts(feed(rows)) == (20, 0, 0, 17, 3)


def test_changes_of_both_runs_are_told_in_order(feed, killed, session, at):
    feed()
    changed = [{**row, "jss_pct": row["jss_pct"] - 50} for row in ROWS]
    killed(merging.Merging, "merge", 3, lambda: feed(changed, at=at + timedelta(days=1)))

    report = feed(changed, at=at + timedelta(days=2))

    assert counts(report) == (20, 0, 20, 0, 0)
    assert [change.key for change in report.changes] == [row["marketplace_id"] for row in ROWS]
    assert report.changes[0].fields == (("jss_pct", "80", "30"),)
    seen = set(session.scalars(sa.select(Observation.observed_at).where(Observation.value < 80)))
    assert seen == {at, at + timedelta(days=1)}, "one import has one moment: the completeness first, then the scores"


def test_a_newcomer_is_adopted_once(feed, killed, session, at):
    register_newcomer("Ada", "ada@example.org", make_user(email="ada@example.org").id, at=at)
    rows = [*ROWS, {"marketplace_id": "~ada", "email": "ada@example.org", "jss_pct": 91}]
    killed(merging.Merging, "merge", 2, lambda: feed(rows))
    assert actions(session).count("freelancer.adopted") == 1

    report = feed(rows)

    assert counts(report) == (21, 20, 1, 0, 0)
    assert [one.becomes for one in report.adoptions] == ["~ada"]
    assert ("marketplace_id", report.adoptions[0].was, "~ada") in report.changes[0].fields
    assert actions(session).count("freelancer.adopted") == 1


@pytest.mark.parametrize("moment", ["reading", "storing"])
def test_a_file_that_changed_meanwhile_is_read_anew(moment, feed, killed, session, at):
    killed(*MOMENTS[moment], lambda: feed())
    other = [{**row, "jss_pct": 10} for row in ROWS]
    told = []

    report = feed(other, resuming=told.append)

    assert {row[2] for row in people(session)} == {10}
    assert report.read == 20
    assert len(people(session)) == 20
    assert actions(session) == (["feed.given_up", "feed.imported"] if moment == "storing" else ["feed.imported"])
    assert table(session, "feed_run") is None


def test_a_file_that_changed_meanwhile_and_is_broken_leaves_whom_was_stored_and_no_more(feed, killed, session):
    killed(merging.Merging, "merge", 4, feed)
    stored = people(session)

    with pytest.raises(FeedError, match="line 21"):
        feed([*ROWS, "{broken\n"])

    assert people(session) == stored
    assert table(session, "feed_run") is None
    assert actions(session) == ["feed.given_up"]


def test_a_file_that_was_cut_or_grew_is_another_file(feed, killed, session):
    killed(merging.Merging, "merge", 4, feed)
    assert counts(feed(ROWS[:6]))[0] == 6
    killed(merging.Merging, "merge", 2, feed)
    assert counts(feed([*ROWS, {"marketplace_id": "more"}]))[0] == 21
    assert table(session, "feed_run") is None


def test_a_file_whose_rest_is_mended_goes_on_where_it_is_the_same(feed, killed, session):
    killed(staging.Staging, "stage", 3, feed)
    told = []

    report = feed([*ROWS[:18], {**ROWS[18], "name": "Mended"}, ROWS[19]], resuming=told.append)

    assert (told[0].read, report.created) == (9, 20)
    assert ("k18", "Mended", 98) in people(session)


def test_a_second_row_about_somebody_is_found_after_a_stop_too(feed, killed, session):
    rows = [*ROWS, ROWS[0]]
    killed(staging.Staging, "stage", 5, lambda: feed(rows))

    report = feed(rows)

    assert counts(report) == (21, 20, 0, 0, 1)
    assert "already in line 1" in report.refusals[0].defects[0].reason


def test_another_file_takes_the_place_of_an_unfinished_import(feed, killed, session, monkeypatch):
    killed(merging.Merging, "merge", 4, feed)
    stored = len(people(session))
    assert 0 < stored < 20

    monkeypatch.setattr(importing, "IN_PARTS_BYTES", 1_000_000)
    assert feed([{"marketplace_id": "small"}], name="small.ndjson").created == 1

    assert len(people(session)) == stored + 1
    assert actions(session) == ["feed.given_up", "feed.imported"]
    assert table(session, "feed_run") is None


def test_a_trial_run_leaves_an_unfinished_import_alone(feed, killed, session):
    killed(merging.Merging, "merge", 4, feed)
    before = people(session)

    assert counts(feed(dry_run=True))[0] == 20
    assert people(session) == before
    assert feed().resumed is not None


def test_a_broken_end_leaves_no_trace_of_what_was_staged(feed, session):
    with pytest.raises(FeedError, match="line 21"):
        feed([*ROWS, "{broken\n"])

    assert people(session) == []
    assert table(session, "feed_run") is None
    assert actions(session) == []


def test_the_first_thing_that_is_wrong_is_the_one_told(feed):
    with pytest.raises(FeedError, match="line 5 is not valid JSON"):
        feed([*ROWS[:4], "{broken\n", *ROWS[4:], "no object\n"])


def test_what_cannot_be_written_is_found_before_anything_is_stored(feed, session, tmp_path):
    with pytest.raises(FeedError, match="refused rows cannot be written") as refused:
        feed([*ROWS, {"marketplace_id": "bad", "jss_pct": 300}], refused_folder=tmp_path / "nowhere")

    assert "--refused" in refused.value.next_step
    assert people(session) == []
    assert table(session, "feed_run") is None


@pytest.mark.parametrize("error", [psycopg.errors.DiskFull, psycopg.errors.AdminShutdown])
def test_a_database_that_gives_up_is_told_in_a_sentence_and_the_import_goes_on(error, feed, killed, session):
    told = killed(merging.Merging, "merge", 3, feed, error)

    assert "The database says" in told.detail
    assert "run the same import again" in told.next_step
    assert counts(feed()) == (20, 20, 0, 0, 0)


def test_a_copy_of_the_process_that_is_ended_is_told_in_a_sentence_and_the_import_goes_on(feed, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(staging.Staging, "stage", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        with pytest.raises(ImportStopped, match="ended from outside") as told:
            feed()

    assert "Run the same import again" in told.value.next_step
    assert counts(feed()) == (20, 20, 0, 0, 0)


def test_a_small_import_that_fails_says_that_nothing_was_imported(feed, killed, session, monkeypatch):
    monkeypatch.setattr(importing, "IN_PARTS_BYTES", 1_000_000)

    told = killed(merging.Merging, "merge", 3, feed, psycopg.errors.DiskFull)

    assert "Nothing was imported" in told.detail
    assert people(session) == []


def test_two_imports_at_once_do_not_mix(feed, session):
    with db.engine.connect() as other:
        other.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        with pytest.raises(ImportRunning):
            feed()
    assert people(session) == []

    def meanwhile(doing, done, of):
        with pytest.raises(ImportRunning):
            feed([{"marketplace_id": "late"}], name="late.ndjson")

    assert feed(progress=meanwhile).created == 20


def test_progress_is_told_of_both_halves(feed):
    told = []

    feed(progress=lambda *step: told.append(step))

    size = sum(len(json.dumps(row)) + 1 for row in ROWS)
    assert [step for step in told if step[0] == "Reading"][-1] == ("Reading", size, size)
    assert [done for doing, done, _ in told if doing == "Storing"] == [3, 6, 9, 12, 15, 18, 20]


def test_an_import_whose_tables_postgresql_emptied_begins_anew(feed, killed, session):
    killed(merging.Merging, "merge", 4, feed)
    session.execute(sa.text("TRUNCATE feed_run, feed_chunks, feed_refused, feed_staged"))
    session.commit()

    report = feed()

    assert counts(report)[0] == 20
    assert len(people(session)) == 20
    assert unfinished() is None
