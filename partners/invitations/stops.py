"""Who is not to be invited: who said so themselves, and whom a partner or the marketplace put on the list. Rule I-6."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core.audit import record, record_many
from core.bulk import insert_rows
from core.database import changed, new_id, session, transaction
from core.errors import NotFound
from core.keyset import after
from core.outbox import OutboxMail
from core.paging import PAGE_SIZE, Page, page_of
from partners.addresses import checked_email
from partners.invitations.codes import invitation_to_stop
from partners.models import Invitation, OptOut, Programme
from partners.rules import Stop

NOTE_MAX = 300


@transaction()
def stop_by_code(code: str, stop: Stop, at: datetime) -> None:
    """Opt out the address that a mail's stop code names; any other code does nothing. Rule I-6, RFC 8058."""
    named = invitation_to_stop(code)
    invitation = session.get(Invitation, named) if named else None
    if invitation is not None:
        opt_out(invitation.email, None if stop is Stop.ALL else invitation.programme.partner_id, at)


@transaction()
def opt_out(email: str, partner_id: UUID | None, at: datetime) -> None:
    """Keep that an address wants no more invitations, from one partner or from all (None); what waits is dropped."""
    # A later "no" outweighs an interest shown after an earlier one.
    theirs = {"at": at, "added_by": None, "note": None}
    statement = insert(OptOut).values(id=new_id(), email=email, partner_id=partner_id, **theirs)
    session.execute(statement.on_conflict_do_update(index_elements=["email", "partner_id"], set_=theirs))
    _call_off([email], partner_id)


@transaction()
def add(emails: Sequence[str], partner_id: UUID | None, note: str | None, *, by: UUID, at: datetime) -> int:
    """Put addresses on the list of a partner, or of all (None); return how many are new there.

    Who said so themselves stays there by their own word. Raises InvalidInput for what is no address.
    """
    theirs = {"partner_id": partner_id, "at": at, "added_by": by, "note": note}
    rows = [{"id": new_id(), "email": email, **theirs} for email in sorted({checked_email(each) for each in emails})]
    if not rows:
        return 0
    new = insert_rows(OptOut, rows).on_conflict_do_nothing().returning(OptOut.id, OptOut.email)
    added = session.execute(new).all()
    what = {"action": "invitations.stopped", "subject_type": "opt_out", "partner_id": partner_id}
    record_many([{**what, "subject_id": row.id} for row in added], by=by, at=at)
    _call_off([row.email for row in added], partner_id)
    return len(added)


@transaction()
def take_off(opt_out_id: UUID, partner_id: UUID | None, *, by: UUID, at: datetime) -> None:
    """Take an address off the list on which somebody of the same side put it. Raises NotFound for all others."""
    theirs = (OptOut.id == opt_out_id, OptOut.partner_id.is_not_distinct_from(partner_id))
    if not changed(sa.delete(OptOut).where(*theirs, OptOut.added_by.is_not(None))):
        raise NotFound()
    record("invitations.allowed_again", "opt_out", opt_out_id, by=by, at=at, partner_id=partner_id)


def stopped(partner_id: UUID | None, cursor: str | None) -> Page[OptOut]:
    """Return the list of a partner, or of all (None), by address."""
    chosen = sa.select(OptOut).where(OptOut.partner_id.is_not_distinct_from(partner_id))
    if cursor:
        chosen = chosen.where(after(cursor, OptOut.email, OptOut.id))
    rows = session.scalars(chosen.order_by(OptOut.email, OptOut.id).limit(PAGE_SIZE + 1)).all()
    return page_of(rows, lambda row: (row.email, row.id))


def _call_off(emails: Sequence[str], partner_id: UUID | None) -> None:
    """Drop what waits to be sent to these addresses about invitations."""
    theirs = sa.select(Invitation.id).where(Invitation.email.in_(emails))
    if partner_id is not None:
        theirs = theirs.join(Programme).where(Programme.partner_id == partner_id)
    waits = (OutboxMail.about_id.in_(theirs), OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None))
    changed(sa.delete(OutboxMail).where(*waits).execution_options(synchronize_session=False))
