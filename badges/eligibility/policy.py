"""A policy: the marketplace's base policy, with a partner's own rules on top. Rules E-1..E-9, E-11.

Policies are data with an effective date: yesterday's decision is explained under yesterday's numbers. Whatever a
partner adds is asked for as well, never instead, so a policy cannot be weaker than its base.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from types import MappingProxyType
from typing import Any

from badges.eligibility.facts import LANGUAGE_LEVELS
from badges.eligibility.partner_rules import NO_RULES, PartnerRules
from badges.eligibility.refusals import Defect, PolicyRefused, within

ENGLISH_LEVELS = LANGUAGE_LEVELS
VISIBILITIES = ("public", "marketplace", "private")
RULES = ("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")
#: Losing one of these hides at once; a policy that grants grace here is refused. Rules E-11, H-1.
WITHOUT_GRACE = frozenset({"E-1", "E-4"})
GRACE_DAYS: Mapping[str, int] = MappingProxyType(
    {rule: 0 if rule in WITHOUT_GRACE else 14 for rule in RULES},
)


@dataclass(frozen=True)
class BasePolicy:
    """The numbers and switches of the base rules, in force from `effective_at`.

    `score_min_jobs`, `score_min_clients` and `score_window_months` are what the marketplace needs for a score (section
    J); they are told to people, nothing is computed from them. Holders of a badge are warned when a falling score is at
    most `warn_margin_pts` above what is needed, and so many days before a needed certificate ends.
    """

    label: str
    effective_at: datetime
    min_jss_pct: int = 80
    unscored_passes: bool = False
    min_completeness_pct: int = 100
    min_completeness_elance_pct: int = 90
    newcomer_completeness_pct: int = 100
    passing_visibilities: tuple[str, ...] = ("public",)
    passing_english_levels: tuple[str, ...] = ("fluent", "native")
    grace_days: Mapping[str, int] = field(default_factory=lambda: GRACE_DAYS, hash=False)
    score_min_jobs: int = 2
    score_min_clients: int = 2
    score_window_months: int = 24
    warn_margin_pts: int = 3
    warn_certificate_days: tuple[int, ...] = (30, 7)

    def __post_init__(self) -> None:
        if defects := tuple(_defects(self)):
            raise PolicyRefused(defects)

    def to_json(self) -> dict[str, Any]:
        """Return the whole content as plain JSON values."""
        content = {each.name: getattr(self, each.name) for each in fields(self)}
        return content | {
            "effective_at": self.effective_at.isoformat(),
            "passing_visibilities": list(self.passing_visibilities),
            "passing_english_levels": list(self.passing_english_levels),
            "grace_days": dict(self.grace_days),
            "warn_certificate_days": list(self.warn_certificate_days),
        }

    @classmethod
    def from_json(cls, data: Any) -> BasePolicy:
        """Return what `to_json` wrote, or what was typed. Raises PolicyRefused with everything that is wrong."""
        known = {each.name for each in fields(cls)}
        defects = [*_unknown(data, known), *_missing(data, ("label", "effective_at")), *_wrong_shapes(data)]
        try:
            policy = cls(**_readable(data, known, {defect.where for defect in defects}))
        except PolicyRefused as refused:
            raise PolicyRefused((*defects, *refused.defects)) from None
        if defects:
            raise PolicyRefused(tuple(defects))
        return policy

    def weaker_than(self, base: BasePolicy) -> tuple[str, ...]:
        """Return, as sentences, where this policy asks for less than `base`; empty when nowhere."""
        lower = [
            f"{name} is {getattr(self, name)}, below the marketplace's {getattr(base, name)}"
            for name in _PERCENTAGES
            if getattr(self, name) < getattr(base, name)
        ]
        wider = [
            f"{name} also lets {', '.join(sorted(more))} pass"
            for name in _PASSING
            if (more := set(getattr(self, name)) - set(getattr(base, name)))
        ]
        longer = [
            f"the grace for {rule} is {self.grace_days[rule]} days, longer than the marketplace's {days}"
            for rule, days in base.grace_days.items()
            if self.grace_days[rule] > days
        ]
        switched = (
            ["unscored_passes lets people without a score pass"]
            if (self.unscored_passes and not base.unscored_passes)
            else []
        )
        return (*lower, *wider, *longer, *switched)


@dataclass(frozen=True)
class Policy:
    """What one partner's programme asks: the base policy and the partner's own rules, together."""

    base: BasePolicy
    label: str
    effective_at: datetime
    rules: PartnerRules = NO_RULES

    @classmethod
    def of_base(cls, base: BasePolicy) -> Policy:
        """Return the base policy by itself, with nothing of a partner's on top."""
        return cls(base, base.label, base.effective_at)

    def to_json(self) -> dict[str, Any]:
        """Return the whole content as plain JSON values: enough to decide as then, at any later time."""
        return {
            "label": self.label,
            "effective_at": self.effective_at.isoformat(),
            "base": self.base.to_json(),
            **self.rules.to_json(),
        }

    @classmethod
    def from_json(cls, data: Any) -> Policy:
        """Return what `to_json` wrote. Raises PolicyRefused with everything that is wrong."""
        names = ("label", "effective_at", "base", "rules")
        defects = [*_unknown(data, set(names)), *_missing(data, names), *_wrong_shapes(data)]
        base, rules = None, NO_RULES
        if isinstance(data, dict) and "base" in data:
            try:
                base = BasePolicy.from_json(data["base"])
            except PolicyRefused as refused:
                defects += within("base", refused.defects)
        if isinstance(data, dict) and "rules" in data:
            try:
                min_jss_pct = base.min_jss_pct if base else 0
                rules = PartnerRules.from_json({"rules": data["rules"]}, min_jss_pct=min_jss_pct)
            except PolicyRefused as refused:
                defects += refused.defects
        if defects or base is None:
            raise PolicyRefused(tuple(defects))
        return cls(base, data["label"], datetime.fromisoformat(data["effective_at"]), rules)

    def digest(self) -> str:
        """Return a SHA-256 in hex that is equal for policies of equal content, label and date included."""
        return canonical_digest(self.to_json())


def canonical_digest(document: Any) -> str:
    """Return the SHA-256 in hex of a JSON document, whatever the order of its keys."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


_LISTS = ("passing_visibilities", "passing_english_levels", "warn_certificate_days")
_PERCENTAGES = ("min_jss_pct", "min_completeness_pct", "min_completeness_elance_pct", "newcomer_completeness_pct")
_PASSING: Mapping[str, tuple[str, ...]] = {
    "passing_visibilities": VISIBILITIES,
    "passing_english_levels": ENGLISH_LEVELS,
}
_COUNTS = ("score_min_jobs", "score_min_clients", "score_window_months")
_WARN_MAX_DAYS = 365
_SWITCHES = ("unscored_passes",)
_GRACE_MAX_DAYS = 365


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _defects(policy: BasePolicy) -> list[Defect]:
    """Return what is wrong with the values; their outer shapes are right already."""
    found = []
    if policy.effective_at.tzinfo is None:
        found.append(Defect("effective_at", "needs a time zone, such as 2026-01-01T00:00:00+00:00"))
    for name in _PERCENTAGES:
        if not _is_whole(value := getattr(policy, name)) or not 0 <= value <= 100:
            found.append(Defect(name, f"is a whole percentage from 0 to 100, not {value!r}"))
    for name in _COUNTS:
        if not _is_whole(value := getattr(policy, name)) or value < 1:
            found.append(Defect(name, f"is a whole number from 1, not {value!r}"))
    found += [Defect(name, "is true or false") for name in _SWITCHES if not isinstance(getattr(policy, name), bool)]
    return [*found, *_warning_defects(policy), *_passing_defects(policy), *_grace_defects(policy.grace_days)]


def _warning_defects(policy: BasePolicy) -> list[Defect]:
    found = []
    if not _is_whole(policy.warn_margin_pts) or not 0 <= policy.warn_margin_pts <= 100:
        found.append(Defect("warn_margin_pts", "is a whole number of points from 0 to 100"))
    if not all(_is_whole(days) and 1 <= days <= _WARN_MAX_DAYS for days in policy.warn_certificate_days):
        found.append(Defect("warn_certificate_days", f"are whole numbers of days from 1 to {_WARN_MAX_DAYS}"))
    return found


def _passing_defects(policy: BasePolicy) -> list[Defect]:
    found = []
    for name, possible in _PASSING.items():
        passing = getattr(policy, name)
        if not passing or not all(value in possible for value in passing):
            found.append(Defect(name, f"names at least one of {', '.join(possible)}, and nothing else"))
    return found


def _grace_defects(grace_days: Mapping[str, Any]) -> list[Defect]:
    found = []
    if set(grace_days) != set(RULES):
        found.append(Defect("grace_days", f"names exactly {', '.join(RULES)}"))
    for rule, days in grace_days.items():
        if not _is_whole(days) or not 0 <= days <= _GRACE_MAX_DAYS:
            found.append(Defect(f"grace_days.{rule}", f"is a whole number of days from 0 to {_GRACE_MAX_DAYS}"))
        elif days and rule in WITHOUT_GRACE:
            found.append(Defect(f"grace_days.{rule}", "is 0: losing this hides at once, as the marketplace promises"))
    return found


def _readable(data: Any, known: set[str], broken: set[str]) -> dict[str, Any]:
    """Return the parts that can be read, as the fields of a policy; what is missing of the rest is made up."""
    given = data.items() if isinstance(data, dict) else ()
    values = {name: value for name, value in given if name in known - broken}
    values |= {name: tuple(values[name]) for name in _LISTS if name in values}
    values["label"] = values.get("label", "")
    values["effective_at"] = datetime.fromisoformat(values.get("effective_at", "2000-01-01T00:00:00+00:00"))
    if "grace_days" in values:
        values["grace_days"] = MappingProxyType({**GRACE_DAYS, **values["grace_days"]})
    return values


def _unknown(data: Any, known: set[str]) -> list[Defect]:
    if not isinstance(data, dict):
        return [Defect("", "is a JSON object with named parts")]
    return [Defect(str(name), "is not known here; is it spelled right?") for name in data if name not in known]


def _missing(data: Any, names: tuple[str, ...]) -> list[Defect]:
    if not isinstance(data, dict):
        return []
    return [Defect(name, "is missing") for name in names if name not in data]


def _wrong_shapes(data: Any) -> list[Defect]:
    """Return the parts that cannot even be read: a date that is none, a list that is none."""
    if not isinstance(data, dict):
        return []
    found = []
    if "effective_at" in data and not _is_moment(data["effective_at"]):
        found.append(Defect("effective_at", "is a moment with its time zone, such as 2026-01-01T00:00:00+00:00"))
    if "label" in data and (not isinstance(data["label"], str) or not data["label"].strip()):
        found.append(Defect("label", "is a short name, such as 2026-01"))
    for name in _LISTS:
        if name in data and not isinstance(data[name], list):
            found.append(Defect(name, "is a list"))
    if not isinstance(data.get("grace_days", {}), dict):
        found.append(Defect("grace_days", "gives the days for each rule"))
    return found


def _is_moment(text: Any) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except (TypeError, ValueError):
        return False
