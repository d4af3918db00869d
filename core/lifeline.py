"""Locks and signals that tie processes to one another, so that none is left behind."""

import ctypes
import fcntl
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Self

_PR_SET_PDEATHSIG = 1


def die_with_parent(sig: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn` that has the kernel send `sig` to the child when its parent dies, however it dies.

    Linux alone can do this; elsewhere the function does nothing.
    """
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def ask_kernel() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)

    return ask_kernel


class FileLock:
    """A lock on a file that the kernel gives back when its holder dies. Children do not inherit it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def share(self) -> None:
        """Wait until nobody holds the lock alone, then hold it together with others."""
        fcntl.flock(self._fd, fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Hold the lock alone if nobody else holds it; say whether that worked. A shared hold ends either way."""
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        fcntl.flock(self._fd, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._fd)


def is_held(path: Path) -> bool:
    """Say whether a living process holds the lock on `path`."""
    with FileLock(path) as lock:
        return not lock.try_alone()
