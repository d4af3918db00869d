"""What was read a moment ago, given again to whoever may be shown what is that old. Rules B-2, D-7.

Who may is decided by what stands in front of the service (app/recent.py), and told to the request. All others read
anew, always. Why it is so: docs/decisions/recent-answers.md.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from flask import g

from core.database import Model, session

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
M = TypeVar("M", bound=Model)

#: Flask's `g` says under this name how many seconds old what is read may be.
_MAY_BE_S_OLD = "laurel_may_be_s_old"
#: So many things of a kind are remembered before all are forgotten: they are old before they are many.
KEPT = 20_000

_kept: defaultdict[str, dict[Hashable, tuple[float, Any]]] = defaultdict(dict)


def allow(seconds: float) -> None:
    """Let what the current request reads be so old."""
    setattr(g, _MAY_BE_S_OLD, seconds)


def many(what: str, keys: Sequence[K], read: Callable[[Sequence[K]], Mapping[K, V]]) -> Mapping[K, V]:
    """Return what `read` returns for `keys`, which it is only asked for those that nobody asked for a moment ago.

    What is returned is shared: nobody may change it.
    """
    allowed_s = g.get(_MAY_BE_S_OLD)
    if allowed_s is None:
        return read(keys)
    now_s, kept = time.monotonic(), _kept[what]
    there: dict[K, Any] = {}
    missing = []
    for key in keys:
        held = kept.get(key)
        if held is None or now_s - held[0] > allowed_s:
            missing.append(key)
        else:
            there[key] = held[1]
    if missing:
        found = read(missing)
        if len(kept) > KEPT:
            kept.clear()
        for key in missing:
            value, held = found.get(key), kept.get(key)
            # What has not changed stays the same object, and whatever is remembered of it is found without comparing.
            there[key] = held[1] if held is not None and held[1] == value else value
            kept[key] = now_s, there[key]
    return {key: value for key, value in there.items() if value is not None}


def one(what: str, key: K, read: Callable[[], V | None]) -> V | None:
    """Return what `read` returns, or what it returned a moment ago. What is returned is shared."""

    def asked(_: Sequence[K]) -> Mapping[K, V]:
        value = read()
        return {} if value is None else {key: value}

    return many(what, [key], asked).get(key)


def rows(what: str, key: Hashable, read: Callable[[], Sequence[M]]) -> Sequence[M]:
    """Return the rows that `read` returns, or returned a moment ago.

    Those of a moment ago are shared and belong to no session: whatever is shown of them must be loaded with them.
    """
    if _MAY_BE_S_OLD not in g:
        return read()

    def read_apart() -> Sequence[M]:
        found = read()
        session.expunge_all()  # with all that was loaded with them
        return found

    return one(what, key, read_apart) or ()
