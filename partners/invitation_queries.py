"""What is asked about invitations, and about those who would like one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from accounts.models import User
from badges.models import Award
from core.database import session
from core.errors import NotFound
from core.keyset import after
from core.paging import PAGE_SIZE, Page, page_of
from core.secrets import token_hash
from freelancers.departures import those_who_left
from freelancers.models import Freelancer
from partners.invitations.codes import is_reminder_code, named_in
from partners.invitations.models import InvitationList
from partners.models import Application, Interest, Invitation, OptOut, Programme
from partners.rules import ANSWERABLE, Known
from partners.states import InvitationState

#: A moment, or the place of one in a statement that is built once.
Moment: TypeAlias = datetime | ColumnElement[datetime]


def invitation_state(at: Moment) -> ColumnElement[str]:
    """Return where an invitation stands at `at`: `Invitation.state` in SQL."""
    return sa.case(
        (Invitation.withdrawn_at.is_not(None), InvitationState.WITHDRAWN.value),
        (Invitation.accepted_at.is_not(None), InvitationState.ACCEPTED.value),
        (Invitation.declined_at.is_not(None), InvitationState.DECLINED.value),
        (Invitation.sent_at > at, InvitationState.DRAFT.value),
        (Invitation.expires_at <= at, InvitationState.EXPIRED.value),
        (Invitation.opened_at.is_not(None), InvitationState.OPENED.value),
        else_=InvitationState.SENT.value,
    )


def is_answerable(at: Moment) -> ColumnElement[bool]:
    """Return whether an invitation can still be answered at `at`. Rule I-3."""
    return invitation_state(at).in_([state.value for state in ANSWERABLE])


def invitation_of_token(token: str) -> Invitation | None:
    """Return the invitation whose link, or whose reminder's, carries `token`, however it stands. Rule I-3."""
    with_partner = joinedload(Invitation.programme).joinedload(Programme.partner)  # whom page and mail name
    wanted = sa.select(Invitation).where(Invitation.token_hash == token_hash(token))
    found = session.scalar(wanted.options(with_partner))
    if found is not None or (named := named_in(token)) is None:
        return found
    reminded = session.get(Invitation, named)
    return reminded if reminded is not None and is_reminder_code(token, reminded.token_hash) else None


def word_with(invitation: Invitation) -> str | None:
    """Return the word of whoever invited: the invitation's own, or that of the list which it came with; or None."""
    if invitation.message or invitation.list_id is None:
        return invitation.message
    return session.scalar(sa.select(InvitationList.message).where(InvitationList.id == invitation.list_id))


def invitation_of(programme_id: UUID, invitation_id: UUID) -> Invitation:
    """Return an invitation of the programme. Raises NotFound for any other. Rule X-4."""
    invitation = session.scalar(
        sa.select(Invitation).where(Invitation.id == invitation_id, Invitation.programme_id == programme_id)
    )
    if invitation is None:
        raise NotFound()
    return invitation


def invitations(
    programme_id: UUID, at: datetime, state: InvitationState | None = None, cursor: str | None = None
) -> Page[Invitation]:
    """Return the programme's invitations, the last sent first, perhaps those of one state alone."""
    chosen = sa.select(Invitation).where(Invitation.programme_id == programme_id)
    if state:
        chosen = chosen.where(invitation_state(at) == state.value)
    if cursor:
        chosen = chosen.where(after(cursor, Invitation.sent_at, Invitation.id, descending=True))
    ordered = chosen.order_by(Invitation.sent_at.desc(), Invitation.id.desc()).limit(PAGE_SIZE + 1)
    return page_of(session.scalars(ordered).all(), lambda invitation: (invitation.sent_at, invitation.id))


def invitation_counts(programme_id: UUID, at: datetime) -> dict[InvitationState, int]:
    """Return how many of the programme's invitations stand where; states without any are left out."""
    state = invitation_state(at)
    rows = session.execute(
        sa.select(state, sa.func.count()).where(Invitation.programme_id == programme_id).group_by(state)
    )
    found = {InvitationState(name): count for name, count in rows}
    return {each: found[each] for each in InvitationState if each in found}


def asking_to_be_confirmed(programme_id: UUID, at: datetime) -> Sequence[tuple[Invitation, User]]:
    """Return invitations that another account asks to answer, with it, the longest waiting first. Rule I-4."""
    rows = session.execute(
        sa.select(Invitation, User)
        .join(User, User.id == Invitation.asked_by)
        .where(Invitation.programme_id == programme_id, Invitation.confirmed_at.is_(None), is_answerable(at))
        .order_by(Invitation.asked_at, Invitation.id)
    )
    return [(invitation, user) for invitation, user in rows]


def open_invitations_to(addresses: Collection[str], at: datetime) -> Sequence[Invitation]:
    """Return the invitations to any of `addresses` (lower case) that can still be answered, the last sent first."""
    return session.scalars(
        sa.select(Invitation)
        .where(Invitation.email.in_(addresses), is_answerable(at))
        .order_by(Invitation.sent_at.desc(), Invitation.id)
    ).all()


def is_invited(freelancer_id: UUID, addresses: Collection[str], at: datetime) -> bool:
    """Say whether a partner invited somebody, and they said yes or still can. Rule A-5."""
    said_yes = sa.and_(Invitation.freelancer_id == freelancer_id, Invitation.accepted_at.is_not(None))
    can = sa.and_(Invitation.email.in_(addresses), is_answerable(at))
    return bool(session.scalar(sa.select(sa.exists().where(sa.or_(said_yes, can)))))


def waiting_interests(programme: Programme) -> Sequence[Interest]:
    """Return who asked to be considered and was neither invited nor has applied since, the longest waiting first."""
    waiting = sa.select(Interest).where(*_waits(programme)).join(Freelancer, Freelancer.id == Interest.freelancer_id)
    return session.scalars(waiting.order_by(Interest.asked_at, Interest.id)).all()


def count_waiting_interests(programme: Programme) -> int:
    """Return how many `waiting_interests` there are."""
    waiting = sa.select(sa.func.count()).select_from(Interest).where(*_waits(programme))
    return session.scalar(waiting.join(Freelancer, Freelancer.id == Interest.freelancer_id)) or 0


def _waits(programme: Programme) -> tuple[ColumnElement[bool], ...]:
    account = _account_address()
    invited = sa.exists().where(
        Invitation.programme_id == programme.id,
        sa.or_(Invitation.email == sa.func.lower(Freelancer.email), Invitation.email == account),
        Invitation.sent_at >= Interest.asked_at,
    )
    applied = sa.exists().where(
        Application.programme_id == programme.id, Application.freelancer_id == Interest.freelancer_id
    )
    return Interest.partner_id == programme.partner_id, ~invited, ~applied


def interests_of(freelancer_id: UUID) -> Sequence[Interest]:
    """Return where the freelancer asked to be considered, the latest first. Rule I-2."""
    return session.scalars(
        sa.select(Interest).where(Interest.freelancer_id == freelancer_id).order_by(Interest.asked_at.desc())
    ).all()


def interest_of(partner_id: UUID, interest_id: UUID) -> Interest:
    """Return a request to the partner. Raises NotFound for any other. Rule X-4."""
    interest = session.scalar(sa.select(Interest).where(Interest.id == interest_id, Interest.partner_id == partner_id))
    if interest is None:
        raise NotFound()
    return interest


def known(programme: Programme, emails: Collection[str], at: datetime) -> dict[str, Known]:
    """Return what is known of addresses (lower case) that are to be invited; a stranger is a plain `Known()`. I-5."""
    invited: dict[str, tuple[InvitationState | None, bool]] = {
        email: (InvitationState(state), bool(gone))
        for email, state, gone in session.execute(
            sa.select(Invitation.email, invitation_state(at), has_withdrawn()).where(
                Invitation.programme_id == programme.id, Invitation.email.in_(emails)
            )
        )
    }
    experts = _among(emails, expert_addresses(programme.achievement_id))
    stopped = _among(emails, stopped_addresses(programme.partner_id)) | those_who_left(emails)
    return {email: Known(*invited.get(email, (None, False)), email in experts, email in stopped) for email in emails}


def _among(emails: Collection[str], addresses: sa.Select[str]) -> frozenset[str]:
    found = addresses.subquery()
    return frozenset(session.scalars(sa.select(found.c.email).where(found.c.email.in_(emails))))


def has_withdrawn() -> ColumnElement[bool]:
    """Return whether whoever accepted an invitation has withdrawn their application since."""
    return (
        sa.exists()
        .where(
            Application.programme_id == Invitation.programme_id,
            Application.freelancer_id == Invitation.freelancer_id,
            Application.withdrawn_at.is_not(None),
        )
        .correlate(Invitation)
    )


def expert_addresses(achievement_id: UUID) -> sa.Select[str]:
    """Select the addresses, as `email`, of those who hold the badge: of their profiles and of their accounts."""
    holders = (Award.achievement_id == achievement_id, Award.closed_at.is_(None))
    of_profile = (
        sa.select(sa.func.lower(Freelancer.email).label("email"))
        .join(Award, Award.freelancer_id == Freelancer.id)
        .where(*holders, Freelancer.email.is_not(None))
    )
    of_account = (
        sa.select(User.email.label("email"))
        .join(Freelancer, Freelancer.user_id == User.id)
        .join(Award, Award.freelancer_id == Freelancer.id)
        .where(*holders)
    )
    either = sa.union_all(of_profile, of_account).subquery()
    return sa.select(sa.type_coerce(either.c.email, sa.Text()).label("email"))


def stopped_addresses(partner_id: UUID) -> sa.Select[str]:
    """Select the addresses, as `email`, that want no more invitations, and did not ask this partner for one since. I-6.

    Whom the partner or staff put on the list stays there: what the person asks for does not take it off.
    """
    asked_since = (
        sa.exists()
        .where(
            Interest.partner_id == partner_id,
            Interest.asked_at > OptOut.at,
            Freelancer.id == Interest.freelancer_id,
            sa.or_(sa.func.lower(Freelancer.email) == OptOut.email, _account_address() == OptOut.email),
        )
        .correlate(OptOut)
    )
    of_this_or_all = sa.or_(OptOut.partner_id == partner_id, OptOut.partner_id.is_(None))
    return sa.select(OptOut.email.label("email")).where(
        of_this_or_all, sa.or_(OptOut.added_by.is_not(None), ~asked_since)
    )


def _account_address() -> sa.ScalarSelect[str]:
    """Return the address that the freelancer of an outer query signs in with."""
    return sa.select(User.email).where(User.id == Freelancer.user_id).correlate(Freelancer).scalar_subquery()
