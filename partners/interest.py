"""Freelancers without an invitation say that they would like one. Rule I-2."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from accounts.rules import normal_address
from core.audit import record
from core.database import new_id, session, transaction
from core.errors import Conflict, InvalidInput
from freelancers.queries import address_of
from partners.addresses import Address
from partners.application_queries import application_to
from partners.inviting import InviteReport, invite
from partners.models import Interest, Partner

NOTE_MAX = 1_000


@transaction()
def show_interest(freelancer_id: UUID, partner_id: UUID, note: str | None, at: datetime) -> Interest:
    """Keep that a freelancer asks the partner to be considered. Asking again brings the request up to date. Rule I-2.

    Raises InvalidInput for too long a note, and Conflict for who has an application there already.
    """
    note = (note or "").strip() or None
    if note and len(note) > NOTE_MAX:
        raise InvalidInput(f"The note has {len(note):,} characters, at most {NOTE_MAX:,} fit.", "Shorten it.")
    partner = session.get_one(Partner, partner_id)
    application = application_to(partner.programme.id, freelancer_id)
    if application is not None and application.withdrawn_at is None:
        raise Conflict(f"You have an application to {partner.name} already.", "It is under “Applications”.")
    values = {"id": new_id(), "partner_id": partner_id, "freelancer_id": freelancer_id, "note": note, "asked_at": at}
    statement = insert(Interest).values(values)
    interest = session.scalars(
        statement.on_conflict_do_update(
            index_elements=["partner_id", "freelancer_id"], set_={"note": note, "asked_at": at}
        )
        .returning(Interest)
        .execution_options(populate_existing=True)
    ).one()
    record("interest.shown", "interest", interest.id, by=None, at=at, partner_id=partner_id)
    return interest


@transaction()
def answer_with_invitation(interest: Interest, message: str | None, *, by: UUID | None, at: datetime) -> InviteReport:
    """Invite whoever asked to be considered, at the address they sign in with. Rule I-2. Raises Conflict."""
    email = address_of(interest.freelancer)
    if email is None:
        raise Conflict(
            f"No address of {interest.freelancer.name} is known here.", "Invite them by the address you know."
        )
    programme = session.get_one(Partner, interest.partner_id).programme
    return invite(programme, [Address(normal_address(email), interest.freelancer.name)], message, by=by, at=at)
