"""Links to a hold's page and its appeal, for whoever cannot sign in: only we can write them, and they end. Rule H-6.

Nothing of them is stored. Such a link opens that one page and begins no session.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.secrets import sealer

#: A link works for so long; an ended one still sends a new one to the mailbox that it was for.
LINK_LIFETIME = timedelta(days=90)

_PURPOSE = "appeal of a hold"
_ID_BYTES, _END_BYTES, _SIGNATURE_BYTES = 16, 8, 24  # 192 bits signed; rule I-3 asks for at least 128


@dataclass(frozen=True)
class HoldLink:
    """What a link says: which hold it is for, and until when it works."""

    hold_id: UUID
    ends_at: datetime


def hold_code(hold_id: UUID, at: datetime) -> str:
    """Return the secret of a link to a hold's page that works for LINK_LIFETIME from `at` on."""
    ends_s = int((at + LINK_LIFETIME).timestamp())
    said = hold_id.bytes + ends_s.to_bytes(_END_BYTES)
    return base64.urlsafe_b64encode(said + _signature(said)).decode()


def read_code(code: str) -> HoldLink | None:
    """Return what a link says, ended or not; None for what we did not write."""
    try:
        found = base64.b64decode(code, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    said, signature = found[:-_SIGNATURE_BYTES], found[-_SIGNATURE_BYTES:]
    if len(said) != _ID_BYTES + _END_BYTES or not hmac.compare_digest(signature, _signature(said)):
        return None
    ends_s = int.from_bytes(said[_ID_BYTES:])
    return HoldLink(UUID(bytes=said[:_ID_BYTES]), datetime.fromtimestamp(ends_s, UTC))


def _signature(said: bytes) -> bytes:
    return sealer().signature(_PURPOSE, said)[:_SIGNATURE_BYTES]
