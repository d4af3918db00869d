"""The worker: one leads, every tick runs once, no mail is lost or sent twice, and it ends when told. Rule X-1."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from accounts.models import FailedSignIn
from app import timetable
from app.carriers import CarrierDown
from app.leader import Leadership
from app.timetable import TIMETABLE, Job
from app.worker import Worker, run_worker
from core import clock, jobs
from core.database import db
from core.jobs import JobRun
from core.outbox import OutboxMail, enqueue
from tests.app.posting import Postbox, free_port, mail_server
from tests.conftest import AT

ROOT = Path(__file__).parents[2]


def put(session, count):
    for number in range(count):
        to = f"p{number}@example.org"
        enqueue("password_changed", to, {"name": "Ada", "email": to}, key=f"w:{number}", at=clock.now())
    session.commit()


def unsent(session):
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(OutboxMail).where(OutboxMail.sent_at.is_(None)))


def wait_until(met, timeout_s=30):
    deadline = time.monotonic() + timeout_s
    while not met():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@contextmanager
def worker_process(settings, smtp_port=None, log=subprocess.DEVNULL):
    """`flask worker` in a process of its own, killed at the end if it still lives."""
    environ = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "LAUREL_INSTANCE": str(settings.instance),
        "LAUREL_BASE_URL": settings.base_url,
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}" if smtp_port else "",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def kill_again_and_again(session, settings, postbox, mails, kills):
    """Send `mails` mails by workers that are killed `kills` times while they send."""
    put(session, mails)
    postbox.slow_s = 0.004
    with mail_server(postbox) as port:
        for kill in range(1, kills + 1):
            with worker_process(settings, port) as process:
                target = mails * kill // (kills + 1)
                wait_until(lambda target=target: len(postbox.messages) >= target)
                process.send_signal(signal.SIGKILL)
                process.wait()
        with worker_process(settings, port):
            wait_until(lambda: unsent(session) == 0)


def test_killed_while_it_sends_it_loses_no_mail_and_repeats_one_at_most(session, settings):
    postbox = Postbox()

    kill_again_and_again(session, settings, postbox, mails=60, kills=3)

    times = Counter(postbox.ids)
    assert len(times) == 60
    assert sum(times.values()) <= 60 + 3
    assert len(set(postbox.recipients)) == 60


@pytest.mark.slow
def test_ten_kills_during_five_hundred_mails_lose_none_and_repeat_ten_at_most(session, settings):
    postbox = Postbox()

    kill_again_and_again(session, settings, postbox, mails=500, kills=10)

    times = Counter(postbox.ids)
    assert len(times) == 500
    assert sum(times.values()) <= 500 + 10


def test_two_workers_at_once_send_each_mail_once(session, settings):
    postbox = Postbox()
    put(session, 40)
    with mail_server(postbox) as port, worker_process(settings, port), worker_process(settings, port):
        wait_until(lambda: unsent(session) == 0)

    assert sorted(Counter(postbox.ids).values()) == [1] * 40


def test_two_deliveries_at_once_send_each_mail_once(app, session, monkeypatch):
    postbox = Postbox()
    put(session, 30)
    with mail_server(postbox) as port:
        settings = app.extensions["laurel_settings"]
        from app.config import Smtp

        monkeypatch.setitem(app.extensions, "laurel_settings", replace(settings, smtp=Smtp("127.0.0.1", port)))

        def deliver():
            with app.app_context():
                timetable.deliver(lambda: False)

        threads = [threading.Thread(target=deliver) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(postbox.messages) == len(set(postbox.ids)) == 30


def test_it_ends_quickly_and_cleanly_when_told(session, settings, tmp_path):
    log = tmp_path / "log"
    with log.open("w") as out, worker_process(settings, log=out) as process:
        wait_until(lambda: "worker started" in log.read_text())
        began = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0
    assert time.monotonic() - began < 5
    said = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert said[0] == "worker started"
    assert said[-1] == "worker stopped"


def test_told_in_the_midst_of_beginning_to_wait_it_ends_as_well(app, monkeypatch):
    ended = []

    def run(worker):
        with worker._stopping._cond:  # held for a moment by whoever begins to wait
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)
        ended.append(worker._stopping.wait(10))

    monkeypatch.setattr(Worker, "run", run)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        run_worker(app)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert ended == [True]


def test_it_waits_for_a_mail_server_that_is_away(session, settings):
    postbox, port = Postbox(), free_port()
    put(session, 3)
    with worker_process(settings, port):
        time.sleep(3)
        with mail_server(postbox, port):
            wait_until(lambda: unsent(session) == 0)

    assert session.scalar(sa.select(sa.func.max(OutboxMail.attempts))) == 0


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


def test_without_a_database_nobody_leads_and_it_says_so_once(contender, caplog):
    away = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=1")
    leadership = contender(away)

    with caplog.at_level("WARNING"):
        assert [leadership.held() for _ in range(3)] == [False] * 3

    assert sum("does not answer" in record.getMessage() for record in caplog.records) == 1


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
def test_a_job_that_fails_is_logged_rests_and_is_tried_again(ticking, monkeypatch, trouble, caplog):
    outcomes = [trouble, trouble, None]
    monkeypatch.setattr("app.worker.time.monotonic", lambda: passed[0])
    passed = [1000.0]

    def run(_stopped):
        if error := outcomes.pop(0):
            raise error
        return {}

    tick = ticking(run, once=False)
    for after_s, left in ((0, 2), (0.5, 2), (0.6, 1), (1.5, 1), (1, 0)):
        passed[0] += after_s
        tick()
        assert len(outcomes) == left
    assert sum("job" in record.getMessage() for record in caplog.records) == 2


def test_what_was_done_is_one_line_with_its_figures_and_nothing_is_none(ticking, caplog):
    figures = [{"sent": 3, "lost": 0}, {"sent": 0}]
    tick = ticking(lambda _stopped: figures.pop(0), once=False)

    with caplog.at_level("INFO"):
        tick()
        tick()

    lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
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

    assert list(done) == ["deliver", "sweep", "rotate", "warn", "remind", "tidy"]
    assert {name: count for name, count in done["tidy"].items() if count} == {"account_rows": 1, "job_runs": 1}
    assert not any(done["deliver"].values() or done["sweep"].values())


def test_periods_are_named_by_when_they_begin():
    job = Job("sweep", timedelta(seconds=15), lambda _stopped: {})

    assert job.period(AT + timedelta(seconds=14.9)) == AT.isoformat()
    assert job.period(AT + timedelta(seconds=15)) == (AT + timedelta(seconds=15)).isoformat()
