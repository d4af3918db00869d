"""Codes that name an invitation, which only we can write: nothing of them is stored. Rules I-3, I-6.

A stop code says "no more"; it opens nothing, and outlives the link. A reminder's code opens the invitation as the link
of its first mail does, whose secret is known to nobody by then; both are dead once it is sent again.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from uuid import UUID

from core.secrets import sealer

_STOP, _REMIND, _CAMPAIGN = "stop invitations", "reminded invitation", "campaign"
_ID_BYTES, _SIGNATURE_BYTES = 16, 24  # 192 bits; rule I-3 asks for at least 128


def stop_code(invitation_id: UUID) -> str:
    """Return the code with which the address of an invitation wants no more of them."""
    return _written(_STOP, invitation_id, b"")


def invitation_to_stop(code: str) -> UUID | None:
    """Return the invitation that a stop code names, or None for what we did not write."""
    return _read(_STOP, code, b"")


def reminder_code(invitation_id: UUID, hashed: bytes) -> str:
    """Return the code that opens an invitation for as long as its link's hash is this one."""
    return _written(_REMIND, invitation_id, hashed)


def is_reminder_code(code: str, hashed: bytes) -> bool:
    """Say whether we wrote the code for an invitation whose link has this hash."""
    return _read(_REMIND, code, hashed) is not None


def named_in(code: str) -> UUID | None:
    """Return the invitation that a code says it is for, whoever wrote it; None for what is no code."""
    try:
        found = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    return UUID(bytes=found[:_ID_BYTES]) if len(found) == _ID_BYTES + _SIGNATURE_BYTES else None


def _written(purpose: str, invitation_id: UUID, bound_to: bytes) -> str:
    signature = sealer().signature(purpose, invitation_id.bytes + bound_to)[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(invitation_id.bytes + signature).decode().rstrip("=")


def _read(purpose: str, code: str, bound_to: bytes) -> UUID | None:
    invitation_id = named_in(code)
    if invitation_id is None or not hmac.compare_digest(code, _written(purpose, invitation_id, bound_to)):
        return None
    return invitation_id


def campaign_code(campaign_id: UUID) -> str:
    """Return the secret of a campaign's link: 192 bits that only we can work out. Its hash is stored. Rule I-3."""
    return _written(_CAMPAIGN, campaign_id, b"")
