"""Work that may not take more than its share of the time, however much there is to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from core import clock

Figures = Mapping[str, int]
Stopped = Callable[[], bool]


class Paced:
    """A job that rests after a long run, so that it runs for at most `share` of the time, and tells how long it ran.

    While it rests, its periods pass by. What it knows is this process's own: a new leader runs it at once.
    """

    def __init__(self, run: Callable[[Stopped], Figures], share: float) -> None:
        self._run, self._share = run, share
        self._rests_until: datetime | None = None

    def __call__(self, stopped: Stopped) -> Figures:
        """Run the job unless it rests, and return what it did, counted; nothing when it rests."""
        began = clock.now()
        if self._rests_until is not None and began < self._rests_until:
            return {}
        figures = self._run(stopped)
        took = clock.now() - began
        self._rests_until = began + took / self._share
        return {**figures, "took_ms": round(took.total_seconds() * 1000)}
