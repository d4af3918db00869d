"""All badges signed with the keys of now, in sets, after a change of the keys. Rules B-1, X-1, X-2.

A badge is signed whenever somebody asks for it, so none waits for this. Its use is that every badge is signed and
checked once before somebody meets one that cannot be, and that whoever may keep a copy by a withdrawn key is told. Each
set is one transaction and notes the keys, so that a run that was killed goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from badges import mails
from badges.checking.keys import NoKey
from badges.checking.reading import read
from badges.checking.securing import NotSigned, check_signed
from badges.credentials import keyring
from badges.credentials.documents import Site, did_document
from badges.credentials.issuing import Issued, badge_json, badge_token, issued_many
from badges.credentials.keyring import Signers
from badges.credentials.linked_data import NotSignable
from badges.credentials.models import BadgePlace, SigningKey
from badges.credentials.signing import PatternIsWrong
from badges.models import Award
from core import wording
from core.audit import record_many
from core.bulk import uuids
from core.database import session, transaction
from core.errors import Conflict, DomainError
from core.outbox import enqueue_many
from core.secrets import Sealer

BATCH = 500
_LOCK = 0x4C41_5552_454C_0006  # "LAUREL", 6: one set at a time
_NO_SYNC = {"synchronize_session": False}


class NotRenewed(DomainError):
    """A badge cannot be signed, or what was signed does not hold."""

    status = 500
    title = "A badge cannot be signed"


@dataclass(frozen=True)
class Part:
    """What one set came to: how many badges were signed, how many holders told, and which badge was the last."""

    signed: int
    told: int
    last: UUID | None


def counted(sealer: Sealer, at: datetime) -> tuple[int, int]:
    """Return how many badges are shown, and how many of them are signed with the keys of now already."""
    keys = keyring.signers(sealer, at)
    shown = sa.select(sa.func.count()).select_from(Award).outerjoin(BadgePlace).where(Award.hidden_at.is_(None))
    every, waiting = (session.scalar(each) or 0 for each in (shown, shown.where(_waits(keys))))
    return every, every - waiting


def _waits(keys: Signers) -> sa.ColumnElement[bool]:
    proof, token = BadgePlace.proof_key, BadgePlace.token_key
    return sa.or_(proof.is_distinct_from(keys.ed25519_number), token.is_distinct_from(keys.rsa_number))


@transaction()
def renew_some(site: Site, sealer: Sealer, at: datetime, after: UUID | None = None) -> Part:
    """Sign the next badges that are not signed with the keys of now, and tell whom it concerns; none is left: 0.

    Raises Conflict while a key is about to take over or to go, and NotRenewed.
    """
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    _refuse_while_changing(at)
    keys = keyring.signers(sealer, at)
    waiting = sa.select(Award.id).outerjoin(BadgePlace).where(Award.hidden_at.is_(None), _waits(keys))
    if after is not None:
        waiting = waiting.where(Award.id > after)
    ids = session.scalars(waiting.order_by(Award.id).limit(BATCH)).all()
    _sign(issued_many(ids, at), site, keys, at)
    _note(ids, keys, at)
    return Part(len(ids), _tell(ids, at), ids[-1] if ids else None)


def _refuse_while_changing(at: datetime) -> None:
    moments = [moment for key in keyring.all_keys() for moment in (key.signs_from, key.dropped_at) if moment]
    over = max((moment for moment in moments if moment > at), default=None)
    if over is not None:
        raise Conflict(
            f"The keys are just changing, until {over:%H:%M:%S} UTC.", "Run it again then: flask keys renew."
        )


def _sign(found: Sequence[Issued], site: Site, keys: Signers, at: datetime) -> None:
    """Sign both forms of each badge, and check each token, and the first proof, as anybody else would."""
    published = keyring.published(at)

    def documents(did: str) -> dict[str, Any]:
        return did_document(did, published)

    for number, each in enumerate(found):
        try:
            proved, token = badge_json(each, site, keys), badge_token(each, site, keys)
            _check(token, documents)
            if number == 0:  # by PyLD, which takes its time; every pattern was held against it
                _check(proved, documents)
        except (NotSignable, PatternIsWrong, NotSigned, NoKey) as error:
            raise NotRenewed(f"It is the badge {each.held.award_id}: {error}") from error


def _check(text: str, documents: Callable[[str], dict[str, Any]]) -> None:
    check_signed(read(text.encode()), documents)


def _note(ids: Sequence[UUID], keys: Signers, at: datetime) -> None:
    numbers = {"proof_key": keys.ed25519_number, "token_key": keys.rsa_number}
    of_these = BadgePlace.award_id == sa.any_(uuids(ids))
    session.execute(sa.update(BadgePlace).where(of_these).values(numbers), execution_options=_NO_SYNC)
    about: dict[str, Any] = {
        "action": "award.signed_anew",
        "subject_type": "award",
        "partner_id": None,
        "before": {},
        "reason": None,
    }
    record_many([about | {"subject_id": each, "after": numbers} for each in ids], by=None, at=at)


def _tell(ids: Sequence[UUID], at: datetime) -> int:
    """Tell the holders who may keep a copy by a withdrawn key, once for the last such key; return how many they are."""
    gone = _withdrawn(keyring.all_keys())
    open_awards = sa.select(Award).where(Award.id == sa.any_(uuids(ids)), Award.closed_at.is_(None))
    found = []
    for award in session.scalars(open_awards):
        last = max((number for number, stopped_at in gone.items() if award.awarded_at < stopped_at), default=None)
        if last is not None and (award.expires_at is None or award.expires_at > at):
            found.append(mails.signed_anew_mail(award, last, wording.day(gone[last])))
    told = [mail for mail in found if mail is not None]
    enqueue_many(told, at=at)
    return len(told)


def _withdrawn(keys: Sequence[SigningKey]) -> dict[int, datetime]:
    """Return which keys were withdrawn, and when each stopped to sign."""
    ended = {}
    for key in keys:
        if key.dropped_at is not None:
            later = [other.signs_from for other in keys if other.kind == key.kind and other.signs_from > key.signs_from]
            ended[key.number] = min([*later, key.dropped_at])
    return ended
