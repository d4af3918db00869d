"""Every route × method × kind of person gives what the route declares. Design decision 6, rule X-4."""

from __future__ import annotations

import pytest
from werkzeug.routing import AnyConverter, IntegerConverter

from accounts.models import Role
from core.permissions import Access, Duty, declared
from tests.factories import make_freelancer, make_member, make_partner, make_user, sign_in

SOME_ID = "01900000-0000-7000-8000-00000000beef"
METHODS = ("GET", "POST")
BY_EXTENSIONS = {"static", "bootstrap.static"}


@pytest.fixture
def northwind(session, at):
    return make_partner("Northwind", slug="northwind")


@pytest.fixture
def people(session, at, northwind):
    """One of each kind; None is nobody."""
    freelancer = make_user(email="ada@example.org")
    make_freelancer(freelancer)
    other = make_partner("Inkfold", slug="inkfold")
    return {
        "nobody": None,
        "freelancer": freelancer,
        "staff": make_user(Role.STAFF, email="robin@example.org"),
        "admin elsewhere": make_member(other, make_user(Role.PARTNER, email="lucia@example.org")),
    } | {duty: make_member(northwind, make_user(Role.PARTNER, email=f"{duty}@example.org"), duty=duty) for duty in Duty}


def value_for(name, converter):
    """Return what an argument may be: a partner that is there, or something of the right kind that is not."""
    if name in ("partner", "slug"):
        return "northwind"
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return 1 if isinstance(converter, IntegerConverter) else SOME_ID


def routes(app):
    """Return (method, address, permission) of every route, its arguments filled with things that are not there."""
    adapter = app.url_map.bind("laurel.test")
    for rule in app.url_map.iter_rules():
        if rule.endpoint in BY_EXTENSIONS:
            continue
        values = {name: value_for(name, rule._converters[name]) for name in rule.arguments}
        address = adapter.build(rule.endpoint, values, method=next(iter(rule.methods & set(METHODS)), None))
        for method in METHODS:
            if method in rule.methods:
                yield method, address, declared(app.view_functions[rule.endpoint])


def expected(permission, kind, method):
    """Return the status that is due before the view runs, or None when the view decides."""
    if permission.access in (Access.PUBLIC, Access.ANYONE):
        return None
    if kind == "nobody":
        return 302 if method == "GET" else 403
    if permission.access is Access.FREELANCER:
        return None if kind == "freelancer" else 404
    if permission.access is Access.STAFF:
        return None if kind == "staff" else 404
    if permission.access is Access.MEMBER:
        if kind not in set(Duty):
            return 404
        return None if Duty(kind).covers(permission.duty) else 403
    return None


@pytest.mark.parametrize("kind", ["nobody", "freelancer", "staff", "admin elsewhere", *Duty])
def test_a_route_is_for_whom_it_declares_and_for_nobody_else(app, client, people, kind):
    if people[kind]:
        sign_in(client, people[kind])
    wrong = []
    for method, address, permission in routes(app):
        if address == "/sign-out":
            continue
        status = client.open(address, method=method).status_code
        due = expected(permission, kind, method)
        if status >= 500 or (due and status != due) or (due is None and status == 403):
            wrong.append(
                f"{method} {address} ({permission.access}, {permission.duty}): {status}, due {due or 'no refusal'}"
            )

    assert not wrong, "\n".join(wrong)


def test_there_are_routes_of_every_kind(app):
    assert {permission.access for _, _, permission in routes(app)} == set(Access)
