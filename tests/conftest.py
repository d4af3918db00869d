"""Fixtures for all tests: a real PostgreSQL, the whole app, and a moment that stands still."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import g
from flask_migrate import upgrade
from hypothesis import settings as property_tests

from app import create_app
from app.config import Settings
from core import clock, database
from core.embedded import running
from directory import index
from tests.factories import make_partner

INSTANCE = Path(__file__).parents[1] / "instance" / "tests"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

logging.getLogger("mail.log").setLevel(logging.WARNING)  # the mail server of the tests tells of every connection
property_tests.register_profile("laurel", deadline=None)  # a busy machine makes nothing wrong
property_tests.load_profile("laurel")
index.QUICK_S = 60.0  # nor is a directory that a busy machine took its time for shown as it was before


@pytest.fixture(scope="session")
def database_url(worker_id):
    """An empty database of this worker's own, gone at the end; in the embedded server unless DATABASE_URL names one."""
    name = f"laurel_test_{worker_id}_{os.getpid()}"
    if "DATABASE_URL" in os.environ:
        yield from _throwaway(os.environ["DATABASE_URL"], name)
        return
    with running(INSTANCE, durable=False) as embedded:
        yield from _throwaway(embedded.url("postgres"), name)


def _throwaway(server_url, name):
    parts = sa.make_url(server_url)
    with psycopg.connect(parts.set(drivername="postgresql").render_as_string(False), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield parts.set(drivername="postgresql+psycopg", database=name).render_as_string(False)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def settings(database_url, tmp_path_factory):
    return Settings.from_environment(
        {
            "DATABASE_URL": database_url,
            "SECRET_KEY": "a key for tests alone, long enough",
            "LAUREL_INSTANCE": str(tmp_path_factory.mktemp("instance")),
            "LAUREL_BASE_URL": "http://laurel.test",
        }
    )


@pytest.fixture(scope="session")
def app(settings):
    app = create_app(settings)
    app.config["TESTING"] = True
    app.config["WTF_CSRF_ENABLED"] = False  # tests/accounts/test_csrf.py turns it on
    app.teardown_request(_forget)
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        database.db.engine.dispose()


def _forget(_error):
    """Empty `g` after a request: those of one test share its app context, and nobody is to stay signed in by that."""
    for name in list(g):
        g.pop(name)


@pytest.fixture
def session(app):
    """A database session within an app context; whatever was stored is gone afterwards."""
    with app.app_context():
        yield database.session
        database.session.remove()
        _empty(database.db.engine)


def _empty(engine):
    """Delete all rows but what the migrations put there. Triggers rest, or the audit log would refuse."""
    tables = [t.name for t in database.Model.metadata.sorted_tables if t.name != "base_policies"]
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        filled = [t for t in tables if connection.scalar(sa.text(f"SELECT EXISTS (SELECT FROM {t})"))]
        for table in filled:
            connection.execute(sa.text(f"DELETE FROM {table}"))
        connection.execute(sa.text("DELETE FROM base_policies WHERE created_by IS NOT NULL"))


@pytest.fixture
def at():
    """The moment at which a test takes place; the clock shows it."""
    clock.use(lambda: AT)
    yield AT
    clock.use(None)


@pytest.fixture
def client(app, session):
    return app.test_client()


@pytest.fixture
def northwind(session, at):
    return make_partner("Northwind", slug="northwind")
