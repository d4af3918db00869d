"""The page of a partner that was read a moment ago is given to requests that never read it. Rules B-2, D-7."""

from collections import defaultdict

import pytest
import sqlalchemy as sa
from flask import g

from core import briefly
from core.database import session as sessions
from directory.queries import page_of_partner, published_page
from directory.versions import published


@pytest.fixture
def recently(monkeypatch, session):
    monkeypatch.setattr(briefly, "_kept", defaultdict(dict))
    briefly.allow(60)
    yield lambda: briefly.allow(60)
    g.pop("laurel_may_be_s_old")
    sessions.remove()


def test_all_that_is_shown_of_it_came_with_it(recently, northwind):
    slug, name = northwind.slug, northwind.name
    first = published_page(slug)
    said = published(first)

    sessions.remove()  # the next request has a session of its own
    recently()
    again = published_page(slug)
    assert again is first
    assert published(again) == said
    assert again.partner.name == name
    assert again.partner.programme.achievement.issuer.name == name
    assert sa.inspect(again).detached, "it belongs to no request, so that none can change it for another"


def test_whoever_may_change_it_has_it_as_their_own(northwind):
    assert page_of_partner(northwind.slug) in sessions()
