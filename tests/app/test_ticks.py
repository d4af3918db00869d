"""One worker leads, every tick runs once, and the timetable does what it says. Rule X-1."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from accounts.models import FailedSignIn
from app.carriers import CarrierDown
from app.leader import Leadership
from app.timetable import TIMETABLE, Job
from app.worker import Worker
from core import clock, jobs
from core.database import db
from core.jobs import JobRun
from tests.app.waiting import wait_until
from tests.conftest import AT

# Leadership


@pytest.fixture
def contender(session):
    """Makes leaderships that compete for one database."""
    made = []

    def make(engine=None):
        made.append(Leadership(engine or db.engine))
        return made[-1]

    yield make
    for leadership in made:
        leadership.give_up()


def test_one_leads_and_the_next_takes_over_when_it_is_gone(contender):
    first, second = contender(), contender()

    assert first.held()
    assert not second.held()
    assert first.held()
    first.give_up()
    wait_until(second.held)
    assert not first.held()


def test_whose_connection_breaks_leads_no_longer_and_may_lead_again(contender, session):
    leadership, other = contender(), contender()
    assert leadership.held()
    pid = leadership._connection.scalar(sa.text("SELECT pg_backend_pid()"))

    session.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    session.commit()

    assert not leadership.held()
    wait_until(other.held)
    other.give_up()
    wait_until(leadership.held)


def test_without_a_database_nobody_leads_and_it_says_so_once(contender):
    away = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=1")
    leadership = contender(away)

    with capture_logs() as lines:
        assert [leadership.held() for _ in range(3)] == [False] * 3

    assert sum("does not answer" in line["event"] for line in lines) == 1


# Ticks


@pytest.fixture
def ticking(app, session):
    """A worker with one job, and a way to tick it."""
    workers = []

    def make(run, **options):
        job = Job("test", timedelta(seconds=15), run, **options)
        worker = Worker(app, (job,))
        workers.append(worker)
        return lambda: worker.tick(job)

    yield make
    for worker in workers:
        worker._leadership.give_up()


def test_a_tick_runs_once_in_its_period(ticking, session, at):
    runs = []
    tick = ticking(lambda _stopped: runs.append(1) or {"done": 2})

    tick()
    tick()
    clock.use(lambda: AT + timedelta(seconds=15))
    tick()

    assert len(runs) == 2
    session.rollback()
    assert session.scalars(sa.select(JobRun.figures)).all() == ["2 done", "2 done"]


def test_a_tick_that_another_worker_claimed_is_left_to_it(ticking, session, at):
    runs = []
    tick = ticking(lambda _stopped: runs.append(1) or {})
    jobs.claim("test", AT.isoformat(), AT)

    tick()

    assert runs == []


def test_a_job_without_a_claim_runs_at_every_tick_and_leaves_no_row(ticking, session, at):
    runs = []
    tick = ticking(lambda _stopped: runs.append(1) or {}, once=False)

    tick()
    tick()

    assert len(runs) == 2
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(JobRun)) == 0


@pytest.mark.parametrize(
    "trouble",
    [ValueError("a mistake"), CarrierDown("no way out"), OperationalError("SELECT", {}, Exception("gone"))],
)
def test_a_job_that_fails_is_logged_rests_and_is_tried_again(ticking, monkeypatch, trouble):
    outcomes = [trouble, trouble, None]
    monkeypatch.setattr("app.worker.time.monotonic", lambda: passed[0])
    passed = [1000.0]

    def run(_stopped):
        if error := outcomes.pop(0):
            raise error
        return {}

    tick = ticking(run, once=False)
    with capture_logs() as lines:
        for after_s, left in ((0, 2), (0.5, 2), (0.6, 1), (1.5, 1), (1, 0)):
            passed[0] += after_s
            tick()
            assert len(outcomes) == left
    assert sum("job" in line["event"] for line in lines) == 2


def test_what_was_done_is_one_line_with_its_figures_and_nothing_is_none(ticking):
    figures = [{"sent": 3, "lost": 0}, {"sent": 0}]
    tick = ticking(lambda _stopped: figures.pop(0), once=False)

    with capture_logs() as lines:
        tick()
        tick()

    done = [line for line in lines if line["event"] == "job done"]
    assert [(line["job"], line["sent"]) for line in done] == [("test", 3)]
    assert "lost" not in done[0]


def test_a_worker_that_does_not_lead_runs_nothing(ticking, contender):
    runs = []
    tick = ticking(lambda _stopped: runs.append(1) or {}, once=False)
    leader = contender()
    assert leader.held()

    tick()
    assert runs == []
    leader.give_up()
    wait_until(lambda: tick() or runs)


def test_a_worker_cuts_off_what_does_not_end(app, session, monkeypatch):
    ended = []
    monkeypatch.setattr("app.worker.os._exit", ended.append)
    monkeypatch.setattr("app.worker.GRACE_S", 0.1)
    begun, may_end = threading.Event(), threading.Event()

    def run_long(_stopped):
        begun.set()
        may_end.wait(10)
        return {}

    job = Job("long", timedelta(seconds=1), run_long, once=False)
    worker = Worker(app, (job,))
    running = threading.Thread(target=worker.run)
    running.start()
    assert begun.wait(10)

    worker.stop()
    wait_until(lambda: ended == [0])
    may_end.set()
    running.join(10)


# The timetable


def test_each_job_of_the_timetable_does_what_it_says(app, session, at):
    session.add(FailedSignIn(email="ada@example.org", at=AT - timedelta(days=40)))
    session.add(JobRun(job="sweep", period="long ago", claimed_at=AT - timedelta(days=8)))
    session.commit()

    done = {job.name: job.run(lambda: False) for job in TIMETABLE}

    assert {"deliver", "sweep", "rotate", "warn", "remind", "verify", "erase", "tidy"} <= set(done)
    assert {name: count for name, count in done["tidy"].items() if count} == {"account_rows": 1, "job_runs": 1}
    assert not any(done["deliver"].values() or done["sweep"].values())


def test_periods_are_named_by_when_they_begin():
    job = Job("sweep", timedelta(seconds=15), lambda _stopped: {})

    assert job.period(AT + timedelta(seconds=14.9)) == AT.isoformat()
    assert job.period(AT + timedelta(seconds=15)) == (AT + timedelta(seconds=15)).isoformat()
