"""Who may use a route: said once, beside the view, and enforced before it runs. Design decision 6.

`app/access.py` enforces what is declared here and refuses to start with a route that declares nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

V = TypeVar("V", bound=Callable[..., Any])

_ATTRIBUTE = "laurel_permission"


class Access(StrEnum):
    """The kinds of people a route is for."""

    #: Anyone, and made to be cached: no session is read and no cookie is set.
    PUBLIC = "public"
    #: Anyone, on a page of their own: sign-in, an invitation.
    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    FREELANCER = "freelancer"
    #: Somebody of the team of the partner named in the address; for everybody else it does not exist.
    MEMBER = "member"
    STAFF = "staff"
    #: A program that shows a token; a partner's token reaches what is the partner's, and for all else it is not there.
    PROGRAM = "program"
    #: A program of the marketplace's own; for a partner's token the address does not exist.
    STAFF_PROGRAM = "staff_program"


class Duty(StrEnum):
    """What somebody may do in a partner's team; each includes those before it."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    ADMIN = "admin"

    def covers(self, needed: Duty) -> bool:
        """Say whether somebody with this duty may do what needs `needed`."""
        order = list(Duty)
        return order.index(self) >= order.index(needed)


class Scope(StrEnum):
    """What a token opens. None includes another."""

    #: Send profiles of the marketplace's freelancers; never for a partner.
    FEED = "feed"
    #: Read how people stand with requirements, and the receipts of decisions.
    FINDINGS = "findings"
    #: Check requirements, and schedule a partner's own.
    POLICIES = "policies"


#: The routes that are for programs.
FOR_PROGRAMS = (Access.PROGRAM, Access.STAFF_PROGRAM)


@dataclass(frozen=True)
class Permission:
    """What a route declares: whom it is for; for a partner's team from which duty on, for a token with which scope."""

    access: Access
    duty: Duty | None = None
    scope: Scope | None = None


def allow(access: Access, needed: Duty | Scope | None = None) -> Callable[[V], V]:
    """Declare whom the decorated view is for.

    `needed` is a duty for Access.MEMBER, a viewer's unless given, and a scope for a token: any will do unless given.
    """
    if isinstance(needed, Duty) and access is not Access.MEMBER:
        raise ValueError("only a partner's team has duties")
    if isinstance(needed, Scope) and access not in FOR_PROGRAMS:
        raise ValueError("only tokens have scopes")
    duty = needed if isinstance(needed, Duty) else Duty.VIEWER if access is Access.MEMBER else None
    permission = Permission(access, duty, needed if isinstance(needed, Scope) else None)

    def declare(view: V) -> V:
        setattr(view, _ATTRIBUTE, permission)
        return view

    return declare


def declared(view: Callable[..., Any]) -> Permission | None:
    """Return what `view` declares, or None when it declares nothing."""
    found = getattr(view, _ATTRIBUTE, None)
    return found if isinstance(found, Permission) else None
