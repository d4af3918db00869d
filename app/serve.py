"""What `script/server` runs in .venv: PostgreSQL, migrations, the demo, then the web server and one worker.

Everything it starts ends with it, however it ends.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from io import TextIOWrapper

import flask_migrate
import psycopg
import sqlalchemy as sa
from flask import Flask
from flask.cli import ScriptInfo

from accounts.models import User
from accounts.queries import user_by_email
from app import create_app
from app.config import ROOT, Settings, SettingsError
from app.demo.accounts import STAFF
from app.health import is_migrated
from core.database import db, session
from core.embedded import Embedded, EmbeddedError, running
from core.lifeline import die_with_parent

HERE = "127.0.0.1"
_READY_S = 60
_STOP_S = 25  # a little longer than gunicorn gives the requests under way
_RESTART_S = (1, 60)  # the shortest and longest wait before a worker that ended is started again
_LOCK = 0x4C41_5552_454C_0004  # "LAUREL", 4: one start at a time migrates and loads the demo


class CannotServe(Exception):
    """The service cannot start, or not go on; the message says why and what to do."""


def main() -> int:
    """Serve until told to end. Returns an exit status."""
    assert isinstance(sys.stdout, TextIOWrapper)
    sys.stdout.reconfigure(line_buffering=True)
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if sig != signal.SIGHUP or signal.getsignal(sig) != signal.SIG_IGN:  # `nohup` is heeded
            signal.signal(sig, signal.default_int_handler)
    try:
        settings = Settings.from_environment()
        refuse_taken_port(settings.port)
        with ExitStack() as stack:
            embedded = use_database(settings, stack)
            app = prepare(settings)
            serve(app, settings, embedded, stack)
    except KeyboardInterrupt:
        say("Laurel has ended.")
    except (SettingsError, EmbeddedError, CannotServe) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def refuse_taken_port(port: int) -> None:
    """Raise CannotServe when the web server could not listen on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise CannotServe(f"Port {port} {why}: free it, or choose another with PORT=<number>.") from None


def use_database(settings: Settings, stack: ExitStack) -> Embedded | None:
    """Start the embedded PostgreSQL until `stack` closes, or see that DATABASE_URL answers. Raises CannotServe."""
    if settings.database_url is None:
        say(f"Starting Laurel with its own PostgreSQL; everything it keeps is in {settings.instance}.")
        return stack.enter_context(running(settings.instance))
    url = sa.make_url(settings.database_url).set(drivername="postgresql")
    say(f"Starting Laurel with the database {url.database} on {url.host or 'this machine'}.")
    try:
        psycopg.connect(url.render_as_string(hide_password=False), connect_timeout=5).close()
    except psycopg.Error as error:
        why = str(error).partition("\n")[0]
        raise CannotServe(f"The database cannot be used: start it, or correct DATABASE_URL ({why}).") from None
    return None


def prepare(settings: Settings) -> Flask:
    """Bring the database to this release, and load the demo into an empty one. Returns the app that did it."""
    app = create_app(settings)
    with app.app_context(), _alone():
        if not is_migrated():
            say("Bringing the database to this release…")
            logging.getLogger("alembic").setLevel(logging.WARNING)  # our sentence says it
            flask_migrate.upgrade()
        if settings.demo and session.scalar(sa.select(User.id).limit(1)) is None:
            say("Loading the demo into the empty database (about a minute)…")
            _command(app, "demo", "load", "--no-accounts")
    return app


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other starts from preparing the same database meanwhile."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(_LOCK)))
        yield
        connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
    session.remove()
    db.engine.dispose()


def _command(app: Flask, *words: str) -> None:
    """Run `flask <words>` in this process, which has the app already. Raises CannotServe when it fails."""
    try:
        app.cli.main(list(words), "flask", obj=ScriptInfo(create_app=lambda: app))
    except SystemExit as end:
        if end.code not in (None, 0):
            raise CannotServe(f"`flask {' '.join(words)}` failed; its own words stand above.") from None


def serve(app: Flask, settings: Settings, embedded: Embedded | None, stack: ExitStack) -> None:
    """Run the web server and a worker, and keep them and `embedded` running. Raises CannotServe when that fails."""
    environ = {**os.environ, "PORT": str(settings.port), "WEB_CONCURRENCY": str(settings.web_processes)}
    environ["GUNICORN_CMD_ARGS"] = f"--log-level warning {environ.get('GUNICORN_CMD_ARGS', '')}"
    web = Child("web server", ["gunicorn"], environ)
    worker = Child("worker", ["flask", "--app", "wsgi", "worker"], environ)
    stack.callback(end, web, worker)
    web.start()
    worker.start()
    wait_until_ready(settings.port, web)
    say_where(app, settings)
    while True:
        time.sleep(0.5)
        if not web.lives():
            raise CannotServe("The web server has ended by itself; its own words stand above.")
        worker.start_again_if_ended()
        if embedded is not None and not embedded.alive():
            say("PostgreSQL has ended by itself; starting it again.")
            embedded = stack.enter_context(running(settings.instance))


def wait_until_ready(port: int, web: Child) -> None:
    """Wait until /readyz answers 200. Raises CannotServe, with what it answered last, when that takes too long."""
    deadline = time.monotonic() + _READY_S
    said = "it does not answer"
    while time.monotonic() < deadline:
        if not web.lives():
            raise CannotServe("The web server could not start; its own words stand above.")
        connection = HTTPConnection(HERE, port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            response = connection.getresponse()
            if response.status == 200:
                return
            said = response.read(2000).decode(errors="replace").strip()
        except (OSError, HTTPException):
            pass  # not listening yet
        finally:
            connection.close()
        time.sleep(0.1)
    raise CannotServe(f"Laurel did not become ready within {_READY_S} seconds: {said}.")


class Child:
    """A Python module that runs as a process of ours, in a session of its own: Ctrl-C reaches it through us alone."""

    def __init__(self, name: str, module: list[str], environ: dict[str, str]) -> None:
        self._name, self._command, self._environ = name, [sys.executable, "-m", *module], environ
        self._process: subprocess.Popen[bytes] | None = None
        self._began_s = 0.0
        self._wait_s = _RESTART_S[0]
        self._again_s: float | None = None

    def start(self) -> None:
        """Start the process."""
        self._began_s, self._again_s = time.monotonic(), None
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )

    def lives(self) -> bool:
        """Say whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start_again_if_ended(self) -> None:
        """Start the process once more when it has ended: at first soon, later, if that does not last, ever later."""
        now_s = time.monotonic()
        if self._again_s is not None and now_s >= self._again_s:
            self.start()
        elif self._again_s is None and not self.lives():
            lasted = now_s - self._began_s > _RESTART_S[1]
            wait_s = _RESTART_S[0] if lasted else self._wait_s
            self._again_s, self._wait_s = now_s + wait_s, min(wait_s * 2, _RESTART_S[1])
            say(f"The {self._name} has ended by itself; starting it again in {wait_s} s.")

    def ask_to_end(self) -> None:
        """Ask the process to end."""
        if self._process is not None:
            self._process.terminate()

    def wait_for_end(self, until_s: float) -> None:
        """Wait until `until_s` of the monotonic clock for its end, then make it end together with its own children."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def end(*children: Child) -> None:
    """End all `children`, which takes as long as the slowest. Whoever presses Ctrl-C again has to wait for them too."""
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, signal.SIG_IGN)
    for child in children:
        child.ask_to_end()
    until_s = time.monotonic() + _STOP_S
    for child in children:
        child.wait_for_end(until_s)


def say_where(app: Flask, settings: Settings) -> None:
    """Tell where Laurel answers, how to sign in to the demo, and where its mails go when no server takes them."""
    here = f"http://{HERE}:{settings.port}"
    say(f"Laurel is ready at {settings.base_url}{'' if settings.base_url == here else f' ({here} on this machine)'}.")
    with app.app_context():
        if settings.demo and user_by_email(STAFF.address):
            _command(app, "demo", "accounts")
        session.remove()
        db.engine.dispose()
    if settings.smtp is None:
        say(f"Mails are written to {settings.mail_folder}.")
    say("Ctrl-C ends everything.")


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    print(sentence)


if __name__ == "__main__":
    sys.exit(main())
