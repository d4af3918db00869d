"""Delivers the outbox: takes one mail after the other, sends it, keeps that it is sent. Rule X-1, design decision 4.

Nothing is lost, because it is kept that a mail is sent only after it was taken. No mail is handed over before it is on
disk that the one before it was; so when a process dies, one mail is sent once more at most, with the same Message-ID.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

import psycopg
import structlog
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app.carriers import Carrier, CarrierDown, Postponed, Undeliverable, carrier_for
from app.config import Settings
from app.mail_message import render
from app.mail_wire import BadAddress
from core.database import joined_transaction
from core.outbox import OutboxMail, due_mails, mark_failed
from core.postmarks import Postmarks, postmarks
from partners.invitations.bounces import mark

log = structlog.get_logger(__name__)

__all__ = ["CarrierDown", "deliver_due"]

#: So many are looked up at once, and looked at for so long: whoever asks for a link does not wait behind a list.
_TOGETHER, _LOOKED_AT_S = 200, 1.0


def deliver_due(
    at_source: Callable[[], datetime],
    limit: int | None = None,
    *,
    stopped: Callable[[], bool] = lambda: False,
    sent: Callable[[], None] = lambda: None,
) -> int:
    """Send all mails that are due, at most `limit`, until there are none or `stopped()`; return how many were sent.

    `at_source` tells the time, anew for each mail; `sent` is called after each. A mail that is refused waits longer and
    longer, or is given up with the server's words. Raises CarrierDown when no mail can leave at all; that costs none of
    them a try.
    """
    settings: Settings = current_app.extensions["laurel_settings"]
    count = 0

    def enough() -> bool:
        return stopped() or (limit is not None and count >= limit)

    with closing(carrier_for(settings)) as carrier:
        while not enough() and (mails := due_mails(at_source(), _TOGETHER)):
            until_s, outcomes = time.monotonic() + _LOOKED_AT_S, []
            with postmarks() as marks:
                for mail in mails:
                    outcomes.append(_deliver(mail, carrier, marks, settings, at_source))
                    if outcomes[-1]:
                        count += 1
                        sent()
                    if enough() or time.monotonic() > until_s:
                        break
            if outcomes.count(None) == len(outcomes):
                break  # others are at it
    return count


def _deliver(
    mail: OutboxMail, carrier: Carrier, marks: Postmarks, settings: Settings, at_source: Callable[[], datetime]
) -> bool | None:
    """Send one mail; say whether it was taken, or None when it is no longer to be sent, or not by us."""
    marks.ask(mail.id, at_source())
    try:
        letter = render(mail, settings.mail_from, settings.base_url)
        if not marks.granted():
            return None
        carrier.send(letter, _file_name(mail))
    except CarrierDown:
        raise
    except (Undeliverable, BadAddress) as refused:
        return _failed(mail, marks, str(refused), at_source(), for_good=True)
    except Postponed as later:
        return _failed(mail, marks, str(later), at_source(), for_good=False)
    except (psycopg.Error, SQLAlchemyError):
        raise
    except Exception as error:
        # A template's mistake, or a lost key: this mail waits for it to be mended, and holds up no other.
        log.exception("mail cannot be rendered", mail_id=str(mail.id), template=mail.template)
        return _failed(mail, marks, f"{type(error).__name__}: {error}", at_source(), for_good=False)
    marks.taken()
    return True


def _failed(mail: OutboxMail, marks: Postmarks, why: str, at: datetime, *, for_good: bool) -> bool | None:
    marks.finish()
    with joined_transaction():
        failed = mark_failed(mail.id, at, why, for_good=for_good)
        if failed is None:
            return None
        if for_good and failed.about_id is not None:
            mark(failed.about_id, why, at)
        attempts, given_up = failed.attempts, failed.failed_at is not None
    # Whose address it is stands in the database alone, from where it can go; a log is kept.
    words = {"mail_id": str(mail.id), "template": mail.template, "why": why.replace(mail.to_address, "the address")}
    log.warning("mail not delivered", **words, attempts=attempts, given_up=given_up)
    return False


def _file_name(mail: OutboxMail) -> str:
    """Return a name that sorts by time and stays the same when the mail is sent again."""
    return f"{mail.created_at:%Y%m%dT%H%M%S}-{mail.id}-{mail.template}"
