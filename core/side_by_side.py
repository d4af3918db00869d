"""Work in pieces, two at once: in threads where the database does the work, in processes where Python itself does."""

from __future__ import annotations

import gc
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing import get_context
from threading import Lock
from typing import Any, TypeVar

from flask import Flask
from flask.globals import app_ctx

from core.database import db, in_transaction
from core.lifeline import die_with_parent

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
    app = app_ctx.app

    def apart(piece: T) -> R:
        with app.app_context():
            return work(piece)

    return _in_order(work, apart, pieces, lambda: ThreadPoolExecutor(_AT_ONCE, "side-by-side"), _AT_ONCE)


def in_processes(work: Callable[[T], R], pieces: Iterable[T]) -> Iterator[R]:
    """Do what `side_by_side` does in copies of this process, which do not have to share Python's one lock.

    Pieces, results and errors are pickled. Only for commands: a process with threads of its own cannot be copied
    safely. Raises BrokenProcessPool when one of the copies was killed.
    """
    app = app_ctx.app

    def copies() -> Executor:
        return ProcessPoolExecutor(_AT_ONCE, get_context("fork"), _Copy.begin, (app, work))

    return _in_order(work, _Copy.do, pieces, copies, _AT_ONCE + 1)  # one piece waits, so that no copy does


def _in_order(
    work: Callable[[T], R],
    apart: Callable[[T], R],
    pieces: Iterable[T],
    pool: Callable[[], Executor],
    under_way: int,
) -> Iterator[R]:
    waiting = iter(pieces)
    first = list(islice(waiting, 2))
    if len(first) < 2 or in_transaction():
        yield from map(work, chain(first, waiting))
        return
    with pool() as workers:
        running: deque[Future[R]] = deque()
        for piece in chain(first, waiting):
            running.append(workers.submit(apart, piece))
            if len(running) == under_way:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


class _Copy:
    """What a copy of the process needs to know; set when it begins."""

    app: Flask
    work: Callable[[Any], Any]
    inherited: Any

    @classmethod
    def begin(cls, app: Flask, work: Callable[[Any], Any]) -> None:
        """Leave the connections alone that were copied too, and end with the parent; Ctrl-C is for the parent."""
        die_with_parent(signal.SIGKILL)()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        cls.app, cls.work = app, work
        with app.app_context():
            cls.inherited = db.engine.pool
            db.engine.dispose(close=False)

    @classmethod
    def do(cls, piece: Any) -> Any:
        """Do one piece."""
        with cls.app.app_context():
            return cls.work(piece)


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
