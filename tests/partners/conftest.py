"""What the tests of partners share: a partner, whom it invites, and what was mailed."""

import pytest
import sqlalchemy as sa

from core.outbox import OutboxMail
from tests.factories import make_freelancer, make_invitation, make_member, make_partner, make_user


@pytest.fixture
def partner(session, at):
    return make_partner()


@pytest.fixture
def admin(partner):
    return make_member(partner)


@pytest.fixture
def ada(session, at):
    """A freelancer with an account, who meets everything."""
    return make_freelancer(make_user(email="ada@example.org"))


@pytest.fixture
def link(partner):
    """The secret of an invitation sent to Ada's address."""
    return make_invitation(partner, "ada@example.org")[1]


@pytest.fixture
def mails(session):
    """Return what was mailed, as (template, address), the oldest first; perhaps of one template."""

    def read(template=None):
        chosen = sa.select(OutboxMail).order_by(OutboxMail.created_at, OutboxMail.id)
        if template:
            chosen = chosen.where(OutboxMail.template == template)
        return session.scalars(chosen.execution_options(populate_existing=True)).all()

    return read
