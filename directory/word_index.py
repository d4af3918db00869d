"""Who has which words in their skills, name and title, or overview; slips of the pen are forgiven.

Pure. Rule D-6; how fast and how good: docs/search-quality.md, docs/decisions/search.md.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from directory.typed import Query, Wanted, stem, words

Scores = npt.NDArray[np.float32]
People = npt.NDArray[np.int32]

#: What a word counts for by where it stands: skills, name and title, overview.
WEIGHTS = (8.0, 6.0, 2.0)
#: What it counts for by how it was found, of what was typed itself.
OTHER_NAME, BEGINNING, SLIP = 0.9, 0.6, 0.5
#: The beginning of a word is enough from so many letters on.
BEGINNING_LETTERS = 3
#: A word of so many letters may have one slip, and one of so many two.
ONE_SLIP_LETTERS, TWO_SLIPS_LETTERS = 4, 7
#: What is longer is no word, and has no slips.
LONGEST_WORD = 40
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class WordIndex:
    """The words of `count` people, who are numbered from 0."""

    count: int
    postings: Sequence[Mapping[str, Sequence[int]]]
    _arrays: dict[tuple[int, str], People] = field(default_factory=dict)

    @cached_property
    def vocabulary(self) -> Sequence[str]:
        """Return all words, in order."""
        return sorted(set().union(*self.postings))

    @cached_property
    def _signatures(self) -> tuple[Sequence[str], npt.NDArray[np.int8]]:
        """Return the words without figures, and how often each letter stands in each: near words differ in few."""
        plain = [
            word for word in self.vocabulary if word.isalpha() and ONE_SLIP_LETTERS <= len(word) + 1 <= LONGEST_WORD
        ]
        return plain, np.array([_letters(word) for word in plain], dtype=np.int8).reshape(-1, len(_ALPHABET) + 1)

    def scores(self, query: Query, phrases: Mapping[str, People]) -> tuple[Scores, Mapping[str, str]]:
        """Return for each person how well they fit, 0 if not; and what was taken for which word that nobody has.

        `phrases` says who has the phrases of the query, word for word.
        """
        slips: dict[str, str] = {}
        best = np.zeros(self.count, np.float32)
        for group in query.groups:
            np.maximum(best, self._group(group, phrases, slips), out=best)
        for each in query.unwanted:
            out = phrases[each.phrase] if each.phrase else np.flatnonzero(self._name(each.names[0], begun=False))
            best[out] = 0
        return best, slips

    def _group(self, group: Sequence[Wanted], phrases: Mapping[str, People], slips: dict[str, str]) -> Scores:
        total, fits = np.zeros(self.count, np.float32), np.ones(self.count, np.bool_)
        for each in group:
            score = self._wanted(each, slips)
            if each.optional:
                total += score
                continue
            if each.phrase:
                exact = np.zeros(self.count, np.float32)
                exact[phrases[each.phrase]] = 1
                score = np.maximum(score, WEIGHTS[-1]) * exact
            fits &= score > 0
            total += score
        total[~fits] = 0
        return total

    def _wanted(self, each: Wanted, slips: dict[str, str]) -> Scores:
        typed, *others = each.names
        score = self._name(typed, begun=not each.phrase)
        for name in others:
            np.maximum(score, self._name(name, begun=False) * np.float32(OTHER_NAME), out=score)
        if len(typed) == 1 and not each.phrase and not each.optional and not score.any():
            near = self.nearest(typed[0])
            if near:
                slips[typed[0]] = near
                score = self._word(near, begun=False) * np.float32(SLIP)
        return score

    def _name(self, name: Sequence[str], *, begun: bool) -> Scores:
        """Return the scores of a name: those who have all its words, by the word that stands in the least place."""
        score = self._word(name[0], begun=begun)
        for word in name[1:]:
            np.minimum(score, self._word(word, begun=begun), out=score)
        return score

    def _word(self, word: str, *, begun: bool) -> Scores:
        score = np.zeros(self.count, np.float32)
        if begun and len(word) >= BEGINNING_LETTERS:
            for longer in self._beginning(word):
                self._raise(score, longer, BEGINNING)
        self._raise(score, word, 1.0)
        return score

    def _raise(self, score: Scores, word: str, quality: float) -> None:
        for place, weight in reversed(list(enumerate(WEIGHTS))):
            people = self._people(place, word)
            if len(people):
                score[people] = np.maximum(score[people], weight * quality)

    def _people(self, place: int, word: str) -> People:
        known = self._arrays.get((place, word))
        if known is None:
            known = np.array(self.postings[place].get(word, ()), np.int32)
            if len(known):
                self._arrays[place, word] = known
        return known

    def _beginning(self, start: str) -> Sequence[str]:
        first = bisect_left(self.vocabulary, start)
        return self.vocabulary[first : bisect_left(self.vocabulary, start + "\U0010ffff", first)]

    def nearest(self, word: str) -> str | None:
        """Return the word that was most likely meant by one that nobody has, or None if none is near."""
        slips = 2 if len(word) >= TWO_SLIPS_LETTERS else 1 if len(word) >= ONE_SLIP_LETTERS else 0
        plain, letters = self._signatures
        if not slips or not plain or not word.isalpha() or len(word) > LONGEST_WORD:
            return None
        apart = np.abs(letters - np.array(_letters(word), np.int8)).sum(axis=1)
        close = [
            (plain[place], slips_between(word, plain[place])) for place in np.flatnonzero(apart <= 2 * slips).tolist()
        ]
        fitting = [(far, -self._commonness(near), near) for near, far in close if far <= slips]
        return min(fitting)[2] if fitting else None

    def _commonness(self, word: str) -> float:
        return sum(weight * len(p.get(word, ())) for weight, p in zip(WEIGHTS, self.postings, strict=True))


def index_of(texts: Iterable[Sequence[str]]) -> WordIndex:
    """Return the index of people's texts: for each person one text for each of WEIGHTS."""
    postings: list[defaultdict[str, list[int]]] = [defaultdict(list) for _ in WEIGHTS]
    number = -1
    for number, parts in enumerate(texts):
        for where, text in zip(postings, parts, strict=True):
            for word in _distinct(text):
                where[word].append(number)
    return WordIndex(number + 1, [dict(each) for each in postings])


@lru_cache(maxsize=20_000)
def _distinct(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text))


def _letters(word: str) -> list[int]:
    counts = [word.count(letter) for letter in _ALPHABET]
    return [*counts, len(word) - sum(counts)]


def slips_between(typed: str, meant: str) -> int:
    """Return how many slips lead from one word to the other: a letter too many, too few, wrong, or two swapped."""
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, letter in enumerate(typed, 1):
        before, row, last = row, [i], before
        for j, other in enumerate(meant, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == other:
                least = min(least, last[j - 2] + 1)
            row.append(least)
    return row[-1]
