"""What somebody typed into a search, as words that can be looked up: the same for people's texts and for the search.

Accents, case and plurals make no difference. Other names of a skill are known: see SYNONYMS. Pure. Rule D-6.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

_WORD = re.compile(r"[^\W_]+(?:\+\+|#)?")
_PARTS = re.compile(r'(-?)"([^"]*)"|(\S+)')
_LETTERS = MappingProxyType(str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i"}))
#: Words that say nothing of what is looked for, unless nothing else was typed.
_EMPTY = frozenset((
    "a", "an", "and", "at", "de", "der", "die", "en", "et", "for", "i", "in", "la", "me", "my", "of", "on", "or",
    "the", "to", "und", "with", "y",
))  # fmt: skip
#: And words that say little: who has them comes first, who has not fits as well.
_WANTED = frozenset((
    "best", "developer", "engineer", "expert", "find", "freelance", "freelancer", "good", "hire", "looking",
    "need", "senior",
))  # fmt: skip
#: Names of the same thing, in groups; each finds the others.
SAME = (
    ("js", "javascript", "ecmascript"),
    ("ts", "typescript"),
    ("k8s", "kubernetes"),
    ("postgres", "postgresql", "psql", "pgsql"),
    ("ml", "machine learning"),
    ("ai", "artificial intelligence"),
    ("nlp", "natural language processing", "language technology"),
    ("bi", "business intelligence"),
    ("golang", "go"),
    ("reactjs", "react", "react js"),
    ("nodejs", "node", "node js"),
    ("vuejs", "vue", "vue js"),
    ("gcp", "google cloud"),
    ("aws", "amazon web service"),
    ("csharp", "c#"),
    ("cpp", "c++"),
    ("dataviz", "data visualisation", "data visualization", "data viz"),
    ("modelling", "modeling"),
    ("ci", "continuous integration"),
    ("iac", "infrastructure as code"),
    ("sre", "site reliability", "reliability"),
    ("ui", "user interface", "interface design"),
    ("ux", "user experience", "user research"),
    ("seo", "search engine optimisation", "search engine optimization"),
    ("sem", "search advertising"),
    ("ppc", "paid search", "search advertising"),
    ("rest", "api"),
    ("excel", "spreadsheet"),
    ("infosec", "security", "cybersecurity"),
    ("pentest", "penetration testing", "pen testing"),
    ("qa", "quality assurance", "testing"),
    ("ir", "information retrieval"),
    ("optimisation", "optimization"),
    ("visualisation", "visualization"),
    ("analytic", "analysis", "analytics"),
)


@dataclass(frozen=True)
class Wanted:
    """One thing that was asked for: any of its `names`, each of one or more words; the first is what was typed.

    `phrase` is the text between quotation marks, which has to stand so. What is `optional` need not be there.
    """

    names: tuple[tuple[str, ...], ...]
    phrase: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Query:
    """Groups of which one has to fit in all of its parts; `unwanted` must not be there."""

    groups: tuple[tuple[Wanted, ...], ...]
    unwanted: tuple[Wanted, ...] = ()


def folded(text: str) -> str:
    """Return `text` in small letters and without accents: "Zoë" is "zoe"."""
    text = text.lower()
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.translate(dict(_LETTERS)))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return a folded word without the ending of an English plural."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "sis", "xis")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]


def words(text: str) -> Sequence[str]:
    """Return the folded words of a text, in order, as they were written."""
    return _WORD.findall(folded(text))


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(text))


@lru_cache(maxsize=1)
def synonyms() -> Mapping[tuple[str, ...], Sequence[tuple[str, ...]]]:
    """Return the other names of each name, all of them as stems."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for group in SAME:
        names = list(dict.fromkeys(_stems(name) for name in group))
        for name in names:
            found.setdefault(name, []).extend(other for other in names if other != name)
    return found


@lru_cache(maxsize=1_000)
def parsed(q: str) -> Query:
    """Return what `q` asks for: words, "phrases", or, -not."""
    groups: list[list[Wanted]] = [[]]
    unwanted: list[Wanted] = []
    for part in _PARTS.finditer(q):
        minus, phrase, plain = part.groups()
        if plain is not None and plain.lower() == "or":
            groups.append([])
        elif plain is not None and plain.startswith("-"):
            unwanted += [Wanted((name,)) for name in zip(_stems(plain), strict=False)]
        elif plain is not None:
            groups[-1] += [Wanted((name,)) for name in zip(_stems(plain), strict=False)]
        elif phrase and (asked := _stems(phrase)):
            (unwanted if minus else groups[-1]).append(Wanted((asked,), phrase))
    meant = (tuple(_named(_meant(group))) for group in groups)
    return Query(tuple(group for group in meant if group), tuple(unwanted))


def _meant(group: Sequence[Wanted]) -> Sequence[Wanted]:
    """Return the group without words that say nothing, and with those that say little optional, if others remain."""
    said = [each for each in group if each.phrase or each.names[0][0] not in _EMPTY] or group
    if all(each.names[0][0] in _WANTED for each in said):
        return said
    return [replace(each, optional=not each.phrase and each.names[0][0] in _WANTED) for each in said]


def _named(group: Sequence[Wanted]) -> Iterator[Wanted]:
    """Yield what is asked for with all its names; words that together are a name are one thing."""
    known, place = synonyms(), 0
    while place < len(group):
        for length in (4, 3, 2, 1):
            part = group[place : place + length]
            name = tuple(word for each in part for word in each.names[0])
            if len(part) == length and name in known and not any(each.phrase or each.optional for each in part):
                yield Wanted((name, *known[name]))
                place += length
                break
        else:
            yield group[place]
            place += 1
