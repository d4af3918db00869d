"""What was read a moment ago, given again to whoever may be shown what is that old. Rules B-2, D-7.

Who may is decided by what stands in front of the service (app/recent.py), and told to the database session of the
request. All others read anew, always. Why it is so: docs/decisions/recent-answers.md.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from cachetools import LRUCache

from core.database import Model, session

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
M = TypeVar("M", bound=Model)

#: `session.info` says under this key how many seconds old what is read may be.
_MAY_BE_S_OLD = "laurel_may_be_s_old"
#: So many things are remembered; the longest unused go first.
KEPT = 20_000

_kept: LRUCache[Hashable, tuple[float, Any]] = LRUCache(KEPT)
_turn = threading.Lock()


def allow(seconds: float) -> None:
    """Let what the current session reads be so old."""
    session().info[_MAY_BE_S_OLD] = seconds


def many(what: str, keys: Sequence[K], read: Callable[[Sequence[K]], Mapping[K, V]]) -> Mapping[K, V]:
    """Return what `read` returns for `keys`, which it is only asked for those that nobody asked for a moment ago.

    What is returned is shared: nobody may change it.
    """
    allowed_s = session().info.get(_MAY_BE_S_OLD)
    if allowed_s is None:
        return read(keys)
    now_s = time.monotonic()
    with _turn:
        known = {key: held for key in keys if (held := _kept.get((what, key))) and now_s - held[0] <= allowed_s}
    missing = [key for key in keys if key not in known]
    found = read(missing) if missing else {}
    with _turn:
        for key in missing:
            _kept[what, key] = now_s, found.get(key)
    there = {key: known[key][1] if key in known else found.get(key) for key in keys}
    return {key: value for key, value in there.items() if value is not None}


def one(what: str, key: K, read: Callable[[], V | None]) -> V | None:
    """Return what `read` returns, or what it returned a moment ago. What is returned is shared."""

    def asked(_: Sequence[K]) -> Mapping[K, V]:
        value = read()
        return {} if value is None else {key: value}

    return many(what, [key], asked).get(key)


def rows(what: str, key: Hashable, read: Callable[[], Sequence[M]]) -> Sequence[M]:
    """Return the rows that `read` returns, as the current session's own, which may load more of them."""
    if _MAY_BE_S_OLD not in session().info:
        return read()
    found = one(what, key, read) or ()
    return [row if row in session() else session().merge(row, load=False) for row in found]
