"""Every route × method × kind of person × kind of argument gives what the route declares. Design decision 6, rule X-4.

The table of what is due is worked out from `core.permissions.declared`; real requests are held against it.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.models import Role
from badges.models import BasePolicyVersion
from core.database import Model, new_id
from core.outbox import OutboxMail
from core.permissions import Access, Duty
from directory.services import remove_from_directory
from partners.answering import ask_to_confirm
from tests.factories import QUESTION, make_freelancer, make_member, make_partner, make_token, make_user, sign_in
from tests.routes import KINDS, PROGRAMS, Given, requests
from tests.things import stopped, things_of, verified_by

ALL_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")


#: What every form of ours that is posted to a thing would find in order, so that nothing but whose it is refuses it.
FORM = {
    "decision": "select", "action": "up", "duty": "viewer", "reason": "For a reason.", "until": "2026-04-01",
    "answer": "accept", "name": "A name", "summary": "A sentence.", "kind": "question", "prompt": "What?",
}  # fmt: skip


#: Answers of the view itself: Ada has applied there already; and a link is answered by whom it was sent to.
OWN_ANSWERS = {
    ("me.interest", 404), ("partners.answer", 403),
    # What the form names is not there: a view to forget, somebody to put back.
    ("partners_console.forget_view", 404), ("partners_console.lift_conflict", 404),
    # Told by no page of ours; or the page was taken down by whoever asked for all of this.
    ("directory_seen.seen", 403), ("directory_seen.seen", 404),
}  # fmt: skip


#: What ends a thing is asked for after all else, so that the thing is there for the others.
ENDINGS = re.compile(r"/(?:remove|delete|withdraw|revoke|lift|call-off|drop|decision)$|^/invitations/")


#: Whoever steps back or leaves can do no more: that comes last of all.
LAST = re.compile(r"leave|/conflict$")


def last_of_all(address):
    """Return how late something is asked for: after all else what ends a thing, and last what ends one's own place."""
    return bool(LAST.search(address)), bool(ENDINGS.search(address))


@pytest.fixture
def inkfold(session, at):
    return make_partner("Inkfold", slug="inkfold", steps=[QUESTION | {"key": "what"}])


@pytest.fixture
def people(northwind, inkfold):
    """One of each kind; None is nobody."""
    return {
        "nobody": None,
        "freelancer": make_user(email="ada@example.org"),
        "staff": make_user(Role.STAFF, email="robin@example.org"),
        "admin elsewhere": make_member(inkfold, make_user(Role.PARTNER, email="lucia@example.org")),
    } | {
        duty: make_member(northwind, make_user(Role.PARTNER, email=f"{duty}@example.org"), duty=duty) for duty in Duty
    } | {kind: make_token(scopes, {"northwind": northwind, "inkfold": inkfold}.get(owner))
         for kind, (owner, scopes) in PROGRAMS.items()}  # fmt: skip


@pytest.fixture
def things(session, at, people, northwind, inkfold):
    """For every argument, something that is Northwind's and Ada's, and something that is Inkfold's and Bo's."""
    ada, bo = make_freelancer(people["freelancer"]), make_freelancer(make_user(email="bo@example.org"))
    mail = OutboxMail(
        id=new_id(), key="given up", template="password_changed", to_address="ada@example.org", context={},
        created_at=at, due_at=at, failed_at=at, attempts=9,
    )  # fmt: skip
    base = session.scalars(sa.select(BasePolicyVersion)).first()
    coming = BasePolicyVersion(
        id=new_id(),
        effective_at=at + timedelta(days=9),
        content=base.content,
        created_at=at,
        created_by=people["staff"].id,
    )
    session.add_all([mail, coming])
    session.commit()
    own, others = things_of(northwind, ada, session, at), things_of(inkfold, bo, session, at)
    own |= verified_by(people["staff"], ada, at)
    others |= verified_by(make_user(Role.STAFF), bo, at)
    return {
        Given.OWN: own | {"stop_of_all_id": stopped(None, at), "mail_id": mail.id, "base_version_id": coming.id},
        Given.ANOTHERS: others | {"stop_of_all_id": own["stop_id"], "base_version_id": own["version_id"]},
    }


def come_in(client, who):
    """Sign somebody in, or have each request of a program show its token; None is nobody."""
    if isinstance(who, str):
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {who}"
    elif who:
        sign_in(client, who)


def ask(client, asked, award):
    data = FORM | {"award": str(award)} if asked.method == "POST" else None
    return client.open(asked.address, method=asked.method, data=data).status_code


def stored(session):
    """Return what the database holds, table by table, but for who is signed in."""
    session.rollback()
    digest = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
    tables = [table.name for table in Model.metadata.sorted_tables if table.name != "sign_ins"]
    return {name: session.scalar(sa.text(digest.format(name))) for name in tables}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_theirs_or_not_there_is_refused_and_nothing_changes(app, client, session, people, things, kind):
    come_in(client, people[kind])
    before = stored(session)
    table = [asked for asked in requests(app, things) if asked.due(kind) is not None]
    answered = [(asked, asked.due(kind), ask(client, asked, things[Given.OWN]["award"])) for asked in table]
    wrong = [f"{asked}: {found}, due {due}" for asked, due, found in answered if found != due]

    assert not wrong, "\n".join(wrong)
    assert stored(session) == before


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_theirs_is_open_to_them(app, client, people, things, kind):
    come_in(client, people[kind])
    table = [asked for asked in requests(app, things) if asked.due(kind) is None and asked.given is Given.OWN]
    table.sort(key=lambda asked: (asked.method == "DELETE", asked.method, *last_of_all(asked.address)))
    answered = [(asked, ask(client, asked, things[Given.OWN]["award"])) for asked in table]
    closed = [
        f"{asked}: {found}"
        for asked, found in answered
        if found >= 500 or (found in (401, 403, 404, 405) and (asked.endpoint, found) not in OWN_ANSWERS)
    ]

    assert not closed, "\n".join(closed)


def test_no_route_takes_a_method_that_it_does_not_name(app, client, things):
    taken = {}
    for asked in requests(app, things):
        taken.setdefault(asked.address, set()).add(asked.method)
    del taken["/invitations/answered"]  # a link's secret, as far as the address goes
    others = [(address, method) for address in taken for method in ALL_METHODS if method not in taken[address]]
    odd = {(a, m): found for a, m in others if (found := client.open(a, method=m).status_code) not in (404, 405)}

    assert not odd


@pytest.mark.parametrize("kind", ["nobody", "admin", "staff", "freelancer", "the marketplace's program"])
def test_a_head_is_a_get_without_its_body(app, client, people, things, kind):
    come_in(client, people[kind])
    gets = [asked for asked in requests(app, things) if asked.method == "GET" and asked.given is Given.OWN]
    for asked in gets:
        got, head = client.get(asked.address), client.head(asked.address)
        assert (head.status_code, head.data) == (got.status_code, b""), asked
        assert head.headers.get("Cache-Control") == got.headers["Cache-Control"], asked


def test_ids_of_another_partner_in_a_form_are_not_there(client, session, people, things, at):
    """Somebody asks Inkfold to be confirmed; Northwind's admin confirms them, and puts Inkfold's expert on a list."""
    own, others = things[Given.OWN], things[Given.ANOTHERS]
    asker = make_user()
    make_freelancer(asker)
    ask_to_confirm(others["token"], asker.id, at)
    sign_in(client, people["admin"])
    before = stored(session)
    page, invitation = f"/console/northwind/page/use-cases/{own['use_case']}", own["invitation_id"]

    assert client.post(f"{page}/experts", data={"award": str(others["award"])}).status_code == 404
    confirm = f"/console/northwind/invitations/{invitation}/confirm"
    assert client.post(confirm, data={"user_id": str(asker.id)}).status_code == 409
    assert stored(session) == before


def test_a_decision_about_somebody_else_cannot_be_answered(client, session, people, things, at):
    removal = remove_from_directory(things[Given.ANOTHERS]["award_id"], "No longer.", by=None, at=at)
    sign_in(client, people["freelancer"])
    before = stored(session)
    answer = {"kind": "removal", "decision": str(removal.id), "answer": "Why?"}

    assert client.post(f"/me/listings/{things[Given.OWN]['award_id']}", data=answer).status_code == 404
    assert stored(session) == before


def test_there_are_routes_of_every_kind(app, things):
    assert {asked.permission.access for asked in requests(app, things)} == set(Access)
