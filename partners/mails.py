"""The mails of invitations and applications. Their keys name what they tell of, so each is stored once. Rule X-1."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from accounts.models import User
from badges.eligibility.findings import Finding, points
from core import wording
from core.database import session
from core.outbox import Mail, enqueue
from core.permissions import Duty
from freelancers.queries import address_of
from partners.invitation_queries import word_with
from partners.invitations.codes import stop_code
from partners.models import Application, Invitation, Member, Programme


def tell_invited(invitation: Invitation, token: str, at: datetime) -> None:
    """Mail the link of an invitation. Its secret travels sealed. Rules I-1, I-3."""
    inviter = session.get(User, invitation.invited_by) if invitation.invited_by else None
    words = invitation_words(invitation.programme, inviter, word_with(invitation))
    context = words | {"name": invitation.name, "valid_until": wording.day(invitation.expires_at)}
    key = f"invitation.sent:{invitation.id}:{at.isoformat()}"
    secrets = {"path": f"/invitations/{token}", "stop": f"/stop/{stop_code(invitation.id)}"}
    enqueue("invitation", invitation.email, context, key=key, at=at, secrets=secrets, about=invitation.id)


def invitation_words(programme: Programme, inviter: User | None, message: str | None) -> dict[str, Any]:
    """Return what every mail of an invitation to the programme says, whoever is invited."""
    return {
        "partner": programme.partner.name,
        "badge": programme.achievement.name,
        "inviter": inviter.name if inviter else None,
        "message": message,
        "summary": programme.summary,
        "benefits": programme.benefits,
        "subject": None,
        "body": None,
    }


def tell_asked(invitation: Invitation, asker: User, at: datetime) -> None:
    """Tell whoever invited that another account asks to answer; or the team's admins, if they have left. Rule I-4."""
    partner = invitation.programme.partner
    context = {
        "partner": partner.name,
        "asker": asker.name,
        "asker_address": asker.email,
        "invited_address": invitation.email,
        "path": f"/console/{partner.slug}/invitations#confirm",
    }
    for user_id, address in _whom_to_ask(partner.id, invitation.invited_by):
        key = f"invitation.asked:{invitation.id}:{asker.id}:{invitation.sent_at.isoformat()}:{user_id}"
        enqueue("invitation_asked", address, context, key=key, at=at)


def tell_confirmed(invitation: Invitation, asker: User, at: datetime) -> None:
    """Tell the account that asked that it may answer now. Rule I-4."""
    context = {
        "name": asker.name,
        "partner": invitation.programme.partner.name,
        "invited_address": invitation.email,
        "valid_until": wording.day(invitation.expires_at),
    }
    key = f"invitation.confirmed:{invitation.id}:{asker.id}:{at.isoformat()}"
    enqueue("invitation_confirmed", asker.email, context, key=key, at=at)


def tell_sent(application: Application, at: datetime) -> None:
    """Tell the applicant, the first time they send it, that the partner has it."""
    _tell(
        "application_sent", application, f"application.sent:{application.id}:{application.created_at.isoformat()}", at
    )


def tell_waiting(application: Application, still_open: Iterable[Finding], at: datetime) -> None:
    """Tell somebody that they are selected, and what the badge still waits for. Rule R-3."""
    _tell(
        "application_waiting",
        application,
        _of_selection("waiting", application, application.selected_at),
        at,
        open=points(still_open),
    )


def tell_selected(application: Application, at: datetime) -> None:
    """Tell somebody that they are selected who holds the badge already; whoever is given it is told by that. R-2."""
    key = _of_selection("selected", application, application.selected_at)
    _tell("application_selected", application, key, at)


def tell_reason(application: Application, reason: str, at: datetime) -> None:
    """Mail why an application is not selected now, for a partner that says so. Rule R-2."""
    key = f"application.kept:{application.id}:{at.isoformat()}"
    _tell("application_kept", application, key, at, reason_given=reason)


def selection_mail(
    application: Application, address: str, still_open: Iterable[Finding] | None, selected_at: datetime
) -> Mail:
    """Return the mail of a selection: `tell_waiting`'s, or `tell_selected`'s where `still_open` is None."""
    what, more = ("selected", {}) if still_open is None else ("waiting", {"open": points(still_open)})
    key = _of_selection(what, application, selected_at)
    return Mail(f"application_{what}", address, _context(application) | more, key)


def _of_selection(what: str, application: Application, selected_at: datetime | None) -> str:
    return f"application.{what}:{application.id}:{selected_at}"


def _tell(template: str, application: Application, key: str, at: datetime, **words: Any) -> None:
    address = address_of(application.freelancer)
    if address is not None:
        enqueue(template, address, _context(application) | words, key=key, at=at)


def _context(application: Application) -> dict[str, Any]:
    programme = application.programme
    return about_application(
        application.id, application.freelancer.name, programme.partner.name, programme.achievement.name
    )


def about_application(application_id: UUID, name: str, partner: str, badge: str) -> dict[str, Any]:
    """Return the words of every mail to an applicant."""
    return {"name": name, "partner": partner, "badge": badge, "path": f"/me/applications/{application_id}"}


def _whom_to_ask(partner_id: UUID, invited_by: UUID | None) -> list[tuple[UUID, str]]:
    present = (
        sa.select(User.id, User.email, Member.duty)
        .join(Member, Member.user_id == User.id)
        .where(Member.partner_id == partner_id, Member.left_at.is_(None))
    )
    rows = session.execute(present).all()
    inviter = [(user_id, email) for user_id, email, _ in rows if user_id == invited_by]
    return inviter or [(user_id, email) for user_id, email, duty in rows if duty == Duty.ADMIN]
