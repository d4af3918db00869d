"""A whole service for each file of journeys, and the deeds that many of them begin with."""

from __future__ import annotations

import json
import time
from urllib.parse import urlsplit

import pytest

from tests.browsing import Person, chromium
from tests.live import laurel, link_in

PASSWORD = "a long enough password"
STAFF = "robin@laurel.example"
ADMIN = "pat@northwind.example"
HEADLINE = "Warehouses that answer"


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
    return person().sign_in(STAFF, PASSWORD).sees("The marketplace today")


def add_partner(service, staff, person, name="Northwind"):
    """Staff add a partner; its first admin follows the mail's link and chooses a password. Returns the admin."""
    staff.follow("Partners")
    staff.follow("Add a partner")
    staff.fill(**{"Name": name, "Their name": "Pat Partner", "Their e-mail address": ADMIN})
    staff.click("Add the partner")
    staff.sees(name, "Pat Partner", "Invited", "Page is a draft")

    admin = person()
    admin.go(link_in(service.mailbox.wait_for(ADMIN, subject=name), "/password/"))
    admin.sees("Choose your password", ADMIN)
    admin.fill(Password=PASSWORD)
    admin.click("Set the password and sign in")
    return admin.sees("Your programme today", "Three steps to your first experts")


def publish_page(admin):
    """The admin writes the page's words and publishes it."""
    admin.follow("Page", exact=True)
    admin.sees("Not published yet", "A headline", "An introduction")
    admin.fill(Headline=HEADLINE, Introduction="People who know Northwind inside out.")
    admin.click("Save and publish")
    admin.sees("Version 1, at /experts/", "Take the page down")


def invite(service, admin, *addresses, message=""):
    """The admin pastes addresses, looks at what will happen, and sends; returns each address's link."""
    admin.follow("Invitations")
    admin.fill(Addresses="\n".join(addresses), A_word_from_you=message)
    admin.click("Look before sending")
    admin.sees("Nothing has been sent yet")
    admin.click(f"Send {len(addresses)} invitation")
    mails = [service.mailbox.wait_for(address, subject="invites you") for address in addresses]
    return [link_in(mail, "/invitations/") for mail in mails]


def feed_file(folder, *rows):
    """Write rows of Laurel's own format; these people meet every rule unless a row says otherwise."""
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
    path = folder / f"feed-{len(list(folder.iterdir()))}.ndjson"
    path.write_text("".join(json.dumps(good | row) + "\n" for row in rows))
    return path


def feed(service, folder, *rows):
    """An operator brings such rows in; returns what the command says."""
    return service.cli("feed", "import", feed_file(folder, *rows), "--mapping", "laurel")


def register(somebody, link, name, password=PASSWORD):
    """Somebody invited opens the link and makes an account."""
    somebody.go(link)
    somebody.follow("Make an account")
    somebody.fill(Your_name=name, Password=password)
    somebody.click("Make my account")
    return somebody.sees("Your account is ready", "How you stand today")


def apply(somebody):
    """Accept the invitation that is open, answer what is asked, and send. Returns the application's path."""
    somebody.click("Accept and start")
    somebody.sees("Your application is open")
    answer(somebody)
    return urlsplit(somebody.page.url).path


def answer(somebody, words="I rebuilt the warehouse of a bank."):
    """Answer every question that the open application insists on, and send it."""
    for field in somebody.page.locator("main form textarea[required]").all():
        field.fill(words)
    with somebody.page.expect_navigation():  # what is being saved is saved first
        somebody.page.get_by_role("button", name="Send application").first.click()
    somebody.sees("Under consideration", "If you are selected, you get an e-mail")


def select(admin, name):
    """The admin opens the application of `name` from the queue and selects them."""
    admin.follow("Applications", exact=True)
    admin.follow(name)
    admin.click(f"Select {name}")
    return admin.sees(f"{name} is selected")


def tab_to(somebody, name):
    """Press the tab key until what carries `name` has the focus."""
    page = somebody.page
    ways = (page.get_by_label(name), page.get_by_role("link", name=name), page.get_by_role("button", name=name))
    target = ways[0].or_(ways[1]).or_(ways[2]).first
    for _ in range(90):
        page.keyboard.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"no number of tabs leads to {name}")


def press(somebody, name, key="Enter"):
    """Go to a link or button by the tab key alone, and press it; wait for the page that comes."""
    tab_to(somebody, name)
    with somebody.page.expect_navigation():
        somebody.page.keyboard.press(key)


def wait_until(met, what, timeout_s=40):
    """Wait for a condition; say in words what did not come about."""
    deadline = time.monotonic() + timeout_s
    while not met():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.1)


def let_the_worker_go_round(service):
    """Wait until the worker has swept once more, from beginning to end, and all mails have left."""
    [(moment,)] = service.sql("SELECT clock_timestamp()")
    swept = "SELECT 1 FROM job_runs WHERE job = 'sweep' AND claimed_at > %s AND done_at IS NOT NULL"
    wait_until(lambda: service.sql(swept, moment), "the worker had swept")
    all_mails_leave(service)


def all_mails_leave(service):
    """Wait until no mail is left to be sent."""
    waiting = "SELECT 1 FROM outbox_mails WHERE sent_at IS NULL"
    wait_until(lambda: not service.sql(waiting), "every mail had left")


def subjects_to(service, address):
    """Return what the mails to one address are about, in the order in which they came."""
    return [mail["Subject"] for mail in service.mailbox.to(address)]
