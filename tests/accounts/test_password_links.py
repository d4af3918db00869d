"""A password is chosen anew, or for the first time, through a link that works once and not for long."""

from datetime import timedelta

import pytest

from accounts import services
from accounts.errors import BadPassword, LinkEnded
from accounts.models import Role
from accounts.queries import account_of_token, user_of_password_link
from tests.accounts.passwords import NEW, fail, mails, token_in
from tests.factories import make_user


def test_a_forgotten_password_is_chosen_anew_through_a_link_that_works_once(session, at):
    ada = make_user()
    signed_in = services.begin_session(ada, at)
    services.send_password_link(f" {ada.email.upper()}", at)
    token = token_in(mails(session, "password_link")[0])

    assert services.choose_password(token, NEW, at) == ada
    assert account_of_token(signed_in, at) is None
    assert services.authenticate(ada.email, NEW, at) == ada
    with pytest.raises(LinkEnded):
        services.choose_password(token, "another set of words", at)


def test_a_link_for_a_forgotten_password_works_for_an_hour(session, at):
    ada = make_user()
    services.send_password_link(ada.email, at)
    token = token_in(mails(session, "password_link")[0])

    with pytest.raises(LinkEnded):
        services.choose_password(token, NEW, at + timedelta(hours=1))
    assert services.choose_password(token, NEW, at + timedelta(minutes=59)) == ada


def test_looking_at_a_link_does_not_use_it_up(session, at):
    ada = make_user()
    services.send_password_link(ada.email, at)
    token = token_in(mails(session, "password_link")[0])

    assert user_of_password_link(token, at) == user_of_password_link(token, at) == ada
    assert services.choose_password(token, NEW, at) == ada


def test_a_password_that_is_not_taken_leaves_the_link_good(session, at):
    ada = make_user()
    services.send_password_link(ada.email, at)
    token = token_in(mails(session, "password_link")[0])

    with pytest.raises(BadPassword):
        services.choose_password(token, "short", at)
    assert services.choose_password(token, NEW, at) == ada


def test_using_one_link_ends_the_others(session, at):
    ada = make_user()
    for minute in range(2):
        services.send_password_link(ada.email, at + timedelta(minutes=minute))
    first, second = map(token_in, mails(session, "password_link"))
    services.choose_password(second, NEW, at)

    with pytest.raises(LinkEnded):
        services.choose_password(first, NEW, at)


def test_an_address_without_an_account_is_sent_nothing(session, at):
    services.send_password_link("nobody@example.org", at)

    assert mails(session, "password_link") == []


def test_a_mailbox_is_not_flooded_with_links(session, at):
    ada = make_user()
    for minute in range(8):
        services.send_password_link(ada.email, at + timedelta(minutes=minute))

    assert len(mails(session, "password_link")) == 5
    services.send_password_link(ada.email, at + timedelta(hours=1, minutes=10))
    assert len(mails(session, "password_link")) == 6


def test_a_link_lets_somebody_in_who_was_shut_out_by_wrong_passwords(session, at):
    ada = make_user()
    fail(ada.email, 10, at)
    services.send_password_link(ada.email, at)
    services.choose_password(token_in(mails(session, "password_link")[0]), NEW, at)

    assert services.authenticate(ada.email, NEW, at) == ada


def test_a_first_password_is_not_announced_as_a_change(session, at):
    services.invite_user("pat@example.org", "Pat", Role.PARTNER, by=None, at=at, about="a team")
    services.choose_password(token_in(mails(session, "account_invitation")[0]), NEW, at)

    assert mails(session, "password_changed") == []
