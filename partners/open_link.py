"""Accepting by an open campaign link, or asking for a link of one's own. Rules I-3, I-4."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from accounts.rules import normal_address
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.secrets import new_token, token_hash
from partners.accepting import Answerer, Into, answerer, open_application
from partners.addresses import checked
from partners.application_queries import application_to
from partners.invitation_queries import has_withdrawn
from partners.invitations.campaigns import campaign_of_token, take_place, works
from partners.invitations.models import Campaign
from partners.inviting import invite
from partners.models import Invitation
from partners.rules import LinkGone


@transaction()
def accept_openly(token: str, user_id: UUID, at: datetime) -> UUID:
    """Accept by a campaign's link as the signed-in person; return the id of their application. Rules I-1, I-3.

    However often and however many at once: one place and one application for each person, and never more than there
    are places. Raises LinkGone when none is left or the end has come, and NotAFreelancer.
    """
    campaign, person = _campaign(token), answerer(user_id)
    application = application_to(campaign.programme_id, person.id)
    if application is not None and application.withdrawn_at is None:
        return application.id
    if not works(campaign, at):
        raise LinkGone()
    invitation = _accepted(campaign, person, at)
    if invitation is None:  # by themselves, at this moment
        session.expire_all()
        return (application_to(campaign.programme_id, person.id) or _gone()).id
    programme, partner_id = campaign.programme, campaign.programme.partner_id
    after = {"campaign": str(campaign.id)}
    record("invitation.accepted", "invitation", invitation.id, by=user_id, at=at, partner_id=partner_id, after=after)
    into = Into(programme.id, partner_id, programme.partner.name, programme.achievement.name)
    opened = open_application(invitation.id, into, person, at)
    session.expire_all()  # whatever of it is in memory was read before
    if not take_place(campaign.id, at):
        raise LinkGone()
    return opened


@transaction()
def ask_for_own_link(token: str, email: str, at: datetime) -> None:
    """Mail a personal link to an address, to register or to answer with; it takes its place when it is accepted. I-4.

    An address that has a link, or wants none, gets nothing, and nobody is told. As many links go out as there are
    places. Raises LinkGone, and InvalidInput for what is no address.
    """
    campaign = _campaign(token)
    if not works(campaign, at):
        raise LinkGone()
    address = checked(email)
    given = sa.select(sa.func.count()).where(Invitation.campaign_id == campaign.id)
    if (session.scalar(given) or 0) >= campaign.cap:
        raise LinkGone()
    if invite(campaign.programme, [address], None, by=None, at=at).sent:
        theirs = (Invitation.programme_id == campaign.programme_id, Invitation.email == address.email)
        mark = sa.update(Invitation).where(*theirs).values(campaign_id=campaign.id)
        changed(mark.execution_options(synchronize_session=False))


@transaction()
def mark_campaign_opened(campaign: Campaign, at: datetime) -> None:
    """Keep when a campaign's link was first opened, and change nothing else. Rule I-3."""
    first = sa.update(Campaign).where(Campaign.id == campaign.id, Campaign.opened_at.is_(None)).values(opened_at=at)
    changed(first.execution_options(synchronize_session=False))


def _accepted(campaign: Campaign, person: Answerer, at: datetime) -> Invitation | None:
    """Store that they accepted, in place of an unanswered invitation to their address; None when they had already."""
    answer = {"freelancer_id": person.id, "accepted_at": at, "declined_at": None, "withdrawn_at": None}
    values = answer | {
        "token_hash": token_hash(new_token()),  # nobody has this link: there is none to be used
        "sent_at": at,
        "expires_at": campaign.ends_at,
        "campaign_id": campaign.id,
    }
    whose = {
        "id": new_id(),
        "programme_id": campaign.programme_id,
        "email": normal_address(person.account),
        "created_at": at,
    }
    statement = insert(Invitation).values(values | whose | {"name": person.name})
    return session.scalar(
        statement.on_conflict_do_update(
            index_elements=["programme_id", "email"],
            set_=values,
            where=sa.or_(Invitation.accepted_at.is_(None), has_withdrawn()),
        )
        .returning(Invitation)
        .execution_options(populate_existing=True)
    )


def _campaign(token: str) -> Campaign:
    return campaign_of_token(token) or _gone()


def _gone() -> Any:
    raise LinkGone()
