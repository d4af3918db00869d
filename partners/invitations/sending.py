"""Sending a list that was looked at: every invitation and mail in one transaction, in whole sets. Rules I-5, X-1.

The mails are due one after the other, at the list's pace; `partners.invitations.pacing` holds them, and lets them go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from accounts.models import User
from core.audit import record
from core.bulk import copy_rows
from core.database import changed, new_id, session, transaction
from core.outbox import MailBatch
from core.secrets import new_token, sealer, token_hash
from partners import mails
from partners.invitation_queries import has_withdrawn, invitation_state
from partners.invitations.codes import stop_code
from partners.invitations.effects import judged
from partners.invitations.lists import ListGone
from partners.invitations.models import InvitationList, InvitationRow
from partners.models import Invitation, Programme
from partners.rules import LINK_LIFETIME, RENEWABLE, Outcome

_CREATE_CHOSEN = sa.text(
    "CREATE TEMP TABLE chosen (n int, email text, name text, renews uuid, due_at timestamptz) ON COMMIT DROP"
)
_CREATE_MADE = sa.text(
    "CREATE TEMP TABLE made (n int, invitation_id uuid, mail_id uuid, event_id uuid, token_hash bytea, sealed text) "
    "ON COMMIT DROP"
)
_MADE = ("n", "invitation_id", "mail_id", "event_id", "token_hash", "sealed")

_INSERT = sa.text("""
INSERT INTO invitations (id, programme_id, email, name, token_hash, invited_by, created_at, sent_at, expires_at,
    list_id)
SELECT m.invitation_id, :programme, c.email, c.name, m.token_hash, :by, :at, c.due_at, c.due_at + :lifetime, :list
FROM chosen c JOIN made m USING (n) WHERE c.renews IS NULL
ON CONFLICT (programme_id, email) DO NOTHING
""")
_MAIL = sa.text("""
INSERT INTO outbox_mails (id, key, template, to_address, context, sealed_secrets, created_at, due_at, attempts,
    batch_id, about_id)
SELECT m.mail_id, 'invitation.sent:' || i.id || ':' || :moment, 'invitation', i.email,
    jsonb_build_object('name', i.name, 'valid_until', to_char(i.expires_at AT TIME ZONE 'UTC', 'FMDD FMMonth YYYY')),
    m.sealed, :at, c.due_at, 0, :batch, i.id
FROM made m JOIN chosen c USING (n) JOIN invitations i ON i.token_hash = m.token_hash
""")
_RECORD = sa.text("""
INSERT INTO audit_events (id, at, actor_id, action, subject_type, subject_id, partner_id, before, after)
SELECT m.event_id, :at, :by, 'invitation.sent', 'invitation', i.id, :partner, '{}',
    jsonb_build_object('expires_at', i.expires_at, 'list', CAST(:list AS text))
FROM made m JOIN invitations i ON i.token_hash = m.token_hash
""")


@transaction()
def send(list_id: UUID, *, by: UUID | None, at: datetime) -> InvitationList:
    """Invite everybody of a list whom its preview shows as to be written to, and who still is. Rules I-1..I-6.

    The same list again, or the same addresses in another one at this moment, send nothing twice. Raises ListGone.
    """
    mine = sa.update(InvitationList).where(InvitationList.id == list_id, InvitationList.sent_at.is_(None))
    if not changed(mine.values(sent_at=at, content=None).execution_options(synchronize_session=False)):
        raise ListGone()
    found = session.get_one(InvitationList, list_id, populate_existing=True)
    lock_invitations_of(found.programme)
    session.execute(_CREATE_CHOSEN)
    session.execute(_CREATE_MADE)
    _choose(found, at)
    everybody = session.execute(sa.text("SELECT n, renews FROM chosen ORDER BY n")).all()
    copy_rows("made", _MADE, _secrets(everybody))
    session.execute(sa.text("ANALYZE chosen, made"))
    batch = MailBatch(id=new_id(), words=shared_words(found), created_at=at)
    session.add(batch)
    session.flush()
    found.batch_id, found.mails = batch.id, _write(found, batch.id, by, at)
    session.execute(sa.text("DROP TABLE chosen, made"))
    after = {"file": found.file_name, "mails": found.mails, "per_hour": found.per_hour}
    partner_id = found.programme.partner_id
    record("invitations.list_sent", "invitation_list", found.id, by=by, at=at, partner_id=partner_id, after=after)
    return found


def lock_invitations_of(programme: Programme) -> None:
    """Let nobody else invite to the programme until this transaction ends: two lists at once would meet half-way."""
    session.execute(sa.select(Programme.id).where(Programme.id == programme.id).with_for_update(key_share=True))


def shared_words(found: InvitationList) -> dict[str, Any]:
    """Return the words that all mails of a list share."""
    inviter = session.get(User, found.created_by) if found.created_by else None
    words = mails.invitation_words(found.programme, inviter, found.message)
    return words | {"subject": found.subject, "body": found.body}


def _choose(found: InvitationList, at: datetime) -> None:
    """Put into `chosen` who is to be written to, numbered in the list's order, each with the moment it is due."""
    rows = sa.select(InvitationRow).where(
        InvitationRow.list_id == found.id,
        InvitationRow.outcome.in_([outcome.value for outcome in Outcome if outcome.sends]),
    )
    known = judged(source := rows.subquery("rows"), found.programme, at)
    number = sa.func.row_number().over(order_by=source.c.place)
    pause = timedelta(hours=1) / found.per_hour if found.per_hour else timedelta(0)
    sends = known.outcome.in_([outcome.value for outcome in Outcome if outcome.sends])
    chosen = (
        sa.select(number, source.c.email, source.c.name, known.invitation_id, sa.literal(at) + (number - 1) * pause)
        .select_from(known.rows)
        .where(sends)
    )
    table = sa.table("chosen", *map(sa.column, ("n", "email", "name", "renews", "due_at")))
    session.execute(sa.insert(table).from_select(["n", "email", "name", "renews", "due_at"], chosen))


def _secrets(rows: Iterable[Any]) -> Iterator[str]:
    """Yield a new link, sealed for its mail, for everybody chosen; only its hash goes into the invitation. Rule I-3."""
    seal = sealer().seal
    for n, renews in rows:
        token, invitation_id = new_token(), renews or new_id()
        secret = json.dumps({"path": f"/invitations/{token}", "stop": f"/stop/{stop_code(invitation_id)}"})
        yield (f"{n}\t{invitation_id}\t{new_id()}\t{new_id()}\t\\\\x{token_hash(token).hex()}\t{seal(secret)}\n")


def _write(found: InvitationList, batch_id: UUID, by: UUID | None, at: datetime) -> int:
    """Write invitations, mails and events; return how many mails go out."""
    partner_id = found.programme.partner_id
    words: dict[str, Any] = {
        "programme": found.programme_id,
        "list": found.id,
        "batch": batch_id,
        "partner": partner_id,
        "by": by,
    }
    words |= {"at": at, "moment": at.isoformat(), "lifetime": LINK_LIFETIME}
    session.execute(_INSERT, words)
    _renew(found, by, at)
    written = cast("sa.CursorResult[Any]", session.execute(_MAIL, words))
    session.execute(_RECORD, words)
    return written.rowcount


def _renew(found: InvitationList, by: UUID | None, at: datetime) -> None:
    """Send lapsed invitations, and those whose application was withdrawn, under new links."""
    chosen = sa.table("chosen", *map(sa.column, ("n", "renews", "name", "due_at")))
    made = sa.table("made", sa.column("n"), sa.column("token_hash"))
    lapsed = invitation_state(at).in_([state.value for state in RENEWABLE])
    again = sa.and_(Invitation.accepted_at.is_not(None), has_withdrawn())
    session.execute(
        sa.update(Invitation)
        .where(Invitation.id == chosen.c.renews, made.c.n == chosen.c.n, sa.or_(lapsed, again))
        .values(
            fresh(made.c.token_hash, chosen.c.due_at)
            | {"name": chosen.c.name, "message": None, "invited_by": by, "list_id": found.id, "campaign_id": None}
        )
        .execution_options(synchronize_session=False)
    )


def fresh(hashed: Any, sent_at: Any) -> dict[str, Any]:
    """Return the values of an invitation just sent: its earlier link, answer and state are gone."""
    gone = ("opened_at", "accepted_at", "declined_at", "withdrawn_at", "asked_by", "asked_at", "confirmed_at")
    return {
        "token_hash": hashed,
        "sent_at": sent_at,
        "expires_at": sent_at + LINK_LIFETIME,
        "reminders": 0,
        **dict.fromkeys((*gone, "reminded_at", "bounced_at", "bounce_reason")),
    }
