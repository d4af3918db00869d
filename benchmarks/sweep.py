"""How long a sweep takes, against one hand-written statement that flips the same awards.

.venv/bin/python -m benchmarks.sweep --people 1000000
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from badges.sweep import SweepReport, sweep
from benchmarks import by_hand, marketplace
from benchmarks.harness import laurel, say, timed
from benchmarks.marketplace import AT

Connection = psycopg.Connection[Any]

_STATE = ("suspended_at", "lifts_at_once", "grace_began_at", "grace_ends_at")
_DIGEST = f"SELECT md5(string_agg(a::text, '' ORDER BY id)) FROM (SELECT id, {', '.join(_STATE)} FROM awards) a"
_KEEP = f"CREATE TABLE kept AS SELECT id, {', '.join(_STATE)} FROM awards; ALTER TABLE kept ADD PRIMARY KEY (id)"
_RESTORE = f"""
UPDATE awards a SET {", ".join(f"{c} = k.{c}" for c in _STATE)} FROM kept k
WHERE k.id = a.id AND ({", ".join(f"a.{c}" for c in _STATE)}) IS DISTINCT FROM ({", ".join(f"k.{c}" for c in _STATE)})
"""
#: Some of the people, spread evenly: a third of them loses its score, a third its public profile, a third meets it all.
_CHANGE = """
UPDATE freelancers f SET updated_at = %(at)s,
    jss_pct = CASE n %% 3 WHEN 0 THEN 79 WHEN 1 THEN f.jss_pct ELSE 95 END,
    visibility = CASE n %% 3 WHEN 1 THEN 'private' ELSE 'public' END
FROM (SELECT id, substr(marketplace_id, 2)::bigint AS n FROM freelancers) p
WHERE p.id = f.id AND (p.n + %(shift)s) * 7919 %% 1000000 < %(of_a_million)s
"""
#: An import that changed these people, most of them in nothing that matters to a badge.
_CHANGED = """
CREATE TABLE changed_people AS SELECT id FROM freelancers ORDER BY hashtext(marketplace_id) LIMIT %(people)s;
"""
_WRITTEN = (
    "SELECT (SELECT count(*) FROM audit_events), (SELECT count(*) FROM receipts), (SELECT count(*) FROM outbox_mails)"
)


@dataclass
class Round:
    """One comparison: what was done, how many awards it changed, and the times in seconds."""

    what: str
    changed: int
    by_hand: list[float]
    sweep: list[float]

    @property
    def ratio(self) -> float:
        return statistics.median(self.sweep) / statistics.median(self.by_hand)

    def __str__(self) -> str:
        hand, ours = statistics.median(self.by_hand), statistics.median(self.sweep)
        return f"{self.what:<44} {self.changed:>9,} {hand:>9.2f} s {ours:>9.2f} s {self.ratio:>7.2f}"


class Bench:
    """A marketplace in which every award stands as it should, and the ways to disturb it."""

    def __init__(self, connection: Connection, repeat: int) -> None:
        self.connection, self.repeat = connection, repeat

    def settle(self) -> int:
        """Let the marketplace begin with every award where it belongs; return how many are suspended or in grace."""
        self.connection.execute(by_hand.PREPARE)
        return by_hand.flip(self.connection, AT)

    def disturb(self, of_a_million: int, shift: int = 0) -> int:
        """Change that many people of a million, and keep how awards stood before; return how many people."""
        self.connection.execute("DROP TABLE IF EXISTS kept")
        self.connection.execute(_KEEP)
        return self.connection.execute(_CHANGE, {"of_a_million": of_a_million, "shift": shift, "at": AT}).rowcount

    def compare(self, what: str, ours: Callable[[], SweepReport], *, changed_only: bool = False) -> Round:
        """Do the same by hand and by a sweep, in turns, each time from the same state. Both must leave the same."""
        compared = Round(what, 0, [], [])
        for _ in range(self.repeat):
            self._restore()
            compared.by_hand.append(timed(lambda: by_hand.flip(self.connection, AT, changed_only=changed_only)))
            expected = self._digest()
            self._restore()
            reports: list[SweepReport] = []
            compared.sweep.append(timed(lambda: reports.append(ours())))  # noqa: B023 - called at once
            assert self._digest() == expected, "the sweep and the statement by hand disagree"
            compared.changed = reports[0].changed
            self._check_written(compared.changed)
        say(str(compared))
        return compared

    def _digest(self) -> Any:
        digest = self.connection.execute(_DIGEST).fetchone()
        self.connection.commit()
        return digest

    def _check_written(self, changed: int) -> None:
        written = self.connection.execute(_WRITTEN).fetchone()
        self.connection.commit()
        assert written == (changed, changed, changed), (
            f"{changed} changes, but events, receipts and mails are {written}"
        )

    def _restore(self) -> None:
        """Put every award back, and let both sides begin alike: no dead rows, nothing to be written to disk."""
        self.connection.execute("SET LOCAL session_replication_role = replica")
        self.connection.execute("TRUNCATE audit_events, receipts, outbox_mails")
        self.connection.execute(_RESTORE)
        self.connection.commit()
        with _autocommit(self.connection):
            self.connection.execute("VACUUM ANALYZE awards")
            self.connection.execute("VACUUM freelancers")
            self.connection.execute("CHECKPOINT")


@contextmanager
def _autocommit(connection: Connection) -> Iterator[None]:
    connection.autocommit = True
    try:
        yield
    finally:
        connection.autocommit = False


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the marketplace, then compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--partners", type=int, default=1_000)
    parser.add_argument("--repeat", type=int, default=3, help="how often each comparison is made; the median counts")
    chosen = parser.parse_args(arguments)
    with laurel() as (_, url), psycopg.connect(url) as connection:
        built = timed(lambda: marketplace.make(connection, chosen.people, chosen.partners))
        say(f"{chosen.people:,} people, {chosen.people * 3 // 4:,} awards, {chosen.partners:,} partners: {built:.0f} s")
        bench = Bench(connection, chosen.repeat)
        say(f"Suspended or in grace at the beginning: {bench.settle():,}")
        say(f"{'':<44} {'changed':>9} {'by hand':>11} {'sweep':>11} {'ratio':>7}")
        say(f"  changed people: {bench.disturb(150):,}")
        bench.compare("full sweep, few change", lambda: sweep(AT))
        bench.compare("10,000 changed people", lambda: sweep(AT))


if __name__ == "__main__":
    main()
