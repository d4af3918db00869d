"""What a rubric asks, what reviews add up to, and who may see which. Pure. Rule R-5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Any

from core.errors import InvalidInput

SCORES = (1, 2, 3, 4, 5)
#: What the ends of the scale mean, for those who score.
SCALE = {1: "not at all", 2: "hardly", 3: "in part", 4: "well", 5: "fully"}
WEIGHT_MAX = 10
CRITERIA_MAX = 8
NAME_MAX, HINT_MAX = 80, 300
#: Until a partner says otherwise: a third reviewer is asked when the first two lie this far apart.
THIRD_FROM_HUNDREDTHS = 100


@dataclass(frozen=True)
class Criterion:
    """One thing that reviewers score from 1 to 5; `weight` is how much it counts beside the others."""

    key: str
    name: str
    hint: str
    weight: int


@dataclass(frozen=True)
class Scored:
    """The score that a criterion got, and what it weighed then."""

    key: str
    name: str
    weight: int
    score: int


@dataclass(frozen=True)
class Way:
    """How a programme reviews. Without criteria there are no scores, and people decide by what they read."""

    criteria: tuple[Criterion, ...] = ()
    is_double: bool = False
    third_from_hundredths: int = THIRD_FROM_HUNDREDTHS
    sends_reasons: bool = False
    version: int = 0

    @property
    def needed(self) -> int:
        """Return how many reviews are asked for, as long as nobody disagrees."""
        return 2 if self.is_double else 1


class Stage(StrEnum):
    """How far the reviews of an application are."""

    NONE = "none"
    #: Some are in, not all.
    PARTLY = "partly"
    #: The first two lie too far apart: a third decides.
    TIE = "tie"
    DONE = "done"


@dataclass(frozen=True)
class Standing:
    """How far the reviews are, how many are in and needed, and what they come to once all are in, in hundredths."""

    stage: Stage
    count: int
    needed: int
    score_hundredths: int | None = None


def total_hundredths(scores: Iterable[Scored]) -> int:
    """Return the weighted mean of scores, in hundredths of a point, rounded half up."""
    scores = tuple(scores)
    weights = sum(each.weight for each in scores)
    return (200 * sum(each.weight * each.score for each in scores) + weights) // (2 * weights)


def standing(way: Way, totals: Sequence[int]) -> Standing:
    """Return what reviews with these totals come to. In SQL: `partners.review.scoring.standing_columns`.

    One review counts as it is, two by their mean; where two lie too far apart a third is asked for, and then the one in
    the middle counts.
    """
    count = len(totals)
    if count == 0:
        return Standing(Stage.NONE, 0, way.needed)
    if count < way.needed:
        return Standing(Stage.PARTLY, count, way.needed)
    if way.is_double and count == 2 and max(totals) - min(totals) >= way.third_from_hundredths:
        return Standing(Stage.TIE, 2, 3)
    return Standing(Stage.DONE, count, count, int(median(totals) + 0.5))


def sees_reviews(way: Way, standing: Standing, *, has_own: bool) -> bool:
    """Say whether somebody sees what others gave: at once, or where reviewers are blind, once all that count are in.

    The first two see each other's as soon as both are in; whoever may still be the third does not.
    """
    if not way.is_double or standing.stage is Stage.DONE:
        return True
    return standing.stage is Stage.TIE and has_own


def may_change(way: Way, standing: Standing, *, has_own: bool) -> bool:
    """Say whether somebody may give a review, or another one in place of theirs.

    Where reviewers are blind, a review stands once its reviewer has seen another. No more are taken than are asked for.
    """
    if not way.is_double:
        return True
    if has_own:
        return standing.stage in (Stage.NONE, Stage.PARTLY)
    return standing.stage is not Stage.DONE


def read_scores(criteria: Sequence[Criterion], given: Mapping[str, str]) -> tuple[Scored, ...]:
    """Return a score for every criterion from what was sent, by the criteria's keys. Raises InvalidInput."""
    by_text = {str(score): score for score in SCORES}
    missing = [each.name for each in criteria if given.get(each.key, "") not in by_text]
    if missing:
        raise InvalidInput(f"There is no score for {', '.join(missing)}.", "Give each criterion a score from 1 to 5.")
    return tuple(Scored(each.key, each.name, each.weight, by_text[given[each.key]]) for each in criteria)


def read_criteria(rows: Iterable[tuple[str, str, str, str]]) -> tuple[Criterion, ...]:
    """Return the criteria of a form's rows: (key, name, hint, weight); rows without a name are left out.

    A row without a key is new, and gets the next one. Raises InvalidInput.
    """
    rows = [(key, name.strip(), hint.strip(), weight.strip()) for key, name, hint, weight in rows if name.strip()]
    if len(rows) > CRITERIA_MAX:
        raise InvalidInput(f"{len(rows)} criteria are too many to score well.", f"Keep to {CRITERIA_MAX} at most.")
    names = [name.casefold() for _, name, _, _ in rows]
    if twice := next((name for _, name, _, _ in rows if names.count(name.casefold()) > 1), None):
        raise InvalidInput(f"Two criteria are called “{twice}”.", "Give each a name of its own.")
    taken = {key for key, *_ in rows if key}
    fresh = (f"c{number}" for number in range(1, 1_000) if f"c{number}" not in taken)
    return tuple(_criterion(key or next(fresh), name, hint, weight) for key, name, hint, weight in rows)


def _criterion(key: str, name: str, hint: str, weight: str) -> Criterion:
    if len(name) > NAME_MAX or len(hint) > HINT_MAX:
        raise InvalidInput(
            f"“{name[:40]}” is too long: a name has at most {NAME_MAX} characters, its hint {HINT_MAX}.", "Shorten it."
        )
    if not weight.isascii() or not weight.isdigit() or not 1 <= int(weight[:4]) <= WEIGHT_MAX:
        raise InvalidInput(f"The weight of “{name}” is no whole number from 1 to {WEIGHT_MAX}.", "Write one.")
    return Criterion(key, name, hint, int(weight))


def criteria_of(content: Iterable[Mapping[str, Any]]) -> tuple[Criterion, ...]:
    """Return criteria as they are stored."""
    return tuple(Criterion(**each) for each in content)


def scored_of(content: Iterable[Mapping[str, Any]]) -> tuple[Scored, ...]:
    """Return the scores of a review as they are stored."""
    return tuple(Scored(**each) for each in content)


def in_points(hundredths: int | None) -> str | None:
    """Return a total as people read it: "4.2"; None stays None."""
    return None if hundredths is None else f"{(hundredths + 5) // 10 / 10:.1f}"
