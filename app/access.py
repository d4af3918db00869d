"""Enforces what routes declare with `core.permissions.allow`, before their views run. Design decision 6."""

from __future__ import annotations

from flask import Flask, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.models import Role
from accounts.sessions import CookieSessions, login_manager
from app.programs import let_in
from core.errors import InvalidInput, NotAllowed, NotFound
from core.permissions import FOR_PROGRAMS, Access, Duty, Permission, declared
from partners.queries import membership

#: Served by extensions, to anyone.
_OF_EXTENSIONS = frozenset({"static", "bootstrap.static"})


class UndeclaredRoute(RuntimeError):
    """A route says nothing about who may use it; the service does not start with one."""


def register_access(app: Flask) -> None:
    """Sign people in by their cookie, and let nobody into a view that is not for them."""
    app.session_interface = CookieSessions()
    login_manager.init_app(app, add_context_processor=False)  # or every page reads the session: see rendering
    app.before_request(_enforce)


def refuse_undeclared(app: Flask) -> None:
    """Raise UndeclaredRoute naming every route that declares no permission."""
    missing = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in _OF_EXTENSIONS and declared(app.view_functions[rule.endpoint]) is None
    ]
    if missing:
        raise UndeclaredRoute("No permission is declared with core.permissions.allow for: " + ", ".join(missing))


def _enforce() -> Response | None:
    _refuse_nul()
    if request.endpoint is None or request.endpoint in _OF_EXTENSIONS:
        return None
    permission = declared(current_app.view_functions[request.endpoint])
    if permission is None or permission.access in (Access.PUBLIC, Access.ANYONE):
        return None
    if permission.access in FOR_PROGRAMS:
        let_in(permission)  # before anything asks who is signed in: for programs no cookie counts
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    _check(permission)
    return None


def _refuse_nul() -> None:
    """Refuse the one character that the database can neither look for nor store."""
    if "\x00" in request.path:
        raise NotFound()
    if request.method == "POST" and any("\x00" in text for texts in request.form.listvalues() for text in texts):
        raise InvalidInput(
            "The text holds a character (NUL) that cannot be stored.", "Go back, remove it and send again."
        )


def _to_sign_in() -> Response:
    if request.method not in ("GET", "HEAD"):
        raise NotAllowed("You are no longer signed in.", "Sign in and try again; what you typed is on the page before.")
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))


def _check(permission: Permission) -> None:
    """Raise NotFound for what is somebody else's: it looks as if it did not exist. Rule X-4."""
    role = current_user.role
    if permission.access is Access.STAFF and role != Role.STAFF:
        raise NotFound()
    if permission.access is Access.FREELANCER and role != Role.FREELANCER:
        raise NotFound()
    if permission.access is Access.MEMBER:
        assert permission.duty is not None
        _check_member(permission.duty)


def _check_member(needed: Duty) -> None:
    member = membership(current_user.id, (request.view_args or {})["partner"])
    if member is None:
        raise NotFound()
    if not Duty(member.duty).covers(needed):
        raise NotAllowed(
            f"Your duty in the team of {member.partner.name} is {member.duty}; this needs {needed}.",
            "Ask an admin of your team.",
        )
    g.member, g.partner = member, member.partner
