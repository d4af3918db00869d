"""JSON that every reader reads alike: no name stands twice in an object, and numbers are numbers. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

_SHOWN = 60


def read_strictly(text: str | bytes, *, number: Callable[[str], Any] | None = None) -> Any:
    """Return what `text` says, each number as `number` makes it of its letters.

    Raises ValueError, which says what is wrong, and RecursionError for what is nested beyond reading.
    """
    return json.loads(
        text, object_pairs_hook=_each_once, parse_constant=_no_number, parse_int=number, parse_float=number
    )


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of a name that stands twice it cannot be known which of the two is meant."""
    found = dict(pairs)
    if len(found) != len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = next(name for name in times if times[name] > 1)[:_SHOWN]
        shown = "".join(letter if letter.isprintable() else "�" for letter in twice)
        raise ValueError(f'the name "{shown}" stands twice in one object')
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")
