"""Work in pieces, two at once: while the database writes one piece, Python prepares the next."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from threading import Lock
from typing import TypeVar

from flask import current_app

from core.database import in_transaction

T = TypeVar("T")
R = TypeVar("R")

_AT_ONCE = 2
#: How many more objects may come into being before circles are looked for.
_RARER = 100


def side_by_side(work: Callable[[T], R], pieces: Iterable[T]) -> Iterator[R]:
    """Yield what `work` returns for each piece, in order; a piece is taken when there is room for it.

    Each runs in a thread with a database session of its own. A single piece runs where the caller is, and so do all
    of them within a transaction of the caller, which other sessions could not look into. The first error ends it, once
    the pieces that run have ended.
    """
    waiting = iter(pieces)
    first = list(islice(waiting, 2))
    if len(first) < 2 or in_transaction():
        yield from map(work, chain(first, waiting))
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy has it, its type does not

    def apart(piece: T) -> R:
        with app.app_context():
            return work(piece)

    with ThreadPoolExecutor(_AT_ONCE, "side-by-side") as threads:
        running: deque[Future[R]] = deque()
        for piece in chain(first, waiting):
            running.append(threads.submit(apart, piece))
            if len(running) == _AT_ONCE:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


class _Rarely:
    """Python's own setting, for everybody in the process: changed by the first who asks, put back by the last."""

    def __init__(self) -> None:
        self._lock, self._asked, self._usual = Lock(), 0, gc.get_threshold()

    def begin(self) -> None:
        with self._lock:
            if not self._asked:
                self._usual = gc.get_threshold()
                gc.set_threshold(self._usual[0] * _RARER, *self._usual[1:])
            self._asked += 1

    def end(self) -> None:
        with self._lock:
            self._asked -= 1
            if not self._asked:
                gc.set_threshold(*self._usual)


_rarely = _Rarely()


@contextmanager
def circles_looked_for_rarely() -> Iterator[None]:
    """Within the block, let Python look for circles of dead objects a hundred times more rarely.

    Where many thousands of plain objects are made and dropped, that would take a third of the time, for nothing.
    """
    _rarely.begin()
    try:
        yield
    finally:
        _rarely.end()
