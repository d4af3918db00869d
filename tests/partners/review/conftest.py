"""A team that reviews: three reviewers, and an application before them."""

import pytest

from partners.review.rules import Criterion, Way
from partners.review.services import set_way
from tests.factories import make_application, make_member, make_user

CRITERIA = (Criterion("depth", "Depth", "What they built.", 3), Criterion("words", "Words", "", 1))


@pytest.fixture
def rita(partner):
    return make_member(partner, make_user("partner", name="Rita Reviewer"), duty="reviewer")


@pytest.fixture
def sam(partner):
    return make_member(partner, make_user("partner", name="Sam Second"), duty="reviewer")


@pytest.fixture
def tess(partner):
    return make_member(partner, make_user("partner", name="Tess Third"), duty="reviewer")


@pytest.fixture
def sent(partner, ada):
    return make_application(partner, ada)


@pytest.fixture
def blind(partner, admin, at):
    """The programme's way: two reviewers, blind to each other."""
    way = Way(CRITERIA, is_double=True)
    set_way(partner.programme, way, by=admin.id, at=at)
    return way
