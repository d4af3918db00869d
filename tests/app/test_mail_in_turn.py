"""No mail leaves before it is on disk that the one before it did. Rule X-1, design decision 4."""

import pytest
import sqlalchemy as sa

from core.outbox import OutboxMail
from tests.app.outboxes import deliver, put, row
from tests.conftest import AT


class Watching:
    """Takes letters, and looks into the database before each leaves."""

    def __init__(self, before):
        self.before, self.name, self.left, self.withdrawn = before, None, [], []

    def offer(self, letter, name):
        self.name = name

    def hand_over(self):
        self.before()
        self.left.append(self.name)

    def withdraw(self):
        self.withdrawn.append(self.name)

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
    assert len(carrier.withdrawn) == 1


def test_a_mail_in_other_hands_is_passed_by(session, watching):
    for _ in range(3):
        put(session)
    theirs = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id).limit(1).with_for_update()).one().id
    carrier = watching(lambda: None)

    assert deliver() == 2
    assert str(theirs) in carrier.withdrawn[0]
