"""HTML that pages repeat: long lists written in one go, and parts that are the same on many pages written once.

A template takes a call for each entry; a directory's page has two hundred choices and twenty cards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any

from markupsafe import Markup, escape

from core.languages import number, spoken

#: So many parts are remembered before all are forgotten; one is about 1,000 letters.
KEPT = 20_000

#: What was said of each thing, by the language and what else it depends on.
_said: defaultdict[Hashable, dict[Hashable, Markup]] = defaultdict(dict)


def choices(offered: Sequence[tuple[str, str, int]], chosen: str) -> Markup:
    """Return the <option>s of a <select>: (value, words, how many); what is chosen is in it, even if nobody has it."""
    wanted, is_there = chosen.lower(), not chosen
    written = []
    for value, words, count in offered:
        begun, said = _option(value, words)
        if wanted and value.lower() == wanted:
            begun, is_there = f"{begun} selected", True
        written.append(f"{begun}>{said} ({count if 0 <= count < 1_000 else number(count)})</option>")
    if not is_there:
        written.insert(0, f'<option value="{escape(chosen)}" selected>{escape(chosen)}</option>')
    return Markup("".join(written))  # noqa: S704 - all that people wrote is escaped above


@lru_cache(maxsize=10_000)
def _option(value: str, words: str) -> tuple[str, str]:
    return f'<option value="{escape(value)}"', str(escape(words))


def remembered(things: Iterable[Hashable], *key: Hashable, caller: Callable[[Any], Markup]) -> Markup:
    """Return what a template's call block says of each of `things`, said once for each and `key`.

    All that the block shows must be in them. The language spoken is part of every key.
    """
    known = _said[spoken(), *key]
    parts = [known.get(thing) or _say(known, thing, partial(caller, thing)) for thing in things]
    return Markup("".join(parts))  # noqa: S704 - each of them is what a template wrote


def once(*key: Hashable, caller: Callable[[], Markup]) -> Markup:
    """Return what a template's call block says, said once for each `key`: all that it shows must be in that.

    The language spoken is part of every key.
    """
    known = _said[(spoken(),)]
    return known.get(key) or _say(known, key, caller)


def _say(known: dict[Hashable, Markup], thing: Hashable, say: Callable[[], Markup]) -> Markup:
    said = say()
    if sum(map(len, list(_said.values()))) > KEPT:  # a list of its own: other threads say things meanwhile
        _said.clear()
    known[thing] = said
    return said
