"""What somebody sees who opens an invitation's link. Rules I-3, I-4."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.rules import normal_address
from badges.eligibility.findings import Finding
from badges.eligibility.rules import describe
from badges.queries import checklist, policy_for
from freelancers.models import Freelancer
from freelancers.queries import freelancer_of_user
from partners.application_queries import application_to
from partners.invitation_queries import invitation_of_token, word_with
from partners.models import Application, Invitation
from partners.queries import addresses_of, name_of
from partners.rules import ANSWERABLE, LinkGone, Viewer


@dataclass(frozen=True)
class OpenedLink:
    """An invitation that can be answered, or that this viewer accepted, and what this viewer may know of it.

    `findings` are the signed-in person's own, and nobody else's; `asked` says in words what the programme asks of all.
    """

    invitation: Invitation
    viewer: Viewer
    inviter: str | None
    asked: tuple[str, ...]
    findings: tuple[Finding, ...] | None = None
    message: str | None = None
    application: Application | None = None


def opened_link(token: str, user_id: UUID | None, at: datetime) -> OpenedLink:
    """Return what the link shows to this account, None being whoever is not signed in. Changes nothing.

    Raises LinkGone for a link that is expired, withdrawn, used by somebody else or unknown.
    """
    invitation = invitation_of_token(token)
    if invitation is None:
        raise LinkGone()
    freelancer = freelancer_of_user(user_id) if user_id else None
    if freelancer and accepted_by(invitation, freelancer.id):
        application = application_to(invitation.programme_id, freelancer.id)
        return OpenedLink(invitation, Viewer.DONE, None, (), application=application)
    if invitation.state(at) not in ANSWERABLE:
        raise LinkGone()
    achievement_id = invitation.programme.achievement_id
    return OpenedLink(
        invitation,
        _viewer(invitation, user_id, freelancer),
        name_of(invitation.invited_by),
        describe(policy_for(achievement_id, at)),
        findings=checklist(freelancer.id, achievement_id, at) if freelancer else None,
        message=word_with(invitation),
    )


def may_answer(invitation: Any, addresses: Iterable[str | None], user_id: UUID | None) -> bool:
    """Say whether an invitation is this account's: sent to one of their addresses, or confirmed by the partner. I-4."""
    confirmed = invitation.confirmed_at is not None and invitation.asked_by == user_id
    return confirmed or invitation.email in {normal_address(each) for each in addresses if each}


def accepted_by(invitation: Any, freelancer_id: UUID) -> bool:
    """Say whether this person accepted the invitation."""
    return invitation.accepted_at is not None and invitation.freelancer_id == freelancer_id


def _viewer(invitation: Invitation, user_id: UUID | None, freelancer: Freelancer | None) -> Viewer:
    if user_id is None:
        return Viewer.STRANGER
    if freelancer is None:
        return Viewer.NO_FREELANCER
    if may_answer(invitation, addresses_of(freelancer), user_id):
        return Viewer.INVITED
    return Viewer.ASKED if invitation.asked_by == user_id else Viewer.OTHER
