"""A sweep that is killed at any moment is finished by the next, as if nothing had happened. Rules E-10, E-11, X-1."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from badges import sweep as sweeping
from badges.models import Award, Receipt
from badges.sweep import SweepReport, sweep
from core import database
from core.audit import AuditEvent
from core.database import new_id
from core.outbox import OutboxMail
from freelancers.models import Freelancer
from tests.factories import make_partner

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOMENTS, AWARDS = 20, 240
CHANGED = AWARDS * 3 // 4
#: What becomes of every fourth award.
FATES = ({"jss_pct": 70}, {"visibility": "private"}, {"english_level": "basic", "account_state": "closed"}, {})


@pytest.fixture
def holders(session):
    """Holders of the badges of three partners; three in four have lost a requirement."""
    partners = [make_partner(name) for name in ("Northwind", "Eastwind", "Southwind")]
    people = [
        {"id": new_id(), "marketplace_id": f"m{number}", "name": "Ada", "email": f"ada{number}@example.org"}
        | {"jss_pct": 95, "completeness_pct": 100, "english_level": "fluent", "visibility": "public"}
        | {"account_state": "active", "first_scored_at": AT, "created_at": AT, "updated_at": AT}
        | FATES[number % 4]
        for number in range(AWARDS)
    ]
    awards = [
        {
            "achievement_id": partners[number % 3].programme.achievement_id,
            "freelancer_id": person["id"],
            "awarded_at": AT,
        }
        for number, person in enumerate(people)
    ]
    session.execute(sa.insert(Freelancer), people)
    session.execute(sa.insert(Award), [{"id": new_id(), **award} for award in awards])
    session.commit()


def sweep_in_a_child(app, session, seconds=None):
    """Sweep in a process of its own, and kill it so many seconds after the sweep began; return how long it swept."""
    before = connections(session)
    begins, tell = os.pipe()
    child = os.fork()
    if not child:
        with suppress(BaseException):
            database.db.engine.dispose(close=False)  # its connections belong to the parent
            with app.app_context():
                database.db.engine.connect().close()  # what it takes to connect is not of the sweep
                os.write(tell, b"!")
                sweep(AT)
        os._exit(0)
    os.close(tell)
    assert os.read(begins, 1) == b"!"
    os.close(begins)
    began = time.monotonic()
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    took = time.monotonic() - began
    while connections(session) - before:  # until the database has noticed, and given its locks back
        time.sleep(0.01)
    return took


def connections(session):
    """Who is connected to the database, by number."""
    session.rollback()
    pids = session.scalars(sa.text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
    return set(pids)


def left_behind(session):
    """What a sweep leaves: how each award stands, and which events, mails and receipts there are."""
    session.rollback()
    state = (Award.id, Award.grace_began_at, Award.grace_ends_at, Award.suspended_at, Award.lifts_at_once)
    return (
        sorted(map(tuple, session.execute(sa.select(*state)))),
        Counter(map(tuple, session.execute(sa.select(AuditEvent.subject_id, AuditEvent.action)))),
        Counter(session.scalars(sa.select(OutboxMail.key))),
        Counter(session.scalars(sa.select(Receipt.freelancer_id))),
    )


def forget(session):
    """Put everything back to before the sweep."""
    session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    session.execute(sa.text("DELETE FROM audit_events; DELETE FROM outbox_mails; DELETE FROM receipts"))
    session.execute(
        sa.update(Award).values(grace_began_at=None, grace_ends_at=None, suspended_at=None, lifts_at_once=False)
    )
    session.commit()


def test_a_sweep_killed_at_any_moment_is_finished_by_the_next(app, session, holders, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 10)
    takes_s = sweep_in_a_child(app, session)
    undisturbed = left_behind(session)
    assert len(undisturbed[2]) == CHANGED

    rnd, done = random.Random(5), []
    for number in range(MOMENTS):
        forget(session)
        sweep_in_a_child(app, session, takes_s * (number + rnd.random()) / MOMENTS)
        done.append(session.scalar(sa.select(sa.func.count()).select_from(Receipt)))

        sweep(AT)
        assert left_behind(session) == undisturbed
        assert sweep(AT) == SweepReport()
    half_done = [count for count in done if 0 < count < CHANGED]
    assert len(half_done) >= MOMENTS // 4, f"only {len(half_done)} of {MOMENTS} fell between two batches"
