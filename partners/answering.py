"""What happens with an invitation's link: opened, accepted, declined, registered through. Rules I-3..I-6, E-7."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from accounts.models import Role, User
from accounts.services import create_user
from badges.services import note_joined_through
from core.audit import record
from core.database import changed, new_id, now_holds, session, transaction
from core.errors import Conflict, NotAllowed
from core.outbox import call_off
from freelancers.models import Freelancer
from freelancers.queries import freelancer_by_email, freelancer_of_user
from freelancers.services import link_user
from freelancers.services import register_newcomer as store_newcomer
from partners import mails
from partners.application_queries import application_to
from partners.invitation_queries import invitation_of_token, is_answerable
from partners.invitations.campaigns import take_place
from partners.invitations.stops import opt_out
from partners.models import Application, Invitation
from partners.opened_link import accepted_by, may_answer
from partners.rules import ANSWERABLE, LinkGone, Stop


class NotAddressed(NotAllowed):
    """The invitation was sent to another address than this account's. Rule I-4."""

    title = "This invitation was sent to another address"

    def __init__(self) -> None:
        super().__init__(
            "An invitation belongs to the address it was sent to, and you are signed in with another one.",
            "Sign in with that address, or ask the partner to confirm that you are the same person.",
        )


class NotAFreelancer(NotAllowed):
    """Only freelancers answer invitations."""

    title = "Only freelancers can answer this"

    def __init__(self) -> None:
        super().__init__(
            "You are signed in with an account that has no profile on the marketplace.",
            "Sign out, and sign in with your freelancer's account.",
        )


@transaction()
def mark_opened(token: str, at: datetime) -> None:
    """Keep when the link was first opened, and change nothing else: mail scanners open links too. Rule I-3."""
    invitation = invitation_of_token(token)
    if invitation is None or invitation.opened_at:
        return
    first = (Invitation.id == invitation.id, Invitation.opened_at.is_(None), is_answerable(at))
    changed(sa.update(Invitation).where(*first).values(opened_at=at).execution_options(synchronize_session=False))


@transaction()
def accept(token: str, user_id: UUID, at: datetime) -> Application:
    """Accept the invitation as the signed-in person and open their application. Rules I-3, I-4.

    However often and however many at once: there is one application and one mail, and whoever comes later gets the same
    application. Raises LinkGone, NotAddressed for another account, and NotAFreelancer.
    """
    invitation, freelancer = _known(token), freelancer_who_answers(user_id)
    if accepted_by(invitation, freelancer):
        return _application(invitation, freelancer)
    if invitation.state(at) not in ANSWERABLE:
        raise LinkGone()
    if not may_answer(invitation, freelancer, user_id):
        raise NotAddressed()
    if not _claim(invitation, at, accepted_at=at, freelancer_id=freelancer.id):
        if accepted_by(invitation, freelancer):
            return _application(invitation, freelancer)
        raise LinkGone()
    with session.no_autoflush:  # both events in one statement
        _record("invitation.accepted", invitation, user_id, at)
        return open_application(invitation, freelancer, user_id, at)


@transaction()
def decline(token: str, user_id: UUID | None, at: datetime, stop: Stop = Stop.NONE) -> None:
    """Decline the invitation, and perhaps all further ones of this partner or of all. Rule I-6.

    Whoever holds the link may, signed in or not. Declined already is fine. Raises LinkGone.
    """
    invitation = _known(token)
    freelancer = freelancer_of_user(user_id) if user_id else None
    answered_by = freelancer.id if freelancer and may_answer(invitation, freelancer, user_id) else None
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
    freelancer = freelancer_who_answers(user_id)
    if invitation.state(at) not in ANSWERABLE:
        raise LinkGone()
    if may_answer(invitation, freelancer, user_id) or invitation.asked_by == user_id:
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


def freelancer_who_answers(user_id: UUID) -> Freelancer:
    """Return the profile of an account that answers. Raises NotAFreelancer."""
    freelancer = freelancer_of_user(user_id)
    if freelancer is None:
        raise NotAFreelancer()
    return freelancer


def _claim(invitation: Invitation, at: datetime, **answer: object) -> bool:
    """Write the answer if the link is still open, and say whether it was: of many at once, one is told so."""
    # The hash is part of the condition: a link that was replaced meanwhile answers nothing.
    still_open = (Invitation.id == invitation.id, Invitation.token_hash == invitation.token_hash, is_answerable(at))
    claim = sa.update(Invitation).where(*still_open).values(**answer)
    done = changed(claim.execution_options(synchronize_session=False))
    if done:
        now_holds(invitation, **answer)
        call_off(invitation.id)  # no reminder after an answer: rule I-6
    if done and invitation.accepted_at and invitation.campaign_id and not take_place(invitation.campaign_id, at):
        raise LinkGone()
    if not done:
        session.refresh(invitation)
    return done == 1


def open_application(invitation: Invitation, freelancer: Freelancer, user_id: UUID, at: datetime) -> Application:
    """Open the application, or a withdrawn one anew; one that is there already stays as it is."""
    begun = {"invitation_id": invitation.id, "created_at": at, "updated_at": at}
    values = {"id": new_id(), "programme_id": invitation.programme_id, "freelancer_id": freelancer.id, "answers": {}}
    values["version"] = 0
    nothing = ("submitted_at", "reviewed_at", "kept_at", "kept_by", "selected_at", "selected_by", "withdrawn_at")
    statement = insert(Application).values(values | begun)
    opened = session.scalar(
        statement.on_conflict_do_update(
            index_elements=["programme_id", "freelancer_id"],
            set_=begun | dict.fromkeys((*nothing, "award_id")),
            where=Application.withdrawn_at.is_not(None),
        )
        .returning(Application)
        .execution_options(populate_existing=True)
    )
    if opened is None:
        return _application(invitation, freelancer)
    partner_id = invitation.programme.partner_id
    record("application.opened", "application", opened.id, by=user_id, at=at, partner_id=partner_id)
    mails.tell_opened(opened, at)
    return opened


def _application(invitation: Invitation, freelancer: Freelancer) -> Application:
    application = application_to(invitation.programme_id, freelancer.id)
    if application is None:
        raise LinkGone()
    return application


def _opt_out(invitation: Invitation, stop: Stop, at: datetime) -> None:
    if stop is Stop.NONE:
        return
    opt_out(invitation.email, invitation.programme.partner_id if stop is Stop.PARTNER else None, at)


def _record(action: str, invitation: Invitation, by: UUID | None, at: datetime, **after: str) -> None:
    partner_id = invitation.programme.partner_id
    record(action, "invitation", invitation.id, by=by, at=at, partner_id=partner_id, after=after)
