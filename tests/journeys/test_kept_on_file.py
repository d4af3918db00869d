"""Kept on file: nobody is told, nothing shows, and a later selection is as good as an early one. Rule R-2."""

import re
import time

import pytest

from tests.browsing import needs_browser
from tests.journeys.conftest import add_partner, apply, feed, invite, publish_page, register

pytestmark = [needs_browser, pytest.mark.xdist_group("journeys")]

BEA = "bea@example.org"
#: The one thing that differs each time a form is shown: its protection, stamped with the moment.
TOKEN = re.compile(rb'name="csrf_token" value="[^"]*"')


def pages(somebody, *paths):
    """Return the bodies of the pages, the forms' protection left out."""
    return [TOKEN.sub(b"", somebody.context.request.get(somebody.base_url + path).body()) for path in paths]


def worker_ticks(service):
    """Wait until the worker has swept once more: whatever it had to send is on its way then."""
    query = "SELECT count(*) FROM job_runs WHERE job = 'sweep' AND done_at IS NOT NULL"
    before, deadline = service.sql(query)[0][0], time.monotonic() + 60
    while service.sql(query)[0][0] <= before and time.monotonic() < deadline:
        time.sleep(0.2)
    while service.sql("SELECT 1 FROM outbox_mails WHERE sent_at IS NULL AND failed_at IS NULL"):
        time.sleep(0.2)


def test_keeping_on_file_sends_nothing_and_shows_nothing(service, staff, person, tmp_path):
    feed(service, tmp_path, {"marketplace_id": "m1", "name": "Bea Kept", "email": BEA})
    admin = add_partner(service, staff, person)
    publish_page(admin)
    [link] = invite(service, admin, BEA)
    bea = register(person(), link, "Bea Kept")
    application = apply(bea)
    service.mailbox.wait_for(BEA, subject="application")
    worker_ticks(service)
    mails = len(service.mailbox.mails)
    seen = ("/me", "/me/applications", application, "/me/badges")
    before = pages(bea, *seen)

    admin.go("/console/northwind/applications")
    admin.follow("Bea Kept")
    admin.click("Keep on file")
    admin.sees("Kept on file")
    worker_ticks(service)

    assert len(service.mailbox.mails) == mails, "no mail at all, to anybody"
    assert pages(bea, *seen) == before
    bea.go(application)
    bea.sees("Under consideration").does_not_see("rejected", "declined", "not selected")

    admin.go("/console/northwind/applications?state=kept_on_file")
    admin.follow("Bea Kept")
    admin.click("Select Bea Kept")
    service.mailbox.wait_for(BEA, subject="Expert now")
    bea.go(application)
    bea.sees("Selected")
