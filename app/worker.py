"""`flask worker`: keeps the timetable. Start as many as you like; one of them leads, and the others wait to.

What must run once in its period is claimed in the database before it begins, so that it does even when its worker is
killed half-way. A job that fails rests for a while and is tried again; the worker goes on.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from datetime import UTC
from queue import SimpleQueue
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.health import readiness
from app.leader import Leadership
from app.timetable import TIMETABLE, Figures, Job
from core import clock, jobs
from core.database import db
from core.errors import DomainError

log = structlog.get_logger(__name__)

GRACE_S = 8.0  # how long a stopping worker waits for what is still running
REST_MAX_S = 60.0  # how long a job rests at most when it fails again and again
_ASK_AGAIN_S = 1.0


def run_worker(app: Flask) -> None:
    """Keep the timetable until SIGTERM or SIGINT; then let what is running end, and return within GRACE_S."""
    worker = Worker(app)
    asked: SimpleQueue[int] = SimpleQueue()

    def heed() -> None:
        asked.get()
        worker.stop()

    def ask(number: int, _frame: FrameType | None) -> None:
        # Stopping takes a lock that the main thread may hold at this very moment, and would wait for itself then.
        asked.put(number)

    threading.Thread(target=heed, name="heed", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    worker.run()


class Worker:
    """One worker process."""

    def __init__(self, app: Flask, timetable: tuple[Job, ...] = TIMETABLE) -> None:
        self._app = app
        self._timetable = timetable
        self._stopping = threading.Event()
        self._runs = {job.name: _Run() for job in timetable}
        with app.app_context():
            self._leadership = Leadership(db.engine)

    def stop(self) -> None:
        """Begin to stop; `run` returns soon after."""
        self._stopping.set()

    def run(self) -> None:
        """Tick until stopped. Waits for a database that is away, or not migrated yet."""
        self._wait_until_ready()
        scheduler = self._scheduler()
        scheduler.start()
        log.info("worker started", jobs=[job.name for job in self._timetable])
        self._stopping.wait()
        scheduler.shutdown(wait=False)
        self._wait_for_runs()
        self._leadership.give_up()
        log.info("worker stopped")

    def tick(self, job: Job) -> None:
        """Run `job`, if this worker leads, the job is not resting, and nobody ran it in this period."""
        run = self._runs[job.name]
        if self._stopping.is_set() or run.rests():
            return
        with run.busy, self._app.app_context():
            try:
                if self._leadership.held():
                    self._run(job)
                run.succeeded()
            except DomainError as error:
                run.failed()
                log.warning("job waits", job=job.name, why=str(error), rest_s=run.rest_s)
            except OperationalError as error:  # the database went away meanwhile
                run.failed()
                log.warning("job interrupted", job=job.name, why=str(error.orig), rest_s=run.rest_s)
            except Exception:
                run.failed()
                log.exception("job failed", job=job.name, rest_s=run.rest_s)

    def _run(self, job: Job) -> None:
        period, at = job.period(clock.now()), clock.now()
        if job.once and not jobs.claim(job.name, period, at):
            return
        began_s = time.monotonic()
        figures = {name: count for name, count in job.run(self._stopping.is_set).items() if count}
        if job.once:
            jobs.done(job.name, period, _in_words(figures), clock.now())
        if figures:
            log.info("job done", job=job.name, duration_ms=round((time.monotonic() - began_s) * 1000), **figures)

    def _scheduler(self) -> BackgroundScheduler:
        # What APScheduler would say about every tick is said here, once, and only when something was done.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(self._timetable))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for job in self._timetable:
            scheduler.add_job(
                self.tick, "interval", [job], seconds=job.every.total_seconds(), next_run_time=clock.now()
            )
        return scheduler

    def _wait_until_ready(self) -> None:
        said: dict[str, str] = {}
        while not self._stopping.is_set():
            with self._app.app_context():
                checks = readiness()
            if all(found == "ok" for found in checks.values()):
                return
            if checks != said:
                log.warning("worker waits", **checks)
                said = checks
            self._stopping.wait(_ASK_AGAIN_S)

    def _wait_for_runs(self) -> None:
        """Wait for what is running. What takes longer is cut off: every job can be, at any moment."""
        deadline_s = time.monotonic() + GRACE_S
        for name, run in self._runs.items():
            if not run.busy.acquire(timeout=max(0.0, deadline_s - time.monotonic())):
                log.warning("job cut off", job=name)
                os._exit(0)  # a thread that waits for the network can be ended in no other way


class _Run:
    """How one job fares in this process."""

    def __init__(self) -> None:
        self.busy = threading.Lock()
        self.rest_s = 0.0
        self._rests_until_s = 0.0

    def rests(self) -> bool:
        return time.monotonic() < self._rests_until_s

    def succeeded(self) -> None:
        self.rest_s = 0.0

    def failed(self) -> None:
        self.rest_s = min(REST_MAX_S, self.rest_s * 2 or 1.0)
        self._rests_until_s = time.monotonic() + self.rest_s


def _in_words(figures: Figures) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in figures.items())
