"""What a partner's page says, and in which order: the content of a draft and of every version. Pure. Rule D-1.

Who is shown on a page is not in it: experts come and go by themselves, and a version that is returned to shows those
of today. Why it is so: docs/decisions/pages.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.colours import tidy_colour
from core.errors import InvalidInput
from directory.profile import web_address
from directory.rules import swapped
from partners.rules import DEFAULT_COLOUR

HEADLINE_MAX, INTRO_MAX, TEXT_MAX, NAME_MAX, SUMMARY_MAX = 90, 300, 6_000, 60, 300
LINKS_MAX, LINK_WORDS_MAX, ADDRESS_MAX = 8, 60, 500
QUESTIONS_MAX, QUESTION_MAX, ANSWER_MAX = 12, 150, 1_500
#: Use cases on one page: more is no choice any more.
USE_CASES_MAX = 24


class Section(StrEnum):
    """A part of a page below its headline. All can be switched off but the list of experts, which a page is for."""

    USE_CASES = "use_cases"
    FEATURED = "featured"
    EXPERTS = "experts"
    ABOUT = "about"
    HOW = "how"
    QUESTIONS = "questions"
    LINKS = "links"


@dataclass(frozen=True)
class Place:
    """A section's place on the page, and whether it is switched on."""

    section: Section
    on: bool = True


DEFAULT_PLACES = tuple(Place(section) for section in Section)


@dataclass(frozen=True)
class Link:
    """A link of the partner's, to http or https."""

    words: str
    address: str


@dataclass(frozen=True)
class Question:
    """A question that clients ask, and the answer in small Markdown."""

    question: str
    answer: str


@dataclass(frozen=True)
class Case:
    """What a use case says; its row (`directory.models.UseCase`) has the rest. `words` is small Markdown."""

    id: UUID
    slug: str
    name: str
    summary: str
    words: str = ""


@dataclass(frozen=True)
class Content:
    """All that a page says. `about` and `how` are small Markdown, `colour` is #rrggbb."""

    headline: str = ""
    intro: str = ""
    colour: str = DEFAULT_COLOUR
    about: str = ""
    how: str = ""
    places: tuple[Place, ...] = DEFAULT_PLACES
    links: tuple[Link, ...] = ()
    questions: tuple[Question, ...] = ()
    use_cases: tuple[Case, ...] = ()

    @property
    def as_json(self) -> dict[str, Any]:
        """Return the content as it is stored."""
        stored: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return stored

    @property
    def mark(self) -> str:
        """Return a word that changes with what the page's own form holds: all but its use cases."""
        held = json.dumps(replace(self, use_cases=()).as_json, sort_keys=True)
        return hashlib.sha256(held.encode()).hexdigest()[:16]

    @property
    def shown(self) -> tuple[Section, ...]:
        """Return the sections that are switched on and have anything to say, in their order."""
        empty = {
            Section.USE_CASES: not self.use_cases,
            Section.HOW: not self.how,
            Section.QUESTIONS: not self.questions,
            Section.LINKS: not self.links,
        }
        return tuple(each.section for each in self.places if each.on and not empty.get(each.section))

    def case(self, slug: str) -> Case | None:
        """Return the use case with this address, or None."""
        return next((each for each in self.use_cases if each.slug == slug), None)


def content_of(stored: Mapping[str, Any]) -> Content:
    """Return content as it was stored; what a later version of Laurel added is as if it were new."""
    return Content(
        **{name: stored[name] for name in ("headline", "intro", "colour", "about", "how") if name in stored},
        places=tidy_places((each["section"], each["on"]) for each in stored.get("places", ())),
        links=tuple(Link(**each) for each in stored.get("links", ())),
        questions=tuple(Question(**each) for each in stored.get("questions", ())),
        use_cases=tuple(Case(**each | {"id": UUID(each["id"])}) for each in stored.get("use_cases", ())),
    )


def tidy_places(placed: Iterable[tuple[str, bool]]) -> tuple[Place, ...]:
    """Return every section once, in the order given: what is no section is left out, what is missing comes last."""
    known = {section.value: section for section in Section}
    given = {known[name]: on for name, on in placed if name in known}
    return tuple(
        Place(each, given.get(each, True) or each is Section.EXPERTS) for each in {**given, **dict.fromkeys(Section)}
    )


def moved(places: Sequence[Place], section: Section, *, up: bool) -> tuple[Place, ...]:
    """Return the places with one section swapped with its neighbour; the first stays first, the last last."""
    return tuple(swapped(places, next(each for each in places if each.section is section), up=up))


def checked(content: Content) -> Content:
    """Return the content with its colour as #rrggbb. Raises InvalidInput for what no page can be."""
    colour = tidy_colour(content.colour)
    if colour is None:
        raise InvalidInput(
            f"“{content.colour[:20]}” is not a colour such as #1d5a3b.", "Enter six digits and letters a to f."
        )
    for link in content.links:
        if web_address(link.address) is None:
            raise InvalidInput(f"“{link.address[:60]}” is not an address such as https://example.com.")
    for most, many, what in (
        (LINKS_MAX, content.links, "links"),
        (QUESTIONS_MAX, content.questions, "questions"),
        (USE_CASES_MAX, content.use_cases, "use cases"),
    ):
        if len(many) > most:
            raise InvalidInput(f"A page has {most} {what} at most.", "Take one away first.")
    return replace(content, colour=colour)


@dataclass(frozen=True)
class Point:
    """Something a page still lacks: `blocks` says whether it cannot be published without."""

    text: str
    blocks: bool = False


def open_points(content: Content, *, listed: int, empty: Iterable[str] = ()) -> tuple[Point, ...]:
    """Return what the page lacks, what it cannot do without first.

    `listed` is how many experts it would show, `empty` the names of use cases that would show nobody.
    """
    points = (
        (content.headline.strip(), Point("A headline: what a visitor reads first.", blocks=True)),
        (content.intro.strip(), Point("An introduction: one or two sentences on whom they find here.", blocks=True)),
        (listed, Point("An expert: until you select one, visitors find an empty list that says so.")),
        (content.about.strip(), Point("A few words on how you choose your experts. They build trust.")),
        (content.use_cases, Point("A use case, such as “Migrating a warehouse”, with the experts you chose for it.")),
    )
    without_experts = (Point(f"Experts for “{name}”: it would show nobody.") for name in empty)
    return (*(point for present, point in points if not present), *without_experts)


def changes(before: Content | None, after: Content) -> list[str]:
    """Return in a few words each what is different, as a list of versions tells it: "headline", "2 questions" …"""
    if before is None:
        return ["the first version"]
    return list(_changes(before, after))


def _changes(before: Content, after: Content) -> Iterator[str]:
    named = {
        "headline": "headline",
        "intro": "introduction",
        "colour": "colour",
        "about": "how you choose",
        "how": "how it works",
        "questions": "questions and answers",
        "links": "links",
    }
    yield from (words for name, words in named.items() if getattr(before, name) != getattr(after, name))
    if [each.section for each in before.places] != [each.section for each in after.places]:
        yield "order of the sections"
    was_on = {each.section: each.on for each in before.places}
    yield from (
        f"{TITLES[each.section]} switched {'on' if each.on else 'off'}"
        for each in after.places
        if each.on != was_on[each.section]
    )
    yield from _changed_cases(before.use_cases, after.use_cases)


def _changed_cases(before: Sequence[Case], after: Sequence[Case]) -> Iterator[str]:
    were, are = ({each.id: each for each in cases} for cases in (before, after))
    yield from (f"use case “{each.name}” added" for each in after if each.id not in were)
    yield from (f"use case “{each.name}” taken away" for each in before if each.id not in are)
    yield from (f"use case “{each.name}”" for each in after if each.id in were and each != were[each.id])
    if [each for each in were if each in are] != [each for each in are if each in were]:
        yield "order of the use cases"


#: What the sections are called in the console.
TITLES = {
    Section.USE_CASES: "Use cases",
    Section.FEATURED: "Featured experts",
    Section.EXPERTS: "All experts",
    Section.ABOUT: "How you choose",
    Section.HOW: "How it works",
    Section.QUESTIONS: "Questions and answers",
    Section.LINKS: "Your links",
}
