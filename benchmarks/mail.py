"""How quickly the worker's mails leave, against one bare SMTP connection that sends the same messages ready-made.

    .venv/bin/python -m benchmarks.mail                 5,000 invitations of a partner's letter, in turns

Laurel's side is the worker's own job: it takes each mail from the outbox, writes it with the recipient's words and links,
hands it over, and keeps on disk that it is sent before the next one can be taken. By hand there is nothing but
`smtplib`: the messages of the turn before, byte for byte.
"""

from __future__ import annotations

import argparse
import smtplib
import statistics
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import current_app

from app import timetable
from app.mail_message import render
from benchmarks.harness import Comparison, autocommit, laurel, peak_mib, say, timed
from benchmarks.inviting import file_of, make_partner
from benchmarks.mail_sink import sink
from core import clock
from core.database import session
from core.outbox import OutboxMail
from partners.invitations import letters, lists, sending
from partners.models import Programme

SUBJECT = "{first_name|Hello}, {partner} would like you among its experts"
BODY = """Hello {name|there},

{sender} looks for people who know our product well, and thought of you. Those who carry the badge “{badge}” are shown
to clients on our own page, in turns, so that everybody is seen equally often.

The invitation is open until {valid_until}. It takes ten minutes to answer, and nothing is sent before you say so.

Kind regards
{partner}"""
SENDER = "no-reply@laurel.test"


def invite(people: int) -> None:
    """Let a partner invite so many people, by a letter of its own and as fast as mails leave."""
    programme_id, by = make_partner()
    at = clock.now() - timedelta(minutes=1)
    found = lists.bring(session.get_one(Programme, programme_id), file_of(people), "experts.csv", None, by=by, at=at)
    letters.write(found.id, SUBJECT, BODY, "We met at your talk.", 0, False, at=at)
    sending.send(found.id, by=by, at=at)


def ready_made() -> list[tuple[str, bytes]]:
    """Return everybody's address and message."""
    settings = current_app.extensions["laurel_settings"]
    found = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.due_at, OutboxMail.id)).all()
    messages = [(mail.to_address, render(mail, settings.mail_from, settings.base_url).to_bytes()) for mail in found]
    session.rollback()
    return messages


def send_bare(port: int, messages: Sequence[tuple[str, bytes]]) -> None:
    """Send ready-made messages, one after the other."""
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for to, message in messages:
            smtp.sendmail(SENDER, [to], message, mail_options=["BODY=8BITMIME"])


def told(port: int) -> tuple[int, int, int]:
    """Return what the sink says it took: mails, different ones, bytes."""
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        mails, ids, size = smtp.docmd("XTOLD")[1].split()
    return int(mails), int(ids), int(size)


def make_due(connection: psycopg.Connection[Any]) -> None:
    """Let all mails wait to be sent as they did at first, with nothing left to write to disk."""
    connection.execute(
        "UPDATE outbox_mails m SET sent_at = NULL, sealed_secrets = k.sealed_secrets FROM kept k WHERE k.id = m.id"
    )
    connection.commit()
    with autocommit(connection):
        connection.execute("VACUUM ANALYZE outbox_mails")
        connection.execute("CHECKPOINT")


def commit_s(connection: psycopg.Connection[Any], times: int = 500) -> float:
    """Return how long one commit of one small change takes to be on disk: each mail waits for one."""

    def commit() -> None:
        for n in range(times):
            connection.execute("SELECT pg_logical_emit_message(true, 'benchmark', %s)", (str(n),))
            connection.commit()

    return timed(commit) / times


def measure(port: int, url: str, people: int, repeat: int) -> None:
    """Send everything by both, in turns, and see that all of it came, and came once."""
    invite(people)
    compared = Comparison("mails to a server on this machine", people)
    commits = []
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT id, sealed_secrets FROM outbox_mails")
        messages = ready_made()
        for turn in range(1, repeat + 1):
            make_due(connection)
            compared.ours.append(timed(lambda: timetable.deliver(lambda: False)))
            compared.by_hand.append(timed(lambda: send_bare(port, messages)))
            came = told(port)
            size = sum(len(message) for _, message in messages)
            if came != (2 * people * turn, people, 2 * size * turn):
                raise SystemExit(f"Both were to send {people:,} mails, but the server tells {came}, bytes {size}.")
            commits.append(commit_s(connection))
    say(Comparison.HEAD)
    say(str(compared))
    say(
        f"{people / compared.seconds:,.0f} a second, where a bare commit takes {statistics.median(commits) * 1000:.2f} ms"
    )
    say(f"Peak memory of this process: {peak_mib():,} MiB")


def main() -> None:
    """Compare, and say how much memory it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=5_000)
    parser.add_argument("--repeat", type=int, default=5)
    chosen = parser.parse_args()
    with sink() as port, laurel(SMTP_URL=f"smtp://127.0.0.1:{port}") as url:
        measure(port, url, chosen.mails, chosen.repeat)


if __name__ == "__main__":
    main()
