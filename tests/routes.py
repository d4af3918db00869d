"""Every route with every kind of argument, and what is due to each kind of person: worked out from what it declares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from werkzeug.routing import AnyConverter, IntegerConverter, UUIDConverter

from core.permissions import FOR_PROGRAMS, Access, Duty, Permission, Scope, declared

SOME_ID = "01900000-0000-7000-8000-00000000beef"


METHODS = ("GET", "POST", "PUT", "DELETE")


BY_EXTENSIONS = {"static", "bootstrap.static"}


#: Whose programs: the partner, or None for the marketplace, and the scopes of the token.
PROGRAMS = {
    "the marketplace's program": (None, set(Scope)),
    "the partner's program": ("northwind", {Scope.FINDINGS, Scope.POLICIES}),
    "a program that only reads": ("northwind", {Scope.FINDINGS}),
    "a program elsewhere": ("inkfold", {Scope.FINDINGS, Scope.POLICIES}),
}


KINDS = ("nobody", "freelancer", "staff", "admin elsewhere", *Duty, *PROGRAMS)


class Given(StrEnum):
    """What a route's last argument is."""

    OWN = "own"
    ANOTHERS = "another's"
    MALFORMED = "malformed"


@dataclass(frozen=True)
class Asked:
    """One request and whom its route is for. `varied` is the argument that is `given`; None where there is none."""

    method: str
    address: str
    endpoint: str
    permission: Permission
    given: Given
    varied: str | None
    matches: bool

    def due(self, kind):
        """Return the status that is due to `kind` whatever the view does, or None where the view decides."""
        if not self.matches:
            return 404
        if self.permission.access in FOR_PROGRAMS:
            return self.due_to_program(*PROGRAMS[kind]) if kind in PROGRAMS else 401
        kind = "nobody" if kind in PROGRAMS else kind
        if self.permission.access is Access.MEMBER and self.is_other("partner") and kind != "nobody":
            return None if self.given is Given.ANOTHERS and kind == "admin elsewhere" else 404
        if (refusal := expected(self.permission, kind, self.method)) is not None:
            return refusal
        return 404 if self.is_other(self.varied) and self.varied not in ("token", "code", "entry") else None

    def due_to_program(self, owner, scopes):
        """Return the status that is due to a program of `owner`, or None where the view decides."""
        named = "northwind" if "/partners/" in self.address else None
        if self.is_other("partner"):
            named = "inkfold" if self.given is Given.ANOTHERS else "nobody"
        is_foreign = owner is not None and named not in (None, owner)
        if named == "nobody" or is_foreign or (owner and self.permission.access is Access.STAFF_PROGRAM):
            return 404
        if self.permission.scope not in {None, *scopes}:
            return 403
        if self.varied in (None, "partner"):
            return None
        if self.given is Given.MALFORMED or (self.varied == "version_id" and self.given is Given.ANOTHERS):
            return 404
        whose = "northwind" if self.given is Given.OWN else "inkfold"
        return 404 if owner not in (None, whose) else None

    def is_other(self, name):
        """Say whether the argument `name` is not the own one."""
        return self.given is not Given.OWN and self.varied == name

    def __str__(self):
        access = f"{self.permission.access}, {self.permission.duty}" if self.permission.duty else self.permission.access
        return f"{self.method} {self.address} ({access}; {self.given})"


def value_for(name, converter):
    """Return what an argument may be: a partner that is there, or something of the right kind that is not."""
    if name in ("partner", "slug"):
        return "northwind"
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return 1 if isinstance(converter, IntegerConverter) else SOME_ID


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


def requests(app, things):
    """Yield every route and method with every kind of argument, its other arguments being its own."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if rule.endpoint in BY_EXTENSIONS or rule.endpoint == "accounts.sign_out":
            continue
        permission, names = declared(app.view_functions[rule.endpoint]), re.findall(r"<(?:[^:>]+:)?(\w+)>", rule.rule)
        varied = names[-1] if names else None
        for given in Given if names else [Given.OWN]:
            if given is Given.ANOTHERS and is_anybodys(permission, varied):
                continue
            values = {name: things[Given.OWN][known_as(name, rule)] for name in names}
            if given is Given.ANOTHERS:
                values[varied] = things[given][known_as(varied, rule)]
            elif given is Given.MALFORMED:
                values[varied] = "no-such.thing"
            strict = varied is not None and isinstance(
                rule._converters[varied], (UUIDConverter, AnyConverter, IntegerConverter)
            )
            matches = given is not Given.MALFORMED or not strict
            address = re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda found, values=values: str(values[found[1]]), rule.rule)
            for method in METHODS:
                if method in rule.methods:
                    yield Asked(method, address, rule.endpoint, permission, given, varied, matches)


def is_anybodys(permission, varied):
    """Say whether there is no other's: staff see everybody, badges and links are for whoever has their address."""
    if varied in (
        "token",
        "room",
        "verb",
        "pacing",
        "purpose",
        "code",
        "kind",
        "side",
        "ending",
        "skill",
        "part_name",
        "listing",
        "audience",
        "held",
    ):
        return True
    if varied in ("thread_id", "submission_id"):
        return permission.access is Access.STAFF
    if varied in ("partner", "slug", "freelancer_id", "mail_id", "token_id"):
        return permission.access not in (Access.MEMBER, Access.PROGRAM)
    return permission.access is Access.PUBLIC and varied in ("award", "achievement_id")


def known_as(name, rule):
    """Return the name under which `things` has what a route means by `name`."""
    if name == "stop_id" and rule.rule.startswith("/staff/"):
        return "stop_of_all_id"
    if name == "picture_id" and rule.rule.startswith("/staff/"):
        return "identity_picture_id"
    if name == "slug" and "use-cases" in rule.rule:
        return "use_case"
    if name == "award" and rule.rule.startswith("/me/"):
        return "award_id"
    return "base_version_id" if name == "version_id" and rule.rule.startswith("/staff/") else name
