"""What else happens with an invitation's link: opened, declined, registered through. Rules I-3..I-6, E-7."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from accounts.models import Role, User
from accounts.services import create_user
from badges.services import note_joined_through
from core.audit import record
from core.database import changed, session, transaction
from core.errors import Conflict
from core.outbox import call_off
from freelancers.queries import freelancer_by_email, freelancer_of_user
from freelancers.services import link_user
from freelancers.services import register_newcomer as store_newcomer
from partners import mails
from partners.accepting import NotAFreelancer
from partners.invitation_queries import invitation_of_token, is_answerable
from partners.invitations.stops import opt_out
from partners.models import Invitation
from partners.opened_link import may_answer
from partners.queries import addresses_of
from partners.rules import ANSWERABLE, LinkGone, Stop


@transaction()
def mark_opened(token: str, at: datetime) -> None:
    """Keep when the link was first opened, and change nothing else: mail scanners open links too. Rule I-3."""
    invitation = invitation_of_token(token)
    if invitation is None or invitation.opened_at:
        return
    first = (Invitation.id == invitation.id, Invitation.opened_at.is_(None), is_answerable(at))
    changed(sa.update(Invitation).where(*first).values(opened_at=at).execution_options(synchronize_session=False))


@transaction()
def decline(token: str, user_id: UUID | None, at: datetime, stop: Stop = Stop.NONE) -> None:
    """Decline the invitation, and perhaps all further ones of this partner or of all. Rule I-6.

    Whoever holds the link may, signed in or not. Declined already is fine. Raises LinkGone.
    """
    invitation = _known(token)
    freelancer = freelancer_of_user(user_id) if user_id else None
    answered_by = freelancer.id if freelancer and may_answer(invitation, addresses_of(freelancer), user_id) else None
    if _claim(invitation, at, declined_at=at, freelancer_id=answered_by):
        _record("invitation.declined", invitation, user_id, at, stop=str(stop))
    elif not invitation.declined_at:
        raise LinkGone()
    _opt_out(invitation, stop, at)


@transaction()
def stop_invitations(token: str, stop: Stop, at: datetime) -> None:
    """Opt the invited address out, however the link stands; a link that is unknown does nothing. Rule I-6."""
    invitation = invitation_of_token(token)
    if invitation is not None:
        _opt_out(invitation, stop, at)


@transaction()
def ask_to_confirm(token: str, user_id: UUID, at: datetime) -> None:
    """Ask the partner to confirm that this account is the invited person. Asking again changes nothing. Rule I-4.

    Raises LinkGone, NotAFreelancer, and Conflict when the partner has confirmed another account.
    """
    invitation = _known(token)
    freelancer = freelancer_of_user(user_id)
    if freelancer is None:
        raise NotAFreelancer()
    if invitation.state(at) not in ANSWERABLE:
        raise LinkGone()
    if may_answer(invitation, addresses_of(freelancer), user_id) or invitation.asked_by == user_id:
        return
    unconfirmed = (Invitation.id == invitation.id, Invitation.confirmed_at.is_(None), is_answerable(at))
    by_others = Invitation.asked_by.is_distinct_from(user_id)
    ask = sa.update(Invitation).where(*unconfirmed, by_others).values(asked_by=user_id, asked_at=at)
    done = changed(ask.execution_options(synchronize_session=False))
    session.refresh(invitation)
    if not done and invitation.asked_by == user_id:
        return
    if not done:
        raise Conflict("The partner has confirmed another account for this one.", "Ask them to invite you too.")
    _record("invitation.confirmation_asked", invitation, user_id, at)
    mails.tell_asked(invitation, session.get_one(User, user_id), at)


@transaction()
def register_newcomer(token: str, name: str, password: str, at: datetime) -> User:
    """Create the account of the invited person, for the invited address, which they have shown to read. Rules I-4, E-7.

    Whom the marketplace knows by that address gets an account for their profile; anybody else is a newcomer, and has
    joined through this partner. Accepting is left to them. Raises LinkGone, EmailTaken and BadPassword.
    """
    invitation = _known(token)
    if invitation.state(at) not in ANSWERABLE:
        raise LinkGone()
    user = create_user(invitation.email, name, Role.FREELANCER, password, by=None, at=at)
    known = freelancer_by_email(invitation.email)
    if known is not None and known.user_id is None:
        link_user(known.id, user.id, at=at)
    elif known is None:
        newcomer = store_newcomer(name, invitation.email, user.id, at=at)
        note_joined_through(newcomer.id, invitation.programme.partner_id, at)
    else:
        raise Conflict(
            "The profile with this address has an account already, under another address.",
            "Sign in with that account and open the link again.",
        )
    return user


def _known(token: str) -> Invitation:
    invitation = invitation_of_token(token)
    if invitation is None:
        raise LinkGone()
    return invitation


def _claim(invitation: Invitation, at: datetime, **answer: object) -> bool:
    """Write the answer if the link is still open, and say whether it was: of many at once, one is told so."""
    # The hash is part of the condition: a link that was replaced meanwhile answers nothing.
    still_open = (Invitation.id == invitation.id, Invitation.token_hash == invitation.token_hash, is_answerable(at))
    claim = sa.update(Invitation).where(*still_open).values(**answer)
    done = changed(claim.execution_options(synchronize_session=False))
    if done:
        call_off(invitation.id)  # no reminder after an answer: rule I-6
    session.refresh(invitation)
    return done == 1


def _opt_out(invitation: Invitation, stop: Stop, at: datetime) -> None:
    if stop is Stop.NONE:
        return
    opt_out(invitation.email, invitation.programme.partner_id if stop is Stop.PARTNER else None, at)


def _record(action: str, invitation: Invitation, by: UUID | None, at: datetime, **after: str) -> None:
    partner_id = invitation.programme.partner_id
    record(action, "invitation", invitation.id, by=by, at=at, partner_id=partner_id, after=after)
