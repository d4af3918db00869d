"""PostgreSQL for machines that have none: started on demand, shared, and stopped when its last user leaves.

A small keeper process owns the server. Everybody who uses it holds a shared lock, which the kernel gives back
when they end, even by `kill -9`; once nobody holds it, the keeper stops the server and ends itself.
"""

import argparse
import atexit
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from core import cluster
from core.cluster import EmbeddedError
from core.lifeline import FileLock, die_with_parent, is_held

__all__ = ["Embedded", "EmbeddedError", "attach", "running"]

_ROOT = Path(__file__).resolve().parents[1]
_START_S = 180  # generous: recovery after a crash replays the log first
_STOP_S = 30
_LOG_MAX_BYTES = 10_000_000
# What PostgreSQL says while the last pieces of a killed server are still going away.
_PASSING = ("pre-existing shared memory block", "lock file")


@dataclass(frozen=True)
class Place:
    """Where one embedded server keeps its things under an instance directory."""

    instance: Path

    @property
    def data(self) -> Path:
        return self.instance / "postgres"

    @property
    def users(self) -> Path:
        return self.instance / "run" / "postgres.users"

    @property
    def keeper(self) -> Path:
        return self.instance / "run" / "postgres.keeper"

    @property
    def log(self) -> Path:
        return self.instance / "log" / "postgres.log"


@dataclass(frozen=True)
class Embedded:
    """A running embedded server."""

    place: Place

    def url(self, database: str = "laurel") -> str:
        """Return the address of one database, as DATABASE_URL has it."""
        return f"postgresql://{cluster.SUPERUSER}@/{quote(database)}?host={quote(str(cluster.socket_dir(self.place.data)))}"

    def ensure_database(self, name: str = "laurel") -> bool:
        """Create database `name` unless it exists; say whether it was created."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                return False
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            return True

    def alive(self) -> bool:
        """Say whether the server is still being kept."""
        return is_held(self.place.keeper)


@contextmanager
def running(instance: Path, *, durable: bool = True) -> Iterator[Embedded]:
    """Use the embedded PostgreSQL of `instance`, starting it if it does not run yet.

    With `durable=False` it does not wait for the disk: for tests, whose data may be lost.
    Raises EmbeddedError with the server's last words when it cannot start.
    """
    place = Place(instance.resolve())
    with FileLock(place.users) as users:
        users.share()
        _wait_until_ready(place, durable=durable)
        try:
            yield Embedded(place)
        finally:
            last = users.try_alone()
            users.release()
            if last:
                _wait_until_stopped(place)


def attach(instance: Path, database: str = "laurel") -> str:
    """Use the embedded PostgreSQL for the rest of this process; return the address of `database`, made if missing."""
    context = running(instance)
    embedded = context.__enter__()
    atexit.register(context.__exit__, None, None, None)
    embedded.ensure_database(database)
    return embedded.url(database)


def _wait_until_ready(place: Place, *, durable: bool) -> None:
    keeper: subprocess.Popen[bytes] | None = None
    deadline = time.monotonic() + _START_S
    while not (is_held(place.keeper) and _answers(place)):
        if keeper is not None and keeper.poll():
            raise EmbeddedError(f"PostgreSQL did not start. Its last words, from {place.log}:\n{_tail(place.log)}")
        if (keeper is None or keeper.returncode is not None) and not is_held(place.keeper):
            keeper = _spawn_keeper(place, durable=durable)
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The embedded PostgreSQL did not answer within {_START_S} seconds; see {place.log}.")
        time.sleep(0.05)
    if keeper is not None and keeper.returncode is None:
        keeper.returncode = 0  # it outlives us on purpose; without this Popen warns of a child nobody waited for


def _wait_until_stopped(place: Place) -> None:
    deadline = time.monotonic() + _STOP_S
    while is_held(place.keeper) and time.monotonic() < deadline:
        time.sleep(0.05)


def _spawn_keeper(place: Place, *, durable: bool) -> subprocess.Popen[bytes]:
    place.log.parent.mkdir(parents=True, exist_ok=True)
    if place.log.exists() and place.log.stat().st_size > _LOG_MAX_BYTES:
        place.log.replace(place.log.with_suffix(".log.1"))
    arguments = [str(place.instance), *(() if durable else ("--not-durable",))]
    with place.log.open("ab") as log:
        # A session of its own: Ctrl-C in the terminal is for the users, and the keeper goes when they are gone.
        return subprocess.Popen(
            [sys.executable, "-m", "core.embedded", *arguments],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _answers(place: Place) -> bool:
    try:
        psycopg.connect(Embedded(place).url("postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _tail(log: Path, lines: int = 8) -> str:
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def keep(place: Place, *, durable: bool) -> int:
    """Run the server until its last user leaves. Returns an exit status; 0 also when another keeper is at it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with FileLock(place.keeper) as mine, FileLock(place.users) as users:
        if not mine.try_alone():
            return 0
        try:
            cluster.end_leftover(place.data)
            cluster.prepare(place.data, durable=durable)
            return _serve(place, users, durable=durable)
        except EmbeddedError as error:
            print(error, file=sys.stderr)
            return 1


def _serve(place: Place, users: FileLock, *, durable: bool) -> int:
    server = _start_server(place, durable=durable)
    for _ in range(20):
        time.sleep(0.3)
        if server.poll() is None or not any(word in _tail(place.log, 3) for word in _PASSING):
            break
        server = _start_server(place, durable=durable)
    try:
        while server.poll() is None and not users.try_alone():
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass
    return _stop(server)


def _start_server(place: Place, *, durable: bool) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        cluster.command(place.data, durable=durable),
        **cluster.run_as(cluster.account(place.data)),
        cwd="/",
        preexec_fn=die_with_parent(signal.SIGINT),
    )


def _stop(server: subprocess.Popen[bytes]) -> int:
    for sig in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            break
        server.send_signal(sig)
        try:
            server.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            continue
    return server.returncode or 0


def main() -> int:
    """Be the keeper of one instance's server."""
    parser = argparse.ArgumentParser(description="Keep an instance's embedded PostgreSQL running while it is used.")
    parser.add_argument("instance", type=Path)
    parser.add_argument("--not-durable", action="store_true")
    arguments = parser.parse_args()
    return keep(Place(arguments.instance), durable=not arguments.not_durable)


if __name__ == "__main__":
    sys.exit(main())
