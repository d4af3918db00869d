"""`flask feed import` of 100,000 rows, killed at twenty random moments. Rule X-1.

Every run goes on where the one before was killed, so that the moments lie all over the import: the first ten while
people are new, the others while half of them change.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from freelancers.feed.chunks import CHUNK_ROWS
from freelancers.models import FeedImport, Freelancer, Observation

ROOT = Path(__file__).parents[3]
ROWS, KILLS, SOME_REFUSED = 100_000, 10, 7
#: A row is as it was, or as the file has it, and never a bit of both.
HALF = """
SELECT count(*) FROM freelancers WHERE title <> 'Version ' || jobs_count OR skills <> ARRAY['Skill ' || jobs_count]
    OR profile -> 'portfolio' -> 0 ->> 'title' <> 'Piece ' || jobs_count OR feed_digest IS NULL
"""
#: How far the import is: chunks staged and chunks merged.
FAR = "SELECT count(*) + count(created) FROM feed_chunks"


def write(path, changed):
    """Write a feed in which the people for whom `changed` is true say that they are at version 2."""
    with path.open("w") as file:
        for number in range(ROWS):
            version = 2 if changed(number) else 1
            score = 300 if number % (ROWS // SOME_REFUSED) == 5 else 80
            row = {
                "marketplace_id": f"k{number}",
                "title": f"Version {version}",
                "jobs_count": version,
                "jss_pct": score,
            }
            row |= {"skills": [f"Skill {version}"], "portfolio": [{"title": f"Piece {version}"}]}
            file.write(json.dumps(row) + "\n")


@pytest.fixture
def start(app, settings, database_url):
    """Start the command in a process of its own."""
    environment = os.environ | {
        "DATABASE_URL": database_url.replace("+psycopg", ""),
        "SECRET_KEY": "a key for tests alone, long enough",
        "LAUREL_INSTANCE": str(settings.instance),
        "LAUREL_BASE_URL": "http://laurel.test",
        "PYTHONUNBUFFERED": "1",  # so that a kill loses none of its words
    }

    def do(path):
        words = [sys.executable, "-m", "flask", "--app", "wsgi", "feed", "import", str(path), "--mapping", "laurel"]
        return subprocess.Popen(
            words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    return do


def how_far(session):
    session.rollback()
    try:
        there = session.scalar(sa.text("SELECT to_regclass('feed_chunks')")) is not None
        return session.scalar(sa.text(FAR)) if there else 0
    except sa.exc.ProgrammingError:  # dropped in between: it has just ended
        return 0
    finally:
        session.rollback()  # or the import could not drop its tables


def kill_at(process, session, far, moment):
    """Kill the import a moment after it has come so far."""
    while process.poll() is None and how_far(session) < far:
        time.sleep(0.02)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()


def ended(session):
    """How many imports have come to their end."""
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(FeedImport))


def whole(session):
    """Whether nobody is half, and how many people there are."""
    session.rollback()
    assert session.scalar(sa.text(HALF)) == 0, "nobody is half a row"
    people = session.scalar(sa.select(sa.func.count()).select_from(Freelancer))
    session.rollback()
    return people


def killed_again_and_again(start, session, path, rnd):
    """Import a file with many interruptions; return how many there were, and what the import counted."""
    steps, imports = 2 * ROWS // CHUNK_ROWS, ended(session)
    for number in range(KILLS):
        before = how_far(session)
        process = start(path)
        moment = round(steps * (number + rnd.random()) / KILLS)
        kill_at(process, session, max(before + 1, min(moment, steps - 4)), rnd.random() / 10)
        said = " ".join(process.communicate()[0].split())
        if ended(session) > imports:  # it was quicker than the kill
            return number, counted(session)
        if before:
            assert "Going on with the import of this file" in said
        whole(session)
    process = start(path)
    said = " ".join(process.communicate()[0].split())
    assert process.returncode == 2, "some rows were refused"
    assert "Going on with the import of this file" in said
    return KILLS, counted(session)


def counted(session):
    """What the latest import says that it did: created, updated, unchanged, refused."""
    done = session.scalars(sa.select(FeedImport).order_by(FeedImport.finished_at.desc())).first()
    return done.created, done.updated, done.unchanged, done.refused


def refused_lines(folder):
    return [path.read_text().splitlines() for path in sorted(folder.glob("*.refused*.ndjson"))]


@pytest.mark.slow
def test_an_import_killed_at_twenty_moments_has_every_row_exactly_once(start, session, tmp_path):
    rnd, path = random.Random(20), tmp_path / "feed.ndjson"
    good = ROWS - SOME_REFUSED - (ROWS % SOME_REFUSED > 5)
    write(path, changed=lambda number: False)
    killed, counts = killed_again_and_again(start, session, path, rnd)
    assert counts == (good, 0, 0, ROWS - good)
    assert whole(session) == good
    figures = sa.select(Observation.figure, sa.func.count()).group_by(Observation.figure)
    assert dict(session.execute(figures).all()) == {"jss_pct": good, "completeness_pct": good, "jobs_count": good}

    write(path, changed=lambda number: number % 2)
    killed_later, counts = killed_again_and_again(start, session, path, rnd)
    changed = session.scalar(sa.select(sa.func.count()).select_from(Freelancer).where(Freelancer.jobs_count == 2))
    assert counts == (0, changed, good - changed, ROWS - good)
    assert whole(session) == good
    assert dict(session.execute(figures).all())["jobs_count"] == good + changed

    assert killed + killed_later >= KILLS, "most were killed while they were at it"
    assert session.scalar(sa.select(sa.func.count()).select_from(FeedImport)) == 2
    logged = sa.select(sa.func.count()).select_from(AuditEvent).where(AuditEvent.action == "feed.imported")
    assert session.scalar(logged) == 2
    assert [len(lines) for lines in refused_lines(tmp_path)] == [ROWS - good] * 2
    assert len(list(tmp_path.iterdir())) == 5, "nothing else is left lying about"
