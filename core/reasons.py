"""Reasons and answers: what people write so that whoever it concerns reads it. Rules E-12, H-6. Pure."""

from __future__ import annotations

from core.errors import InvalidInput

REASON_MAX = 4_000  # characters


def checked_reason(text: str, why: str) -> str:
    """Return a reason, or an answer to one, without the spaces around it.

    Raises InvalidInput when it is too long, and when it is empty: then `why` says as a sentence what words are for.
    """
    text = text.replace("\x00", "").strip()
    if not text:
        raise InvalidInput(why, "Write a sentence or two.")
    if len(text) > REASON_MAX:
        raise InvalidInput(f"That is {len(text):,} characters long, and {REASON_MAX:,} fit.", "Shorten it.")
    return text
