"""How much a route takes when that is more than usual: said beside the view, and read before the request is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

V = TypeVar("V", bound=Callable[..., Any])

_ATTRIBUTE = "laurel_takes_bytes"


def takes(max_bytes: int) -> Callable[[V], V]:
    """Declare that the decorated view takes requests of up to `max_bytes`."""

    def declare(view: V) -> V:
        setattr(view, _ATTRIBUTE, max_bytes)
        return view

    return declare


def taken_by(view: Callable[..., Any]) -> int | None:
    """Return how much `view` takes, or None when it is as usual."""
    found = getattr(view, _ATTRIBUTE, None)
    return found if isinstance(found, int) else None
