"""What the tests of the console share: a partner with an expert, and somebody of its team."""

import pytest

from tests.factories import make_award, make_freelancer, make_member, make_partner, make_user, sign_in

HOME = "/console/northwind"
PUBLISH = f"{HOME}/page/publish"


@pytest.fixture
def partner(session, at):
    return make_partner("Northwind", slug="northwind")


@pytest.fixture
def ada(partner):
    return make_award(partner, make_freelancer(make_user(name="Ada Byron"), title="Engineer"))


@pytest.fixture
def manager(client, partner):
    sign_in(client, make_member(partner, duty="manager"))
    return client
