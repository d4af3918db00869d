"""Crowds at the real server: one outcome for all who come at once, and nothing used up by whoever only looks.

Rules I-3, R-2, X-1; design decision 2.
"""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from core import clock
from core.secrets import new_token
from partners.invitations.campaigns import link_path, open_campaign
from tests.crowd import all_at_once, ask, inside
from tests.factories import make_application, make_freelancer, make_invitation, make_member, make_partner, make_user
from tests.live import laurel

pytestmark = pytest.mark.slow

ACCEPTS, PLACES, RUSH, DECISIONS, LOOKS = 1_000, 500, 2_000, 50, 250
PREFETCHES = ({"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"})
#: What differs in each answer whatever is in it.
OF_EACH_ANSWER = re.compile(rb'name="csrf_token" value="[^"]*"')
OF_EACH_HEAD = {"date", "x-request-id", "set-cookie", "content-length"}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A web without a worker, so that mails stay where they are counted."""
    with laurel(tmp_path_factory.mktemp("crowds"), worker=False) as one:
        yield one


@pytest.fixture(scope="module")
def crowd(service):
    with inside(service) as one:
        yield one


@pytest.fixture
def partner(crowd):
    return make_partner("Northwind", at=clock.now())


def everything(service):
    """Return a digest of every table, but of the one moment that opening a link keeps."""
    tables = service.sql("SELECT relname FROM pg_stat_user_tables ORDER BY 1")
    digest = "SELECT md5(coalesce(string_agg((to_jsonb(t) - 'opened_at')::text, '|' ORDER BY t::text), '')) FROM {} t"
    return {name: service.sql(digest.format(name)) for (name,) in tables}


def mails(service, template, *addresses):
    found = "SELECT count(*) FROM outbox_mails WHERE template = %s AND (%s::text[] = '{}' OR to_address = ANY(%s))"
    return service.sql(found, template, list(addresses), list(addresses))[0][0]


def test_a_thousand_accepts_of_one_link_at_once_make_one_application(service, crowd, partner):
    [ada] = crowd.freelancers("ada@example.org")
    invitation, token = make_invitation(partner, "ada@example.org", at=clock.now())
    post = ("POST", f"/invitations/{token}", ada, crowd.form(answer="accept"))

    told = Counter((answer.status, answer.location) for answer in all_at_once(service.port, [post] * ACCEPTS))

    [(application,)] = service.sql("SELECT id FROM applications WHERE programme_id = %s", partner.programme.id)
    assert told == {(303, f"/me/applications/{application}"): ACCEPTS}
    logged = "SELECT count(*) FROM audit_events WHERE action = 'invitation.accepted' AND subject_id = %s"
    assert service.sql(logged, invitation.id) == [(1,)]
    assert mails(service, "application_opened", "ada@example.org") == 1


def test_two_thousand_accepts_of_five_hundred_places_fill_them_and_tell_the_others(service, crowd, partner):
    by, at = make_member(partner).id, clock.now()
    path = link_path(open_campaign(partner.programme, "Rush", PLACES, (at + timedelta(days=1)).date(), by=by, at=at))
    people = crowd.freelancers(*(f"rush{number}@example.org" for number in range(RUSH)))
    form = crowd.form(answer="accept")

    answers = all_at_once(service.port, [("POST", path, each, form) for each in people], most=PLACES)

    places = {answer.location for answer in answers if answer.status == 303}
    late = [answer for answer in answers if answer.status != 303]
    [(count,)] = service.sql("SELECT count(*) FROM applications WHERE programme_id = %s", partner.programme.id)
    assert len(places) == count == PLACES
    assert Counter(answer.status for answer in late) == {410: RUSH - PLACES}
    assert all(b"This link no longer works" in answer.body for answer in late)
    assert service.sql("SELECT taken FROM campaigns WHERE cap = %s", PLACES) == [(PLACES,)]


def test_fifty_selects_and_fifty_keeps_of_one_application_have_one_outcome(service, crowd, partner):
    at = clock.now()
    bea = make_freelancer(make_user(email="bea@example.org", password=None), at=at)
    application = make_application(partner, bea, at=at).id
    team = crowd.signed_in(*(make_member(partner, make_user("partner", password=None)).id for _ in range(DECISIONS)))
    path = f"/console/{partner.slug}/applications/{application}/decision"
    posts = [("POST", path, each, crowd.form(decision=what)) for each in team for what in ("select", "keep")]

    told = Counter(answer.status for answer in all_at_once(service.port, posts))

    kept, selected = service.sql("SELECT kept_at, selected_at FROM applications WHERE id = %s", application)[0]
    decided = "SELECT count(*) FROM audit_events WHERE subject_id = %s AND action ~ 'selected|kept'"
    assert told == {303: 1, 409: 2 * DECISIONS - 1}
    assert (kept is None) == (selected is not None)
    assert service.sql(decided, application) == [(1,)]
    assert mails(service, "award_awarded", "bea@example.org") == (selected is not None)
    assert mails(service, "application_selected", "bea@example.org") == 0


def test_a_thousand_looks_heads_and_prefetches_use_nothing_up(service, crowd, partner):
    _, token = make_invitation(partner, "cleo@example.org", at=clock.now())
    crowd.freelancers("cleo@example.org")
    opened = "SELECT opened_at FROM invitations WHERE email = 'cleo@example.org'"
    before = everything(service)
    for method, headers in (("HEAD", {}), *(("GET", each) for each in PREFETCHES)):
        look_often(service, method, token, headers)
    assert service.sql(opened) == [(None,)], "nobody has looked yet"
    look_often(service, "GET", token, {})

    assert service.sql(opened) != [(None,)]
    assert everything(service) == before


def look_often(service, method, token, headers):
    looks = [(method, f"/invitations/{token}", headers, None)] * LOOKS
    assert {answer.status for answer in all_at_once(service.port, looks, most=8)} == {200}


def test_links_that_do_not_work_are_answered_alike_to_the_byte(service, crowd, partner):
    at = clock.now()
    ended = {"expires_at": at}, {"withdrawn_at": at}, {"accepted_at": at}, {"declined_at": at}
    tokens = [make_invitation(partner, f"gone{n}@example.org", at=at, **each)[1] for n, each in enumerate(ended)]
    by = make_member(partner).id
    campaign = open_campaign(partner.programme, "Over", 1, at.date(), by=by, at=at)
    service.sql("UPDATE campaigns SET ends_at = now() WHERE id = %s", campaign.id)
    tokens += [new_token(), "x", link_path(campaign).removeprefix("/invitations/")]
    somebody = crowd.freelancers("dora@example.org")[0]

    for headers in ({}, somebody, PREFETCHES[0]):
        for method in ("GET", "HEAD"):
            assert len({seen(service, method, token, headers) for token in tokens}) == 1
        for form in ({"answer": "accept"}, {"answer": "decline"}, {"answer": "ask"}):
            posted = {seen(service, "POST", token, somebody, crowd.form(**form)) for token in tokens[:3] + tokens[4:]}
            assert {status for status, *_ in posted} == {410}
            assert len(posted) == 1


def seen(service, method, token, headers, body=None):
    """Return all that a link's answer says, but for its own secret, the moment and the request's number."""
    answer = ask(service.port, method, f"/invitations/{token}", headers, body)
    assert answer.status == 410
    head = tuple(sorted((name, value) for name, value in answer.headers if name.lower() not in OF_EACH_HEAD))
    text = OF_EACH_ANSWER.sub(b"", answer.body)
    return answer.status, head, text.replace(f"/invitations/{token}/".encode(), b"/invitations/TOKEN/")


WIDE = "Name,Email,About\n" + "".join(f"😀 {n},p{n}@x.org,{'x' * 200}\n" for n in range(54_000))
#: Files that are no list, or whose rows are none, with the words of the answer to each.
BAD_FILES = {
    "a million rows": (b"Email\n" + b"".join(b"%x@x.co\n" % n for n in range(1_000_000)), 422, "more than 500,000"),
    "too many rows": (b"Email\n" + b"".join(b"p%d@x.org\n" % n for n in range(100_001)), 422, "more than 100,000 rows"),
    "empty lines": (b"\n" * 11_900_000, 422, "more than 500,000 lines"),
    "one line": (b"@" * 11_900_000, 303, "more than 1,000,000 characters"),
    "commas": (b"Email,Name\n" + b"," * 11_900_000, 303, "longer than any name or address"),
    "wide and in many letters": (WIDE.encode()[:11_900_000], 303, "mails</strong> will go out"),
    "too large": (b"Email\n" + b"x" * 12_000_000, 413, "too much at once"),
    "header alone": (b"Name,Email\n", 422, "no address in this"),
    "nothing": (b"", 422, "Write at least one address"),
    "latin-1": ("Name,Email\nJosé,j@x.org\n".encode("latin-1"), 422, "line 2 holds the byte 0xE9"),
    "NUL": (b"Name,Email\nA\0,a@x.org\n", 422, "no text (NUL)"),
    "formulas": (b'Name,Email\n=1+1,a@x.org\n+1,b@x.org\n-1+2,c@x.org\n@SUM(1),d@x.org\n', 303, "4 rows are left out"),
    "a formula behind a tab": (b'Name,Email\n"\t=2",e@x.org\n', 303, "formula"),
    "a formula for an address": (b"Name,Email\nAda,=cmd|' /C calc'!A0\n", 303, "1 row is left out"),
    "line breaks": (b'Name,Email\n"Ada\r\nBcc: all@x.org",a@x.org\n', 303, "line break"),
    "look-alikes": ("Email\nаda@example.org\nada@exаmple.org\n".encode(), 303, "Cyrillic"),
    "ragged": (b"Name,Email\nonly a name\n,,,,\n", 303, "no address in this row"),
    "a quote without end": (b'Name,Email\n"never, a@x.org\n', 303, "row"),
}  # fmt: skip


def test_files_that_are_no_list_are_answered_clearly_in_little_memory_and_nothing_is_sent(service, crowd, partner):
    [pat] = crowd.signed_in(make_member(partner).id)
    counts = "SELECT (SELECT count(*) FROM invitations), (SELECT count(*) FROM outbox_mails)"
    before, wrong = service.sql(counts), []
    for name, (data, status, words) in BAD_FILES.items():
        found, page = bring(service, crowd, partner, pat, data)
        if (found, words in page) != (status, True):
            wrong.append(f"{name}: {found}, {page[page.find('<main') :][:1500]}")

    assert not wrong, "\n".join(wrong)
    assert service.sql(counts) == before
    assert peak_mib(service) < 300


def bring(service, crowd, partner, cookie, data):
    """Bring a file in; return the status, and the page of its bad rows or of the refusal."""
    home = f"/console/{partner.slug}/invitations/lists"
    head = "".join(
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parse_qsl(crowd.form(message=""), keep_blank_values=True)
    )
    head += '--edge\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    body = head.encode() + data + b"\r\n--edge--\r\n"
    answer = ask(service.port, "POST", home, cookie | {"Content-Type": "multipart/form-data; boundary=edge"}, body)
    shown = ask(service.port, "GET", answer.location, cookie) if answer.status == 303 else answer
    return answer.status, shown.body.decode()


def peak_mib(service):
    """Return how much memory the largest of the web's processes has ever held."""
    [web] = service.processes
    children = Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split()
    peaks = [re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{each}/status").read_text()) for each in children]
    return max(int(found[1]) for found in peaks) / 1024
