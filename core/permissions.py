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


@dataclass(frozen=True)
class Permission:
    """What a route declares: whom it is for, and for a partner's team from which duty on."""

    access: Access
    duty: Duty | None = None


def allow(access: Access, duty: Duty | None = None) -> Callable[[V], V]:
    """Declare whom the decorated view is for. `duty` belongs to Access.MEMBER, and is a viewer's unless given."""
    if duty is not None and access is not Access.MEMBER:
        raise ValueError("only a partner's team has duties")
    permission = Permission(access, duty or (Duty.VIEWER if access is Access.MEMBER else None))

    def declare(view: V) -> V:
        setattr(view, _ATTRIBUTE, permission)
        return view

    return declare


def declared(view: Callable[..., Any]) -> Permission | None:
    """Return what `view` declares, or None when it declares nothing."""
    found = getattr(view, _ATTRIBUTE, None)
    return found if isinstance(found, Permission) else None
