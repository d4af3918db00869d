"""A partner's page as somebody asks for it: the same for the public and for a preview. Rules D-1, D-2, D-6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.languages import gettext as _
from core.wording import country, language
from directory import search, versions
from directory.content import Case, Content, Section
from directory.experts import Expert
from directory.featured import Featured, featured_now
from directory.filters import Filters, place_of, read
from directory.models import LandingPage
from directory.search import Fitting, Found, Options

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
    content: Content
    filters: Filters
    found: Found
    options: Options
    featured: Featured = NOBODY
    notes: Sequence[str] = ()
    choices: Sequence[Choice] = ()
    loosen: Sequence[Choice] = ()

    @property
    def sections(self) -> Sequence[Section]:
        """Return the sections to show: whoever searches, or pages on, sees the list alone."""
        return (Section.EXPERTS,) if self.filtered or self.found.start else self.content.shown

    @property
    def filtered(self) -> bool:
        """Say whether any filter is set."""
        return bool(self.filters.active)

    @property
    def indexed(self) -> bool:
        """Say whether search engines are to keep the page: its beginning, not one of the ways to look at it."""
        return not (self.filtered or self.found.start)

    @property
    def all_featured(self) -> bool:
        """Say whether the featured are all there are, so that a list behind them would repeat them."""
        return not self.filtered and 0 < self.found.total <= min(len(self.featured.experts), FEW)

    @property
    def experts(self) -> Sequence[Expert]:
        """Return everybody on the page, each once, in the page's order."""
        once = {each.award_id: each for each in (*self.featured.experts, *self.found.items)}
        return list(once.values())

    @property
    def next_arguments(self) -> dict[str, str]:
        """Return the query of the next page's address."""
        return self.filters.arguments() | {"cursor": self.found.next_cursor or ""}


def showing(page: LandingPage, arguments: Mapping[str, str], at: datetime, content: Content | None = None) -> Showing:
    """Return what the page shows to somebody who came with `arguments`. Nothing in them is an error. Rule D-6.

    It says what is published, or `content`: a draft, for the partner's team.
    """
    content = content or versions.published(page)
    cases = content.use_cases
    filters, notes = _understood(arguments, cases)
    fits = search.fitting(page.partner_id, at, filters)
    found, more_notes = _list(page, filters, fits, arguments.get("cursor", ""), at)
    first = not filters.active and not found.start
    nobody = filters.active and not found.total
    names = {case.slug: case.name for case in cases}
    return Showing(
        page=page,
        content=content,
        filters=filters,
        found=found,
        options=search.options(fits, filters),
        featured=featured_now(page.partner_id, at) if first and Section.FEATURED in content.shown else NOBODY,
        notes=[*notes, *more_notes],
        choices=[Choice(_words(name, filters, names), filters.without(name)) for name in filters.active],
        loosen=_ways_out(fits, filters) if nobody else (),
    )


def _ways_out(fits: Fitting, filters: Filters) -> Sequence[Choice]:
    """Return which one filter to loosen and how many are shown then; a rate by as little as helps. Rule D-6."""
    ways = [
        Choice(_looser(name, filters), filters.without(name), count) for name, count in search.loosened(fits).items()
    ]
    enough = search.enough_rate_cents(fits) if filters.rate_max_cents is not None else None
    if enough is None:
        return ways
    raised = replace(filters, rate_max_cents=enough[0])
    return [Choice(_("At up to $%(rate)s an hour", rate=raised.rate_max), raised, enough[1]), *ways]


def _understood(arguments: Mapping[str, str], cases: Sequence[Case]) -> tuple[Filters, Sequence[str]]:
    reading = read(arguments)
    filters = reading.filters
    if not filters.use_case or filters.use_case in {case.slug for case in cases}:
        return filters, reading.notes
    note = _("“%(text)s” is not a use case of this page, so it was left out.", text=filters.use_case)
    return replace(filters, use_case=""), [*reading.notes, note]


def _list(page: LandingPage, filters: Filters, fits: Fitting, cursor: str, at: datetime) -> tuple[Found, Sequence[str]]:
    place = place_of(cursor) if cursor else None
    found = search.listed(page.partner_id, at, filters, place, fits=fits)
    if place and not found.items:
        return search.listed(page.partner_id, at, filters, fits=fits), [
            _("The list has become shorter. Here is its beginning.")
        ]
    damaged = _("The link to a later page was damaged. Here is the beginning.") if cursor and not place else ""
    slips = [
        _("Nobody has the word “%(typed)s”. This is for “%(meant)s”.", typed=typed, meant=meant)
        for typed, meant in found.slips.items()
    ]
    return found, [damaged, *slips] if damaged else slips


def _words(name: str, filters: Filters, use_case_names: Mapping[str, str]) -> str:
    words = {
        "q": f"“{filters.q}”",
        "skill": filters.skill,
        "country": country(filters.country),
        "language": language(filters.language),
        "rate_max_cents": _("At most $%(rate)s an hour", rate=filters.rate_max),
        "use_case": use_case_names.get(filters.use_case, ""),
        "timezone": _("Within 3 hours of UTC%(offset)s", offset=filters.timezone),
        "availability": filters.availability,
    }
    return words[name]


def _looser(name: str, filters: Filters) -> str:
    words = {
        "q": _("Without “%(text)s”", text=filters.q),
        "skill": _("Without %(text)s", text=filters.skill),
        "country": _("In any country"),
        "language": _("In any language"),
        "rate_max_cents": _("At any rate"),
        "use_case": _("For any use case"),
        "timezone": _("In any time zone"),
        "availability": _("Whatever their availability"),
    }
    return words[name]
