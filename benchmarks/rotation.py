"""What a rotation takes: a thousand directories at once, against the bare SQL that reads the order of their pools.

    .venv/bin/python -m benchmarks.rotation                     1,000,000 people, pools of 100 to 100,000, some ten minutes
    .venv/bin/python -m benchmarks.rotation --people 100000     the same, ten times smaller

The largest pool is a tenth of all people, the second half of that, the third a third, and so on. Before each turn one
expert in a hundred goes or comes back. By hand, one statement reads who is listed and in which order they are to be
drawn, twelve of each; it counts nobody in or out, gives no turns, and writes nothing.

What counts is the processor's time, of this process and of its server process in the database: a rotation is some dozen
statements, each of which waits for its turn where others work on the same cores. On Linux alone.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import sqlalchemy as sa

from benchmarks import marketplace
from benchmarks.checklist import processor_seconds
from benchmarks.harness import Comparison, autocommit, laurel, peak_mib, say
from benchmarks.marketplace import AT
from core.database import session
from directory.rotation import rotate

SLOTS, DIRECTORIES, REPEAT = 12, 1_000, 5
#: The clock of a server process ticks a hundred times a second, so single directories are rotated so often.
ALONE = 20
WEEK = timedelta(days=7)
#: The n-th partner's experts: a tenth of all people divided by n, from another place in the row of people for each.
AWARDS = f"""
INSERT INTO awards (id, achievement_id, freelancer_id, awarded_at)
SELECT uuidv7(), a.id, f.id, '2025-06-01T00:00Z' FROM (SELECT substr(slug, 9)::int AS n, id FROM issuers) p
JOIN achievements a ON a.issuer_id = p.id
CROSS JOIN LATERAL generate_series(1, greatest(10, %(people)s / 10 / p.n)) k
JOIN freelancers f ON f.marketplace_id = 'm' || (p.n * 7919 + k) %% %(people)s + 1
WHERE p.n <= {DIRECTORIES}
ORDER BY hashtext(f.id::text || p.n)
"""
PAGES = f"""
INSERT INTO partners (id, slug, name, colour, created_at) SELECT id, slug, name, '#243b7a', %(at)s FROM issuers;
INSERT INTO programmes (id, partner_id, achievement_id, summary, benefits, steps, former_steps, created_at, updated_at)
SELECT uuidv7(), issuer_id, id, '', '{{}}', '[]', '[]', %(at)s, %(at)s FROM achievements;
INSERT INTO landing_pages (partner_id, headline, intro, about, how, places, links, questions, version, slots, period_hours,
    published_at, updated_at)
SELECT id, 'Experts', '', '', '', '[]', '[]', '[]', 0, {SLOTS}, 168, %(at)s, %(at)s FROM partners
"""
#: One in a hundred of those who are there hides their badge, and whoever hid theirs a turn ago shows it again.
MOVE = """
UPDATE awards SET hidden_at = CASE WHEN hidden_at IS NULL THEN timestamptz '2026-03-02T09:00Z' END
WHERE hidden_at IS NOT NULL OR hashtext(id::text || %s) %% 100 = 0
"""
BARE = f"""
SELECT * FROM (
    SELECT t.pool_id, t.award_id,
        row_number() OVER (PARTITION BY t.pool_id ORDER BY t.turns, sha256(s.seed || uuid_send(t.award_id))) AS place
    FROM awards a JOIN rotation_turns t ON t.award_id = a.id
    JOIN (SELECT DISTINCT ON (partner_id) partner_id, seed FROM rotation_seeds ORDER BY partner_id, number DESC) s
        ON s.partner_id = t.pool_id
    WHERE a.closed_at IS NULL AND a.hidden_at IS NULL AND a.revoked_at IS NULL AND (a.suspended_at IS NULL OR a.lifts_at_once)
        AND (a.expires_at IS NULL OR a.expires_at > %(at)s) AND (a.grace_ends_at IS NULL OR a.grace_ends_at > %(at)s)
        AND NOT EXISTS (SELECT FROM freelancers f WHERE f.id = a.freelancer_id
            AND (f.visibility <> 'public' OR f.account_state <> 'active'))
        AND NOT EXISTS (SELECT FROM holds h WHERE h.freelancer_id = a.freelancer_id AND h.lifted_at IS NULL)
        AND NOT EXISTS (SELECT FROM removals r WHERE r.award_id = a.id AND r.restored_at IS NULL)
        AND NOT EXISTS (SELECT FROM features f WHERE f.award_id = a.id AND f.period_id IS NULL AND f.removed_at IS NULL
            AND f.starts_at <= %(at)s AND f.ends_at > %(at)s)
) drawn WHERE place <= {SLOTS}
"""


def fill(connection: psycopg.Connection[Any], people: int) -> None:
    """Make people and partners, their experts by the size of the partner, and a page for each."""
    marketplace.make(connection, people, DIRECTORIES)
    connection.execute("DELETE FROM attestations")
    connection.execute("DELETE FROM awards")
    words = {"people": people, "at": AT}
    connection.execute(AWARDS, words)
    for statement in PAGES.split(";"):
        connection.execute(statement, words)
    connection.commit()
    settled(connection)


def settled(connection: psycopg.Connection[Any]) -> None:
    """Leave nothing to tidy or to write to disk."""
    with autocommit(connection):
        connection.execute("VACUUM (ANALYZE) awards, rotation_turns, features, rotation_periods, rotation_seeds")
        connection.execute("CHECKPOINT")


def spent(work: Callable[[], object], backend: int) -> float:
    """Return how many seconds of the processor `work` takes, here and in the server process `backend`."""
    here, there = time.process_time(), processor_seconds(backend)
    work()
    return time.process_time() - here + processor_seconds(backend) - there


def our_backend() -> int:
    """Return the server process that works for this one."""
    pid: int | None = session.scalar(sa.select(sa.func.pg_backend_pid()))
    session.remove()
    assert pid is not None
    return pid


def by_hand(connection: psycopg.Connection[Any]) -> None:
    """Read the order of all pools, by one process: helpers of it would work as long, and not be seen by `spent`."""
    connection.execute("SET LOCAL jit = off")
    connection.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    connection.execute("SET LOCAL work_mem = '64MB'")
    connection.execute(BARE, {"at": AT}).fetchall()
    connection.rollback()


def together(connection: psycopg.Connection[Any], repeat: int) -> Comparison:
    """Rotate all directories, in turns with the bare SQL."""
    compared = Comparison("all directories at once")
    for turn in range(1, repeat + 1):
        connection.execute(MOVE, (turn,))
        connection.commit()
        settled(connection)
        compared.by_hand.append(spent(partial(by_hand, connection), connection.info.backend_pid))
        compared.ours.append(spent(partial(rotate, AT + turn * WEEK), our_backend()))
        session.remove()
    drawn = "SELECT count(*) FROM features WHERE starts_at <= %(at)s AND ends_at > %(at)s"
    compared.changed = connection.execute(drawn, {"at": AT + repeat * WEEK}).fetchall()[0][0]
    connection.rollback()
    return compared


def one_by_one(after: int) -> None:
    """Rotate single directories, the largest among them, each some times."""
    sizes = sa.text("SELECT pool_id, count(*) FROM rotation_turns GROUP BY 1 ORDER BY 2 DESC, 1")
    rows = session.execute(sizes).all()
    backend = our_backend()
    for partner_id, experts in (rows[place] for place in (0, 1, 9, 99, len(rows) - 1)):
        weeks = [AT + (after + turn) * WEEK for turn in range(1, ALONE + 1)]
        took = [spent(partial(rotate, week, partner_id), backend) for week in weeks]
        session.remove()
        say(f"one of {experts:>7,} experts{1000 * statistics.mean(took):>12.1f} ms")


def main() -> None:
    """Make the marketplace, rotate it and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=REPEAT)
    chosen = parser.parse_args()
    with laurel() as url, psycopg.connect(url) as connection:
        fill(connection, chosen.people)
        first = spent(partial(rotate, AT), our_backend())
        session.remove()
        counted = connection.execute("SELECT count(*) FROM rotation_turns").fetchall()[0][0]
        connection.rollback()
        say(f"the first time, all {counted:,} experts are counted in: {first:.2f} s")
        say(Comparison.HEAD)
        say(str(together(connection, chosen.repeat)))
        one_by_one(chosen.repeat)
    say(f"The process needed {peak_mib()} MiB at most.")


if __name__ == "__main__":
    main()
