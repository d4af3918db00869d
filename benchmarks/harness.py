"""What benchmarks share: a database of their own, a clock, and a table of ratios."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.config import Settings
from core.embedded import running


@contextmanager
def laurel() -> Iterator[tuple[Flask, str]]:
    """Yield the app with an empty, migrated database in a throwaway embedded PostgreSQL, and the database's address.

    It waits for the disk like the real one. Set BENCHMARK_ROOT to where there is room; it is emptied at the end.
    """
    with tempfile.TemporaryDirectory(prefix="laurel-bench-", dir=os.environ.get("BENCHMARK_ROOT")) as folder:
        Path(folder).chmod(0o755)
        with running(Path(folder)) as embedded:
            embedded.ensure_database("bench")
            url = embedded.url("bench")
            app = create_app(
                Settings.from_environment(
                    {
                        "DATABASE_URL": sa.make_url(url).set(drivername="postgresql+psycopg").render_as_string(False),
                        "SECRET_KEY": "a key for benchmarks alone, long enough",
                        "LAUREL_INSTANCE": folder,
                        "LAUREL_BASE_URL": "http://laurel.test",
                    }
                )
            )
            with app.app_context():
                upgrade()
                yield app, url


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def say(line: str) -> None:
    print(line, flush=True)
    sys.stdout.flush()


def median(times: list[float]) -> float:
    return statistics.median(times)
