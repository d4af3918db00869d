"""What is done with accounts: making and inviting them, signing in and out, and choosing passwords."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from accounts.errors import AlreadyChosen, BadAddress, BadPassword, EmailTaken, LinkEnded, SignInFailed, TooManyTries
from accounts.models import FailedSignIn, PasswordLink, Role, SignIn, User
from accounts.passwords import hashed, matches
from accounts.queries import latest_failures, user_by_email
from accounts.rules import (
    FAILED_MAX,
    FAILED_WINDOW,
    INVITED_LINK_LIFETIME,
    LINK_PAUSE,
    PASSWORD_LINK_LIFETIME,
    PASSWORD_LINKS_MAX,
    REMEMBERED,
    SESSION_LIFETIME,
    is_address,
    normal_address,
    password_problem,
)
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import NotFound
from core.outbox import enqueue
from core.secrets import new_token, token_hash

#: Tells this lock apart from others on the same database.
_SIGN_IN_LOCK = 710_001


@transaction()
def create_user(email: str, name: str, role: Role, password: str | None, *, by: UUID | None, at: datetime) -> User:
    """Create an account; without a password nobody can sign in until one is chosen through a link.

    Raises EmailTaken, BadAddress or BadPassword.
    """
    address = _checked_address(email)
    if password is not None:
        _check_password(password, address)
    user = _insert(address, name, role, at)
    if user is None:
        raise EmailTaken(address, _existing(address).role)
    user.password_hash = None if password is None else hashed(password)
    record("account.created", "user", user.id, by=by, at=at, after={"email": address, "role": role})
    return user


@transaction()
def invite_user(
    email: str, name: str, role: Role, *, by: UUID | None, at: datetime, about: str, message: str | None = None
) -> User:
    """Create the account if there is none, and mail the person; who has no password yet gets a link to choose one.

    `about` says in the mail what it is for: "Northwind's team on Laurel"; `message` is a word from whoever invites.
    Raises EmailTaken when the address has an account of another role, and BadAddress.
    """
    address = _checked_address(email)
    user = _insert(address, name, role, at)
    if user is None:
        user = _existing(address)
        if user.role != role or user.deactivated_at:
            raise EmailTaken(address, user.role)
    context = {"name": user.name, "email": address, "about": about, **_from(by, message)}
    if user.password_hash:
        enqueue("account_added", address, context, key=f"account.added:{user.id}:{at.isoformat()}", at=at)
    else:
        _mail_link(user, "account_invitation", context, INVITED_LINK_LIFETIME, at)
    record("account.invited", "user", user.id, by=by, at=at, after={"email": address, "role": role}, reason=about)
    return user


@transaction()
def withdraw_links(user_ids: Collection[UUID], at: datetime) -> None:
    """End the links with which these people could choose a password: they are no longer wanted."""
    unused = (PasswordLink.user_id.in_(user_ids), PasswordLink.used_at.is_(None))
    changed(sa.update(PasswordLink).where(*unused).values(used_at=at))


def _from(by: UUID | None, message: str | None) -> dict[str, str]:
    """Return the words of a mail that say who wrote a message; none without one."""
    sender = session.get(User, by) if by and message else None
    return {"inviter": sender.name if sender else "Somebody", "message": message} if message else {}


@transaction()
def remind(user_id: UUID, *, by: UUID | None, at: datetime, about: str) -> User:
    """Mail somebody invited, who has no password yet, a new link to choose one; `about` is as in `invite_user`.

    A second click sends no second mail. Raises AlreadyChosen, and NotFound.
    """
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None or user.deactivated_at:
        raise NotFound()
    if user.password_hash:
        raise AlreadyChosen(user.name)
    if not _links_since(user.id, at - LINK_PAUSE):
        context = {"name": user.name, "email": user.email, "about": about}
        _mail_link(user, "account_invitation", context, INVITED_LINK_LIFETIME, at)
        after = {"email": user.email, "role": user.role}
        record("account.invited", "user", user.id, by=by, at=at, after=after, reason=about)
    return user


def authenticate(email: str, password: str, at: datetime) -> User:
    """Return whose address and password these are.

    Raises SignInFailed, with the same words after the same time whether the address is unknown or the password wrong,
    and TooManyTries (429) after FAILED_MAX failures for the address within FAILED_WINDOW. That can keep its owner out
    for as long, which a link by e-mail (`send_password_link`) ends at once.
    """
    user = _try(normal_address(email), password, at)
    if user is None:
        raise SignInFailed()
    return user


@transaction()
def _try(address: str, password: str, at: datetime) -> User | None:
    # Tries for one address come one after the other, so that many at once are counted like many in a row.
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_SIGN_IN_LOCK, sa.func.hashtext(address))))
    failures = latest_failures(address, at)
    if len(failures) >= FAILED_MAX:
        raise TooManyTries(failures[-1] + FAILED_WINDOW, at)
    user = user_by_email(address)
    if matches(password, user.password_hash if user and not user.deactivated_at else None):
        _forget_failures(address)
        return user
    session.add(FailedSignIn(email=address, at=at))
    return None


@transaction()
def begin_session(user: User, at: datetime) -> str:
    """Begin a sign-in of `user`, good for SESSION_LIFETIME, and return its token; stored is only the token's hash."""
    token = new_token()
    session.add(SignIn(user_id=user.id, token_hash=token_hash(token), created_at=at, expires_at=at + SESSION_LIFETIME))
    return token


@transaction()
def end_session(token: str, at: datetime) -> None:
    """End the sign-in that carries `token`, for good; one that has ended stays as it is."""
    changed(
        sa.update(SignIn).where(SignIn.token_hash == token_hash(token), SignIn.ended_at.is_(None)).values(ended_at=at)
    )


@transaction()
def change_password(user_id: UUID, password: str, at: datetime, *, by: UUID | None) -> None:
    """Give the account a new password, end all its sign-ins and open links, and tell its owner. Raises BadPassword.

    The password that it has already is no news: sign-ins and links end, and nobody is told twice of a second click.
    """
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound()
    _check_password(password, user.email)
    _set_password(user, password, at, by=by)


@transaction()
def send_password_link(email: str, at: datetime) -> None:
    """Mail a link for choosing a new password, if the address has an account. Nothing tells whether it has.

    One account is sent at most PASSWORD_LINKS_MAX links within PASSWORD_LINK_LIFETIME, and one for a double click.
    """
    user = session.scalar(
        sa.select(User).where(User.email == normal_address(email), User.deactivated_at.is_(None)).with_for_update()
    )
    if user is None or _links_since(user.id, at - PASSWORD_LINK_LIFETIME) >= PASSWORD_LINKS_MAX:
        return
    if _links_since(user.id, at - LINK_PAUSE):
        return
    _mail_link(user, "password_link", {"name": user.name, "email": user.email}, PASSWORD_LINK_LIFETIME, at)


@transaction()
def choose_password(token: str, password: str, at: datetime) -> User:
    """Set the password of the link's owner, and use the link up. Raises LinkEnded; BadPassword leaves the link good."""
    user_id = session.scalar(
        sa.update(PasswordLink)
        .where(
            PasswordLink.token_hash == token_hash(token),
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > at,
        )
        .values(used_at=at)
        .returning(PasswordLink.user_id)
    )
    user = user_id and session.get(User, user_id, with_for_update=True)
    if not user or user.deactivated_at:
        raise LinkEnded()
    _check_password(password, user.email)
    _set_password(user, password, at, by=user.id)
    return user


@transaction()
def forget_old(at: datetime) -> int:
    """Delete wrong passwords, ended sign-ins and links that nothing asks for any more; return how many rows went."""
    old = at - REMEMBERED
    return (
        changed(sa.delete(FailedSignIn).where(FailedSignIn.at < at - FAILED_WINDOW))
        + changed(sa.delete(SignIn).where(sa.or_(SignIn.ended_at < old, SignIn.expires_at < old)))
        + changed(sa.delete(PasswordLink).where(PasswordLink.expires_at < old))
    )


def _checked_address(email: str) -> str:
    if not is_address(email):
        raise BadAddress(email)
    return normal_address(email)


def _check_password(password: str, email: str) -> None:
    if problem := password_problem(password, email):
        raise BadPassword(problem, "Choose another one: three or four unrelated words are easy to keep.")


def _insert(address: str, name: str, role: Role, at: datetime) -> User | None:
    """Store a new account; None when the address has one, even one that is being made at this moment."""
    row = insert(User).values(id=new_id(), email=address, name=name.strip() or address, role=role, created_at=at)
    return session.scalar(row.on_conflict_do_nothing(index_elements=["email"]).returning(User))


def _existing(address: str) -> User:
    return session.scalars(sa.select(User).where(User.email == address)).one()


def _set_password(user: User, password: str, at: datetime, *, by: UUID | None) -> None:
    is_first, is_news = user.password_hash is None, not matches(password, user.password_hash)
    if is_news:
        user.password_hash = hashed(password)
    changed(sa.update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None)).values(ended_at=at))
    changed(
        sa.update(PasswordLink)
        .where(PasswordLink.user_id == user.id, PasswordLink.used_at.is_(None))
        .values(used_at=at)
    )
    _forget_failures(user.email)
    if not is_news:
        return
    record("account.password_chosen" if is_first else "account.password_changed", "user", user.id, by=by, at=at)
    if not is_first:
        context = {"name": user.name, "email": user.email}
        enqueue("password_changed", user.email, context, key=f"password.changed:{user.id}:{at.isoformat()}", at=at)


def _forget_failures(address: str) -> None:
    changed(sa.delete(FailedSignIn).where(FailedSignIn.email == address))


def _links_since(user_id: UUID, moment: datetime) -> int:
    since = sa.select(sa.func.count()).where(PasswordLink.user_id == user_id, PasswordLink.created_at > moment)
    return session.scalar(since) or 0


def _mail_link(user: User, template: str, context: dict[str, str], lifetime: timedelta, at: datetime) -> None:
    token = new_token()
    link = PasswordLink(
        id=new_id(), user_id=user.id, token_hash=token_hash(token), created_at=at, expires_at=at + lifetime
    )
    session.add(link)
    secrets = {"path": f"/password/{token}"}
    enqueue(template, user.email, context, key=f"{template}:{link.id}", at=at, secrets=secrets)
