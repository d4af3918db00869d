"""Whatever is sent, to whatever route, by somebody who may use it: a clear answer, never a failure of ours."""

from __future__ import annotations

from io import BytesIO

import pytest

from accounts.models import Role
from core.permissions import FOR_PROGRAMS, Access, Scope, declared
from directory.models import UseCase
from freelancers.support.codes import hold_code
from freelancers.support.rules import About
from freelancers.support.threads import open_thread
from partners.invitations import lists
from partners.models import Member
from tests.factories import (
    make_application,
    make_expert,
    make_freelancer,
    make_hold,
    make_invitation,
    make_member,
    make_partner,
    make_submission,
    make_token,
    make_user,
    sign_in,
)
from tests.routes import BY_EXTENSIONS, value_for
from tests.test_permissions import come_in

ODD = (
    "\x00",
    "a" * 20_000,
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "‮עברית👩‍💻",
    "x\r\nBcc: everybody@example.org",
    "-1",
    "99999999999999999999",
    "0000-00-00",
    "9999-99-99T99:99:99",
    "<script>alert(1)</script>",
    "'; DROP TABLE awards; --",
    "{{7*7}}",
    "[]",
    "%",
)
#: Every name that a form or an address of ours knows, so that the odd values reach what reads them.
NAMES = """q skill country language rate_max use_case cursor state tab page badge next email password current name slug
colour website admin_name admin_email addresses message action duty user_id decision was_kept kind prompt hint required
summary benefits headline intro about slots period_hours until reason answer stop note file mapping dry_run prefix holds
show do id ids all view views order met reviews updated third_from weight key remark text user_id
sort timezone availability role titles body per_hour reminds outcome letter list
zone day letter held verdict begins from
subject fact operator value place certificate skills min_jobs min_years to award award_id title
about paragraph closes seen after born_on note decision reasons words
overview hourly_rate_cents currency categories experience_level availability city english_level video_url visibility was
skills company from_ school degree url issuer number issued_on expires_on code level x_pct y_pct zoom_pct""".split()


@pytest.fixture
def world(session, at):
    """A little of everything, and somebody of each kind who may touch it."""
    partner = make_partner("Northwind", slug="northwind")
    award = make_expert(partner)
    ada = make_user(email="ada@example.org")
    freelancer = make_freelancer(ada)
    application = make_application(partner, freelancer)
    invitation, token = make_invitation(partner, "bo@example.org")
    admin = make_member(partner, make_user(Role.PARTNER, email="pat@example.org"))
    use_case = UseCase(partner_id=partner.id, slug="migrations", name="Migrations", summary="Moving.", position=0)
    session.add(use_case)
    session.commit()
    member = session.query(Member).filter_by(user_id=admin.id).one()
    ids = {
        "achievement_id": award.achievement_id,
        "award": award.id, "award_id": award.id, "application_id": application.id, "invitation_id": invitation.id,
        "freelancer": award.freelancer_id, "freelancer_id": freelancer.id, "member_id": member.id, "token": token,
        "submission_id": make_submission().id,
        "thread_id": open_thread(freelancer.id, About.OTHER, "A question", "How?", by=None, at=at).id,
        "hold_id": (hold := make_hold(freelancer)).id, "held": hold_code(hold.id, at),
        "use_case": "migrations", "use_case_slug": "migrations",
    }  # fmt: skip
    ids["list_id"] = lists.bring(partner.programme, b"new@example.org", "", None, by=None, at=at).id
    staff = make_user(Role.STAFF, email="robin@example.org")
    people = {Access.FREELANCER: ada, Access.MEMBER: admin, Access.STAFF: staff, Access.SIGNED_IN: ada}
    return ids, people | {Access.PROGRAM: make_token([Scope.FINDINGS, Scope.POLICIES], partner)} | {
        Access.STAFF_PROGRAM: make_token()
    }


def addresses(app, ids, method):
    """Return (address, whom it is for) of every route that takes `method`."""
    adapter = app.url_map.bind("laurel.test")
    for rule in app.url_map.iter_rules():
        if rule.endpoint in BY_EXTENSIONS or method not in rule.methods or rule.rule == "/sign-out":
            continue
        values = {name: ids.get(name, value_for(name, rule._converters[name])) for name in rule.arguments}
        yield adapter.build(rule.endpoint, values, method=method), declared(app.view_functions[rule.endpoint]).access


@pytest.mark.parametrize("access", [each for each in Access if each is not Access.SIGNED_IN])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_odd_values_get_a_clear_answer(app, client, world, session, access, method):
    ids, people = world
    come_in(client, people.get(access))
    failed = []
    for address, whom in [*addresses(app, ids, method)]:
        if whom is not access:
            continue
        for odd in ODD:
            sent = {"query_string" if method == "GET" else "data": dict.fromkeys(NAMES, odd)}
            status = client.open(address, method=method, **sent).status_code
            session.remove()
            if status >= 500:
                failed.append(f"{method} {address} with {odd[:30]!r}: {status}")

    assert not failed, "\n".join(failed)


BODIES_OF = ((Access.MEMBER, (Access.MEMBER, Access.ANYONE)), (Access.STAFF_PROGRAM, FOR_PROGRAMS))


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"a=%zz&&&=;", b'{"a": [1]}'])
@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "application/json", "application/x-ndjson", "multipart/form-data", "x/y"],
)
def test_a_body_that_cannot_be_read_gets_a_clear_answer(app, client, world, session, body, kind):
    ids, people = world
    for who, kinds in BODIES_OF:
        come_in(client, people[who])
        for method in ("POST", "PUT"):
            for address, whom in [*addresses(app, ids, method)]:
                if whom in kinds:
                    assert client.open(address, method=method, data=body, content_type=kind).status_code < 500, address
                    session.remove()


def test_more_than_we_take_is_refused_with_a_sentence(client, world):
    _, people = world
    sign_in(client, people[Access.STAFF])
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="feed.csv"\r\n\r\n'
    body = BytesIO(head + b"x" * 8_100_000 + b"\r\n--edge--\r\n")  # the client would spool it to a file
    answer = client.post("/staff/imports", input_stream=body, content_type="multipart/form-data; boundary=edge")

    assert answer.status_code == 413
    assert "too much at once" in answer.text
