"""Mails that come back: delivery reports (RFC 3464) read, and the invitations they are about marked. Rule I-6."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from uuid import UUID

import sqlalchemy as sa

from core.audit import record
from core.database import changed, session, transaction
from core.errors import InvalidInput
from core.outbox import OutboxMail, call_off
from partners.models import Invitation

_OUR_ID = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE)
_REASON_MAX = 300


@dataclass(frozen=True)
class Bounce:
    """One recipient of a delivery report: the mail it is about, whether it failed for good, and the server's words."""

    mail_id: UUID
    for_good: bool
    reason: str


def read_report(data: bytes) -> list[Bounce]:
    """Return what a delivery report says. Raises InvalidInput for what is none, or is about no mail of ours."""
    report = message_from_bytes(data, policy=policy.default)
    assert isinstance(report, EmailMessage)
    mail_id = _mail_id(report)
    statuses = [part for part in report.walk() if part.get_content_type() == "message/delivery-status"]
    if mail_id is None or not statuses:
        raise InvalidInput(
            "This is no delivery report (RFC 3464) about a mail of ours.", "Hand over the whole message, as it came."
        )
    return [_bounce(mail_id, fields) for part in statuses for fields in _recipients(part)]


@transaction()
def take_in(bounce: Bounce, at: datetime) -> bool:
    """Mark the invitation that a mail which came back was about; say whether there was one. No further mail goes there.

    A mail that is only late changes nothing.
    """
    about = session.scalar(sa.select(OutboxMail.about_id).where(OutboxMail.id == bounce.mail_id))
    return bounce.for_good and about is not None and mark(about, bounce.reason, at)


@transaction()
def mark(invitation_id: UUID, reason: str, at: datetime) -> bool:
    """Keep that an invitation cannot be delivered, and why; say whether that is news."""
    unmarked = (Invitation.id == invitation_id, Invitation.bounced_at.is_(None), Invitation.accepted_at.is_(None))
    mark = sa.update(Invitation).where(*unmarked).values(bounced_at=at, bounce_reason=_tidied(reason))
    if not changed(mark.execution_options(synchronize_session=False)):
        return False
    call_off(invitation_id)
    invitation = session.get_one(Invitation, invitation_id, populate_existing=True)
    partner_id = invitation.programme.partner_id
    record("invitation.bounced", "invitation", invitation_id, by=None, at=at, partner_id=partner_id)
    return True


def _mail_id(report: EmailMessage) -> UUID | None:
    """Return our Message-ID in what the report gives back of the mail."""
    for part in report.walk():
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            texts = [str(part.get_payload(decode=False))]
        elif kind == "message/rfc822":
            texts = [str(inner.get("Message-ID", "")) for inner in part.get_payload() if isinstance(inner, Message)]
        else:
            continue
        for text in texts:
            if found := _OUR_ID.search(text):
                return UUID(found[1])
    return None


def _recipients(part: Message) -> Iterator[Message]:
    """Yield the fields of each recipient: the blocks after the first, which is about the report."""
    blocks = part.get_payload()
    if isinstance(blocks, list):
        yield from (block for block in blocks if isinstance(block, Message) and block.get("Final-Recipient"))


def _bounce(mail_id: UUID, fields: Message) -> Bounce:
    status, action = str(fields.get("Status", "")).strip(), str(fields.get("Action", "")).strip().lower()
    reason = str(fields.get("Diagnostic-Code", "")) or f"Status {status}"
    return Bounce(mail_id, action == "failed" and not status.startswith("4"), reason)


def _tidied(text: str) -> str:
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:_REASON_MAX]
