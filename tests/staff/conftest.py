"""What tests of the staff's pages share: somebody of the marketplace, signed in."""

import pytest

from accounts.models import Role
from tests.factories import (
    make_user,
    sign_in,
)


@pytest.fixture
def sam(session):
    return make_user(Role.STAFF, name="Sam Staff")


@pytest.fixture
def staff(client, sam, at):
    sign_in(client, sam)
    return client
