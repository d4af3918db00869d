"""No mail leaves before it is kept that the one before it did. Rule X-1, design decision 4."""

import pytest
import sqlalchemy as sa

from core.database import db, new_id
from core.outbox import OutboxMail
from core.postmarks import UNWRITTEN_MAX, Postmarks
from tests.app.outboxes import deliver, put, row
from tests.conftest import AT


class Watching:
    """Takes letters, and looks into the database before each leaves."""

    def __init__(self, before):
        self.before, self.left = before, []

    def send(self, letter, name):
        self.before()
        self.left.append(name)

    def close(self):
        pass


@pytest.fixture
def watching(monkeypatch):
    """Deliver by a carrier that calls `before` ahead of each letter."""

    def watch(before):
        carrier = Watching(before)
        monkeypatch.setattr("app.mail.carrier_for", lambda settings: carrier)
        return carrier

    return watch


def test_no_mail_leaves_before_it_is_kept_that_the_one_before_did(session, watching):
    for _ in range(5):
        put(session)
    kept = []

    def look():
        session.rollback()
        kept.append(session.scalar(sa.select(sa.func.count()).where(OutboxMail.sent_at.is_not(None))))

    watching(look)

    assert deliver() == 5
    assert kept == [0, 1, 2, 3, 4]


def test_what_breaks_off_half_way_keeps_what_left_and_nothing_more(session, watching):
    keys = [put(session) for _ in range(3)]

    def told():
        if len(carrier.left) == 2:
            raise KeyboardInterrupt

    carrier = watching(told)
    with pytest.raises(KeyboardInterrupt):
        deliver()

    assert [row(session, key).sent_at for key in keys] == [AT, AT, None]


def test_a_mail_that_is_called_off_while_its_turn_comes_does_not_leave(session, watching):
    for _ in range(3):
        put(session)
    last = put(session)

    def call_off():
        session.execute(sa.delete(OutboxMail).where(OutboxMail.key == last))
        session.commit()

    carrier = watching(call_off)

    assert deliver() == 3
    assert len(carrier.left) == 3


def test_a_mail_in_other_hands_is_passed_by(session, watching):
    for _ in range(3):
        put(session)
    theirs = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id).limit(1).with_for_update()).one().id
    carrier = watching(lambda: None)

    assert deliver() == 2
    assert not any(str(theirs) in name for name in carrier.left)


class Telling:
    """A connection, and its pipeline, that keeps what it is told."""

    def __init__(self):
        self.told = []

    def execute(self, statement, *_args, **_options):
        self.told.append(statement.strip())
        return self

    def sync(self):
        self.told.append("sync")


def test_no_more_than_a_few_go_out_again_after_a_power_cut():
    connection = Telling()
    marks = Postmarks(connection, connection)
    for _ in range(3 * UNWRITTEN_MAX + 1):
        marks.ask(new_id(), AT)
        marks.taken()
    marks.finish()
    unwritten = []
    for before, statement in zip(connection.told, connection.told[1:], strict=False):
        if statement.startswith("COMMIT"):
            unwritten.append(0 if "synchronous_commit = on" in before else unwritten[-1] + 1 if unwritten else 1)
    assert max(unwritten) == UNWRITTEN_MAX - 1
    assert unwritten[-1] == 0, "and at the end all is written"


def test_the_next_to_use_the_connection_waits_for_the_disk_as_ever(session, watching):
    put(session)
    watching(lambda: None)
    assert deliver() == 1
    asked = sa.text("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'")
    with db.engine.connect() as connection:
        assert connection.scalar(asked) != "session", "what the server's settings say holds again"
