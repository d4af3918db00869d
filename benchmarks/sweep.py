"""How long a sweep takes, against one hand-written statement that flips the same awards and does nothing else.

    .venv/bin/python -m benchmarks.sweep                             100,000 people, a minute or two
    .venv/bin/python -m benchmarks.sweep --people 100000 1000000     and whether the cost grows as the people do

Each comparison is made several times, in turns and from the same state, and the median counts. Both sides must leave
every award as the other does, and the sweep one audit event, receipt and mail for each that changed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg

from badges.sweep import SweepReport, sweep
from benchmarks import by_hand, marketplace
from benchmarks.harness import Comparison, autocommit, laurel, peak_mib, say, timed
from benchmarks.marketplace import AT

CHANGED_PEOPLE = 10_000
#: Of a million people, how many are changed so that about one award in a hundred changes, and for few changes.
MANY, FEW = 16_000, 200

_STATE = ("suspended_at", "lifts_at_once", "grace_began_at", "grace_ends_at")
_LISTED = ", ".join(_STATE)
DIGEST = f"SELECT md5(string_agg(a::text, '' ORDER BY id)) FROM (SELECT id, {_LISTED} FROM awards) a"
KEEP = f"CREATE TABLE kept AS SELECT id, {_LISTED} FROM awards; ALTER TABLE kept ADD PRIMARY KEY (id)"
RESTORE = f"""
UPDATE awards a SET {", ".join(f"{name} = k.{name}" for name in _STATE)} FROM kept k
WHERE k.id = a.id AND ({", ".join(f"a.{n}" for n in _STATE)}) IS DISTINCT FROM ({", ".join(f"k.{n}" for n in _STATE)})
"""
#: Some people, spread evenly: a third of them loses its score, a third its public profile, and a third has both again.
DISTURB = """
UPDATE freelancers f SET updated_at = %(at)s,
    jss_pct = CASE p.n %% 3 WHEN 0 THEN 79 WHEN 1 THEN f.jss_pct ELSE 95 END,
    visibility = CASE p.n %% 3 WHEN 1 THEN 'private' ELSE 'public' END
FROM (SELECT id, substr(marketplace_id, 2)::bigint AS n FROM freelancers) p
WHERE p.id = f.id AND (p.n + %(shift)s) * 7919 %% 1000000 < %(of_a_million)s
    AND (%(among)s::uuid[] IS NULL OR f.id = ANY(%(among)s))
"""
SOME = (
    f"SELECT array_agg(id) FROM (SELECT id FROM freelancers ORDER BY hashtext(marketplace_id) LIMIT {CHANGED_PEOPLE}) f"
)
WRITTEN = (
    "SELECT (SELECT count(*) FROM audit_events), (SELECT count(*) FROM receipts), (SELECT count(*) FROM outbox_mails)"
)


class Bench:
    """A marketplace in which every award stands as it should, and the ways to disturb it and to compare."""

    def __init__(self, connection: psycopg.Connection[Any], repeat: int) -> None:
        self.connection, self.repeat, self._shift = connection, repeat, 0
        connection.execute(by_hand.PREPARE)

    def disturb(self, of_a_million: int, among: Sequence[UUID] | None = None) -> None:
        """Let every award be where it belongs, keep that, and change so many people."""
        by_hand.flip(self.connection, AT)
        self.connection.execute(f"DROP TABLE IF EXISTS kept; {KEEP}")
        self._shift += 1
        words = {"at": AT, "shift": self._shift, "of_a_million": of_a_million, "among": among}
        self.connection.execute(DISTURB, words)
        self.connection.commit()

    def some(self) -> list[UUID]:
        """Return the ids of some people, whoever they are."""
        row = self.connection.execute(SOME).fetchone()
        assert row is not None
        return list(row[0])

    def compare(self, what: str, ours: Callable[[], SweepReport], people: Sequence[UUID] | None = None) -> Comparison:
        """Do the same by hand and by a sweep, in turns."""
        compared = Comparison(what)
        for _ in range(self.repeat):
            self._turn(compared, ours, people)
        say(str(compared))
        return compared

    def _turn(self, compared: Comparison, ours: Callable[[], SweepReport], people: Sequence[UUID] | None) -> None:
        self._restore()
        compared.by_hand.append(timed(lambda: by_hand.flip(self.connection, AT, people)))
        expected = self._digest()
        self._restore()
        reports: list[SweepReport] = []
        compared.ours.append(timed(lambda: reports.append(ours())))
        compared.changed = reports[0].changed
        self._check(expected, compared.changed)

    def _check(self, expected: str, changed: int) -> None:
        if self._digest() != expected:
            raise SystemExit("The sweep and the statement by hand left different awards.")
        written = self.connection.execute(WRITTEN).fetchone()
        if written != (changed, changed, changed):
            raise SystemExit(f"{changed} awards changed, but events, receipts and mails are {written}.")
        self.connection.commit()

    def _digest(self) -> str:
        digest = self.connection.execute(DIGEST).fetchone()
        self.connection.commit()
        return str(digest)

    def _restore(self) -> None:
        """Put every award back, and let both sides begin alike: no dead rows, and nothing waiting for the disk."""
        self.connection.execute("SET LOCAL session_replication_role = replica")  # the audit log can only grow
        self.connection.execute("TRUNCATE audit_events, receipts, outbox_mails")
        self.connection.execute(RESTORE)
        self.connection.commit()
        with autocommit(self.connection):
            self.connection.execute("VACUUM ANALYZE awards")
            self.connection.execute("VACUUM freelancers")
            self.connection.execute("CHECKPOINT")


def measure(people: int, partners: int, repeat: int) -> list[Comparison]:
    """Build a marketplace and make all comparisons on it."""
    with laurel() as url, psycopg.connect(url) as connection:
        seconds = timed(lambda: marketplace.make(connection, people, partners))
        say(f"\n{people:,} people, {people * 3 // 4:,} awards, {partners:,} partners (built in {seconds:.0f} s)")
        say(Comparison.HEAD)
        bench = Bench(connection, repeat)
        bench.disturb(MANY)
        many = bench.compare("everybody, one award in a hundred changes", lambda: sweep(AT))
        bench.disturb(FEW)
        few = bench.compare("everybody, few change", lambda: sweep(AT))
        some = bench.some()
        bench.disturb(MANY, some)
        bench.compare(f"{len(some):,} changed people", lambda: sweep(AT, changed=some), some)
        bench.disturb(10 * MANY, some)
        bench.compare(f"{len(some):,} of whom many lose or gain", lambda: sweep(AT, changed=some), some)
        say(f"Peak memory of this process: {peak_mib():,} MiB")
    return [many, few]


def main() -> None:
    """Compare for each number of people, and say how the cost grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[100_000])
    parser.add_argument("--partners", type=int, default=1_000)
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    measured = [measure(people, chosen.partners, chosen.repeat) for people in chosen.people]
    for smaller, larger in zip(measured[0], measured[-1], strict=True):
        if larger is not smaller:
            say(f"{larger.what}: {larger.seconds / smaller.seconds:.1f} times the time for the larger marketplace")


if __name__ == "__main__":
    main()
