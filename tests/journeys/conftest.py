"""A whole service for each file of journeys, and what many of them begin with."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.browsing import Person, chromium
from tests.live import laurel, link_in

PASSWORD = "a long enough password"
STAFF = "robin@laurel.example"
ADMIN = "pat@northwind.example"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """Real server and worker processes over an empty database, with a real mail server."""
    with laurel(tmp_path_factory.mktemp("journey")) as one:
        yield one


@pytest.fixture(scope="module")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture
def person(service, browser):
    """Open a browser of somebody's own; what went wrong in any of them fails the journey at its end."""
    people = []

    def somebody(**options):
        people.append(Person(browser, service.url, **options))
        return people[-1]

    yield somebody
    troubles = [line for one in people for line in (*one.console, *one.elsewhere)]
    for one in people:
        one.close()
    assert not troubles


@pytest.fixture
def staff(service, person):
    """Somebody of the marketplace, signed in."""
    if not service.sql("SELECT 1 FROM users WHERE email = %s", STAFF):
        words = ("users", "create", STAFF, "--role", "staff", "--name", "Robin Hale", "--password-stdin")
        service.cli(*words, stdin=PASSWORD)
    return person().sign_in(STAFF, PASSWORD)


def add_partner(service, staff, person, name="Northwind"):
    """Staff add a partner; its first admin chooses a password and publishes the page. Returns the admin."""
    staff.go("/staff/partners/new")
    staff.page.get_by_label("Name", exact=False).first.fill(name)
    staff.page.locator("input[name=slug]").fill(name.lower())
    staff.page.locator("input[name=admin_name]").fill("Pat Partner")
    staff.page.locator("input[name=admin_email]").fill(ADMIN)
    staff.click("Add the partner")
    staff.sees(name)
    admin = person()
    admin.go(link_in(service.mailbox.wait_for(ADMIN), "/password/"))
    for field in admin.page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    admin.page.locator("main form button.btn-primary").first.click()
    admin.page.wait_for_load_state()
    if "/sign-in" in admin.page.url:
        admin.sign_in(ADMIN, PASSWORD)
    return admin


def publish_page(admin, slug="northwind"):
    """The admin writes the page's words and publishes it."""
    admin.go(f"/console/{slug}/page")
    admin.fill(Headline="Warehouses that answer", Introduction="People who know Northwind inside out.")
    admin.click("Save")
    admin.click("Publish the page")
    admin.sees("Published")


def invite(service, admin, *addresses, slug="northwind"):
    """The admin pastes addresses, looks at what will happen, and sends; returns each address's link."""
    admin.go(f"/console/{slug}/invitations")
    admin.page.get_by_label("Addresses").fill("\n".join(addresses))
    admin.click("Look before sending")
    admin.click(f"Send {len(addresses)} invitation")
    return [link_in(service.mailbox.wait_for(address, subject="Northwind"), "/invitations/") for address in addresses]


def feed(service, tmp_path, *rows):
    """An operator brings in rows of Laurel's own format; they meet every rule unless they say otherwise."""
    good = {
        "title": "Data engineer",
        "country": "GB",
        "account_state": "active",
        "visibility": "public",
        "english_level": "fluent",
        "jss_pct": 95,
        "completeness_stated_pct": 100,
        "skills": ["SQL"],
    }
    path = tmp_path / f"feed-{len(list(tmp_path.iterdir()))}.ndjson"
    path.write_text("".join(json.dumps(good | row) + "\n" for row in rows))
    return service.cli("feed", "import", path, "--mapping", "laurel")


def register(somebody, link, name, password=PASSWORD):
    """Somebody invited opens the link and makes an account."""
    somebody.go(link)
    somebody.follow("Make an account")
    somebody.page.get_by_label("name", exact=False).first.fill(name)
    somebody.page.locator("input[type=password]").first.fill(password)
    somebody.click("Make my account")
    return somebody


def apply(somebody):
    """Accept the invitation that is open, answer what is asked, and send. Returns the application's path."""
    somebody.click("Accept and start")
    answer(somebody)
    return urlsplit(somebody.page.url).path


def answer(somebody):
    """Answer every question that the open application insists on, and send it."""
    for field in somebody.page.locator("main form textarea[required]").all():
        field.fill("I rebuilt the warehouse of a bank.")
    somebody.click("Send application")
    somebody.sees("under consideration")


def select(admin, name, slug="northwind"):
    """The admin opens the application of `name` and selects them."""
    admin.go(f"/console/{slug}/applications")
    admin.follow(name)
    admin.click(f"Select {name}")
