"""What benchmarks share: a database of their own, a stopwatch, and comparisons that are made in turns."""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from flask import current_app
from flask_migrate import upgrade
from werkzeug.test import EnvironBuilder

from app import create_app
from app.config import Settings
from core.embedded import running

BASE_URL = "http://laurel.test"
SECRET_KEY = "a key for benchmarks alone, long enough"  # noqa: S105 - it keeps nothing


@contextmanager
def laurel(**more: str) -> Iterator[str]:
    """Work within the app, with an empty, migrated database in a throwaway PostgreSQL; yield the database's address.

    It waits for the disk as the real one does. BENCHMARK_ROOT says where there is room, if not where temporary files
    are; a million people take 4 GB. `more` are further settings.
    """
    with tempfile.TemporaryDirectory(prefix="laurel-benchmark-", dir=os.environ.get("BENCHMARK_ROOT")) as folder:
        Path(folder).chmod(0o755)
        with running(Path(folder)) as embedded:
            embedded.ensure_database("benchmark")
            url = embedded.url("benchmark")
            environment = {
                "DATABASE_URL": url,
                "LAUREL_INSTANCE": folder,
                "LAUREL_BASE_URL": BASE_URL,
                "SECRET_KEY": SECRET_KEY,
                **more,
            }
            with create_app(Settings.from_environment(environment)).app_context():
                upgrade()
                yield url


@contextmanager
def autocommit(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Within the block, each statement is a transaction: VACUUM and CHECKPOINT ask for that."""
    connection.autocommit = True
    try:
        yield
    finally:
        connection.autocommit = False


def page_asked_for(path: str, query: str = "") -> bytes:
    """Return a public page of the service we work within, asked for as a server asks it. Raises RuntimeError for no page."""
    environment = EnvironBuilder(path, BASE_URL, query_string=query, errors_stream=sys.stderr).get_environ()
    said = list[str]()
    body = b"".join(current_app.wsgi_app(environment, lambda status, *_: said.append(status)))
    if said != ["200 OK"]:
        raise RuntimeError(f"{path}?{query} answers {said}")
    return body


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def peak_mib() -> int:
    """Return the most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def say(line: str) -> None:
    """Print a line at once, also where nobody looks yet."""
    print(line, flush=True)


@dataclass
class Comparison:
    """The same done by hand and by us, several times in turns: how much it changed, and the seconds that it took."""

    HEAD: ClassVar[str] = f"{'':<44}{'changed':>9}{'by hand':>10}{'Laurel':>10}{'ratio':>8}"

    what: str
    changed: int = 0
    by_hand: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Return how long ours takes, by the median."""
        return statistics.median(self.ours)

    def __str__(self) -> str:
        hand = statistics.median(self.by_hand)
        return f"{self.what:<44}{self.changed:>9,}{hand:>8.2f} s{self.seconds:>8.2f} s{self.seconds / hand:>8.2f}"
