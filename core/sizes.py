"""How a route takes what it is sent, where that is not as usual: said beside the view, read before the request is."""

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


_IN_MEMORY = "laurel_takes_in_memory"


def in_memory(view: V) -> V:
    """Declare that what the decorated view is sent never touches the disk, not even as a temporary file. Rule H-3."""
    setattr(view, _IN_MEMORY, True)
    return view


def is_in_memory(view: Callable[..., Any] | None) -> bool:
    """Say whether what `view` is sent stays in memory."""
    return getattr(view, _IN_MEMORY, False) is True
