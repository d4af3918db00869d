"""How many invitations are accepted in a second, against the bare driver that executes the same statements.

    .venv/bin/python -m benchmarks.accepts                 2,000 people, each with a link of their own, in turns

Laurel's side is the real one: gunicorn as `gunicorn.conf.py` has it, and people who are signed in and press the button,
over a few connections that are kept open by a light client in a process of its own. By hand, as many connections to
the database execute what those requests execute, statement by statement with the same parameters, and commit to disk.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import sqlalchemy as sa
from flask import current_app
from flask import session as cookie
from flask_login import login_user
from flask_wtf.csrf import generate_csrf

from accounts.models import Role, User
from accounts.services import begin_session
from accounts.sessions import SignedIn
from benchmarks.harness import Comparison, autocommit, laurel, peak_mib, say, timed
from benchmarks.inviting import make_partner
from core import clock
from core.database import db, new_id, session, transaction
from core.secrets import new_token, token_hash
from freelancers.services import register_newcomer
from partners.models import Invitation
from partners.rules import LINK_LIFETIME

FORM = "application/x-www-form-urlencoded"
#: What answering leaves behind.
LEFT = ("applications", "outbox_mails", "audit_events")


@transaction()
def invite_one(programme_id: Any, number: int) -> tuple[User, str]:
    """Store somebody with a profile and a link; return both."""
    at, email = clock.now(), f"person{number}@example.com"
    user = User(id=new_id(), email=email, name=f"Person {number}", role=Role.FREELANCER, created_at=at)
    session.add(user)
    session.flush()
    register_newcomer(user.name, email, user.id, at=at)
    token, ends = new_token(), at + LINK_LIFETIME
    words = {"programme_id": programme_id, "email": email, "token_hash": token_hash(token)}
    session.add(Invitation(id=new_id(), **words, created_at=at, sent_at=at, expires_at=ends))
    return user, token


@dataclass(frozen=True)
class Press:
    """Somebody's press of the button: the link, the form, and the cookie of whoever signed in."""

    link: str
    form: str
    cookie: str

    def request(self) -> str:
        """Return what a browser sends."""
        head = f"POST /invitations/{self.link} HTTP/1.1\r\nHost: laurel.test\r\nCookie: laurel={self.cookie}\r\n"
        kind = f"Content-Type: {FORM}\r\nContent-Length: {len(self.form)}\r\n\r\n"
        return head + kind + self.form


def press_of(user: User, link: str) -> Press:
    """Return the press of somebody who has just signed in."""
    app: Any = current_app
    with app.app_context(), app.test_request_context():  # of its own: who is signed in is kept in it
        login_user(SignedIn(user, begin_session(user, clock.now())))
        form = urlencode({"csrf_token": generate_csrf(), "answer": "accept"})
        return Press(link, form, app.session_interface.get_signing_serializer(app).dumps(dict(cookie)))


def recorded(presses: Sequence[Press]) -> list[list[tuple[str, Any]]]:
    """Let everybody press in this process; return the statements that each press executed, with their parameters."""
    app: Any = current_app
    pressed: list[list[tuple[str, Any]]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        pressed[-1].append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    for press in presses:
        pressed.append([])
        headers = {"Cookie": f"laurel={press.cookie}"}
        with app.app_context():
            answer = app.test_client(use_cookies=False).post(
                f"/invitations/{press.link}", data=press.form, content_type=FORM, headers=headers
            )
        if answer.status_code != 303:
            raise SystemExit(f"Accepting answered {answer.status}.")
    sa.event.remove(db.engine, "before_cursor_execute", note)
    return pressed


def by_hand(url: str, pressed: Sequence[Sequence[tuple[str, Any]]], connections: int) -> float:
    """Execute and commit everything over so many connections; return the seconds that it took."""
    waiting = iter(pressed)

    def work(connection: psycopg.Connection[Any]) -> None:
        for statements in waiting:
            for statement, parameters in statements:
                connection.execute(statement, parameters)
            connection.commit()

    with ExitStack() as stack:
        opened = [stack.enter_context(psycopg.connect(url)) for _ in range(connections)]
        threads = [threading.Thread(target=work, args=(each,)) for each in opened]

        def run() -> None:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        return timed(run)


def over_http(port: int, requests: Path, people: int, connections: int) -> float:
    """Let the light client send all requests; return the seconds that it took."""
    command = [sys.executable, "-m", "benchmarks.light_client", str(port), str(connections), str(requests)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    seconds, statuses = json.loads(said)
    if statuses != {"303": people}:
        raise SystemExit(f"{people:,} people accepted, and were answered {statuses}.")
    return float(seconds)


@contextmanager
def web_server(url: str, log: Path) -> Iterator[tuple[int, int]]:
    """Run gunicorn as it is configured; give its port and its process."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = current_app.extensions["laurel_settings"]
    mine = {"DATABASE_URL": url, "LAUREL_INSTANCE": str(settings.instance), "SECRET_KEY": settings.secret_key}
    environ = {**os.environ, **mine, "LAUREL_BASE_URL": settings.base_url, "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn"]
    with log.open("wb") as out, subprocess.Popen(command, env=environ, stdout=out, stderr=out) as process:
        try:
            wait_for(port)
            yield port, process.pid
        finally:
            process.terminate()


def wait_for(port: int) -> None:
    """Wait until the web server is ready."""
    for _ in range(300):
        time.sleep(0.1)
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
    raise SystemExit("The web server did not become ready.")


def peak_of_children(pid: int) -> int:
    """Return the most memory, in MiB, that any process under `pid` has had."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    statuses = [Path(f"/proc/{child}/status").read_text() for child in children]
    return max(int(status.partition("VmHWM:")[2].split()[0]) for status in statuses) // 1024


def begin_anew(connection: psycopg.Connection[Any]) -> None:
    """Let nobody have accepted, with nothing left to write to disk."""
    session.rollback()
    connection.execute("SET LOCAL session_replication_role = replica")  # the audit log can only grow
    connection.execute(f"TRUNCATE {', '.join(LEFT)} CASCADE")
    connection.execute("UPDATE invitations SET accepted_at = NULL, freelancer_id = NULL")
    connection.commit()
    with autocommit(connection):
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def check(connection: psycopg.Connection[Any], people: int) -> None:
    """Stop when not everybody has an application, a mail and two events."""
    for table, each in zip(LEFT, (1, 1, 2), strict=True):
        counted = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        if counted != (each * people,):
            raise SystemExit(f"{people:,} people accepted, but there are {counted} {table}.")
    connection.commit()


def measure(url: str, folder: Path, people: int, connections: int, repeat: int) -> None:
    """Accept everything by both, in turns; the first turn warms both up and does not count."""
    programme_id, _ = make_partner()
    presses = [press_of(*invite_one(programme_id, number)) for number in range(people)]
    requests = folder / "requests.json"
    requests.write_text(json.dumps([press.request() for press in presses]))
    pressed = recorded(presses)
    compared = Comparison("accepted over HTTP", people)
    with psycopg.connect(url) as connection, web_server(url, folder / "web.log") as (port, pid):
        for turn in range(repeat + 1):
            begin_anew(connection)
            ours = over_http(port, requests, people, connections)
            check(connection, people)
            begin_anew(connection)
            hand = by_hand(url, pressed, connections)
            check(connection, people)
            if turn:
                compared.ours.append(ours)
                compared.by_hand.append(hand)
        say(Comparison.HEAD)
        say(str(compared))
        say(f"{people / compared.seconds:,.0f} a second, {len(pressed[-1])} statements each")
        say(f"Peak memory: {peak_of_children(pid):,} MiB of a web process, {peak_mib():,} MiB of this one")


def main() -> None:
    """Compare, and say how much memory it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--repeat", type=int, default=5)
    chosen = parser.parse_args()
    with laurel() as url, tempfile.TemporaryDirectory() as folder:
        measure(url, Path(folder), chosen.people, chosen.connections, chosen.repeat)


if __name__ == "__main__":
    main()
