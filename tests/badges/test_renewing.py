"""All badges are signed anew after a change of the keys, also when that is killed half-way. Rules B-1, X-1, X-2."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from badges import renewing, services
from badges.credentials import keyring, signing
from badges.credentials.documents import Site
from badges.credentials.models import BadgePlace
from core import clock
from core.audit import AuditEvent
from core.errors import Conflict
from core.outbox import OutboxMail
from core.secrets import Sealer
from tests.factories import make_award, make_expert, make_freelancer, make_partner

SEALER = Sealer("a key for tests alone, long enough", "badge keys")
SITE = Site("http://laurel.test")
LATER = timedelta(minutes=5)
ROOT = Path(__file__).parents[2]


def renewed(at):
    """Renew all that waits; return (signed, told)."""
    parts, last = [], None
    while (part := renewing.renew_some(SITE, SEALER, at, last)).signed:
        parts.append(part)
        last = part.last
    return sum(part.signed for part in parts), sum(part.told for part in parts)


def told(session):
    return Counter(session.scalars(sa.select(OutboxMail.key).where(OutboxMail.template == "award_signed_anew")))


def anew(session):
    return Counter(session.scalars(sa.select(AuditEvent.subject_id).where(AuditEvent.action == "award.signed_anew")))


@pytest.fixture
def badges(session, at):
    keyring.signers(SEALER, at)
    partner = make_partner("Northwind")
    return [make_expert(partner) for _ in range(7)]


def test_after_a_rotation_every_badge_is_signed_with_the_new_keys_and_nobody_is_bothered(session, at, badges):
    assert renewed(at) == (7, 0)
    keyring.rotate(SEALER, at)

    assert renewed(at + LATER) == (7, 0)
    assert renewed(at + LATER) == (0, 0)
    assert set(session.execute(sa.select(BadgePlace.proof_key, BadgePlace.token_key)).all()) == {(3, 4)}
    assert set(anew(session).values()) == {2}


def test_after_a_withdrawal_those_who_may_keep_a_copy_are_told_once(session, at, badges):
    keyring.withdraw(1, SEALER, at)
    after = make_award(make_partner("Later"), make_freelancer(), at=at + LATER)
    hidden, revoked, expired = badges[:3]
    services.hide(hidden.id, at, by=None)
    services.revoke(revoked.id, "The certificate was somebody else's.", by=None, at=at)
    expired.expires_at = at + timedelta(minutes=1)
    session.commit()

    assert renewed(at + LATER) == (7, 4)
    assert set(told(session)) == {f"award.signed_anew:{each.id}:1" for each in badges[3:]}
    services.unhide(hidden.id, at, by=None)
    assert renewed(at + LATER) == (1, 1)
    keyring.rotate(SEALER, at + LATER)
    renewed(at + 2 * LATER)
    assert set(told(session).values()) == {1}
    assert f"award.signed_anew:{after.id}:1" not in told(session)


def test_the_withdrawal_of_a_key_that_signed_before_a_badge_was_there_is_not_its_holders_business(session, at, badges):
    keyring.rotate(SEALER, at)
    young = make_award(make_partner("Later"), make_freelancer(), at=at + LATER)
    keyring.withdraw(1, SEALER, at + LATER)

    assert renewed(at + 2 * LATER) == (8, 7)
    assert not any(str(young.id) in key for key in told(session))


def test_while_the_keys_change_it_says_until_when(session, at, badges):
    keyring.withdraw(1, SEALER, at)
    with pytest.raises(Conflict, match="until 09:02:00 UTC"):
        renewing.renew_some(SITE, SEALER, at + timedelta(seconds=90))


def test_a_badge_that_cannot_be_signed_is_named(session, at, badges, monkeypatch):
    def broken(*_given):
        raise signing.PatternIsWrong("Northwind Expert")

    monkeypatch.setattr(renewing, "badge_json", broken)
    with pytest.raises(renewing.NotRenewed, match=str(badges[0].id)):
        renewing.renew_some(SITE, SEALER, at)
    assert anew(session) == Counter()


def test_the_command_says_what_it_did_and_goes_on_where_it_was(app, client, session, at, badges, monkeypatch):
    monkeypatch.setattr(renewing, "BATCH", 3)
    renewing.renew_some(SITE, SEALER, at)
    run = app.test_cli_runner().invoke

    output = run(args=["keys", "renew"]).output
    assert "Going on: 3 of 7 badges" in output
    assert "Done: 4 badges signed with the keys of now; 0 mails" in output
    assert "Done: 0 badges" in run(args=["keys", "renew"]).output
    keyring.withdraw(1, SEALER, at)
    assert "The keys are just changing" in run(args=["keys", "renew"]).output
    clock.use(lambda: at + LATER)
    assert "Done: 7 badges signed with the keys of now; 7 mails" in run(args=["keys", "renew"]).output


KILLED = """
import sys
from badges import renewing
renewing.BATCH = 5
from wsgi import app
with app.app_context():
    from badges.credentials.cli import renew_command
    renew_command.main(args=[], standalone_mode=True)
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_is_finished_by_the_next_as_if_nothing_had_happened(app, session, settings):
    now = clock.now()
    keyring.signers(SEALER, now - timedelta(hours=1))
    partner = make_partner("Northwind")
    [make_expert(partner, at=now - timedelta(minutes=30)) for _ in range(100)]
    keyring.withdraw(1, SEALER, now - timedelta(minutes=10))
    half_done = 0
    for _ in range(3):
        before = sum(anew(session).values())
        session.rollback()
        child = start(settings)
        deadline = time.monotonic() + 60
        while sum(anew(session).values()) < before + 10 and time.monotonic() < deadline and child.poll() is None:
            session.rollback()
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        time.sleep(0.2)
        session.rollback()
        half_done += 0 < sum(anew(session).values()) < 100

    finished = start(settings)
    assert finished.wait(60) == 0
    session.rollback()

    assert half_done, "every kill came too early or too late"
    assert (len(anew(session)), set(anew(session).values())) == (100, {1})
    assert (len(told(session)), set(told(session).values())) == (100, {1})


def start(settings):
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "LAUREL_INSTANCE": str(settings.instance),
        "LAUREL_BASE_URL": settings.base_url,
    }
    return subprocess.Popen([sys.executable, "-c", KILLED], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
