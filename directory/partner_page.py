"""A partner's page as somebody asks for it: the same for the public and for a preview. Rules D-1, D-2, D-6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.wording import country, language
from directory import search
from directory.filters import Filters, place_of, read
from directory.models import LandingPage, UseCase
from directory.queries import Featured, featured_now, use_cases
from directory.search import Found, Options

#: Pages with no more experts than this need no filters.
FEW = 6
NOBODY = Featured()


@dataclass(frozen=True)
class Choice:
    """A filter that is set: its words, and the filters without it."""

    words: str
    without: Filters
    #: How many would be shown without it; None where that was not asked.
    count: int | None = None


@dataclass(frozen=True)
class Showing:
    """Everything that a partner's page shows. `notes` say what of the address could not be understood."""

    page: LandingPage
    use_cases: Sequence[UseCase]
    filters: Filters
    found: Found
    options: Options
    featured: Featured = NOBODY
    notes: Sequence[str] = ()
    choices: Sequence[Choice] = ()
    loosen: Sequence[Choice] = ()

    @property
    def filtered(self) -> bool:
        """Say whether any filter is set."""
        return bool(self.filters.active)

    @property
    def all_featured(self) -> bool:
        """Say whether the featured are all there are, so that a list behind them would repeat them."""
        return not self.filtered and 0 < self.found.total <= min(len(self.featured.experts), FEW)

    @property
    def next_arguments(self) -> dict[str, str]:
        """Return the query of the next page's address."""
        return self.filters.arguments() | {"cursor": self.found.next_cursor or ""}


def showing(page: LandingPage, arguments: Mapping[str, str], at: datetime) -> Showing:
    """Return what the page shows to somebody who came with `arguments`. Nothing in them is an error. Rule D-6."""
    cases = use_cases(page.partner_id)
    filters, notes = _understood(arguments, cases)
    found, more_notes = _list(page, filters, arguments.get("cursor", ""), at)
    first = not filters.active and not found.start
    nobody = filters.active and not found.total
    loosened = search.loosened(page.partner_id, at, filters) if nobody else {}
    names = {case.slug: case.name for case in cases}
    return Showing(
        page=page,
        use_cases=cases,
        filters=filters,
        found=found,
        options=search.options(page.partner_id, at),
        featured=featured_now(page.partner_id, at) if first else NOBODY,
        notes=[*notes, *more_notes],
        choices=[Choice(_words(name, filters, names), filters.without(name)) for name in filters.active],
        loosen=[Choice(_looser(name, filters), filters.without(name), count) for name, count in loosened.items()],
    )


def _understood(arguments: Mapping[str, str], cases: Sequence[UseCase]) -> tuple[Filters, Sequence[str]]:
    reading = read(arguments)
    filters = reading.filters
    if not filters.use_case or filters.use_case in {case.slug for case in cases}:
        return filters, reading.notes
    note = f"“{filters.use_case}” is not a use case of this page, so it was left out."
    return replace(filters, use_case=""), [*reading.notes, note]


def _list(page: LandingPage, filters: Filters, cursor: str, at: datetime) -> tuple[Found, Sequence[str]]:
    place = place_of(cursor) if cursor else None
    found = search.listed(page.partner_id, at, filters, place)
    if place and not found.items:
        return search.listed(page.partner_id, at, filters), ["The list has become shorter. Here is its beginning."]
    damaged = "The link to a later page was damaged. Here is the beginning." if cursor and not place else ""
    return found, [damaged] if damaged else []


def _words(name: str, filters: Filters, use_case_names: Mapping[str, str]) -> str:
    words = {
        "q": f"“{filters.q}”",
        "skill": filters.skill,
        "country": country(filters.country),
        "language": language(filters.language),
        "rate_max_cents": f"At most ${filters.rate_max} an hour",
        "use_case": use_case_names.get(filters.use_case, ""),
    }
    return words[name]


def _looser(name: str, filters: Filters) -> str:
    words = {
        "q": f"Without “{filters.q}”",
        "skill": f"Without {filters.skill}",
        "country": "In any country",
        "language": "In any language",
        "rate_max_cents": "At any rate",
        "use_case": "For any use case",
    }
    return words[name]
