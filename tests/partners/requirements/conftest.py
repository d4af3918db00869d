"""What the tests of requirements share: the console's pages, what is stored, and how they are pressed."""

import re

import pytest
import sqlalchemy as sa

from partners.models import RequirementsDraft
from tests.factories import sign_in


@pytest.fixture
def console(client, partner, admin):
    """A browser of the partner's admin; `at` is the address of the requirements."""
    sign_in(client, admin)
    client.at = f"/console/{partner.slug}/requirements"
    return client


@pytest.fixture
def draft(session):
    """Return the draft as it is stored, or None."""
    return lambda: session.scalar(sa.select(RequirementsDraft).execution_options(populate_existing=True))


def version_in(page):
    return re.search(r'name="version" value="(\d+)"', page.text)[1]


def add(console, fact, inside="", **typed):
    form = console.get(f"{console.at}/new", query_string={"fact": fact, "in": inside})
    return console.post(
        f"{console.at}/new", query_string={"fact": fact, "in": inside}, data=typed | {"version": version_in(form)}
    )


def press(console, action, place="", **more):
    page = console.get(f"{console.at}/draft")
    return console.post(
        f"{console.at}/draft", data={"action": action, "place": place, "version": version_in(page)} | more
    )


def jobs(console, number="10", operator="at_least", inside=""):
    return add(console, "jobs_count", inside, operator=operator, value=number)
