"""How numbers, days and lists are written in sentences to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from types import MappingProxyType

from babel.dates import format_date

from core import languages
from core.clock import day_of
from core.languages import gettext as _

_SIGNS: Mapping[str, str] = MappingProxyType({"USD": "$", "EUR": "€", "GBP": "£"})
_WITH_THE = frozenset((
    "AE", "BS", "CC", "CF", "CK", "DO", "FK", "FO", "GB", "GM", "IO", "KM", "KY",
    "MH", "MP", "MV", "NL", "PH", "SB", "SC", "TC", "UM", "US", "VG", "VI",
))  # fmt: skip


def percent(pct: int) -> str:
    """Return a whole percentage as people read it: "79 %"."""
    return f"{pct} %"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return "0 jobs", "1 job" or "1,200 jobs"; `many` where it is not just an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def counted(count: int, one: str, many: str) -> str:
    """Return "no finished jobs", "1 finished job" or "1,200 finished jobs"."""
    return plural(count, one, many) if count else f"no {many}"


def amount(cents: int, currency: str) -> str:
    """Return an amount, given in hundredths of the currency's unit: "$40", "€40.50", "1,200 CHF"."""
    units, rest = divmod(cents, 100)
    sign = _SIGNS.get(currency)
    if languages.spoken() != languages.DEFAULT:
        figure = languages.number(units) + (f",{rest:02}" if rest else "")
        return f"{figure}\N{NO-BREAK SPACE}{sign or currency}"
    figure = f"{units:,}.{rest:02}" if rest else f"{units:,}"
    return f"{sign}{figure}" if sign else f"{figure} {currency}"


def file_size(size_bytes: int) -> str:
    """Return how large a file is: "820 bytes", "14 kB", "2.1 MB"."""
    if size_bytes < 1_000:
        return plural(size_bytes, "byte")
    return f"{size_bytes // 1_000} kB" if size_bytes < 1_000_000 else f"{size_bytes / 1_000_000:.1f} MB"


def day(when: date) -> str:
    """Return a day, or the one in UTC that a moment lies in, as every page and mail writes it: "2 March 2026"."""
    on = day_of(when) if isinstance(when, datetime) else when
    language = languages.spoken()
    return f"{on.day} {on:%B} {on.year}" if language == languages.DEFAULT else _day(on, language)


@lru_cache(maxsize=2_000)
def _day(on: date, language: str) -> str:
    return format_date(on, "long", languages.locale_of(language))


def month(on: date) -> str:
    """Return the month that a day lies in: "March 2026"."""
    return format_date(on, "LLLL y", languages.locale())


def moment(at: datetime) -> str:
    """Return a moment as every page and mail writes it: "2 March 2026, 09:00 UTC"."""
    return f"{day(at)}, {at.astimezone(UTC):%H:%M} UTC"


def listed(items: Iterable[str], last: str | None = None) -> str:
    """Return "A", "A and B" or "A, B and C"; `last` joins the last two, "and" unless given."""
    *first, end = items
    before_last = last or _("and")
    return f"{', '.join(first)} {before_last} {end}" if first else end


def either(items: Iterable[str]) -> str:
    """Return "A", "A or B" or "A, B or C"."""
    return listed(items, _("or"))


def capital(text: str) -> str:
    """Return `text` as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def country(code: str) -> str:
    """Return a country's name."""
    return _country(code, languages.spoken())


@cache
def _country(code: str, language: str) -> str:
    return str(languages.locale_of(language).territories.get(code, code))


def the_country(code: str) -> str:
    """Return a country's name as it stands in a sentence; English alone has an article: "the Netherlands"."""
    is_with_the = code in _WITH_THE and languages.spoken() == languages.DEFAULT
    return f"the {country(code)}" if is_with_the else country(code)


def language(code: str) -> str:
    """Return a language's name."""
    return _language(code, languages.spoken())


@cache
def _language(code: str, spoken: str) -> str:
    return str(languages.locale_of(spoken).languages.get(code, code))


def plain(code: str) -> str:
    """Return a code of ours in plain words: "top_rated_plus" is "top rated plus"."""
    return code.replace("_", " ")
