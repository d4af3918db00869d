"""What can be said about a profile from its facts alone. Rule C."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

#: Together 50 %; with any of them missing a profile stays below 90 %, so it passes E-3 for nobody.
REQUIRED_POINTS: dict[str, int] = {"photo": 13, "overview": 13, "employment": 12, "skills": 12}


@dataclass(frozen=True)
class Extra:
    """What counts towards the other 50 %: `points` for each beyond the first `already` (required), at most `cap`."""

    part: str
    counted: str
    points: int
    cap: int
    already: int = 0


OPTIONAL_CAP = 50
OPTIONAL_POINTS: tuple[Extra, ...] = (
    Extra("portfolio", "portfolio", 5, 20),
    Extra("further employment", "employment", 10, 20, already=1),
    Extra("further skills", "skills", 10, 10, already=1),
    Extra("education", "education", 10, 20),
    Extra("video", "video", 10, 10),
    Extra("linked accounts", "linked_accounts", 10, 10),
    Extra("certificates", "certificates", 5, 10),
    Extra("other experience", "other_experience", 5, 5),
    Extra("skill tests", "tests", 10, 30),
)


@dataclass(frozen=True)
class ProfileParts:
    """How many of each part a profile has; `stated_pct` is the marketplace's own figure, if it gives one."""

    photo: int = 0
    overview: int = 0
    employment: int = 0
    skills: int = 0
    portfolio: int = 0
    education: int = 0
    video: int = 0
    linked_accounts: int = 0
    certificates: int = 0
    other_experience: int = 0
    tests: int = 0
    stated_pct: int | None = None


@dataclass(frozen=True)
class Completeness:
    """`pct` 0..100, what earned it as (part, points), the required parts still missing, and whether it was stated."""

    pct: int
    earned: tuple[tuple[str, int], ...]
    missing_required: tuple[str, ...]
    is_stated: bool = False


def completeness(parts: ProfileParts) -> Completeness:
    """Return how complete a profile is, and why. A figure the marketplace states wins. Rules C, E-3."""
    required = tuple((part, points) for part, points in REQUIRED_POINTS.items() if getattr(parts, part))
    optional = tuple(_optional(parts))
    computed = sum(points for _, points in required) + sum(points for _, points in optional)
    missing = tuple(part for part in REQUIRED_POINTS if not getattr(parts, part))
    if parts.stated_pct is not None:
        return Completeness(parts.stated_pct, required + optional, missing, is_stated=True)
    return Completeness(computed, required + optional, missing)


def _optional(parts: ProfileParts) -> Iterator[tuple[str, int]]:
    left = OPTIONAL_CAP
    for rule in OPTIONAL_POINTS:
        further = max(0, getattr(parts, rule.counted) - rule.already)
        if points := min(further * rule.points, rule.cap, left):
            left -= points
            yield rule.part, points


#: The same parts counted in SQL; `{row}` is a row with the columns of `freelancers`. A test proves that both agree.
_COUNTED_SQL: dict[str, str] = {
    "photo": "({row}.photo_url IS NOT NULL)::int",
    "overview": "({row}.overview IS NOT NULL)::int",
    "skills": "cardinality({row}.skills)",
    "video": "({row}.profile ->> 'video_url' IS NOT NULL)::int",
}
_LISTED_SQL = "coalesce(jsonb_array_length({row}.profile -> '{part}'), 0)"


def completeness_sql(row: str) -> str:
    """Return the SQL expression for `completeness(...).pct` of the row called `row`. Rule C."""

    def counted(part: str) -> str:
        return _COUNTED_SQL.get(part, _LISTED_SQL).format(row=row, part=part)

    required = " + ".join(
        f"CASE WHEN {counted(part)} > 0 THEN {points} ELSE 0 END" for part, points in REQUIRED_POINTS.items()
    )
    optional = " + ".join(
        f"least(greatest({counted(rule.counted)} - {rule.already}, 0) * {rule.points}, {rule.cap})"
        for rule in OPTIONAL_POINTS
    )
    return f"coalesce({row}.completeness_stated_pct, {required} + least({optional}, {OPTIONAL_CAP}))"
