"""A finding: one requirement held against one person, with the words they read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Seen:
    """How a person stands with one requirement: what was seen, in words, and when. Asked or not, and E-7 aside."""

    met: bool
    value: str
    sentence: str
    next_step: str
    observed_at: datetime | None


@dataclass(frozen=True)
class Finding:
    """What one requirement asks, what was seen, and what to do next. Rule E-10.

    `key` tells a policy's requirements apart: the rule, and for the partner's own rules their number too ("E-6/2").
    `value` is what was seen, as text; `observed_at` when that was seen first, None when it is not known. `next_step` is
    None when nothing is open. `asked` is False for what a newcomer is not asked for yet (rule E-7): it then counts as
    met. `grace_days` is how long an award outlives the loss of this requirement; `grace_ends_at` is filled in for
    somebody whose award is in grace (rule E-11).
    """

    rule: str
    key: str
    title: str
    met: bool
    value: str
    observed_at: datetime | None
    sentence: str
    next_step: str | None
    grace_days: int
    asked: bool = True
    grace_ends_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the finding as plain JSON values, as receipts and the API show it."""
        return {
            "rule": self.rule,
            "key": self.key,
            "title": self.title,
            "met": self.met,
            "asked": self.asked,
            "value": self.value,
            "observed_at": self.observed_at and self.observed_at.isoformat(),
            "sentence": self.sentence,
            "next_step": self.next_step,
            "grace_days": self.grace_days,
            "grace_ends_at": self.grace_ends_at and self.grace_ends_at.isoformat(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """Return what `to_json` wrote."""
        moments = {
            name: datetime.fromisoformat(data[name]) if data.get(name) else None
            for name in ("observed_at", "grace_ends_at")
        }
        return cls(**{**data, **moments})


def points(findings: Iterable[Finding]) -> list[dict[str, str | None]]:
    """Return findings as mails carry them, for templates/email/_open_points.*."""
    return [{"title": each.title, "sentence": each.sentence, "next_step": each.next_step} for each in findings]


def with_grace(findings: Iterable[Finding], grace_ends_at: datetime | None) -> tuple[Finding, ...]:
    """Return `findings` for the award's own page: those still open within grace carry its end. Rule E-11."""
    return tuple(
        replace(finding, grace_ends_at=grace_ends_at) if not finding.met and finding.grace_days else finding
        for finding in findings
    )
