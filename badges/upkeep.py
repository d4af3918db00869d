"""What becomes of an award when its holder's requirements are lost or met again. Pure. Rules E-11, H-1.

- What has no grace (the account, E-1; a public profile, E-4; whatever else the policy grants none) suspends at once.
- What has grace starts it, unless it runs already; the shortest of the open requirements counts. Losing another one
  meanwhile never lengthens it, and one with a shorter grace shortens it.
- Grace keeps running under a hold. What is lost while an award is suspended for something else starts its grace when
  that something ends: nobody can mend a score while they may not work.
- Everything met again, at any time, puts the award back as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from badges.eligibility.findings import Finding
from badges.eligibility.policy import WITHOUT_GRACE
from badges.eligibility.rules import unmet


@dataclass(frozen=True)
class Upkeep:
    """The part of an award that follows from its holder's requirements; `lifts_at_once` as in `Award`."""

    grace_began_at: datetime | None = None
    grace_ends_at: datetime | None = None
    suspended_at: datetime | None = None
    lifts_at_once: bool = False


class Change(StrEnum):
    """What happened to an award, by the verb of its audit event."""

    GRACE_BEGAN = "grace_began"
    GRACE_SHORTENED = "grace_shortened"
    #: Met again before the grace ended.
    GRACE_CLEARED = "grace_cleared"
    SUSPENDED = "suspended"
    #: Suspended still, but for other reasons than before.
    SUSPENDED_OTHERWISE = "suspended_otherwise"
    REINSTATED = "reinstated"


def next_state(now: Upkeep, findings: Iterable[Finding], at: datetime) -> Upkeep:
    """Return what is to be stored at `at`. Applied again to that at the same moment, it changes nothing."""
    still_open = unmet(findings)
    at_once = [finding for finding in still_open if not finding.grace_days]
    with_grace = [finding for finding in still_open if finding.grace_days]
    # Grace belongs to what is open; once that is met, a later loss has a grace of its own.
    kept = now if with_grace else replace(now, grace_began_at=None, grace_ends_at=None)
    if at_once:
        live = all(finding.rule in WITHOUT_GRACE for finding in at_once)
        return replace(kept, suspended_at=now.suspended_at or at, lifts_at_once=live)
    if with_grace:
        return _in_grace(kept, min(finding.grace_days for finding in with_grace), at)
    return Upkeep()


def _in_grace(now: Upkeep, grace_days: int, at: datetime) -> Upkeep:
    ends_at = at + timedelta(days=grace_days)
    if now.grace_ends_at is None:
        return Upkeep(at, ends_at)
    if now.grace_ends_at <= at:
        return replace(now, suspended_at=now.suspended_at or now.grace_ends_at, lifts_at_once=True)
    return Upkeep(now.grace_began_at, min(now.grace_ends_at, ends_at))


def change_between(before: Upkeep, after: Upkeep) -> Change | None:
    """Return what happened, or None when nothing did."""
    if before == after:
        return None
    if before.suspended_at is not None:
        return Change.SUSPENDED_OTHERWISE if after.suspended_at is not None else Change.REINSTATED
    if after.suspended_at is not None:
        return Change.SUSPENDED
    if after.grace_ends_at is None:
        return Change.GRACE_CLEARED
    return Change.GRACE_BEGAN if before.grace_ends_at is None else Change.GRACE_SHORTENED
