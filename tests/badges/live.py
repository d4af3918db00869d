"""A running Laurel for tests of badges from outside: real processes, and an app of the test's own on their database."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime

from app import create_app
from app.config import Settings
from core.database import db, session
from tests.live import laurel


@contextmanager
def running_with_app(folder):
    """Run a whole Laurel, without a worker; yield it and, within its context, an app on the same database."""
    with laurel(folder, worker=False) as live:
        app = create_app(Settings.from_environment(live.environment))
        with app.app_context():
            try:
                yield live, app
            finally:
                session.remove()
                db.engine.dispose()


def now():
    """Return the machine's own time, by which the running Laurel goes."""
    return datetime.now(UTC)
