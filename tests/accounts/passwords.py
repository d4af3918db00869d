"""Wrong and new passwords, and the links by which they are chosen anew."""

import pytest
import sqlalchemy as sa

from accounts import services
from accounts.errors import SignInFailed
from core.outbox import OutboxMail

WRONG = "not the password"
NEW = "four new unrelated words"


def mails(session, template):
    return session.scalars(sa.select(OutboxMail).where(OutboxMail.template == template).order_by(OutboxMail.id)).all()


def token_in(mail):
    return mail.words()["path"].removeprefix("/password/")


def fail(email, times, at):
    for _ in range(times):
        with pytest.raises(SignInFailed):
            services.authenticate(email, WRONG, at)
