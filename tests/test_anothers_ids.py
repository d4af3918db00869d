"""Two thousand of other partners' identifiers in paths, queries, bodies and files: not there, nothing changes. X-4.

Routes and names are worked out from the app, so that whatever is added is tried as well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask_wtf import FlaskForm

from accounts.models import Role
from core.database import new_id
from core.permissions import Access, Scope
from partners.review.services import add_note, save_view
from tests.factories import QUESTION, make_freelancer, make_member, make_partner, make_token, make_user, sign_in
from tests.routes import Given, requests
from tests.test_permissions import FORM, LAST, stopped, stored, things_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PARTNERS, IDS = 8, 2_000
#: What no answer may hold: the name of each of the others, and of all of their people.
THEIRS = "Zanzibar"
SPOKEN = re.compile(r"(?:request\.(?:args|form|values)(?:\.get(?:list)?\(|\[)|_ids\()\"(\w+)\"")
#: Names under which a form or an address of ours names a thing by its identifier.
NAMING = ("id", "ids", "letter", "user_id", "award")


@pytest.fixture
def own(session, at, northwind):
    """What is Northwind's; and an admin of its team is signed in."""
    things = things_of(northwind, make_freelancer(make_user(email="ada@example.org")), session, at)
    return things | {"stop_of_all_id": stopped(None, at)}


@pytest.fixture
def others(session, at, own):
    """What is theirs: one of everything that an address can name, for each of some partners. Nobody signs in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.passwords.hashed", lambda _: "no password")
        return [theirs(number, session, at) for number in range(PARTNERS)]


@pytest.fixture
def admin(client, northwind, own):
    user = make_member(northwind, make_user(Role.PARTNER, email="pat@example.org"))
    sign_in(client, user)
    return user


def theirs(number, session, at):
    partner = make_partner(f"{THEIRS} {number}", slug=f"zanzibar-{number}", steps=[QUESTION | {"key": "theirs"}])
    person = make_freelancer(make_user(name=THEIRS, email=f"zanzibar{number}@example.org", password=None), at=at)
    things = things_of(partner, person, session, at)
    add_note(things["application_id"], f"{THEIRS} is good.", by=make_member(partner).id, at=at)
    save_view(things["member_id"], THEIRS, {"in": "kept"}, at)
    return things


def asked_of(app, own, things, given):
    """Every request of a partner's team or program, with an argument of its own or of theirs."""
    known = {Given.OWN: own, Given.ANOTHERS: own | things}
    for asked in requests(app, {given: defaultdict(new_id, some) for given, some in known.items()}):
        if asked.given is given and asked.permission.access in (Access.MEMBER, Access.PROGRAM):
            yield asked


def test_in_a_path_they_are_not_there(app, client, session, northwind, own, others, admin):
    token, wrong, count = make_token({Scope.FINDINGS, Scope.POLICIES}, northwind), [], 0
    ids, before = cycle(ids_of(session, others)), stored(session)
    while count < IDS:  # each for what it is, then for whatever it may be taken for
        things = others.pop() if others else {kind: next(ids) for kind in own}
        for asked in asked_of(app, own, things, Given.ANOTHERS):
            is_program, count = asked.permission.access is Access.PROGRAM, count + 1
            headers = {"Authorization": f"Bearer {token}"} if is_program else {}
            data = FORM if asked.method == "POST" else None
            found = client.open(asked.address, method=asked.method, data=data, headers=headers)
            if found.status_code != 404 or THEIRS in found.text:
                wrong.append(f"{asked}: {found.status_code}")

    assert not wrong, "\n".join(wrong[:20])
    assert stored(session) == before


def names():
    """Every name that a form or an address of the console knows, but those that FORM has something valid for."""
    places = [path for package in ("partners", "directory") for path in (ROOT / package).rglob("*.py")]
    spoken = {name for path in places for name in SPOKEN.findall(path.read_text("utf-8"))}
    return (spoken | {name for form in forms(FlaskForm) for name in fields_of(form)}) - set(FORM)


def forms(kind):
    for each in kind.__subclasses__():
        yield each
        yield from forms(each)


def fields_of(form):
    return [name for name in dir(form) if hasattr(getattr(form, name), "field_class")]


def ids_of(session, others):
    """Every identifier in the rows of the others: of which kinds they are is of no matter."""
    given = [str(value) for things in others for value in things.values() if isinstance(value, UUID)]
    notes = session.scalars(sa.text("SELECT id FROM application_notes UNION ALL SELECT id FROM saved_views")).all()
    people = session.scalars(sa.text("SELECT user_id FROM freelancers WHERE email LIKE 'zanzibar%'")).all()
    return [*given, *map(str, notes), *map(str, people)]


def of_theirs(session, northwind):
    """Return what the others have, row by row: all that names neither Northwind nor its programme, people or team."""
    session.rollback()
    tables = ("partners", "programmes", "applications", "invitations", "members", "invitation_lists", "saved_views")
    tables += ("application_notes", "campaigns", "invitation_letters", "use_cases", "attestations", "interests")
    mine = [northwind.id, northwind.programme.id]
    mine += session.scalars(sa.text("SELECT id FROM members WHERE partner_id = :of"), {"of": mine[0]}).all()
    mine += session.scalars(sa.text("SELECT id FROM applications WHERE programme_id = :of"), {"of": mine[1]}).all()
    rows = "SELECT t::text FROM {} t WHERE NOT t::text ~ :mine ORDER BY 1"
    return {
        name: session.scalars(sa.text(rows.format(name)), {"mine": "|".join(map(str, mine))}).all() for name in tables
    }


def test_in_a_query_or_a_body_they_are_as_if_unknown(app, client, session, northwind, own, others, admin, at):
    """Each route is asked with their identifiers under every name at once, then under each that names a thing."""
    table = [asked for asked in asked_of(app, own, {}, Given.OWN) if asked.permission.access is Access.MEMBER]
    table = [asked for asked in table if not LAST.search(asked.address)]
    ids, known, wrong, count = cycle(ids_of(session, others)), names(), [], 0
    before = of_theirs(session, northwind)
    for asked, some in ((asked, some) for some in (known, *({name} for name in NAMING)) for asked in table):
        given = {name: next(ids) for name in some}
        sent = {"query_string": given} if asked.method == "GET" else {"data": FORM | given}
        found = client.open(asked.address, method=asked.method, **sent)
        count += len(given)
        if found.status_code >= 500 or THEIRS in found.text:
            wrong.append(f"{asked} with {sorted(some)}: {found.status_code}")

    assert {"id", "ids", "letter", "user_id", "award", "people"} <= known
    assert count >= IDS
    assert not wrong, "\n".join(wrong[:20])
    assert of_theirs(session, northwind) == before


def test_where_a_query_or_a_body_names_a_thing_theirs_is_not_there(client, session, northwind, own, others, admin):
    """The requests are valid but for the identifier, and answered 404 for each of a hundred that exist elsewhere."""
    home, wrong = "/console/northwind", []
    draft = client.post(f"{home}/invitations/lists", data={"file": (BytesIO(b"Email\nada@example.org"), "l.csv")})
    before = of_theirs(session, northwind)
    for each in islice(ids_of(session, others), 100):
        for method, address, data in (
            ("GET", f"applications/compare?id={each}", None),
            ("POST", "applications/ticked", {"id": each, "do": "compare"}),
            ("POST", "applications/ticked", {"id": each, "do": "select"}),
            ("POST", "applications/ticked", {"id": [own["application_id"], each], "do": "keep"}),
            ("POST", "applications/decisions", {"ids": each, "decision": "select"}),
            ("POST", "applications/decisions", {"ids": f"{own['application_id']} {each}", "decision": "keep"}),
            ("POST", "page/use-cases/at-northwind/experts", {"award": each}),
            ("GET", f"{draft.location.removeprefix(home + '/')}/letter?letter={each}", None),
        ):
            found = client.open(f"{home}/{address}", method=method, data=data)
            if found.status_code != 404 or THEIRS in found.text:
                wrong.append(f"{method} {address} {data}: {found.status_code}")

    assert not wrong, "\n".join(wrong[:20])
    assert of_theirs(session, northwind) == before


def test_in_a_file_each_row_is_answered_as_one_about_nobody(client, session, northwind, own, others, admin):
    known = list(islice(cycle([*ids_of(session, others), "zanzibar1@example.org"]), IDS))
    before, home = of_theirs(session, northwind), "/console/northwind"
    rows = "\n".join(f"{each},{each}" for each in known)
    brought = client.post(
        f"{home}/invitations/lists", data={"file": (BytesIO(f"Name,Email\n{rows}".encode()), "l.csv")}
    )
    outcomes = "SELECT outcome, count(*) FROM invitation_rows GROUP BY 1"
    assert client.get(brought.location).status_code == 200
    assert {name for name, _ in session.execute(sa.text(outcomes))} <= {"bad_address", "new", "duplicate"}

    words = {"people": "\n".join(known), "kind": "training", "name": "Basics", "passed_on": "2026-03-01"}
    page = client.post(f"{home}/trainings/preview", data=words)
    assert page.status_code == 200
    assert "Nobody" in page.text or "not one of your" in page.text, page.text[:3000]
    assert client.post(f"{home}/trainings", data=words).status_code == 303
    assert of_theirs(session, northwind) == before
