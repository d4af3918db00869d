"""How Alembic reaches the database: through the app, so that there is one place that knows its address."""

from importlib import import_module

from alembic import context
from flask import current_app

from core.database import Model, db

import_module("core.jobs")  # the one table that no page brings along
target = Model.metadata


def run() -> None:
    """Run the migrations in one transaction."""
    if context.is_offline_mode():
        context.configure(url=current_app.config["SQLALCHEMY_DATABASE_URI"], target_metadata=target, literal_binds=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run()
