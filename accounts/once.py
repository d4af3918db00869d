"""A request with an Idempotency-Key does its work once, and each repeat is answered with the very same bytes. X-1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from accounts.errors import KeyUsedOtherwise
from accounts.models import ApiAnswer
from accounts.rules import ANSWERS_KEPT
from core.database import changed, session, transaction


@dataclass(frozen=True)
class Answered:
    """An answer, and whether it is the repeat of an earlier one."""

    answer: bytes
    is_repeat: bool


@transaction()
def once(token_id: UUID, key: str, body_digest: bytes, work: Callable[[], bytes], *, at: datetime) -> Answered:
    """Do `work` unless the token sent this key before, and return its answer: the new one, or the one of then.

    Key, work and answer are one transaction. Of two at once the second waits for the first on the key's row; when the
    first fails, or is killed, nothing is kept and the second does the work. Raises KeyUsedOtherwise.
    """
    mine = (ApiAnswer.token_id == token_id, ApiAnswer.key == key)
    session.execute(sa.delete(ApiAnswer).where(*mine, ApiAnswer.created_at <= at - ANSWERS_KEPT))
    values = {"token_id": token_id, "key": key, "body_digest": body_digest, "answer": b"", "created_at": at}
    claimed = session.scalar(insert(ApiAnswer).values(values).on_conflict_do_nothing().returning(ApiAnswer.key))
    if claimed is not None:
        answer = work()
        changed(sa.update(ApiAnswer).where(*mine).values(answer=answer))
        return Answered(answer, is_repeat=False)
    known = session.execute(sa.select(ApiAnswer.body_digest, ApiAnswer.answer).where(*mine)).one()
    if known.body_digest != body_digest:
        raise KeyUsedOtherwise(
            "It came with another body before, and a key stands for one request for 24 hours.",
            "Send the same body with it, or a new key with the new body.",
        )
    return Answered(known.answer, is_repeat=True)


@transaction()
def forget_answers(at: datetime) -> int:
    """Delete the answers that are no longer kept; return how many."""
    return changed(sa.delete(ApiAnswer).where(ApiAnswer.created_at <= at - ANSWERS_KEPT))
