"""What can be said about a profile from its facts alone. Rule C."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations

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
    """How many of each part a profile has; `stated_pct` is the marketplace's own figure, if it gives one.

    A verified identity stands in for a photo: an agent has seen the face, so nobody else needs to. Rule H-5.
    """

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


@dataclass(frozen=True)
class Addition:
    """`count` things more of one part of a profile, and the percentage points that they give together."""

    part: str
    counted: str
    count: int
    points: int


#: How much work one thing more of a part is, against the others. Skill tests are not given any more.
_EFFORT: dict[str, int] = {
    "photo": 1,
    "overview": 2,
    "employment": 2,
    "skills": 1,
    "further skills": 1,
    "linked accounts": 1,
    "further employment": 2,
    "education": 2,
    "other experience": 2,
    "portfolio": 3,
    "certificates": 5,
    "video": 5,
}


def cheapest_way(parts: ProfileParts, needed_pct: int, without: frozenset[str] = frozenset()) -> tuple[Addition, ...]:
    """Return what takes the least work to make a profile `needed_pct` complete, by its parts alone. Rule C.

    A stated figure is left aside: nobody knows what it was made from. Nothing is added to the parts `without`. Empty
    when the parts give enough already, and the most that can be had when `needed_pct` is out of reach. What is required
    comes first.
    """
    parts = replace(parts, stated_pct=None)
    missing = [part for part in completeness(parts).missing_required if part not in without]
    subsets = chain.from_iterable(combinations(missing, size) for size in range(len(missing) + 1))
    ways = [_way(parts, required, needed_pct, without) for required in subsets]
    best = min(ways, key=lambda way: (max(0, needed_pct - added_up(parts, way)), _work(way)))
    return tuple(_as_counted(parts, best))


def added_up(parts: ProfileParts, additions: tuple[Addition, ...]) -> int:
    """Return the percentage that the profile has, by its parts alone, with the additions."""
    return completeness(with_additions(replace(parts, stated_pct=None), additions)).pct


def _as_counted(parts: ProfileParts, additions: tuple[Addition, ...]) -> Iterator[Addition]:
    """Yield the additions with the points that each really gives: what goes beyond 50 % from further parts is lost."""
    for number, each in enumerate(additions):
        before, after = (added_up(parts, additions[:count]) for count in (number, number + 1))
        yield replace(each, points=after - before)


def with_additions(parts: ProfileParts, additions: tuple[Addition, ...]) -> ProfileParts:
    """Return the profile with what is added."""
    for each in additions:
        parts = replace(parts, **{each.counted: getattr(parts, each.counted) + each.count})
    return parts


def _work(additions: tuple[Addition, ...]) -> tuple[int, int]:
    effort = sum(_EFFORT[each.part] * each.count for each in additions)
    return effort, sum(each.count for each in additions)


def _way(
    parts: ProfileParts, required: tuple[str, ...], needed_pct: int, without: frozenset[str]
) -> tuple[Addition, ...]:
    """Return the least work by adding these required parts, and further ones for what they leave missing."""
    first = tuple(Addition(part, part, 1, REQUIRED_POINTS[part]) for part in required)
    then = with_additions(parts, first)
    return (*first, *_cheapest_optional(then, needed_pct - completeness(then).pct, without))


def _cheapest_optional(parts: ProfileParts, missing: int, without: frozenset[str]) -> tuple[Addition, ...]:
    """Return the least work for `missing` points from the other 50 %, or for all of them that are left."""
    missing = min(missing, OPTIONAL_CAP - sum(points for _, points in _optional(parts)))
    found: dict[int, tuple[Addition, ...]] = {0: ()}
    for rule in (each for each in OPTIONAL_POINTS if each.counted not in without):
        for gained, way in list(found.items()):
            for addition in _offers(rule, parts):
                reached, longer = min(gained + addition.points, missing), (*way, addition)
                if gained < missing and (reached not in found or _work(longer) < _work(found[reached])):
                    found[reached] = longer
    return found.get(missing, ()) if missing > 0 else ()


def _offers(rule: Extra, parts: ProfileParts) -> Iterator[Addition]:
    """Yield one, two and more things of a part, as long as they give points."""
    has = getattr(parts, rule.counted)
    left = rule.cap - min(rule.cap, max(0, has - rule.already) * rule.points)
    if rule.part in _EFFORT and has >= rule.already:
        for count in range(1, -(-left // rule.points) + 1):
            yield Addition(rule.part, rule.counted, count, min(count * rule.points, left))


#: The same parts counted in SQL; `{row}` is a row with the columns of `freelancers`. A test proves that both agree.
_COUNTED_SQL: dict[str, str] = {
    "photo": "(num_nonnulls({row}.photo_url, {row}.photo_id) > 0 OR {row}.identity_verified)::int",
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
