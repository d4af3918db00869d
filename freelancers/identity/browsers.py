"""Whether a browser is new enough for a call: the current version and the two before it. Pure. Rule H-2.

No list has to be kept: makers bring out versions in a steady rhythm, so from a version and its day those of later days
follow. The rhythm is published; a browser that is newer than we think passes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

VERSIONS_BEFORE = 2


@dataclass(frozen=True)
class Rhythm:
    """A browser: how it names itself, a version with its day, and how many days pass until the next."""

    name: str
    pattern: re.Pattern[str]
    version: int
    on: date
    every_days: int

    def oldest(self, on: date) -> int:
        """Return the oldest version that is supported on a day."""
        current = self.version + max(0, (on - self.on).days // self.every_days)
        return current - VERSIONS_BEFORE


#: The first that fits is it: others name themselves as well. Safari brings out one version a year, in September.
BROWSERS = (
    Rhythm("Edge", re.compile(r"\bEdg(?:A|iOS)?/(\d+)"), 138, date(2025, 6, 26), 28),
    Rhythm("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/(\d+)"), 140, date(2025, 6, 24), 28),
    Rhythm("Chrome", re.compile(r"\b(?:Headless)?(?:Chrome|CriOS)/(\d+)"), 138, date(2025, 6, 24), 28),
    Rhythm("Safari", re.compile(r"\bVersion/(\d+)[\d.]* .*\bSafari/"), 26, date(2025, 9, 15), 365),
)


@dataclass(frozen=True)
class Browser:
    """What a browser says of itself; `oldest` is the oldest version that would do."""

    name: str
    version: int
    oldest: int

    @property
    def is_new_enough(self) -> bool:
        """Say whether it is the current version or one of the two before it."""
        return self.version >= self.oldest


def browser_in(user_agent: str, on: date) -> Browser | None:
    """Return the browser that a User-Agent names, judged on a day; None where we know none of that name."""
    for known in BROWSERS:
        if found := known.pattern.search(user_agent):
            return Browser(known.name, int(found[1][:6]), known.oldest(on))
    return None
