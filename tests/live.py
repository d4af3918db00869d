"""A whole Laurel for tests from outside: its own database, real server and worker processes, and a real mail server."""

from __future__ import annotations

import email
import email.policy
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import psycopg
from aiosmtpd.controller import Controller

from core.embedded import running

ROOT = Path(__file__).parents[1]
INSTANCE = ROOT / "instance" / "tests"
BIN = Path(sys.executable).parent
LINK = re.compile(r"https?://\S+")
#: One process of the tests at a time makes what the others copy: an advisory lock.
MAKING = 0x4C41_5552_454C_0005

# As root Chromium has no sandbox; the rest keeps it from calling home.
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Mailbox:
    """A real SMTP server that keeps what it is sent."""

    def __init__(self) -> None:
        #: Each mail as it came over the wire.
        self.raw: list[bytes] = []
        self._read: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server, smtp_session, envelope):
        self.raw.append(envelope.content)
        return "250 kept"

    @property
    def mails(self) -> list[EmailMessage]:
        """Return the mails that came, in order; each is read once, by whoever looks first."""
        unread = self.raw[len(self._read) :]
        self._read += [email.message_from_bytes(each, policy=email.policy.default) for each in unread]
        return self._read

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self._controller.port}"

    def to(self, address):
        """Return the mails to one address, in the order in which they came."""
        return [mail for mail in self.mails if mail["To"].addresses[0].addr_spec == address]

    def wait_for(self, address, count=1, subject="", timeout_s=30):
        """Wait until `count` mails to `address` whose subject holds `subject` have come; return the last."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            found = [mail for mail in self.to(address) if subject.lower() in mail["Subject"].lower()]
            if len(found) >= count:
                return found[-1]
            time.sleep(0.1)
        raise AssertionError(
            f"no mail number {count} to {address} about {subject!r}; there came "
            f"{[(mail['To'], mail['Subject']) for mail in self.mails]}"
        )


def text_of(mail):
    """Return the plain text of a mail."""
    return mail.get_body(("plain",)).get_content()


def link_in(mail, containing):
    """Return the first link in a mail's text that holds `containing`."""
    return next(link for link in LINK.findall(text_of(mail)) if containing in link)


def free_port():
    """Return a port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@dataclass
class Laurel:
    """A running service, as an operator has it."""

    database_url: str
    environment: dict[str, str]
    port: int
    mailbox: Mailbox
    processes: list[subprocess.Popen] = field(default_factory=list)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def cli(self, *words, stdin=None, expect=0):
        """Run `flask …` as an operator does; return what it printed."""
        done = subprocess.run(
            [BIN / "flask", "--app", "wsgi", *map(str, words)],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == expect, f"flask {words} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def sql(self, statement, *values):
        """Run a statement straight in the database; return its rows, if it has any."""
        with psycopg.connect(self.database_url.replace("+psycopg", ""), autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    def start(self, *command):
        process = subprocess.Popen(
            [BIN / command[0], *command[1:]],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=self.log,
        )
        self.processes.append(process)
        return process

    def start_web(self):
        web = self.start("gunicorn", "-c", "gunicorn.conf.py")
        wait_until_ready(self.url, web)
        return web

    def start_worker(self):
        return self.start("flask", "--app", "wsgi", "worker")

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.log.close()

    @property
    def log(self):
        if not hasattr(self, "_log"):
            self._log = (Path(self.environment["LAUREL_INSTANCE"]) / "processes.log").open("ab")
        return self._log

    def log_text(self):
        """Return everything that the server processes have written."""
        return (Path(self.environment["LAUREL_INSTANCE"]) / "processes.log").read_text("utf-8", "replace")

    def slips(self):
        """Return what the processes have written of errors that nobody foresaw; nobody may have seen their answers."""
        return [line for line in self.log_text().splitlines() if '"event": "unexpected error"' in line]


def wait_until_ready(url, process, timeout_s=60):
    """Wait until the server answers that it is ready; fail at once when it has ended."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server was not ready in time")


def make_database(embedded, name, files, demo):
    """Make a database at this release, with the demo or empty, and put what belongs to it into the folder `files`.

    It is a copy: whoever first needs one in a run of the tests makes the original, and the next run takes that away.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    original, folder = f"laurel_made_{'demo' if demo else 'empty'}_{run}", INSTANCE / "made"
    with psycopg.connect(embedded.url("postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (MAKING,))
        made = [
            each for (each,) in connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^laurel_made'")
        ]
        for former in (each for each in made if not each.endswith(run)):
            connection.execute(f'DROP DATABASE "{former}" WITH (FORCE)')
            shutil.rmtree(folder / former, ignore_errors=True)
        if original not in made:
            draft = f"laurel_draft_{run}"
            shutil.rmtree(folder / original, ignore_errors=True)
            (folder / original).mkdir(parents=True)
            connection.execute(f'CREATE DATABASE "{draft}"')
            service = Laurel(
                embedded.url(draft), environment_of(embedded.url(draft), folder / original, free_port()), 0, None
            )
            service.cli("db", "upgrade")
            if demo:
                service.cli("demo", "load")
            connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{original}"')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
        shutil.copytree(folder / original, files, dirs_exist_ok=True)


def environment_of(database_url, folder, port, smtp_url="smtp://127.0.0.1:1"):
    """Return what an operator sets."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "DATABASE_URL": database_url,
        "LAUREL_INSTANCE": str(folder),
        "LAUREL_BASE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "a key for live tests alone, long enough",
        "SMTP_URL": smtp_url,
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
    }


@contextmanager
def laurel(folder, *, web=True, worker=True, demo=False):
    """Run a whole Laurel on an empty database (or with the demo), with a mail server; end all of it afterwards."""
    name = f"laurel_live_{os.getpid()}_{time.monotonic_ns()}"
    with running(INSTANCE, durable=False) as embedded, Mailbox() as mailbox:
        make_database(embedded, name, folder, demo)
        port = free_port()
        environment = environment_of(embedded.url(name), folder, port, mailbox.url)
        service = Laurel(embedded.url(name), environment, port, mailbox)
        try:
            if web:
                service.start_web()
            if worker:
                service.start_worker()
            yield service
            assert not service.slips(), service.slips()[:3]
        finally:
            service.stop()
            with psycopg.connect(embedded.url("postgres"), autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
