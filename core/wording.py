"""How numbers, days and lists are written in sentences to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from types import MappingProxyType

from babel import Locale

from core.clock import day_of

_SIGNS: Mapping[str, str] = MappingProxyType({"USD": "$", "EUR": "€", "GBP": "£"})
_WITH_THE = frozenset((
    "AE", "BS", "CC", "CF", "CK", "DO", "FK", "FO", "GB", "GM", "IO", "KM", "KY",
    "MH", "MP", "MV", "NL", "PH", "SB", "SC", "TC", "UM", "US", "VG", "VI",
))  # fmt: skip
_ENGLISH = Locale("en")


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
    figure = f"{units:,}.{rest:02}" if rest else f"{units:,}"
    sign = _SIGNS.get(currency)
    return f"{sign}{figure}" if sign else f"{figure} {currency}"


def file_size(size_bytes: int) -> str:
    """Return how large a file is: "820 bytes", "14 kB", "2.1 MB"."""
    if size_bytes < 1_000:
        return plural(size_bytes, "byte")
    return f"{size_bytes // 1_000} kB" if size_bytes < 1_000_000 else f"{size_bytes / 1_000_000:.1f} MB"


def day(when: date) -> str:
    """Return a day, or the one in UTC that a moment lies in, as every page and mail writes it: "2 March 2026"."""
    on = day_of(when) if isinstance(when, datetime) else when
    return f"{on.day} {on:%B} {on.year}"


def moment(at: datetime) -> str:
    """Return a moment as every page and mail writes it: "2 March 2026, 09:00 UTC"."""
    return f"{day(at)}, {at.astimezone(UTC):%H:%M} UTC"


def listed(items: Iterable[str], last: str = "and") -> str:
    """Return "A", "A and B" or "A, B and C"; `last` joins the last two."""
    *first, end = items
    return f"{', '.join(first)} {last} {end}" if first else end


def capital(text: str) -> str:
    """Return `text` as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


@cache
def country(code: str) -> str:
    """Return a country's English name."""
    return str(_ENGLISH.territories.get(code, code))


def the_country(code: str) -> str:
    """Return a country's English name as it stands in a sentence: "the Netherlands"."""
    return f"the {country(code)}" if code in _WITH_THE else country(code)


@cache
def language(code: str) -> str:
    """Return a language's English name."""
    return str(_ENGLISH.languages.get(code, code))


def plain(code: str) -> str:
    """Return a code of ours in plain words: "top_rated_plus" is "top rated plus"."""
    return code.replace("_", " ")
