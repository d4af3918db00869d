"""How well somebody fits a use case, and why: one kept on file, or one listed already. Pure. Rules D-1, R-4."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from core import wording

#: What each part counts at most, in points of a hundred.
SKILLS_MAX, WORDS_MAX, MET_MAX, REVIEW_MAX, SCORE_MAX = 35, 20, 25, 15, 5
#: So many skills that its experts share, or words of its description, make a full match.
SKILLS_FULL, WORDS_FULL = 4, 4
#: So many are named among the reasons.
NAMED = 4
#: Shorter words tell little, and so do these.
_WORD = re.compile(r"[a-z0-9]{4,}")
_COMMON = frozenset(
    _WORD.findall(
        """about also been before both each every first last next build built came from have into know made
        make more most need only other over same some such than that their them then there they this through
        time very want what when where which while with work your"""
    )
)


@dataclass(frozen=True)
class Wanted:
    """What a use case asks for: the skills of the experts it has, with how many of them have each, and its words."""

    skills: dict[str, int]
    experts: int


@dataclass(frozen=True)
class Candidate:
    """Somebody kept on file (`id` is their application's), or an expert (then it is their award's).

    `words` are those of the use case's description that their profile or answers hold.
    """

    id: UUID
    name: str
    skills: Sequence[str]
    words: Collection[str]
    met: int
    asked: int
    review_hundredths: int | None
    jss_pct: int | None


@dataclass(frozen=True)
class Ranked:
    """A candidate with their points of a hundred, and the reasons for them, the weightiest first."""

    candidate: Candidate
    points: int
    reasons: tuple[str, ...]


def words_of(text: str) -> list[str]:
    """Return the words of a description that say what it is about, each once."""
    return [word for word in dict.fromkeys(_WORD.findall(text.lower())) if word not in _COMMON]


def ranked(candidates: Iterable[Candidate], wanted: Wanted) -> list[Ranked]:
    """Return the candidates, the best fit first; names and identifiers decide among equals."""
    found = [fit(each, wanted) for each in candidates]
    return sorted(found, key=lambda one: (-one.points, one.candidate.name.lower(), one.candidate.id))


def fit(candidate: Candidate, wanted: Wanted) -> Ranked:
    """Return how well somebody fits; what is not known counts nothing, neither for nor against."""
    parts = [each for each in _parts(candidate, wanted) if each[0] > 0]
    parts.sort(key=lambda part: -part[0])
    return Ranked(candidate, round(sum(points for points, _ in parts)), tuple(reason for _, reason in parts))


def _parts(candidate: Candidate, wanted: Wanted) -> Iterable[tuple[float, str]]:
    """Yield points and the reason for them, part by part."""
    shared = _shared(candidate, wanted)
    if shared:
        has = "the expert it has" if wanted.experts == 1 else "the experts it has"
        yield SKILLS_MAX * min(len(shared) / SKILLS_FULL, 1), f"Skills of {has}: {_named(shared)}"
    if candidate.words:
        said = _named(sorted(candidate.words))
        yield WORDS_MAX * min(len(candidate.words) / WORDS_FULL, 1), f"Speaks of what it is about: {said}"
    if candidate.asked:
        all_met = candidate.met == candidate.asked
        how_many = f"all {candidate.asked}" if all_met else f"{candidate.met} of {candidate.asked}"
        yield MET_MAX * candidate.met / candidate.asked, f"Meets {how_many} requirements today"
    if candidate.review_hundredths is not None:
        share = (candidate.review_hundredths - 100) / 400
        yield REVIEW_MAX * share, f"Reviewed with {candidate.review_hundredths / 100:.1f} of 5"
    if candidate.jss_pct is not None:
        yield SCORE_MAX * candidate.jss_pct / 100, f"Job Success Score of {wording.percent(candidate.jss_pct)}"


def _shared(candidate: Candidate, wanted: Wanted) -> list[str]:
    """Return the candidate's skills that the use case's experts have, those that most of them have first."""
    known = {skill.lower(): count for skill, count in wanted.skills.items()}
    shared = [skill for skill in candidate.skills if skill.lower() in known]
    return sorted(shared, key=lambda skill: (-known[skill.lower()], skill.lower()))


def _named(words: Sequence[str]) -> str:
    more = len(words) - NAMED
    return wording.listed(words[:NAMED]) if more <= 0 else f"{', '.join(words[:NAMED])} and {more} more"
