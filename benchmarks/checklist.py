"""Whether one person's checklist slows down as the marketplace grows.

    .venv/bin/python -m benchmarks.checklist               with 100,000 and 1,000,000 people, some ten minutes

For some hundred holders of badges, taken from everywhere in the table, it works out the checklist of their badge: what a
page, a mail or a receipt begins with. In turns with that it reads the same rows by hand, so that what else the machine
does meets both. Each is done once before the clock runs, so that neither waits for the disk; of all times, the one that
a tenth of them stay below counts, which a busy machine disturbs least. The median is told beside it.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from badges.queries import checklist
from benchmarks import marketplace
from benchmarks.harness import laurel, say, timed
from benchmarks.marketplace import AT
from core.database import session

PEOPLE = 400

SOME = f"""
SELECT freelancer_id, achievement_id FROM awards WHERE closed_at IS NULL
ORDER BY hashtext(id::text) LIMIT {PEOPLE}
"""
#: What a checklist is made of, read by somebody who knows where it is.
BY_HAND = (
    "SELECT * FROM freelancers WHERE id = %(person)s",
    "SELECT * FROM holds WHERE freelancer_id = %(person)s AND lifted_at IS NULL",
    "SELECT * FROM joined_through WHERE freelancer_id = %(person)s",
    "SELECT * FROM attestations WHERE freelancer_id = %(person)s",
    "SELECT * FROM partner_rules WHERE achievement_id = %(badge)s ORDER BY effective_at DESC LIMIT 1",
    "SELECT * FROM awards WHERE freelancer_id = %(person)s AND achievement_id = %(badge)s AND closed_at IS NULL",
)


@dataclass(frozen=True)
class Measured:
    """What one checklist takes in a marketplace of so many people, in milliseconds: ours, and its rows read by hand."""

    people: int
    ours_ms: float
    median_ms: float
    by_hand_ms: float

    def __str__(self) -> str:
        figures = f"{self.ours_ms:>9.2f} ms{self.median_ms:>9.2f} ms{self.by_hand_ms:>9.2f} ms"
        return f"{self.people:>12,}{figures}{self.ours_ms / self.by_hand_ms:>8.2f}"


HEAD = f"{'people':>12}{'checklist':>12}{'median':>12}{'by hand':>12}{'ratio':>8}"


def measure(people: int, partners: int) -> Measured:
    """Build a marketplace and work out the checklists."""
    with laurel() as url, psycopg.connect(url) as connection:
        marketplace.make(connection, people, partners)
        some: Sequence[tuple[UUID, UUID]] = connection.execute(SOME).fetchall()
        connection.commit()
        for person, badge in some:
            _ours(person, badge)
            _by_hand(connection, person, badge)
        ours, by_hand = [], []
        for person, badge in some:
            ours.append(1_000 * timed(lambda: _ours(person, badge)))  # noqa: B023 - called at once
            by_hand.append(1_000 * timed(lambda: _by_hand(connection, person, badge)))  # noqa: B023
    return Measured(people, _lowest_tenth(ours), statistics.median(ours), _lowest_tenth(by_hand))


def _lowest_tenth(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=10)[0]


def _ours(person: UUID, badge: UUID) -> None:
    checklist(person, badge, AT)
    session.remove()  # as after each request


def _by_hand(connection: psycopg.Connection[Any], person: UUID, badge: UUID) -> None:
    for statement in BY_HAND:
        connection.execute(statement, {"person": person, "badge": badge}).fetchall()
    connection.commit()


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
    say(f"The largest takes {measured[-1].ours_ms / measured[0].ours_ms:.2f} times what the smallest takes.")


if __name__ == "__main__":
    main()
