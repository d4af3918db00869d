"""The top: puts everything together."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

import accounts.views
import api.views
import badges.credentials.views
import badges.design.views
import badges.hosted.views
import badges.views
import directory.console
import directory.machines.views
import directory.seen.views
import directory.views
import freelancers.approval.views
import freelancers.identity.views
import freelancers.profile.views
import freelancers.support.views
import me.views
import partners.console
import partners.views
import staff.views
from accounts.rules import SESSION_LIFETIME
from app import start
from app.access import refuse_undeclared, register_access
from app.barring import register_barring
from app.bodies import register_bodies
from app.cli import register_commands
from app.config import Settings
from app.errors import register_errors
from app.headers import register_headers
from app.health import register_health
from app.languages import register_languages
from app.logs import register_logs
from app.recent import register_recent
from app.rendering import QuickEnvironment, register_rendering
from app.statics import register_statics
from core.database import db
from core.embedded import attach
from core.secrets import Sealer
from freelancers.ways import OURS, refuse_catch_22

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    start,
    accounts.views,
    badges.views,
    badges.credentials.views,
    badges.design.views,
    badges.hosted.views,
    directory.views,
    directory.machines.views,
    directory.seen.views,
    directory.console,
    freelancers.approval.views,
    freelancers.identity.views,
    freelancers.profile.views,
    freelancers.support.views,
    partners.views,
    partners.console,
    me.views,
    staff.views,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the whole service, ready to serve. Raises SettingsError when a setting is wrong.

    Nor does it start with a route that says nothing of whom it is for, or with rules that somebody would be caught in.
    """
    settings = settings or Settings.from_environment()
    app = Flask("laurel", root_path=str(ROOT))
    app.jinja_environment = QuickEnvironment
    register_bodies(app)
    configure(app, settings)
    register_database(app, settings)
    register_logs(app)
    register_errors(app)
    register_headers(app)
    register_recent(app)
    register_languages(app)
    register_access(app)
    register_barring(app)
    register_rendering(app)
    register_statics(app)
    register_health(app)
    register_packages(app)
    register_commands(app)
    refuse_undeclared(app)
    refuse_catch_22(OURS)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Hand the settings to Flask and its extensions."""
    app.extensions["laurel_settings"] = settings
    app.extensions["laurel_sealer"] = Sealer(settings.secret_key)
    app.extensions["laurel_key_sealer"] = Sealer(settings.secret_key, "badge keys")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="laurel",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=SESSION_LIFETIME,
        SESSION_REFRESH_EACH_REQUEST=False,  # or every public page would set the cookie anew
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as the session it belongs to
        MAX_CONTENT_LENGTH=8_000_000,
        MAX_FORM_MEMORY_SIZE=4_000_000,
    )
    # A mail program's one click comes without a session, and shows a code that only we can write (RFC 8058).
    CSRFProtect(app).exempt("partners.views.stop")
    Bootstrap5(app)


def register_database(app: Flask, settings: Settings) -> None:
    """Connect to the database of DATABASE_URL, or to the embedded one."""
    url = settings.database_url or attach(settings.instance).replace("postgresql://", "postgresql+psycopg://", 1)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": 6,
        "max_overflow": 6,
        "pool_pre_ping": True,
        "hide_parameters": True,
    }
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), compare_type=True)


def register_packages(app: Flask) -> None:
    """Add every package's pages."""
    for module in PAGES:
        app.register_blueprint(module.blueprint)
    api.views.register(app)
    # A check of a badge changes nothing and reads no session, so no other site gains anything by sending one.
    app.extensions["csrf"].exempt(badges.views.verify_brought)
    # What a visitor saw is told without a session; the browser itself says that the page that tells it is ours.
    app.extensions["csrf"].exempt(directory.seen.views.seen)
