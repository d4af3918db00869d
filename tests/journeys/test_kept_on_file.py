"""Kept on file: nobody is told, nothing shows, and a later selection is as good as an early one. Rules R-2, R-4."""

import re

from tests.browsing import needs_browser
from tests.journeys.conftest import (
    ADMIN,
    add_partner,
    all_mails_leave,
    apply,
    feed,
    invite,
    let_the_worker_go_round,
    publish_page,
    register,
    subjects_to,
)
from tests.live import link_in

pytestmark = needs_browser

BEA = "bea@example.org"
#: The one thing that differs each time a form is shown: its protection, stamped with the moment.
TOKEN = re.compile(rb'name="csrf_token" value="[^"]*"')
#: What tells one answer from another whatever is in it.
OF_EACH_ANSWER = {"date", "x-request-id", "set-cookie"}
BEFORE_A_DECISION = [
    "Northwind invites you to become a verified expert",
    "Your application to Northwind is open",
    "Northwind has your application",
]


def test_keeping_on_file_sends_nothing_and_shows_nothing_and_she_can_be_selected_later(
    service, staff, person, tmp_path
):
    pat, bea, application = bea_has_applied(service, staff, person, tmp_path)
    all_mails_leave(service)
    mails = len(service.mailbox.mails)
    sent = pages_of(bea, application)

    pat_opens_it(pat)
    in_review = pages_of(bea, application)
    pat_keeps_it_on_file(pat)
    let_the_worker_go_round(service)

    assert len(service.mailbox.mails) == mails, "no mail at all, to anybody"
    assert service.sql("SELECT count(*) FROM outbox_mails") == [(mails,)]
    assert in_review == sent, "being read shows nothing"
    assert pages_of(bea, application) == sent, "being kept on file shows nothing"
    bea_reads_what_she_read_before(bea, application)

    pat_selects_her_from_the_pool(pat)
    badge = link_in(service.mailbox.wait_for(BEA, subject="Expert now"), "/badges/")
    bea.go(application)
    bea.sees("Northwind has selected you")
    person().go(badge)
    assert subjects_to(service, BEA) == [*BEFORE_A_DECISION, "You are a Northwind Expert now"]
    assert len(subjects_to(service, ADMIN)) == 1, "the invitation to the team, long ago"


def bea_has_applied(service, staff, person, folder):
    feed(service, folder, {"marketplace_id": "m1", "name": "Bea Kept", "email": BEA})
    pat = add_partner(service, staff, person)
    publish_page(pat)
    [link] = invite(service, pat, BEA)
    bea = register(person(), link, "Bea Kept")
    return pat, bea, apply(bea)


def pages_of(bea, application):
    """Return all that Bea can see of it, to the byte: status, headers and pages, her forms' protection left out."""
    return [answer_to(bea, path) for path in ("/me", "/me/applications", application, "/me/badges", "/me/profile")]


def answer_to(somebody, path):
    answer = somebody.page.request.get(path)
    headers = {name: value for name, value in answer.headers.items() if name not in OF_EACH_ANSWER}
    return answer.status, headers, TOKEN.sub(b"", answer.body())


def pat_opens_it(pat):
    pat.follow("Applications", exact=True)
    pat.follow("Bea Kept")
    pat.sees("Your decision", "Keeping on file sends nothing, and the applicant's page stays as it is")
    pat.page.reload()
    pat.sees("In review")


def pat_keeps_it_on_file(pat):
    pat.click("Keep on file")
    pat.sees("The application of Bea Kept is kept on file. Nobody was told.")


def bea_reads_what_she_read_before(bea, application):
    bea.go(application)
    bea.sees("Under consideration", "your application stays on file", "You need not do anything")
    bea.does_not_see("kept", "rejected", "declined", "not selected", "decided")


def pat_selects_her_from_the_pool(pat):
    pat.follow("Applications", exact=True)
    pat.sees("Nobody waits for a decision")
    pat.follow("Kept on file")
    pat.follow("Bea Kept")
    pat.sees("Selecting sends the first mail about it")
    pat.click("Select Bea Kept")
    pat.sees("Bea Kept is selected and holds your badge from now on")
