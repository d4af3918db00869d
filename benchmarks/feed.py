"""How long an import takes, against a bare COPY and upsert of the same people that checks and keeps nothing else.

    .venv/bin/python -m benchmarks.feed                            100,000 rows, a minute or two
    .venv/bin/python -m benchmarks.feed --rows 100000 1000000      and whether the cost grows as the rows do

By hand: ready-made bytes go by COPY into a temporary table, and from there with INSERT … ON CONFLICT into `freelancers`,
with all its indexes. Laurel reads a feed file of the same people, checks every value, refuses what is wrong, keeps dated
observations, can be killed at any moment, and logs what it did. Each is made in turns, and the median counts.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import feed_file
from benchmarks.harness import Comparison, autocommit, laurel, peak_mib, say, timed
from benchmarks.marketplace import AT
from freelancers.feed import mapping
from freelancers.feed.importing import import_feed

_COLUMNS = """
SELECT string_agg(column_name, ', ' ORDER BY ordinal_position),
    string_agg(column_name || ' = excluded.' || column_name, ', ') FILTER (WHERE column_name NOT IN
        ('id', 'marketplace_id', 'user_id', 'is_provisional', 'created_at', 'first_scored_at'))
FROM information_schema.columns WHERE table_name = 'freelancers' AND is_generated = 'NEVER'
"""
_BLOCK = 1_048_576


class Bench:
    """An empty table of people, a feed file, and the same people as bytes for COPY once they have been imported."""

    def __init__(self, connection: psycopg.Connection[Any], feed: Path, rows: int) -> None:
        self.connection, self.feed, self.rows = connection, feed, rows
        self.bytes = feed.with_suffix(".copy")
        self.columns, self.updates = connection.execute(_COLUMNS).fetchone() or ("", "")
        connection.commit()

    def turn(self, first: Comparison, again: Comparison) -> None:
        """Import the feed and import it again, by us and by hand."""
        self._empty()
        first.ours.append(timed(lambda: self._import(created=self.rows)))
        say(f"  {first.ours[-1]:.1f} s; peak memory of this process so far: {peak_mib():,} MiB")
        self._settle()
        again.ours.append(timed(lambda: self._import(unchanged=self.rows)))
        self._keep_bytes()
        self._settle()
        again.by_hand.append(timed(self._upsert))
        self._empty()
        first.by_hand.append(timed(self._upsert))

    def _import(self, **expected: int) -> None:
        report = import_feed(self.feed, mapping.find("laurel"), by=None, at=AT)
        found = {name: count for name, count in report.counts().items() if count}
        if found != expected or len(report.affected_ids) != report.created:
            raise SystemExit(f"Expected {expected}, and the import says {found}.")

    def _upsert(self) -> None:
        self.connection.execute(f"CREATE TEMP TABLE sent AS SELECT {self.columns} FROM freelancers WITH NO DATA")
        with (
            self.connection.cursor().copy(f"COPY sent ({self.columns}) FROM STDIN") as copy,
            self.bytes.open("rb") as file,
        ):
            while block := file.read(_BLOCK):
                copy.write(block)
        self.connection.execute(
            f"INSERT INTO freelancers ({self.columns}) SELECT {self.columns} FROM sent "
            f"ON CONFLICT (marketplace_id) DO UPDATE SET {self.updates}"
        )
        self.connection.execute("DROP TABLE sent")
        self.connection.commit()

    def _keep_bytes(self) -> None:
        if not self.bytes.exists():
            query = f"COPY freelancers ({self.columns}) TO STDOUT"
            with self.connection.cursor().copy(query) as copy, self.bytes.open("wb") as file:
                for block in copy:
                    file.write(block)
            self.connection.commit()

    def _empty(self) -> None:
        self.connection.execute("SET LOCAL session_replication_role = replica")  # the audit log can only grow
        self.connection.execute("TRUNCATE freelancers, observations, feed_imports, audit_events CASCADE")
        self.connection.commit()
        self._settle()

    def _settle(self) -> None:
        """Let both sides begin alike: no dead rows, and nothing waiting for the disk."""
        with autocommit(self.connection):
            self.connection.execute("VACUUM ANALYZE freelancers")
            self.connection.execute("CHECKPOINT")


def measure(rows: int, repeat: int) -> list[Comparison]:
    """Make a feed of so many rows and both comparisons."""
    with (
        laurel() as url,
        psycopg.connect(url) as connection,
        tempfile.TemporaryDirectory(prefix="laurel-feed-", dir=os.environ.get("BENCHMARK_ROOT")) as folder,
    ):
        feed = Path(folder) / "feed.ndjson"
        size = feed_file.write(feed, rows)
        say(f"\n{rows:,} rows of {size // rows:,} bytes")
        bench = Bench(connection, feed, rows)
        first = Comparison("a first import", rows)
        again = Comparison("again, nothing changed", 0)
        for _ in range(repeat):
            bench.turn(first, again)
        say(Comparison.HEAD)
        say(str(first))
        say(str(again))
    return [first, again]


def main() -> None:
    """Compare for each number of rows, and say how the cost grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    measured = [measure(rows, chosen.repeat) for rows in chosen.rows]
    for smaller, larger in zip(measured[0], measured[-1], strict=True):
        if larger is not smaller:
            say(f"{larger.what}: {larger.seconds / smaller.seconds:.1f} times the time for the larger file")


if __name__ == "__main__":
    main()
