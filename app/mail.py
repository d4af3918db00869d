"""Delivers the outbox: takes one mail after the other, sends it, keeps that it is sent. Rule X-1, design decision 4.

Nothing is lost, because a mail is marked as sent only after it was taken. When a process dies between the two, the
mail is sent once more, with the same Message-ID: at most one repeat for each crash.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime

import structlog
from flask import current_app

from app.carriers import Carrier, CarrierDown, Postponed, Undeliverable, carrier_for
from app.config import Settings
from app.mail_message import BadAddress, render
from core.database import joined_transaction
from core.outbox import OutboxMail, claim_next
from partners.invitations.bounces import mark

log = structlog.get_logger(__name__)

__all__ = ["CarrierDown", "deliver_due"]


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
    with closing(carrier_for(settings)) as carrier:
        while (limit is None or count < limit) and not stopped():
            outcome = _deliver_next(carrier, settings, at_source)
            if outcome is None:
                break
            if outcome:
                count += 1
                sent()
    return count


def _deliver_next(carrier: Carrier, settings: Settings, at_source: Callable[[], datetime]) -> bool | None:
    """Send one mail under the lock of its row; say whether it was taken, or None when none is due."""
    with joined_transaction():
        mail = claim_next(at_source())
        if mail is None:
            return None
        try:
            message = render(mail, settings.mail_from, settings.base_url)
            carrier.send(message, _file_name(mail))
        except CarrierDown:
            raise
        except (Undeliverable, BadAddress) as refused:
            _failed(mail, str(refused), at_source(), for_good=True)
        except Postponed as later:
            _failed(mail, str(later), at_source(), for_good=False)
        except Exception as error:
            # A template's mistake, or a lost key: this mail waits for it to be mended, and holds up no other.
            log.exception("mail cannot be rendered", mail_id=str(mail.id), template=mail.template)
            _failed(mail, f"{type(error).__name__}: {error}", at_source(), for_good=False)
        else:
            mail.mark_sent(at_source())
            return True
        return False


def _failed(mail: OutboxMail, why: str, at: datetime, *, for_good: bool) -> None:
    mail.mark_failed(at, why, for_good=for_good)
    if for_good and mail.about_id is not None:
        mark(mail.about_id, why, at)
    log.warning(
        "mail not delivered",
        mail_id=str(mail.id),
        template=mail.template,
        why=why,
        attempts=mail.attempts,
        given_up=mail.failed_at is not None,
    )


def _file_name(mail: OutboxMail) -> str:
    """Return a name that sorts by time and stays the same when the mail is sent again."""
    return f"{mail.created_at:%Y%m%dT%H%M%S}-{mail.id}-{mail.template}"
