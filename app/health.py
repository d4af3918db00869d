"""What operators and their machines ask: is it alive, is it ready, how is it doing."""

from __future__ import annotations

import functools
import os

import sqlalchemy as sa
import structlog
from alembic.script import ScriptDirectory
from flask import Flask, Response, current_app, jsonify, request, request_finished
from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.exc import SQLAlchemyError

from app.logs import elapsed_s
from core.database import db
from core.permissions import Access, allow

log = structlog.get_logger(__name__)

# gunicorn.conf.py sets both: its processes write side by side into one folder, each into files of its place's own.
_SHARED_FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if _SHARED_FOLDER:
    _PLACE = os.environ.get("LAUREL_WEB_PLACE", str(os.getpid()))
    values.ValueClass = values.MultiProcessValue(lambda: _PLACE)  # type: ignore[no-untyped-call]  # not typed there

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OK = "ok"

registry = CollectorRegistry()
requests_total = Counter("laurel_requests", "Requests answered.", ["method", "status"], registry=registry)
request_seconds = Histogram("laurel_request_seconds", "Time to answer, in seconds.", ["method"], registry=registry)


def register_health(app: Flask) -> None:
    """Add /livez, /readyz and /metrics, and count every request. `register_logs` must be registered too."""
    app.add_url_rule("/livez", view_func=livez)
    app.add_url_rule("/readyz", view_func=readyz)
    app.add_url_rule("/metrics", view_func=metrics)
    request_finished.connect(_count, app)


@allow(Access.PUBLIC)
def livez() -> Response:
    """Answer that this process lives; nothing else is asked, so a database that is away restarts nobody."""
    return _uncached(jsonify(alive=True))


@allow(Access.PUBLIC)
def readyz() -> Response:
    """Answer 200 when this process can do its work, else 503; in both cases with every check and what is missing."""
    checks = readiness()
    ready = all(found == _OK for found in checks.values())
    response = jsonify(ready=ready, checks=checks)
    response.status_code = 200 if ready else 503
    return _uncached(response)


@allow(Access.PUBLIC)
def metrics() -> Response:
    """Answer with the figures of all web processes together, in the format Prometheus asks for."""
    source = registry
    if _SHARED_FOLDER:
        source = CollectorRegistry()
        MultiProcessCollector(source, _SHARED_FOLDER)  # type: ignore[no-untyped-call]  # not typed there
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return _uncached(Response(encode(source), content_type=content_type))


def readiness() -> dict[str, str]:
    """Return each check by name, with "ok" or a sentence on what is missing."""
    try:
        with db.engine.connect() as connection:
            found = _applied(connection)
    except SQLAlchemyError as error:
        log.warning("database does not answer", error=str(error))
        return {"database": "The database does not answer.", "migrations": "Unknown without the database."}
    wanted = _heads(current_app.extensions["migrate"].directory)
    if found != wanted:
        at, needed = ", ".join(sorted(found)) or "nothing", ", ".join(sorted(wanted))
        return {"database": _OK, "migrations": f"The database is at {at}, not {needed}: run `flask db upgrade`."}
    return {"database": _OK, "migrations": _OK}


def count(method: str, status: int) -> None:
    """Count an answer."""
    _counter(method, status).inc()


@functools.cache
def _counter(method: str, status: int) -> Counter:
    return requests_total.labels(method, str(status))


def is_migrated() -> bool:
    """Say whether the database answers and is at this release's newest migrations."""
    return readiness()["migrations"] == _OK


def _applied(connection: sa.Connection) -> frozenset[str]:
    """Return the revisions the database is at; none when it was never migrated."""
    versions = sa.table("alembic_version", sa.column("version_num", sa.Text))
    if not sa.inspect(connection).has_table(versions.name):
        return frozenset()
    return frozenset(connection.scalars(sa.select(versions.c.version_num)))


@functools.cache
def _heads(directory: str) -> frozenset[str]:
    """Return the newest revisions of the migrations, which do not change while a process runs."""
    return frozenset(ScriptDirectory(directory).get_heads())


def _count(_app: Flask, response: Response) -> None:
    method = request.method if request.method in _METHODS else "other"
    count(method, response.status_code)
    request_seconds.labels(method).observe(elapsed_s())


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
