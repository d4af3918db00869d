"""What a client asks a directory for: read from an address that anybody may write, so nothing in it is trusted.

What cannot be understood is left out and said; it never fails. Rule D-6.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from types import MappingProxyType

from core.errors import InvalidInput
from core.languages import gettext as _
from core.languages import later
from core.paging import decode_cursor, encode_cursor

#: Letters that are read of a search; more cannot be meant.
TEXT_MAX = 200
RATE_MAX = Decimal(1_000_000)

_COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)
_SLUG = re.compile(r"[a-z0-9-]{1,80}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CLOCK = re.compile(r"[+-](0\d|1[0-4]):(00|15|30|45)", re.ASCII)
_LOT = re.compile(r"\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)
_COUNT = re.compile(r"\d{1,7}", re.ASCII)


_NO_COUNTRY = later("“%(text)s” is not a country we know by its two letters, so it was left out.")
_NO_LANGUAGE = later("“%(text)s” is not a language we know by its two letters, so it was left out.")

#: Filters with a list to choose from.
FACETS = ("skill", "country", "timezone", "language", "availability", "use_case")
#: Orders that can be chosen besides the best match, as an address names them.
SORTS = MappingProxyType(
    {"rate": later("Lowest rate"), "newest": later("Newest here"), "score": later("Job Success Score")}
)


@dataclass(frozen=True)
class Filters:
    """What to show, and in which order. Empty text and None mean: any. Rule D-6.

    `rate_max_cents` is in US dollars; `timezone` is a clock, "+01:00": whoever has a near one passes.
    """

    q: str = ""
    skill: str = ""
    country: str = ""
    language: str = ""
    rate_max_cents: int | None = None
    use_case: str = ""
    timezone: str = ""
    availability: str = ""
    sort: str = ""

    @property
    def sorts(self) -> Mapping[str, str]:
        """Return the orders there are, with their words."""
        return SORTS

    @cached_property
    def active(self) -> tuple[str, ...]:
        """Return the names of the filters that are set, in the order of the form."""
        return tuple(
            field.name for field in fields(self) if field.name != "sort" and getattr(self, field.name) not in ("", None)
        )

    @property
    def rate_max(self) -> str:
        """Return the highest rate as it is typed: "40" or "40.50"; empty when there is none."""
        if self.rate_max_cents is None:
            return ""
        whole, rest = divmod(self.rate_max_cents, 100)
        return f"{whole}.{rest:02}" if rest else str(whole)

    def without(self, name: str) -> Filters:
        """Return these filters with one of them dropped."""
        if name == "rate_max_cents":
            return replace(self, rate_max_cents=None)
        return replace(self, **{name: ""})  # type: ignore[arg-type]  # all others are text

    def arguments(self) -> dict[str, str]:
        """Return the filters as the query of an address, without those that are not set."""
        named = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "rate_max_cents"}
        return {name: value for name, value in {**named, "rate_max": self.rate_max}.items() if value}


@dataclass(frozen=True)
class Reading:
    """Filters as they were understood, and a sentence for each that was not."""

    filters: Filters
    notes: tuple[str, ...] = ()


def read(arguments: Mapping[str, str]) -> Reading:
    """Return the filters in the query of an address."""
    notes: list[str] = []
    q = _plain(arguments.get("q", ""))
    if len(q) > TEXT_MAX:
        notes.append(_("Your search is very long; only its first %(most)s letters were used.", most=TEXT_MAX))
        q = q[:TEXT_MAX].rstrip()
    if q and not any(letter.isalnum() for letter in q):
        notes.append(_("There is no word in “%(text)s”, so it was not searched for.", text=q))
        q = ""
    filters = Filters(
        q=q,
        skill=_plain(arguments.get("skill", ""))[:TEXT_MAX],
        country=_code(arguments, "country", _NO_COUNTRY, notes).upper(),
        language=_code(arguments, "language", _NO_LANGUAGE, notes).lower(),
        rate_max_cents=_rate(_plain(arguments.get("rate_max", "")), notes),
        use_case=_slug(_plain(arguments.get("use_case", "")), notes),
        timezone=_clock(_plain(arguments.get("timezone", "")), notes),
        availability=_plain(arguments.get("availability", ""))[:TEXT_MAX],
        sort=_sort(_plain(arguments.get("sort", "")), notes),
    )
    return Reading(filters, tuple(notes))


def _plain(text: str) -> str:
    """Return `text` on one line, composed, and without what cannot be seen or stored."""
    if not text:
        return ""
    seen = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text[: TEXT_MAX * 50])
    return " ".join(unicodedata.normalize("NFC", seen).split())


def _code(arguments: Mapping[str, str], name: str, note: str, notes: list[str]) -> str:
    text = _plain(arguments.get(name, ""))
    if not text or _COUNTRY.fullmatch(text):
        return text
    notes.append(_(note, text=_short(text)))
    return ""


def _slug(text: str, notes: list[str]) -> str:
    if not text or _SLUG.fullmatch(text):
        return text
    notes.append(_("“%(text)s” is not a use case of this page, so it was left out.", text=_short(text)))
    return ""


def _clock(text: str, notes: list[str]) -> str:
    clock = text.replace("\u2212", "-")
    if clock[:1].isdigit():
        clock = f"+{clock}"  # a plus in an address that was written by hand is read as a space
    if not clock or _CLOCK.fullmatch(clock):
        return clock
    notes.append(_("“%(text)s” is not a time zone, such as +01:00, so it was left out.", text=_short(text)))
    return ""


def _sort(text: str, notes: list[str]) -> str:
    if not text or text in SORTS:
        return text
    if text != "best":
        notes.append(_("There is no order “%(text)s”, so the best match comes first.", text=_short(text)))
    return ""


def _rate(text: str, notes: list[str]) -> int | None:
    bare = text.replace(",", "").replace(" ", "").lower().removeprefix("usd").removesuffix("usd").removeprefix("$")
    if not bare:
        return None
    try:
        rate = Decimal(bare) if re.fullmatch(r"\d{1,9}(\.\d{0,9})?", bare, re.ASCII) else Decimal("NaN")
    except InvalidOperation:
        rate = Decimal("NaN")
    if rate.is_nan() or not 0 < rate <= RATE_MAX:
        notes.append(_("“%(text)s” is not an hourly rate, such as 40, so rates were not compared.", text=_short(text)))
        return None
    return int(rate * 100)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


@dataclass(frozen=True)
class Place:
    """Where a page of the list ended: the day whose lots it has, the last one's key and lot, how many came before.

    Whom the order leaves equal are shuffled by the day, so that nobody stands first for ever, and the day goes along
    from page to page: whoever pages past midnight, or through a rotation, keeps the order they began with. Rule D-4.
    """

    day: str
    key: int
    mark: int
    seen: int

    def cursor(self) -> str:
        """Return the place as it stands in an address."""
        return encode_cursor((self.day, str(self.key), str(self.mark), str(self.seen)))


def place_of(cursor: str) -> Place | None:
    """Return the place in `cursor`, or None when there is none to be found in it."""
    try:
        day, key, mark, seen = decode_cursor(cursor[:500], str, str, str, str)
    except InvalidInput:
        return None
    if not (_DAY.fullmatch(day) and _NUMBER.fullmatch(key) and _LOT.fullmatch(mark) and _COUNT.fullmatch(seen)):
        return None
    return Place(day, int(key), int(mark), int(seen))
