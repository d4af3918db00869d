"""Inviting people named one by one; sending again, withdrawing, and confirming who may answer. Rules I-1..I-6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.outbox import call_off
from core.secrets import new_token, token_hash
from partners import mails
from partners.addresses import Address
from partners.invitation_queries import has_withdrawn, invitation_state, is_answerable, known
from partners.invitations.lists import MESSAGE_MAX
from partners.invitations.sending import fresh, lock_invitations_of
from partners.models import Invitation, Programme
from partners.rules import RENEWABLE, RESEND_PAUSE, Known, Outcome, outcome


@dataclass(frozen=True)
class Invited:
    """One address and what inviting it did."""

    address: Address
    outcome: Outcome


@dataclass(frozen=True)
class InviteReport:
    """What became of every address, in the order given."""

    rows: tuple[Invited, ...]

    @property
    def sent(self) -> int:
        """How many mails go out."""
        return sum(row.outcome.sends for row in self.rows)


class AlreadyAnswered(Conflict):
    """The invitation was answered; it is neither sent again nor withdrawn. Rule I-6."""

    title = "They have answered already"


class WantsNone(Conflict):
    """The person wants no more invitations. Rule I-6."""

    title = "They want no more invitations"


class JustSent(Conflict):
    """The link went out a moment ago: a second click sends no second mail."""

    title = "It was sent a moment ago"


@transaction()
def invite(
    programme: Programme, addresses: Sequence[Address], message: str | None, *, by: UUID | None, at: datetime
) -> InviteReport:
    """Invite everybody who is new or whose invitation lapsed, by one mail each with their own link. Rules I-1..I-5.

    The same list again, or twice at the same moment, sends nothing twice. Raises InvalidInput for too long a message.
    """
    message = (message or "").strip() or None
    if message and len(message) > MESSAGE_MAX:
        raise InvalidInput(f"The message has {len(message):,} characters, at most {MESSAGE_MAX:,} fit.", "Shorten it.")
    lock_invitations_of(programme)
    facts = known(programme, {address.email for address in addresses}, at)
    first = {address.email: address for address in reversed(addresses)}
    outcomes = {email: _invite(programme, first[email], message, facts[email], by, at) for email in first}
    rows = []
    for address in addresses:
        rows.append(Invited(address, outcomes[address.email]))
        outcomes[address.email] = Outcome.DUPLICATE
    return InviteReport(tuple(rows))


def _invite(
    programme: Programme, address: Address, message: str | None, facts: Known, by: UUID | None, at: datetime
) -> Outcome:
    what = outcome(facts)
    if what.sends and not _send(programme, address, message, facts, by=by, at=at):
        return Outcome.ALREADY_INVITED  # somebody else was quicker
    return what


def _send(
    programme: Programme, address: Address, message: str | None, facts: Known, *, by: UUID | None, at: datetime
) -> bool:
    """Store a new invitation or renew a lapsed one, and mail its link; say whether it was ours to send."""
    token = new_token()
    words = {"name": address.name, "message": message, "invited_by": by}
    if facts.invitation is None:
        values = {"id": new_id(), "programme_id": programme.id, "email": address.email, "created_at": at}
        statement = insert(Invitation).values(values | words | fresh(token_hash(token), at)).on_conflict_do_nothing()
        invitation = session.scalar(statement.returning(Invitation))
    else:
        invitation = _renewed(programme.id, address.email, words | fresh(token_hash(token), at), at)
    if invitation is None:
        return False
    _record("invitation.sent", invitation, by, at)
    mails.tell_invited(invitation, token, at)
    return True


def _renewed(programme_id: UUID, email: str, values: dict[str, object], at: datetime) -> Invitation | None:
    """Send a lapsed invitation, or one whose application was withdrawn, under a new link; None when it is neither."""
    lapsed = invitation_state(at).in_([state.value for state in RENEWABLE])
    again = sa.and_(Invitation.accepted_at.is_not(None), has_withdrawn())
    statement = (
        sa.update(Invitation)
        .where(Invitation.programme_id == programme_id, Invitation.email == email, sa.or_(lapsed, again))
        .values(values)
        .returning(Invitation)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return session.scalar(statement)


@transaction()
def resend(invitation_id: UUID, *, by: UUID | None, at: datetime) -> Invitation:
    """Send an invitation again, under a new link that works from now on; the old link is dead. Rule I-3.

    Raises AlreadyAnswered, WantsNone (I-6), JustSent within a minute, and NotFound.
    """
    invitation = _existing(invitation_id)
    if known(invitation.programme, [invitation.email], at)[invitation.email].opted_out:
        raise WantsNone(f"{invitation.email} asked for no more invitations.", "They can still ask to be considered.")
    token = new_token()
    # Who was confirmed stays so; who merely asked asks again, with the new link.
    values = fresh(token_hash(token), at)
    for name in ("asked_by", "asked_at", "confirmed_at"):
        values[name] = sa.case((Invitation.confirmed_at.is_not(None), getattr(Invitation, name)), else_=sa.null())
    sendable = sa.and_(
        Invitation.accepted_at.is_(None), Invitation.declined_at.is_(None), Invitation.sent_at <= at - RESEND_PAUSE
    )
    _change(invitation, sendable, values)
    _record("invitation.sent_again", invitation, by, at)
    mails.tell_invited(invitation, token, at)
    return invitation


@transaction()
def withdraw(invitation_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Take an invitation back: its link is dead, and no mail says so. Raises AlreadyAnswered, and NotFound."""
    invitation = _existing(invitation_id)
    unanswered = (Invitation.accepted_at.is_(None), Invitation.declined_at.is_(None), Invitation.withdrawn_at.is_(None))
    take_back = sa.update(Invitation).where(Invitation.id == invitation_id, *unanswered).values(withdrawn_at=at)
    done = changed(take_back.execution_options(synchronize_session=False))
    session.refresh(invitation)
    if done:
        call_off(invitation_id)
        _record("invitation.withdrawn", invitation, by, at)
    elif not invitation.withdrawn_at:
        raise _answered(invitation)


@transaction()
def confirm_person(invitation_id: UUID, *, by: UUID | None, at: datetime, user_id: UUID | None = None) -> None:
    """Confirm that the account which asks to answer is the invited person; it may answer from now on. Rule I-4.

    `user_id` is the account that whoever confirms has seen: another one that asked since is not confirmed. Raises
    Conflict when nobody asks any more, and NotFound.
    """
    invitation = _existing(invitation_id)
    asks = Invitation.asked_by == user_id if user_id else Invitation.asked_by.is_not(None)
    waiting = (Invitation.id == invitation_id, asks, Invitation.confirmed_at.is_(None), is_answerable(at))
    confirm = sa.update(Invitation).where(*waiting).values(confirmed_at=at)
    if not changed(confirm.execution_options(synchronize_session=False)):
        raise Conflict("Nobody waits for this confirmation any more.", "Look at the list again.")
    session.refresh(invitation)
    _record("invitation.person_confirmed", invitation, by, at, {"user_id": str(invitation.asked_by)})
    mails.tell_confirmed(invitation, session.get_one(User, invitation.asked_by), at)


def _change(invitation: Invitation, condition: sa.ColumnElement[bool], values: dict[str, object]) -> None:
    """Change the invitation if `condition` holds in the database; else raise why it does not."""
    update = sa.update(Invitation).where(Invitation.id == invitation.id, condition).values(values)
    done = changed(update.execution_options(synchronize_session=False))
    session.refresh(invitation)
    if done:
        return
    if invitation.accepted_at or invitation.declined_at:
        raise _answered(invitation)
    raise JustSent(f"{invitation.email} was written to less than a minute ago.", "Wait a little before you send again.")


def _answered(invitation: Invitation) -> AlreadyAnswered:
    answer = "accepted" if invitation.accepted_at else "declined"
    return AlreadyAnswered(f"{invitation.email} has {answer} the invitation.", "Nothing was sent or changed.")


def _existing(invitation_id: UUID) -> Invitation:
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound()
    return invitation


def _record(
    action: str, invitation: Invitation, by: UUID | None, at: datetime, after: dict[str, str] | None = None
) -> None:
    """Add to the audit log, without the address: people can ask to be forgotten, and the log forgets nothing. X-3."""
    after = {"expires_at": invitation.expires_at.isoformat()} | (after or {})
    record(action, "invitation", invitation.id, by=by, at=at, partner_id=invitation.programme.partner_id, after=after)
