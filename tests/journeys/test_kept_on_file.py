"""Kept on file: nobody is told, nothing shows, and a later selection is as good as an early one. Rules R-2, R-4."""

import io
import json
import re
import statistics
import time
import zipfile
from contextlib import closing
from http.client import HTTPConnection

import pytest

from core import clock
from core.permissions import Access, Scope, declared
from freelancers.queries import freelancer_by_email
from partners.deciding import keep_on_file, open_for_review
from partners.review.services import add_note
from tests.browsing import needs_browser
from tests.crowd import ask, inside
from tests.factories import make_application, make_member, make_partner, make_token
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
ROUNDS, TRIES = 220, 5
#: The one thing that differs each time a form is shown: its protection, stamped with the moment.
TOKEN = re.compile(rb'name="csrf_token" value="[^"]*"')
#: That, and the number and the moment that each answer of the API has.
OF_EACH_BODY = re.compile(rb'name="csrf_token" value="[^"]*"|\b[0-9a-f]{32}\b|"evaluated_at":\s*"[^"]*"')
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


@pytest.mark.slow
def test_pages_answers_to_programs_and_their_time_are_the_same_before_and_after(service, app):
    """Of two applicants one is kept on file. What she can ask for, and the marketplace about her, says so nowhere.

    What differs by itself takes longer in every try; a busy machine does not, so one try in bounds is enough.
    """
    with inside(service) as crowd:
        partner, headers, (kept, untouched) = two_applied(crowd)
        program = {"Authorization": f"Bearer {make_token((Scope.FINDINGS,), at=clock.now())}"}
        paths = [(path, headers[0]) for path in own_pages(app, kept, partner)]
        paths += [
            (f"/api/v1/freelancers/kept@example.org/eligibility{query}", program) for query in ("", "?partner=kept")
        ]
        before = {path: answered(service, path, head) for path, head in paths}
        by, at = make_member(partner).id, clock.now()
        open_for_review(kept.id, by=by, at=at)
        add_note(kept.id, "Not now.", by=by, at=at)
        keep_on_file(kept.id, by=by, at=at)
        [(mails,)] = service.sql("SELECT count(*) FROM outbox_mails")
        let_the_worker_go_round(service)

        assert [path for path, head in paths if answered(service, path, head) != before[path]] == []
        assert len(paths) >= 10
        assert service.sql("SELECT count(*) FROM outbox_mails") == [(mails,)]
        both = [(f"/me/applications/{each.id}", head) for each, head in zip((kept, untouched), headers, strict=True)]
    ratios = []
    while len(ratios) < TRIES and not (ratios and 0.9 <= ratios[-1] <= 1.1):
        ratios.append(ratio_of_medians(service, *both))
    assert 0.9 <= ratios[-1] <= 1.1, ratios


def two_applied(crowd):
    partner, names = make_partner("Kept", slug="kept", at=clock.now()), ("kept@example.org", "open@example.org")
    headers, at = crowd.freelancers(*names), clock.now()
    return partner, headers, [make_application(partner, freelancer_by_email(name), at=at) for name in names]


def own_pages(app, application, partner):
    """Every page for freelancers that the ids of her own application lead to."""
    values = {"application_id": application.id, "partner": partner.slug, "slug": partner.slug}
    adapter = app.url_map.bind("laurel.test")
    for rule in app.url_map.iter_rules():
        view = declared(app.view_functions[rule.endpoint])
        is_theirs = view and view.access in (Access.FREELANCER, Access.SIGNED_IN) and "GET" in rule.methods
        if is_theirs and rule.arguments <= set(values):
            yield adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})


def answered(service, path, headers):
    answer = ask(service.port, "GET", path, headers)
    is_copy = answer.body.startswith(b"PK")
    untold = OF_EACH_ANSWER | ({"content-length"} if is_copy else set())
    head = {name: value for name, value in answer.headers if name.lower() not in untold}
    return answer.status, head, read_without_its_moment(answer.body) if is_copy else OF_EACH_BODY.sub(b"", answer.body)


def read_without_its_moment(copy):
    """Return the copy of all that is held about her, but for when it was made."""
    with zipfile.ZipFile(io.BytesIO(copy)) as folder:
        about = json.loads(folder.read("about-you.json"))
        assert about.pop("at")
        return about | {name: folder.read(name) for name in folder.namelist() if not name.startswith("about-you.")}


def ratio_of_medians(service, kept, untouched):
    """Ask for both pages in turns over one connection; return how many times as long the kept one's takes."""
    took = [], []
    with closing(HTTPConnection("127.0.0.1", service.port, timeout=60)) as connection:
        for number in range(ROUNDS):
            for place in (0, 1) if number % 2 else (1, 0):
                path, headers = (kept, untouched)[place]
                began = time.perf_counter()
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                took[place].append(time.perf_counter() - began)
                assert answer.status == 200
    return statistics.median(took[0]) / statistics.median(took[1])
