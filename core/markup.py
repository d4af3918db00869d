"""HTML that pages repeat: long lists written in one go, and parts that are the same on many pages written once.

A template takes a call for each entry; a directory's page has two hundred choices and twenty cards.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from core.languages import number, spoken

#: So many parts are remembered before all are forgotten; one is about 1,000 letters.
KEPT = 20_000

_parts: dict[Hashable, Markup] = {}


def choices(offered: Sequence[tuple[str, str, int]], chosen: str) -> Markup:
    """Return the <option>s of a <select>: (value, words, how many); what is chosen is in it, even if nobody has it."""
    wanted = chosen.lower()
    known = [(value, words, count, value.lower() == wanted) for value, words, count in offered]
    written = "".join(
        f'<option value="{_safe(value)}"{" selected" if is_chosen else ""}>{_safe(words)} ({number(count)})</option>'
        for value, words, count, is_chosen in known
    )
    if chosen and not any(is_chosen for *_, is_chosen in known):
        written = f'<option value="{escape(chosen)}" selected>{escape(chosen)}</option>{written}'
    return Markup(written)  # noqa: S704 - all that people wrote is escaped above


@lru_cache(maxsize=10_000)
def _safe(text: str) -> str:
    return str(escape(text))


def remembered(things: Iterable[Hashable], *key: Hashable, caller: Callable[[Any], Markup]) -> Markup:
    """Return what a template's call block says of each of `things`, said once for each and `key`.

    All that the block shows must be in them. The language spoken is part of every key.
    """
    key = (spoken(), *key)
    return Markup("").join(_part((key, thing), caller) for thing in things)


def _part(key: tuple[Hashable, Hashable], caller: Callable[[Any], Markup]) -> Markup:
    known = _parts.get(key)
    if known is None:
        known = caller(key[1])
        if len(_parts) > KEPT:
            _parts.clear()
        _parts[key] = known
    return known
