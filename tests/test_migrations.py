"""The schema can be made, unmade and made again, and is what the models say."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from core import jobs
from core.audit import AuditEvent
from core.database import Model, db, new_id
from core.outbox import MailBatch, OutboxMail


@pytest.fixture
def migrated(app):
    """An app context with an up-to-date schema, before and after."""
    with app.app_context():
        yield db.engine
        upgrade()


@pytest.mark.filterwarnings("ignore:autogenerate skipping")  # an index on an expression
def test_migrations_and_models_say_the_same(migrated):
    with migrated.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Model.metadata
        )

    assert not differences


def test_the_schema_goes_down_to_nothing_and_up_again(migrated):
    downgrade(revision="base")
    assert set(sa.inspect(migrated).get_table_names()) == {"alembic_version"}

    upgrade()
    assert {"awards", jobs.JobRun.__tablename__} <= set(sa.inspect(migrated).get_table_names())


def test_a_mail_of_a_batch_that_waits_keeps_its_words_on_the_way_down(migrated, at):
    batch, mail = new_id(), new_id()
    with migrated.begin() as connection:
        connection.execute(sa.insert(MailBatch).values(id=batch, words={"name": "there", "by": "Ada"}, created_at=at))
        mine = {"key": "k", "template": "invitation", "to_address": "bo@example.org", "context": {"name": "Bo"}}
        connection.execute(
            sa.insert(OutboxMail).values(id=mail, batch_id=batch, created_at=at, due_at=at, attempts=0, **mine)
        )

    downgrade(revision="0009")
    with migrated.begin() as connection:
        (kept,) = connection.execute(sa.text("SELECT context FROM outbox_mails")).one()
        connection.execute(sa.text("DELETE FROM outbox_mails"))

    assert kept == {"name": "Bo", "by": "Ada"}


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_events SET action = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events"]
)
def test_the_audit_log_can_only_grow(session, at, statement):
    session.add(AuditEvent(at=at, action="tried", subject_type="test", subject_id=new_id()))
    session.commit()

    with pytest.raises(sa.exc.DBAPIError, match="can only grow"):
        session.execute(sa.text(statement))
    session.rollback()
