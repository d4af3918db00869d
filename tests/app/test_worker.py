"""The worker as a process: no mail is lost or sent twice, and it ends when told. Rule X-1."""

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
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import timetable
from app.worker import Worker, run_worker
from core import clock
from core.outbox import OutboxMail, enqueue
from tests.app.posting import Postbox, free_port, mail_server
from tests.app.waiting import wait_until

ROOT = Path(__file__).parents[2]


def put(session, count):
    for number in range(count):
        to = f"p{number}@example.org"
        enqueue("password_changed", to, {"name": "Ada", "email": to}, key=f"w:{number}", at=clock.now())
    session.commit()


def unsent(session):
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(OutboxMail).where(OutboxMail.sent_at.is_(None)))


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
