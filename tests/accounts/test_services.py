"""Accounts and sign-ins, as services."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts import services
from accounts.errors import BadAddress, BadPassword, EmailTaken, SignInFailed, TooManyTries
from accounts.models import FailedSignIn, PasswordLink, Role, SignIn, User
from accounts.queries import account_of_token, user_of_password_link
from core.audit import AuditEvent
from tests.accounts.passwords import NEW, WRONG, fail, mails, token_in
from tests.factories import PASSWORD, make_user

# Accounts


def test_an_account_is_created_once_for_an_address_in_any_case(session, at):
    services.create_user(" Ada@Example.org ", "Ada", Role.FREELANCER, PASSWORD, by=None, at=at)

    with pytest.raises(EmailTaken, match="belongs to a freelancer"):
        services.create_user("ada@example.ORG", "Other", Role.STAFF, PASSWORD, by=None, at=at)
    assert session.scalars(sa.select(User.email)).all() == ["ada@example.org"]


def test_creating_an_account_is_in_the_audit_log_without_its_password(session, at):
    user = services.create_user("ada@example.org", "Ada", Role.STAFF, PASSWORD, by=None, at=at)

    event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.subject_id, event.after) == (
        "account.created",
        user.id,
        {"email": "ada@example.org", "role": "staff"},
    )


@pytest.mark.parametrize(
    ("email", "password", "error"), [("ada", PASSWORD, BadAddress), ("ada@example.org", "short", BadPassword)]
)
def test_an_account_needs_an_address_and_a_good_password(session, at, email, password, error):
    with pytest.raises(error):
        services.create_user(email, "Ada", Role.STAFF, password, by=None, at=at)
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def test_somebody_new_is_invited_with_a_link_for_seven_days(session, at):
    user = services.invite_user(
        "Pat@Example.org", "Pat", Role.PARTNER, by=None, at=at, about="Northwind's team on Laurel"
    )

    mail = mails(session, "account_invitation")[0]
    assert (mail.to_address, mail.context["about"]) == ("pat@example.org", "Northwind's team on Laurel")
    assert user_of_password_link(token_in(mail), at + timedelta(days=7, seconds=-1)) == user
    assert user_of_password_link(token_in(mail), at + timedelta(days=7)) is None


def test_the_link_lies_in_the_database_only_as_a_hash_or_sealed(session, at):
    services.invite_user("pat@example.org", "Pat", Role.PARTNER, by=None, at=at, about="a team")

    mail = mails(session, "account_invitation")[0]
    token = token_in(mail)
    assert token not in str(mail.context) + mail.sealed_secrets + mail.key
    assert token.encode() not in session.scalars(sa.select(PasswordLink)).one().token_hash


def test_somebody_with_a_password_is_told_without_a_link(session, at):
    pat = make_user(Role.PARTNER)

    assert services.invite_user(pat.email.upper(), "Pat", Role.PARTNER, by=None, at=at, about="a second team") == pat
    assert len(mails(session, "account_added")) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(PasswordLink)) == 0


def test_one_account_does_not_become_two_things(session, at):
    ada = make_user(Role.FREELANCER)

    with pytest.raises(EmailTaken):
        services.invite_user(ada.email, "Ada", Role.PARTNER, by=None, at=at, about="a team")
    assert mails(session, "account_added") == []


# Signing in


def test_address_in_any_case_and_password_say_who_it_is(session, at):
    ada = make_user(email="ada@example.org")

    assert services.authenticate(" ADA@example.org", PASSWORD, at) == ada


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_an_unknown_address_and_a_wrong_password_get_the_same_words(session, at, email):
    make_user(email="ada@example.org")

    with pytest.raises(SignInFailed) as failed:
        services.authenticate(email, WRONG, at)
    assert failed.value.detail == "No account has this address with this password."


def test_an_unknown_address_costs_one_hash_too(session, at, monkeypatch):
    make_user(email="ada@example.org")
    make_user(email="new@example.org", password=None)
    checked = []
    monkeypatch.setattr("accounts.services.matches", lambda password, stored: checked.append(stored) or False)

    for email in ("ada@example.org", "new@example.org", "nobody@example.org"):
        fail(email, 1, at)
    assert len(checked) == 3


def test_somebody_without_a_password_or_deactivated_cannot_sign_in(session, at):
    new, gone = make_user(password=None), make_user()
    gone.deactivated_at = at
    session.commit()

    fail(new.email, 1, at)
    with pytest.raises(SignInFailed):
        services.authenticate(gone.email, PASSWORD, at)


@pytest.mark.parametrize("known", [True, False])
def test_the_tenth_wrong_password_is_the_last_for_a_while(session, at, known):
    email = make_user().email if known else "nobody@example.org"
    fail(email, 9, at)
    fail(email, 1, at + timedelta(minutes=5))

    with pytest.raises(TooManyTries) as refused:
        services.authenticate(email, PASSWORD, at + timedelta(minutes=6))
    assert refused.value.status == 429
    assert "Try again after 09:15 UTC, in 9 minutes" in refused.value.next_step


def test_the_owner_gets_in_again_when_the_oldest_failure_has_passed(session, at):
    ada = make_user()
    fail(ada.email, 10, at)

    with pytest.raises(TooManyTries):
        services.authenticate(ada.email, PASSWORD, at + timedelta(minutes=14, seconds=59))
    assert services.authenticate(ada.email, PASSWORD, at + timedelta(minutes=15)) == ada


def test_tries_while_shut_out_do_not_lengthen_it(session, at):
    ada = make_user()
    fail(ada.email, 10, at)
    for minute in range(15):
        with pytest.raises(TooManyTries):
            services.authenticate(ada.email, WRONG, at + timedelta(minutes=minute))

    assert services.authenticate(ada.email, PASSWORD, at + timedelta(minutes=15)) == ada


def test_failures_at_one_address_do_not_shut_out_another(session, at):
    ada, bob = make_user(), make_user()
    fail(ada.email, 10, at)

    assert services.authenticate(bob.email, PASSWORD, at) == bob


def test_signing_in_forgets_the_failures_before(session, at):
    ada = make_user()
    fail(ada.email, 9, at)
    services.authenticate(ada.email, PASSWORD, at)
    fail(ada.email, 9, at)

    assert services.authenticate(ada.email, PASSWORD, at) == ada


# Sessions


def test_a_sign_in_ends_at_sign_out_and_after_fourteen_days(session, at):
    ada = make_user()
    one, other = services.begin_session(ada, at), services.begin_session(ada, at)
    services.end_session(one, at)

    assert account_of_token(one, at) is None
    assert account_of_token(other, at + timedelta(days=14, seconds=-1)).id == ada.id
    assert account_of_token(other, at + timedelta(days=14)) is None


def test_the_token_of_a_sign_in_is_stored_only_as_a_hash(session, at):
    token = services.begin_session(make_user(), at)

    stored = session.scalars(sa.select(SignIn)).one().token_hash
    assert len(stored) == 32
    assert token.encode() not in stored


def test_a_deactivated_account_is_out_at_once(session, at):
    ada = make_user()
    token = services.begin_session(ada, at)
    ada.deactivated_at = at
    session.commit()

    assert account_of_token(token, at) is None


def test_changing_the_password_ends_every_sign_in_of_this_account_alone(session, at):
    ada, bob = make_user(), make_user()
    tokens = [services.begin_session(ada, at) for _ in range(3)]
    theirs = services.begin_session(bob, at)
    services.change_password(ada.id, NEW, at, by=ada.id)

    assert [account_of_token(token, at) for token in tokens] == [None] * 3
    assert account_of_token(theirs, at).id == bob.id
    assert services.authenticate(ada.email, NEW, at) == ada
    with pytest.raises(SignInFailed):
        services.authenticate(ada.email, PASSWORD, at)


def test_the_owner_is_told_of_a_changed_password(session, at):
    ada = make_user()
    services.change_password(ada.id, NEW, at, by=ada.id)

    assert [mail.to_address for mail in mails(session, "password_changed")] == [ada.email]


def test_what_nothing_asks_for_any_more_is_forgotten(session, at):
    ada = make_user()
    fail(ada.email, 2, at - timedelta(hours=1))
    services.end_session(services.begin_session(ada, at - timedelta(days=40)), at - timedelta(days=31))
    alive = services.begin_session(ada, at)
    services.send_password_link(ada.email, at - timedelta(days=40))
    services.send_password_link(ada.email, at)

    assert services.forget_old(at) == 4
    assert account_of_token(alive, at).id == ada.id
    assert session.scalar(sa.select(sa.func.count()).select_from(FailedSignIn)) == 0
