"""Whether one person's checklist slows down as the marketplace grows.

    .venv/bin/python -m benchmarks.checklist               with 100,000 and 1,000,000 people, some ten minutes

For some hundred holders of badges, taken from everywhere in the table, it works out the checklist of their badge: what a
page, a mail or a receipt begins with. What counts is the processor's time that this takes here and in the database,
which is the same whatever else the machine does; the time that passes is told beside it. On Linux alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
import sqlalchemy as sa

from badges.queries import checklist
from benchmarks import marketplace
from benchmarks.harness import laurel, say, timed
from benchmarks.marketplace import AT
from core.database import session

PEOPLE = 500
SOME = f"""
SELECT freelancer_id, achievement_id FROM awards WHERE closed_at IS NULL
ORDER BY hashtext(id::text) LIMIT {PEOPLE}
"""
HEAD = f"{'people':>12}{'processor':>14}{'of it the database':>22}{'time that passes':>20}"


@dataclass(frozen=True)
class Measured:
    """What one checklist takes in a marketplace of so many people, in milliseconds."""

    people: int
    here_ms: float
    database_ms: float
    passes_ms: float

    @property
    def processor_ms(self) -> float:
        """Return the processor's time here and in the database."""
        return self.here_ms + self.database_ms

    def __str__(self) -> str:
        database, passes = f"{self.database_ms:.2f} ms", f"{self.passes_ms:.2f} ms"
        return f"{self.people:>12,}{self.processor_ms:>11.2f} ms{database:>22}{passes:>20}"


def measure(people: int, partners: int) -> Measured:
    """Build a marketplace and work out the checklists, all of them once before the clock runs."""
    with laurel() as url, psycopg.connect(url) as connection:
        marketplace.make(connection, people, partners)
        some: Sequence[tuple[UUID, UUID]] = connection.execute(SOME).fetchall()
        connection.commit()
        for person, badge in some:
            _checklist(person, badge)
        backend = session.scalar(sa.select(sa.func.pg_backend_pid()))
        session.remove()
        assert backend is not None
        here, there = time.process_time(), processor_seconds(backend)
        passed = [timed(partial(_checklist, person, badge)) for person, badge in some]
        here, there = time.process_time() - here, processor_seconds(backend) - there
    each_ms = 1_000 / len(some)
    return Measured(people, here * each_ms, there * each_ms, 1_000 * statistics.median(passed))


def _checklist(person: UUID, badge: UUID) -> None:
    checklist(person, badge, AT)
    session.remove()  # as after each request


def processor_seconds(pid: int) -> float:
    """Return the processor's time that a process has had so far."""
    after_the_name = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(after_the_name[11]) + int(after_the_name[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure for each number of people."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--partners", type=int, default=1_000)
    chosen = parser.parse_args()
    say(HEAD)
    measured = []
    for people in chosen.people:
        measured.append(measure(people, chosen.partners))
        say(str(measured[-1]))
    say(f"The largest takes {measured[-1].processor_ms / measured[0].processor_ms:.2f} times what the smallest takes.")


if __name__ == "__main__":
    main()
