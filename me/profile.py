"""A profile's completeness, part by part, as its page shows it. Rule C."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from freelancers.rules import OPTIONAL_CAP, OPTIONAL_POINTS, REQUIRED_POINTS, Completeness, ProfileParts, completeness

_REQUIRED_NAMES = {
    "photo": "A photo, or a verified identity in its place",
    "overview": "An overview",
    "employment": "One employment",
    "skills": "One skill",
}
_OPTIONAL_NAMES = {
    "portfolio": ("Portfolio items", "each"),
    "further employment": ("Further employment", "each"),
    "further skills": ("Further skills", "for all"),
    "education": ("Education", "each"),
    "video": ("A profile video", ""),
    "linked accounts": ("A linked account", ""),
    "certificates": ("Certificates", "each"),
    "other experience": ("Other experience", ""),
    "skill tests": ("Skill tests of former years", "each"),
}
_PLACES = {
    "photo": "photo",
    "overview": "words",
    "employment": "employment/add",
    "skills": "skills",
    "portfolio": "portfolio/add",
    "further employment": "employment/add",
    "further skills": "skills",
    "education": "education/add",
    "video": "video",
    "linked accounts": "linked_accounts/add",
    "certificates": "certificates/add",
    "other experience": "other_experience/add",
}


@dataclass(frozen=True)
class Line:
    """One part of the meter: what it gives each, at most, and what it gives this profile; `has` counts it there."""

    name: str
    #: The address, below /me/profile, at which there is more of it to write; None where there is none.
    place: str | None
    has: int
    gives: str
    earned: int
    top: int
    required: bool

    @property
    def is_missing(self) -> bool:
        """Whether a required part is not there."""
        return self.required and not self.earned


@dataclass(frozen=True)
class Meter:
    """The whole meter. `pct` counts; `computed_pct` is what the parts alone would give."""

    pct: int
    is_stated: bool
    computed_pct: int
    lines: tuple[Line, ...]
    optional_earned: int

    @property
    def missing(self) -> tuple[Line, ...]:
        """The required parts that are not there."""
        return tuple(line for line in self.lines if line.is_missing)


def meter(parts: ProfileParts) -> Meter:
    """Return what every part of rule C gives this profile."""
    found = completeness(parts)
    earned = dict(found.earned)
    optional_names = {rule.part for rule in OPTIONAL_POINTS}
    return Meter(
        pct=found.pct,
        is_stated=found.is_stated,
        computed_pct=sum(earned.values()),
        lines=(*_required(parts, found), *_optional(parts, earned)),
        optional_earned=sum(points for part, points in earned.items() if part in optional_names),
    )


def _required(parts: ProfileParts, found: Completeness) -> Iterator[Line]:
    for part, points in REQUIRED_POINTS.items():
        there = part not in found.missing_required
        has = getattr(parts, part)
        yield Line(
            _REQUIRED_NAMES[part], _PLACES.get(part), has, f"{points} %", points if there else 0, points, required=True
        )


def _optional(parts: ProfileParts, earned: dict[str, int]) -> Iterator[Line]:
    for rule in OPTIONAL_POINTS:
        name, each = _OPTIONAL_NAMES[rule.part]
        has = max(0, getattr(parts, rule.counted) - rule.already)
        top = min(rule.cap, OPTIONAL_CAP)
        gives = f"{rule.points} % each, up to {top} %" if each == "each" else f"{rule.points} %"
        yield Line(name, _PLACES.get(rule.part), has, gives, earned.get(rule.part, 0), top, required=False)
