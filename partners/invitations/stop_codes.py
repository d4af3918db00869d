"""The code with which an address says "no more": it names an invitation, and only we can write it. Rule I-6.

It is another secret than the link's: it opens nothing, outlives the link, and is stored nowhere.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from uuid import UUID

from core.secrets import sealer

_PURPOSE = "stop invitations"
_SIGNATURE_BYTES = 16


def stop_code(invitation_id: UUID) -> str:
    """Return the code of an invitation, 43 letters that can stand in an address."""
    signature = sealer().signature(_PURPOSE, invitation_id.bytes)[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(invitation_id.bytes + signature).decode().rstrip("=")


def invitation_of_code(code: str) -> UUID | None:
    """Return the invitation that a code names, or None for what we did not write."""
    try:
        found = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    named, signature = found[:16], found[16:]
    if len(named) != 16 or not hmac.compare_digest(signature, sealer().signature(_PURPOSE, named)[:_SIGNATURE_BYTES]):
        return None
    return UUID(bytes=named)
